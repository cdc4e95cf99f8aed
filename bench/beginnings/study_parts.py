"""The parts of a first study as TOML with comments: what is given, its axes, its questions."""

from .plan import FirstPlan, Trained

FINAL_RUN_SHARE = ("fleet_shares", "openai-2025")  # the row whose share of final runs a site's study begins with


def quoted(text: str) -> str:
    """Write a text as TOML has it."""
    import tomlkit

    return tomlkit.item(text).as_string()


def listed(texts: list[str]) -> str:
    """Write a list of texts as TOML has it."""
    return f"[{', '.join(map(quoted, texts))}]"


def noted(line: str, comment: str) -> str:
    """Put a comment behind a line, below the others."""
    return f"{line:<38} # {comment}"


def training_lines(trained: Trained) -> tuple[list[str], list[str]]:
    """Write what is trained: lines for ``[given]``, and an axis where it is a row of the models table.

    Parameters
    ----------
    trained
        What a run trains.
    """
    if trained.row is None:
        return [
            noted(
                f"training_flops = {quoted(f'{trained.flops:.12g} FLOP')}",
                "6 for each of the parameters that a token uses, and each token",
            ),
            f"parameters = {trained.parameters:.12g}",
            f"active_parameters = {trained.active_parameters:.12g}",
        ], []
    axis = [noted("[axes.model]", "`flopwatt show models` lists more"), 'from = "models"']
    axis.append(f"rows = {listed([trained.row.key])}")
    if trained.own_tokens:
        return [f"tokens = {quoted(trained.own_tokens)}"], axis
    return [], [*axis, noted('columns = { tokens = "published_tokens" }', "each on the tokens that it was trained on")]


def chip_axis(plan: FirstPlan) -> list[str]:
    """Write the axis of chips.

    Parameters
    ----------
    plan
        What the study is of.
    """
    rows = listed([row.name if row.scaled_from else row.key for row in plan.chips])
    return [
        noted("[axes.chip]", "`flopwatt show hardware` lists more"),
        'from = "hardware"',
        f"rows = {rows}",
    ]


def place_axis(plan: FirstPlan) -> list[str]:
    """Write the axis of where the electricity comes from; nothing where that is not said.

    Parameters
    ----------
    plan
        What the study is of.
    """
    if plan.place is None or not plan.place_columns:
        return []
    table, row = plan.place
    return [
        noted("[axes.grid]", f"`flopwatt show {table}` lists more; several stand side by side"),
        f"from = {quoted(table)}",
        f"rows = {listed([row.key])}",
        f"columns = {listed(list(plan.place_columns))}",
    ]


def draws_axis() -> list[str]:
    """Write the axis of what nobody knows beforehand."""
    return [
        noted("[axes.assumptions]", "what nobody knows beforehand: MFU, failures, load, PUE, prices"),
        noted("draws = 512", "more draws, smoother percentiles, longer work"),
        "seed = 1",
        noted('prior = "run"', "from published runs and sites, as `flopwatt estimate` draws it without a strategy"),
    ]
