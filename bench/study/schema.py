"""The shape of a study's TOML: which keys there are and what kind of value each takes.

What the values mean (units, quantities, facts) is decided by the modules that read them; here is only their form. Every
error becomes one line that names the key and, for a key that is not known, the nearest one that is.
"""

from dataclasses import dataclass, field
from typing import Any

from ..errors import StudyError
from .fields import Number, key_text, numbers, numbers_by_name, prose, rows, text, texts, texts_by_name, truth, weights, whole
from .questions import QuestionSpec
from .spec_forms import Form, FormError, Spec, by_name, plain, read_by, read_form, table_of, tables

MAX_AXIS_POINTS = 100_000_000  # one column of it is 800 MB
_EMPTY_AXIS = "is empty; say where its values come from, for example values = [1, 2, 3] or from = 'hardware'"


@dataclass(frozen=True, kw_only=True)
class RangeSpec(Form):
    """How one column of numbers is made; exactly one of the forms."""

    linspace: list[Number] | None = field(default=None, metadata=read_by(numbers))
    geomspace: list[Number] | None = field(default=None, metadata=read_by(numbers))
    arange: list[Number] | None = field(default=None, metadata=read_by(numbers))
    values: list[Number] | None = field(default=None, metadata=read_by(numbers))
    num: int | None = field(default=None, metadata=read_by(whole))


@dataclass(frozen=True, kw_only=True)
class ColumnSpec(RangeSpec):
    """A column of a joint axis: numbers, or a distribution where the axis says ``draws``."""

    uniform: list[Number] | None = field(default=None, metadata=read_by(numbers))
    normal: list[Number] | None = field(default=None, metadata=read_by(numbers))
    lognormal: list[Number] | None = field(default=None, metadata=read_by(numbers))
    triangular: list[Number] | None = field(default=None, metadata=read_by(numbers))


@dataclass(frozen=True, kw_only=True)
class AxisSpec(RangeSpec):
    """One ``[axes.NAME]``."""

    source: str | None = field(default=None, metadata=read_by(text, "from"))
    rows: Any = field(default=None, metadata=read_by(rows))
    columns: Any = field(default=None, metadata=read_by(plain(lambda value: value)))
    quantity: str | None = field(default=None, metadata=read_by(text))
    labels: list[str] | None = field(default=None, metadata=read_by(texts))
    draws: int | None = field(default=None, metadata=read_by(whole))
    seed: int | None = field(default=None, metadata=read_by(whole))
    prior: str | None = field(default=None, metadata=read_by(text))
    only: list[str] | None = field(default=None, metadata=read_by(texts))
    excluded: list[str] | None = field(default=None, metadata=read_by(texts, "except"))
    uncertain: bool | None = field(default=None, metadata=read_by(truth))
    summed: bool | None = field(default=None, metadata=read_by(truth))
    weights: Any = field(default=None, metadata=read_by(weights))
    words: str | None = field(default=None, metadata=read_by(text))
    names: dict[str, str] | None = field(default=None, metadata=read_by(texts_by_name))


@dataclass(frozen=True, kw_only=True)
class StudySpec(Form):
    """The whole file."""

    title: str = field(metadata=read_by(text))
    description: str = field(default=" ", metadata=read_by(prose))
    unusual: bool = field(default=False, metadata=read_by(truth))
    headlines: list[str] = field(default_factory=list, metadata=read_by(texts))
    quantities: list[str] = field(default_factory=list, metadata=read_by(texts))
    given: dict[str, Number] = field(default_factory=dict, metadata=read_by(numbers_by_name))
    axes: dict[str, AxisSpec] = field(default_factory=dict, metadata=read_by(by_name(table_of(AxisSpec, _EMPTY_AXIS))))
    questions: list[QuestionSpec] = field(metadata=read_by(tables(QuestionSpec)))


class SchemaError(StudyError):
    """A key or the form of its value is wrong; the message starts with the key."""


def parse_study(document: Any) -> StudySpec:
    """Read a study's document. Raises SchemaError for the first thing that is wrong."""
    return _parse(StudySpec, document, ())


def parse_column(value: Any, place: tuple[str, ...]) -> ColumnSpec:
    """Read one entry of an axis's ``columns``: a table, or a list, which is short for ``{values = [...]}``.

    Parameters
    ----------
    value
        What the file has there.
    place
        Where it stands: errors start with that.

    Raises
    ------
    SchemaError
        For the first thing that is wrong with it.
    """
    if isinstance(value, list | int | float) and not isinstance(value, bool):
        value = {"values": value if isinstance(value, list) else [value]}
    if not isinstance(value, dict):
        raise SchemaError(f"{key_text(place)}: must be a list of values or a table such as {{ uniform = [0.3, 0.5] }}")
    return _parse(ColumnSpec, value, place)


def _parse(form: type[Spec], value: Any, place: tuple[str, ...]) -> Spec:
    try:
        return read_form(form, value)
    except FormError as error:
        fault = error.fault
    path = (*place, *fault.place)
    hint = _MISSING.get(str(path[-1]), "") if fault.problem == "is missing" else ""
    raise SchemaError(f"{key_text(path)}: {fault.problem}{hint}")


_MISSING = {
    "title": "; give the study one line of title",
    "questions": "; ask at least one question, for example [[questions]] with minimize = 'cost'",
}
