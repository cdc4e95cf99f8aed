"""The columns of one question's table: the cells of the rows that are shown."""

import numpy as np

from ...kernels.model.evaluate import dependence
from ..answers.answer import Answer
from ..answers.column import Array, Column
from ..study.loader import Study
from ..terminal import numbers
from .shown_column import Rows, ShownColumn, column_of, show_value, text_column

Columns = list[ShownColumn]
SMALL_SHARE = 0.001  # of a variance: of no interest, however well it is known

TableColumns = tuple[Columns, str]  # columns, and a line below them


def show_cells(column: Column, rows: Rows, preferred: str = "") -> list[str]:
    """Write the values of some rows, in the unit that is preferred or one that suits each value's size.

    Parameters
    ----------
    column
        Values in their unit, of any shape.
    rows
        Flat indices of those that are shown.
    preferred
        A unit; empty where none is preferred.
    """
    return [show_value(value, column.unit, preferred) for value in column.data.reshape(-1)[rows].tolist()]


def preferred_unit(study: Study, name: str) -> str:
    """Name the unit that a quantity is shown in; empty for what is none, or has none of its own for people."""
    return study.problem.model[name].show if name in study.problem.model else ""


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
    return [column_of(name, column, rows, preferred_unit(study, name), name) for name, column in columns.items()], ""


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
    used = {name for i in frozenset().union(*depends) for name in (axes[i].name, *axes[i].columns)}
    unnamed = {axis.name for axis in axes if axis.labels is None and len(axis.columns) > 1} - {*study.problem.grid.column_axis}
    hidden = {*answer.coords, *fixed_quantities(answer), *unnamed}  # which column of an axis says less than what stands in it
    return [name for name in answer.at if name in used - hidden]


def summary_columns(answer: Answer, study: Study, rows: Rows) -> TableColumns:
    """Show the share that meets the conditions, that of the unknown where there are, and the least, mean and greatest.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers: its quantities say in which units.
    rows
        Flat indices of the points that are shown.
    """
    quantity = study.problem.model[answer.question.objectives()[0]]
    count, feasible, nan = (answer.values[name].data.reshape(-1)[rows].tolist() for name in ("count", "feasible", "nan"))
    columns: Columns = [_part_column("feasible", feasible, count)]
    if answer.question.where and any(nan):
        columns.append(_part_column("unknown", nan, count))
    columns += [column_of(name, answer.values[name], rows, quantity.show, name) for name in ("min", "mean", "max")]
    return columns, f"{numbers.count(count[0], 'scenario')} {'in each row' if len(rows) > 1 else 'in all'}" if rows else ""


def _part_column(heading: str, parts: list[int], wholes: list[int]) -> ShownColumn:
    shares = [part / whole for part, whole in zip(parts, wholes, strict=True)]
    return text_column(heading, [f"{100 * share:.3g}%" for share in shares], shares, name=heading)


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
    columns = [
        column_of(f"P{100 * share:g}", Column(rounded[..., i], column.unit), rows, preferred_unit(study, name), name)
        for i, share in enumerate(answer.coords["quantile"].data.tolist())
    ]
    return columns, ""


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
    return [text_column("share", cells, share[rows].tolist(), name="share")], _too_small(answer, np.flatnonzero(~clear_shares(answer)))


def clear_shares(answer: Answer) -> Array:
    """Tell which shares of a sensitivity, flattened, are above their error and SMALL_SHARE; what is unknown is, too."""
    share, error = (answer.values[name].data.reshape(-1) for name in ("share", "error"))
    return ~(np.abs(share) <= np.maximum(error, SMALL_SHARE))


def _too_small(answer: Answer, hidden: Array) -> str:
    """Say how many shares are not shown, and which where they are of one group."""
    if not len(hidden):
        return ""
    error = answer.values["error"].data.reshape(-1)[hidden].max()
    bounds = [numbers.share(SMALL_SHARE)] + ([f"their error of at most {numbers.share(error)}"] if error > SMALL_SHARE else [])
    names = "" if answer.question.by else f": {', '.join(answer.coords['axis'].data[hidden].tolist())}"
    what = f"{len(hidden):,} others are" if len(hidden) > 1 else "1 other is"
    return f"{what} below {' or '.join(bounds)}, and not shown{names}"
