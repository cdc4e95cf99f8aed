"""What a study rests on, as sheets: inputs, assumptions, sources, facts that are missing."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.model import units
from ...kernels.model.grid import SUM_COLUMN, Axis
from ...kernels.model.quantity import Quantity
from ..answers.answer import Answer
from ..drivers.movers import study_movers
from ..prior.drawn_inputs import shown_name
from ..runner.missing_facts import fact_words
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from ..study.prior_axis import input_of_draws
from ..terminal import numbers
from .reading_units import ReadingUnit, number_format, reading_unit
from .sheets import Sheet, SheetColumn, SheetNumber

MAX_AXIS_ROWS = 200  # of an axis that is told point by point; a longer one is told by its ends, draws by their quantiles
DRAWN_SHARES = (0.1, 0.5, 0.9)

Row = tuple[Any, ...]


def basis_sheets(study: Study, names: Callable[[Sequence[str]], Sequence[str]], answers: Sequence[Answer] = ()) -> list[Sheet]:
    """Make the sheets of inputs, assumptions, sources and missing facts.

    Parameters
    ----------
    study
        What rests on them.
    names
        Makes names of sheets that no other has.
    answers
        What rests on it, which says of what is drawn what it is where it matters.
    """
    inputs, assumptions, sources, missing = names(["Inputs", "Assumptions", "Sources", "Missing facts"])
    return [
        table_sheet(
            inputs,
            "What the study gives, what was changed, and the points of its axes",
            ("input", "key", "what it is", "point", "value", "unit", "source"),
            _input_rows(study),
        ),
        table_sheet(
            assumptions,
            "What nobody stated: drawn, with P10, median and P90, and defaults",
            ("assumption", "key", "what it is", "P10", "median or value", "P90", "unit", "source", "date", "note"),
            [*drawn_rows(study, answers), *_assumption_rows(study)],
        ),
        table_sheet(
            sources, "Where inputs' values and formulas come from", ("quantity", "key", "kind", "source"), _source_rows(study)
        ),
        table_sheet(
            missing,
            "Facts that nobody published, so that some rows have no answer",
            ("fact", "key", "table", "row", "questions that go without"),
            [
                (fact_words(fact, study.problem.model), fact.column, fact.table, fact.row, ", ".join(fact.questions))
                for fact in study.missing
            ],
        ),
    ]


def table_sheet(name: str, title: str, headings: Sequence[str], rows: Sequence[Row]) -> Sheet:
    """Make a sheet of rows under headings; the first column names the row, and numbers have formats of their own.

    Parameters
    ----------
    name, title
        Of the sheet, and what the first sheet says of it.
    headings, rows
        As they are shown.
    """
    columns = [
        SheetColumn(heading, [row[place] for row in rows], is_label=place == 0) for place, heading in enumerate(headings)
    ]
    return Sheet(name, title, tuple(columns))


def in_reading_unit(value: float, quantity: Quantity) -> tuple[SheetNumber | str, str]:
    """Turn a value in base units into the unit that people read it in, and name that; of a choice it is the word."""
    own = float(units.from_base(value, quantity.unit))
    if own in range(len(quantity.words)):
        return quantity.words[int(own)], ""
    reading = reading_unit([own], quantity.unit, quantity)
    shown = own / reading.size
    return SheetNumber(shown, cell_format(shown, reading, quantity)), reading.name


def together_in_reading_unit(own: Sequence[float], quantity: Quantity) -> tuple[list[SheetNumber | str], str]:
    """Turn numbers in a quantity's own unit into the one that people read them in, the same for all, and name that."""
    if all(value in range(len(quantity.words)) for value in own):
        return [quantity.words[int(value)] for value in own], ""
    reading = reading_unit(own, quantity.unit, quantity)
    cells: list[SheetNumber | str] = [
        SheetNumber(value / reading.size, cell_format(value / reading.size, reading, quantity)) for value in own
    ]
    return cells, reading.name


def cell_format(value: float, reading: ReadingUnit, quantity: Quantity | None) -> str:
    """Write the format of one number: a year's as it stands, a share's in percent, others by their size.

    Parameters
    ----------
    value, reading
        In the unit that it is read in, and that unit.
    quantity
        Whose it is; None where it is no quantity's.
    """
    if quantity is not None and numbers.is_date(quantity.name):
        return "0"
    return number_format([value], is_share=reading.is_share)


def _input_rows(study: Study) -> list[Row]:
    """List what was changed, what the study gives, its axes, then what flopwatt's evidence gives of a run."""
    rows: list[Row] = [("override", text.partition("=")[0], "changed by hand", None, text, "", "") for text in study.overrides]
    own: list[Row] = []
    evidence: list[Row] = []
    assumed = {assumption.quantity for assumption in study.assumptions}
    for name, base in study.problem.given.items():
        if name in assumed or name.startswith(SUM_COLUMN):
            continue
        quantity, source = study.problem.model[name], study.sources.get(name, "")
        value, unit = in_reading_unit(base, quantity)
        by_study = source.startswith("given by")
        row = (quantity_words(study.problem.model, name), name, "given" if by_study else "evidence", None, value, unit, source)
        (own if by_study else evidence).append(row)
    axes = [row for axis in study.all_axes for row in _axis_rows(study, axis)]
    return [*rows, *own, *axes, *evidence]


def _axis_rows(study: Study, axis: Axis) -> list[Row]:
    rows: list[Row] = []
    use = "summed over" if axis in study.summed else "uncertain" if axis.uncertain else "chosen"
    kind = f"{use}: {axis_words(study, axis.name)}, {numbers.count(len(axis), 'point')}"
    drawn = drawn_columns(study)
    for name, base in axis.own_columns.items():
        if name in drawn:
            continue  # among the assumptions
        quantity = study.problem.model.quantities.get(name)
        unit = quantity.unit if quantity is not None else ""
        own = np.asarray(units.from_base(base, unit), dtype=np.float64)
        reading = reading_unit(own.tolist(), unit, quantity)
        words, source = quantity_words(study.problem.model, name), study.sources.get(name, "")
        points = _points(study, axis, reading.convert(own))
        for label, value in points:
            shown = SheetNumber(value, cell_format(value, reading, quantity)) if value == value else None
            rows.append((words, name, kind, label, shown, reading.name, source))
    return rows


def _points(study: Study, axis: Axis, values: NDArray[np.float64]) -> list[tuple[str, float]]:
    """Tell a column of an axis point by point; draws by their quantiles, a long one by its ends."""
    if axis.uncertain and axis.labels is None:
        return [
            ("median" if share == 0.5 else f"P{100 * share:g}", float(np.quantile(values, share))) for share in DRAWN_SHARES
        ]
    if len(axis) > MAX_AXIS_ROWS:
        return [("least", float(np.nanmin(values))), ("greatest", float(np.nanmax(values)))]
    labels = axis.labels or [""] * len(axis)
    texts = [point_words(study, axis.name, label) if label else str(place) for place, label in enumerate(labels, 1)]
    return list(zip(texts, values.tolist(), strict=True))


def drawn_columns(study: Study) -> set[str]:
    """Name the columns of uncertain axes that the prior draws."""
    return {name for axis in study.axes if axis.prior is not None for name in axis.columns if name in axis.sources}


def drawn_rows(study: Study, answers: Sequence[Answer]) -> list[Row]:
    """List what is drawn as people know it: the MFU at the place that answers stand for, in place of its fit's deviation.

    Parameters
    ----------
    study
        What draws it.
    answers
        What depends on it.
    """
    model, columns, inputs = study.problem.model, drawn_columns(study), input_of_draws(study.problem.model)
    told: dict[str, tuple[list[float], str]] = {}
    movers = [one.mover for one in study_movers(answers, study)]
    known_as = {shown_name(inputs.get(name, name)) for name in columns}
    for mover in (one for one in movers if one.kind == "drawn" and one.name in known_as):
        where = ", ".join(point for _, point in mover.place)
        told[mover.name] = (
            sorted((mover.low, mover.base, mover.high)),
            f"at {where}" if where and mover.name not in columns else "",
        )
    for axis in study.problem.grid.axes:
        for name in (name for name in axis.columns if name in columns):
            own = np.asarray(units.from_base(axis.columns[name], model[name].unit), dtype=np.float64)
            values = [float(np.quantile(own, share)) for share in DRAWN_SHARES]
            if shown_name(inputs.get(name, name)) not in told:
                told.setdefault(inputs.get(name, name), (values, ""))
    rows: list[Row] = []
    for name, (values, note) in told.items():
        cells, unit = together_in_reading_unit(values, model[name])
        parts = (key for key in columns if shown_name(inputs.get(key, key)) == name)
        source = study.sources.get(next(parts, name), study.sources.get(name, ""))
        rows.append((quantity_words(model, name), name, "drawn", *cells, unit, source, _default_date(name), note))
    return rows


def _default_date(name: str) -> str:
    from ... import configs

    defaults = configs.defaults()
    return defaults[name].date if name in defaults else ""


def _assumption_rows(study: Study) -> list[Row]:
    rows: list[Row] = []
    for assumption in study.assumptions:
        quantity = study.problem.model[assumption.quantity]
        value, unit = in_reading_unit(assumption.value, quantity)
        date = _default_date(quantity.name)
        words = quantity_words(study.problem.model, quantity.name)
        rows.append((words, quantity.name, "default", None, value, None, unit, assumption.source, date, assumption.note))
    return rows


def _source_rows(study: Study) -> list[Row]:
    model, problem = study.problem.model, study.problem
    held = problem.held()
    asked = dict.fromkeys(name for question in study.questions for name in question.targets() if name in model)
    rows: list[Row] = [(quantity_words(model, name), name, "input", source) for name, source in study.sources.items()]
    computed = [item for item in model.order(list(asked), held) if item.function is not None and item.name not in held]
    return rows + [(quantity_words(model, item.name), item.name, "formula", item.source) for item in computed]
