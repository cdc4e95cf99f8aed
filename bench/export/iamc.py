"""Answers in the long form of the Integrated Assessment Modeling Consortium, which pyam reads.

Its columns are model, scenario, region, variable, unit, year and value. An axis of years gives the year, one of places the
region; the other kept axes are part of the scenario's name.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ... import __version__
from ...kernels.files import write_whole
from ...kernels.model.grid import Axis
from ...kernels.model.questions import Question
from ..answers.answer import Answer
from ..answers.column import Column, coordinates_of_points
from ..errors import InputError, Parameter
from ..runner.outcome import Run
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from .csv_text import csv_text
from .kinds import KINDS

ENDING = ".iamc.csv"
HEADINGS = ("model", "scenario", "region", "variable", "unit", "year", "value")
WORLD = "World"
_PLACES = {"grid", "country", "region", "place", "location"}  # names of axes of places
_OF_PLACES = {"carbon_intensity", "electricity_price", "wue"}  # what an axis of places brings
_YEAR = re.compile(r"(?:^|\D)((?:19|20|21)\d\d)$")  # at the end of a row's key, such as openai-2025


def years_of(axis: Axis) -> tuple[int, ...]:
    """Return the year of each point of an axis; none where it is not one of years.

    Parameters
    ----------
    axis
        One that holds the quantity ``year`` in whole numbers, or whose labels all end in a year, is an axis of years.
    """
    values = axis.columns.get("year")
    if values is not None and np.isfinite(values).all() and (values == np.floor(values)).all():
        return tuple(int(value) for value in values.tolist())
    matches = [_YEAR.search(label) for label in axis.labels or ()]
    return tuple(int(match[1]) for match in matches if match) if all(matches) and matches else ()


def check_years(study: Study, names: Sequence[str]) -> None:
    """Raise InputError where a question has no answer by year; said before the work.

    Parameters
    ----------
    study
        What is to be answered.
    names
        Of the questions that are wanted.
    """
    dated = [axis.name for axis in study.problem.grid.axes if years_of(axis)]
    if not dated:
        raise InputError(
            f"{ENDING} is a table by year, and the study {study.name} has no axis of years; add one, for example "
            "[axes.year] with values = [2026, 2030], and keep it with by = ['year']",
            where=Parameter("out"),
        )
    questions = [question for question in study.questions if question.name in names]
    lacking = [question.name for question in questions if not _is_dated(question, dated)]
    if lacking:
        fit = [question.name for question in study.questions if _is_dated(question, dated)]
        hint = f"; these do: {', '.join(map(repr, fit))}" if fit else f"; keep an axis of years with by = ['{dated[0]}']"
        raise InputError(
            f"{ENDING} is a table by year, and {', '.join(map(repr, lacking))} has no value for each year; choose with ",
            Parameter("only"),
            hint,
            where=Parameter("out"),
        )


def _is_dated(question: Question, dated: Sequence[str]) -> bool:
    return KINDS.of(question).by_year and any(name in question.by for name in dated)


@dataclass(frozen=True)
class _Entry:
    """A row of the table before its variable is told from those of other questions."""

    question: str
    scenario: str
    region: str
    variable: str
    unit: str
    year: int
    value: float


def write_iamc(run: Run, path: Path, names: Sequence[str]) -> None:
    """Write answers by year, whole or not at all.

    Parameters
    ----------
    run
        What was answered.
    path
        Where to.
    names
        Of the questions that are wanted.

    Raises
    ------
    OSError
        Where it could not be written.
    """
    answers = [answer for answer in run.shown() if answer.name in names]
    entries = [entry for answer in answers for entry in _entries(answer, run.study)]
    asked: dict[str, set[str]] = {}
    for entry in entries:
        asked.setdefault(entry.variable, set()).add(entry.question)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    model = f"flopwatt {__version__}"
    for entry in entries:
        variable = entry.variable if len(asked[entry.variable]) == 1 else f"{_plain(entry.question)}|{entry.variable}"
        texts = (model, entry.scenario, entry.region, variable, entry.unit)
        writer.writerow([*map(csv_text, texts), entry.year, repr(entry.value)])
    write_whole(path, text.getvalue().encode())


def _entries(answer: Answer, study: Study) -> Iterator[_Entry]:
    axes = {axis.name: axis for axis in study.problem.grid.axes if axis.name in answer.question.by}
    dated = next(name for name, axis in axes.items() if years_of(axis))
    place = next((name for name, axis in axes.items() if name != dated and _is_of_places(axis)), None)
    years = years_of(axes[dated])
    others = [dim for dim in axes if dim not in (dated, place)]
    if len(set(years)) < len(years):  # rows of several developers: what tells them apart is part of the scenario
        others.append(dated)
    points = coordinates_of_points(answer.coords)
    numbers = coordinates_of_points({dim: Column(np.arange(len(column.data))) for dim, column in answer.coords.items()})
    for row in range(len(points[dated].data)):
        chosen = [f"{axis_words(study, dim)} {point_words(study, dim, points[dim].data[row])}" for dim in others]
        region = WORLD if place is None else _plain(point_words(study, place, points[place].data[row]))
        own = [dim for dim in answer.dims if dim not in axes]
        ends = [_own_words(dim, float(points[dim].data[row])) for dim in own]
        for name, column in {**answer.values, **{n: c for n, c in answer.at.items() if c.data.dtype != object}}.items():
            value = float(np.reshape(column.data, -1)[row])
            if np.isfinite(value):
                variable = "|".join([_variable(name, answer, study), *ends])
                scenario = _plain(", ".join([study.title, *chosen]))
                year = years[int(numbers[dated].data[row])]
                yield _Entry(answer.name, scenario, region, variable, column.unit, year, value)


def _is_of_places(axis: Axis) -> bool:
    return axis.labels is not None and (axis.name.lower() in _PLACES or bool(_OF_PLACES & {*axis.columns}))


def _own_words(dim: str, share: float) -> str:
    return f"P{100 * share:g}" if dim == "quantile" else f"{dim.capitalize()} {100 * share:g}%"


def _variable(name: str, answer: Answer, study: Study) -> str:
    """Name a variable: Energy, Cost|P80, Run time|Mean of a summary."""
    model = study.problem.model
    if name in answer.values and name not in model and "(" not in name:
        return f"{_plain(quantity_words(model, answer.question.objectives()[0])).capitalize()}|{name.capitalize()}"
    words = _plain(quantity_words(model, name))
    return words[:1].upper() + words[1:]


def _plain(text: str) -> str:
    """Take out what parts a variable's levels, and what pyam takes for a wildcard."""
    return " ".join(text.replace("|", "/").replace("*", "x").split())
