"""Known runs whole: what flopwatt says that each takes and costs, from what was known beforehand, beside what was published.

Other than `training_runs`, which predicts each figure from the ones before it (an energy from the published chip-hours), this
goes from the model, its tokens, the chips and the precision all the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ... import configs
from ...kernels.model import units
from ..estimate.best_step import BEST_STEP, best_step_mfu
from ..estimate.intervals import Spread, spreads_alone
from ..estimate.scenario import Assumptions, StatedValue, complete, facts
from ..terminal import markdown, numbers
from . import fitting
from .cases import known_before, model_columns
from .rows import CaseRow, shipped

MODELS = {  # the published row's name, and the model's key in the models table
    "GPT-3 175B": "gpt-3-175b",
    "Llama 2 70B": "llama-2-70b",
    "Llama 3.1 405B": "llama-3.1-405b",
    "DeepSeek-V3": "deepseek-v3",
    "OLMo 2 32B": "olmo-2-32b",
}


@dataclass(frozen=True)
class RunFigure:
    """What is said of every known run.

    Parameters
    ----------
    title
        What a person reads.
    quantity
        Which it is of the model.
    column, unit
        The published row's column that has it, and that column's unit.
    basis
        The published row's column that says how it came about.
    """

    title: str
    quantity: str
    column: str
    unit: str
    basis: str = ""


FIGURES = (
    RunFigure("operations", "training_flops", "reported_flops", "FLOP", "flops_basis"),
    RunFigure("chip-hours", "chip_hours", "gpu_hours", "h", "gpu_hours_basis"),
    RunFigure("energy", "energy", "energy_mwh", "MWh", "energy_scope"),
    RunFigure("own cost", "cost", "own_cost_usd", "USD"),
    RunFigure("rental cost", "rental_cost", "cost_usd", "USD", "cost_basis"),
)


@dataclass(frozen=True)
class KnownFigure:
    """A figure of a known run: its estimate, and what was published.

    Parameters
    ----------
    run, figure
        Which.
    spread
        The estimate.
    published
        In the figure's unit; None where it was not.
    basis
        How the published figure came about, in its row's words.
    """

    run: str
    figure: RunFigure
    spread: Spread | None
    published: float | None
    basis: str

    @property
    def missing(self) -> str:
        """Say why there is no estimate; nothing where there is one."""
        if self.spread is None or self.spread.median is not None:
            return ""
        ends = [name.removesuffix("_low").removesuffix("_high") for name in self.spread.missing]
        names = [name.replace("_", " ") for name in dict.fromkeys(ends)]
        return f"no {' and '.join(names)} of the chip is published here"


@dataclass(frozen=True)
class KnownRun:
    """A known run.

    Parameters
    ----------
    name
        The model's.
    known
        What was known of it beforehand, in words.
    source
        Where what was published stands.
    figures
        Its figures, in the order of ``FIGURES``.
    """

    name: str
    known: str
    source: str
    figures: tuple[KnownFigure, ...]


def known_runs(draws: int) -> list[KnownRun]:
    """Estimate the known runs, each with an MFU that was fitted on other developers' runs.

    Parameters
    ----------
    draws
        How many joint draws of what was not known beforehand.
    """
    rows = {row.text("model"): row for row in shipped("training_runs").rows}
    return [_run(rows[name], key, draws) for name, key in MODELS.items()]


def _run(row: CaseRow, key: str, draws: int) -> KnownRun:
    stated, chip = known_before(row)
    sketched = model_columns(row).keys() - {"sequence_length"}  # which stands in for a model whose parameters alone are known
    stated = {name: value for name, value in stated.items() if name not in sketched}
    stated |= facts(configs.load("models").rows[key], "models")
    targets = [figure.quantity for figure in FIGURES]
    stated["best_step_mfu"] = StatedValue(best_step_mfu(stated, row.number("year")), BEST_STEP)
    scenario = complete(stated, targets, Assumptions(chip.base_key, row.number("year"), fitting.fit_for_row(row).fit))
    spreads = spreads_alone(scenario, targets, draws)
    figures = tuple(_figure(row, figure, spreads) for figure in FIGURES)
    return KnownRun(row.text("model"), _known(row, chip.name), row.text("source"), figures)


def _known(row: CaseRow, chip: str) -> str:
    """Word what was known of a run beforehand."""
    chips = f"{row.positive('num_chips'):,.0f} {chip}" if row.text("num_chips") else f"{chip}, how many is not published"
    return f"{row.positive('tokens_t'):g}e12 tokens in {row.text('precision').upper()} on {chips}; {row.text('year')}"


def _figure(row: CaseRow, figure: RunFigure, spreads: Mapping[str, Spread]) -> KnownFigure:
    published = row.positive(figure.column)
    basis = row.text(figure.basis) if figure.basis else ""
    return KnownFigure(
        run=row.text("model"),
        figure=figure,
        spread=spreads.get(figure.quantity),
        published=published if published == published else None,
        basis=basis if published == published else "",
    )


# --- for people, and for files ----------------------------------------------------------------------------------------

BEFOREHAND = (
    "Each run is predicted from what is in brackets, as of its year, with an MFU fitted on other developers' runs; an estimate "
    "of the same run today counts it among them."
)
HEADINGS = ("run", "figure", "flopwatt", "P10 to P90", "published", "how")


def _cells(figure: KnownFigure) -> tuple[str, str, str, str]:
    """Word the estimate, its interval, what was published, and how that came about."""
    median, interval = figure.missing or "-", ""
    if figure.spread is not None and figure.spread.median is not None:
        spread = figure.spread
        median = numbers.show(figure.spread.median, spread.quantity)
        if spread.low is not None and spread.high is not None:
            interval = numbers.join_range(*(numbers.show(end, spread.quantity) for end in (spread.low, spread.high)))
    published = "" if figure.published is None else numbers.show_unit(figure.published, figure.figure.unit)
    return median, interval, published or "-", figure.basis


def print_known(console: Any, runs: Sequence[KnownRun]) -> None:
    """Print a table for each run: what flopwatt says beside what was published, and where that stands.

    Parameters
    ----------
    console
        Where to print.
    runs
        What `known_runs` gave.
    """
    from rich.table import Table
    from rich.text import Text

    console.print(BEFOREHAND, highlight=False)
    console.print()
    for run in runs:
        console.print(Text(run.name, style="bold"), Text(f"({run.known})"), highlight=False)
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("")
        for heading in HEADINGS[2:5]:
            table.add_column(heading, justify="right")
        table.add_column("", style="dim")
        for figure in run.figures:
            table.add_row(figure.figure.title, *map(Text, _cells(figure)))
        console.print(table, highlight=False)
        console.print(Text(f"Published: {run.source}.", style="dim"), highlight=False)
        console.print()


def markdown_known(runs: Sequence[KnownRun]) -> str:
    """Write the known runs as one Markdown table, and below it what was known of each and where what was published stands.

    Parameters
    ----------
    runs
        What `known_runs` gave.
    """
    rows = [
        [run.name if i == 0 else "", figure.figure.title, *_cells(figure)[:3]]
        for run in runs
        for i, figure in enumerate(run.figures)
    ]
    lines = markdown.table(HEADINGS[:5], 2, [[markdown.plain(cell) for cell in row] for row in rows])
    notes = [f"- {markdown.plain(f'{run.name}: {run.known}. Published ({_bases(run)}): {run.source}.')}" for run in runs]
    return "\n".join([*lines, "", *notes]) + "\n"


def _bases(run: KnownRun) -> str:
    return "; ".join(f"{figure.figure.title}: {figure.basis}" for figure in run.figures if figure.basis)


def document_known(runs: Sequence[KnownRun]) -> dict[str, Any]:
    """Return the known runs as one JSON document: plain lists, numbers, texts and None.

    Parameters
    ----------
    runs
        What `known_runs` gave.
    """
    return {
        "runs": [
            {"name": run.name, "known": run.known, "source": run.source, "figures": [_entry(figure) for figure in run.figures]}
            for run in runs
        ]
    }


def _entry(figure: KnownFigure) -> dict[str, Any]:
    spread, unit = figure.spread, figure.figure.unit
    ends: dict[str, float | None] = {"median": None, "low": None, "high": None}
    if spread is not None:
        scale = units.factor(spread.quantity.unit) / units.factor(unit)
        values = {"median": spread.median, "low": spread.low, "high": spread.high}
        ends = {name: None if value is None else value * scale for name, value in values.items()}
    missing = list(spread.missing) if spread is not None else []
    published = {"published": figure.published, "basis": figure.basis or None}
    return {"quantity": figure.figure.quantity, "unit": unit, **ends, "missing": missing, **published}
