"""The columns of one question's table: the cells of the rows that are shown."""

import numpy as np

from ...kernels.model.evaluate import dependence
from ..answers.answer import Answer
from ..answers.column import Array, Column
from ..answers.kinds import TOGETHER
from ..prior.drawn_inputs import shown_name
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from ..terminal import numbers
from .decision_words import percent
from .shown_column import Look, Rows, ShownColumn, columns_alike, label_column, text_column

Columns = list[ShownColumn]
SMALL_SHARE = 0.001  # of a variance: of no interest, however well it is known

TableColumns = tuple[Columns, str]  # columns, and a line below them


def value_column(name: str, column: Column, study: Study, rows: Rows, heading: str = "") -> ShownColumn:
    """Show a quantity's values or an axis's points in some rows, in words.

    Parameters
    ----------
    name
        What the answer calls it: an axis, a quantity or a statistic.
    column
        Values in their unit, of any shape.
    study
        What names it and its points.
    rows
        Flat indices of those that are shown.
    heading
        What stands above, in place of the name's own words.
    """
    axes = {axis.name for axis in study.problem.grid.axes}
    heading = heading or (axis_words(study, name) if name in axes else quantity_words(study.problem.model, name))
    if column.data.dtype == object:
        values = column.data.reshape(-1)[rows].tolist()
        return label_column(heading, [point_words(study, name, value) for value in values], name)
    return columns_alike([heading], [column], rows, look_of(name, study))[0]


def look_of(name: str, study: Study) -> Look:
    """Find out how the columns of a quantity or a statistic look; a count has no look of its own."""
    own = next((axis.coordinate_quantity() for axis in study.problem.grid.axes if axis.name == name), None) or name
    if own not in study.problem.model:
        return Look(name)
    quantity = study.problem.model[own]
    return Look(name, quantity.show, tuple(quantity.words), numbers.is_date(own))


def plain_columns(answer: Answer, study: Study, rows: Rows) -> TableColumns:
    """Show the values that no condition fixes, then the coordinates of the axes that the question depends on.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers: its quantities say in which units.
    rows
        Flat indices of the points that are shown.
    """
    hidden = {*answer.coords, *fixed_quantities(answer)}
    columns = {name: column for name, column in answer.values.items() if name not in hidden}
    columns |= {name: answer.at[name] for name in places_shown(answer, study) if name not in columns}
    return [value_column(name, column, study, rows) for name, column in columns.items()], ""


def histogram_columns(answer: Answer, study: Study, rows: Rows) -> TableColumns:
    """Show where each bin begins and ends, in one unit, and how many scenarios it holds.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers: its quantities say in which units.
    rows
        Flat indices of the bins that are shown.
    """
    look, (low, high) = look_of(answer.question.objectives()[0], study), (answer.values[name] for name in ("from", "to"))
    return [
        *columns_alike(("from", "to"), [low, high], rows, look),
        value_column("count", answer.values["count"], study, rows, "scenarios"),
    ], ""


def fixed_quantities(answer: Answer) -> set[str]:
    """Name the quantities that a condition holds at a number."""
    return {c.quantity for c in answer.question.where if c.op == "==" and not isinstance(c.value, str)}


def places_shown(answer: Answer, study: Study) -> list[str]:
    """Name the coordinates that are worth showing: of axes that the question depends on, but for what is known already.

    Parameters
    ----------
    answer
        What has the coordinates.
    study
        What it answers.
    """
    depends = dependence(study.problem, answer.question.targets()).values()
    axes = study.problem.grid.axes
    used = {name for i in frozenset().union(*depends) for name in (axes[i].name, *axes[i].own_columns)}
    unnamed = {axis.name for axis in axes if axis.labels is None and len(axis.own_columns) > 1} - {
        *study.problem.grid.column_axis
    }
    hidden = {*answer.coords, *fixed_quantities(answer), *unnamed}  # which column of an axis says less than what stands in it
    return [name for name in answer.at if name in used - hidden]


def summary_columns(answer: Answer, study: Study, rows: Rows) -> TableColumns:
    """Show the share that meets the conditions, that of the unknown, each where it is not all or none; least, mean, greatest.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers: its quantities say in which units.
    rows
        Flat indices of the points that are shown.
    """
    look = look_of(answer.question.objectives()[0], study)
    count, feasible, nan = (answer.values[name].data.reshape(-1)[rows].tolist() for name in ("count", "feasible", "nan"))
    met = "meets the conditions" if answer.question.where else "has an answer"
    columns: Columns = [_part_column(met, feasible, count)] if feasible != count else []
    if answer.question.where and any(nan):
        columns.append(_part_column("not known", nan, count))
    columns += columns_alike(
        ("least", "mean", "greatest"), [answer.values[name] for name in ("min", "mean", "max")], rows, look
    )
    return columns, ""


def _part_column(heading: str, parts: list[int], wholes: list[int]) -> ShownColumn:
    shares = [part / whole for part, whole in zip(parts, wholes, strict=True)]
    return text_column(heading, [percent(share) for share in shares], shares, heading)


def quantile_columns(answer: Answer, study: Study, rows: Rows) -> TableColumns:
    """Show a column for each quantile, rounded as the bins that it is read from are.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers: its quantities say in which units.
    rows
        Flat indices of the points that are shown.
    """
    (name, column), *_ = answer.values.items()
    # bins are within 0.8%: a chip count to the last chip would say too much
    rounded = np.array([numbers.rounded(value) for value in column.data.flat]).reshape(column.data.shape)
    shares = answer.coords["quantile"].data.tolist()
    columns = [Column(rounded[..., i], column.unit) for i in range(len(shares))]
    return columns_alike([quantile_heading(share) for share in shares], columns, rows, look_of(name, study)), ""


def quantile_heading(share: float) -> str:
    """Name a quantile: ``P5``, ``median``; ``least`` and ``greatest`` for the ends."""
    return {0.0: "least", 0.5: "median", 1.0: "greatest"}.get(float(share), f"P{100 * share:g}")


def sensitivity_columns(answer: Answer, study: Study, rows: Rows) -> TableColumns:
    """Show shares with their errors, and say how many are not shown since they are too small to tell.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers.
    rows
        Flat indices of the points that are shown.
    """
    share, error = (answer.values[name].data.reshape(-1) for name in ("share", "error"))
    cells = [numbers.share(a, b) for a, b in zip(share[rows].tolist(), error[rows].tolist(), strict=True)]
    return [text_column("share of the variance", cells, share[rows].tolist(), "share")], _too_small(
        answer, study, np.flatnonzero(~clear_shares(answer))
    )


def part_words(study: Study, part: str) -> str:
    """Name an axis or a drawn input whose share of a variance is told."""
    if part == TOGETHER:
        return "what they do together"
    return axis_words(study, shown_name(part))


def clear_shares(answer: Answer) -> Array:
    """Tell which shares of a sensitivity, flattened, are above their error and SMALL_SHARE; what is unknown is, too."""
    share, error = (answer.values[name].data.reshape(-1) for name in ("share", "error"))
    return ~(np.abs(share) <= np.maximum(error, SMALL_SHARE))


def _too_small(answer: Answer, study: Study, hidden: Array) -> str:
    """Say how many shares are not shown, and which where they are of one group."""
    if not len(hidden):
        return ""
    error = answer.values["error"].data.reshape(-1)[hidden].max()
    bounds = [numbers.share(SMALL_SHARE)] + ([f"their error of at most {numbers.share(error)}"] if error > SMALL_SHARE else [])
    names = (
        "" if answer.question.by else f": {', '.join(part_words(study, part) for part in answer.coords['axis'].data[hidden])}"
    )
    what = f"{len(hidden):,} others are" if len(hidden) > 1 else "1 other is"
    return f"{what} below {' or '.join(bounds)}, and not shown{names}."
