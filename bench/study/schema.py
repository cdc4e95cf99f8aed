"""The shape of a study's TOML, as pydantic models: which keys there are and what kind of value each takes.

What the values mean (units, quantities, facts) is decided by the modules that read them; here is only their form. Every
error becomes one line that names the key and, for a key that is not known, the nearest one that is.
"""

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ...kernels.validation import data_error, described

MAX_AXIS_POINTS = 100_000_000  # one column of it is 800 MB


def _number(value: Any) -> float | str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"must be a number, or text such as '120 day', not {described(value)}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"must be text, not {described(value)}")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number, not {described(value)}")
    return value


def _list(value: Any) -> Any:
    if not isinstance(value, list):
        raise ValueError(f"must be a list, not {described(value)}")
    return value


def _questions(value: Any) -> Any:
    if isinstance(value, dict):
        raise ValueError("must be a list of tables; write [[questions]], not [questions]")
    return _list(value)


def _rows(value: Any) -> Any:
    if isinstance(value, str) and value != "all":
        return [value]
    if isinstance(value, str | list):
        return value
    raise ValueError(f"must be 'all' or a list of rows, not {described(value)}")


def _table(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"must be a table, not {described(value)}")
    return value


if TYPE_CHECKING:
    Number = float | str
else:  # a union of pydantic's own would report each of its members
    Number = Annotated[Any, BeforeValidator(_number)]
Text = Annotated[str, BeforeValidator(_text)]
Whole = Annotated[int, BeforeValidator(_whole)]
Numbers = Annotated[list[Number], BeforeValidator(_list)]
Texts = Annotated[list[Text], BeforeValidator(_list)]
Rows = Annotated[Any, BeforeValidator(_rows)]
Table = Annotated[dict[str, Any], BeforeValidator(_table)]


class _Strict(BaseModel):
    # smart unions would try to turn text into numbers: the validators above have decided already
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=True)


class RangeSpec(_Strict):
    """How one column of numbers is made; exactly one of the ways."""

    linspace: Numbers | None = None
    geomspace: Numbers | None = None
    arange: Numbers | None = None
    values: Numbers | None = None
    num: Whole | None = None


class ColumnSpec(RangeSpec):
    """A column of a joint axis: numbers, or a distribution where the axis says ``draws``."""

    uniform: Numbers | None = None
    normal: Numbers | None = None
    lognormal: Numbers | None = None
    triangular: Numbers | None = None


class AxisSpec(RangeSpec):
    """One ``[axes.NAME]``."""

    source: Text | None = Field(None, alias="from")
    rows: Rows | None = None
    columns: Annotated[Any, BeforeValidator(lambda v: v)] | None = None
    quantity: Text | None = None
    labels: Texts | None = None
    draws: Whole | None = None
    seed: Whole | None = None

    @model_validator(mode="before")
    @classmethod
    def _empty(cls, value: Any) -> Any:
        if isinstance(value, dict) and not value:
            raise ValueError("is empty; say where its values come from, for example values = [1, 2, 3] or from = 'hardware'")
        return value


class QuestionSpec(_Strict):
    """One ``[[questions]]``; which kind it is follows from the key that names a quantity."""

    name: Text | None = None
    minimize: Text | None = None
    maximize: Text | None = None
    summary: Text | None = None
    quantiles: Text | None = None
    histogram: Text | None = None
    sensitivity: Text | None = None
    pareto: Texts | None = None
    table: Texts | None = None
    at: Numbers | None = None
    bins: Whole | None = None
    where: Texts = []
    by: Texts = []


class StudySpec(_Strict):
    """The whole file."""

    title: Text
    description: Text = " "
    quantities: Texts = []
    given: Annotated[dict[str, Number], BeforeValidator(_table)] = {}
    axes: Annotated[dict[str, AxisSpec], BeforeValidator(_table)] = {}
    questions: Annotated[list[QuestionSpec], BeforeValidator(_questions)]


Spec = TypeVar("Spec", bound=BaseModel)


class SchemaError(ValueError):
    """A key or the form of its value is wrong; the message starts with the key."""


def parse_study(document: Any) -> StudySpec:
    """The document as a StudySpec. Raises SchemaError for the first thing that is wrong."""
    return _parse(StudySpec, document, ())


def parse_column(value: Any, place: tuple[str, ...]) -> ColumnSpec:
    """One entry of an axis's ``columns``: a table, or a list, which is short for ``{values = [...]}``."""
    if isinstance(value, list | int | float) and not isinstance(value, bool):
        value = {"values": value if isinstance(value, list) else [value]}
    if not isinstance(value, dict):
        raise SchemaError(f"{dotted(place)}: must be a list of values or a table such as {{ uniform = [0.3, 0.5] }}")
    return _parse(ColumnSpec, value, place)


def _parse(model: type[Spec], value: Any, place: tuple[str, ...]) -> Spec:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fault = data_error(error, model)
    inner = (*fault.place, *filter(None, [fault.key]))
    path = place + tuple(part if isinstance(part, str) else f"[{part + 1}]" for part in inner)
    hint = _MISSING.get(path[-1], "") if fault.problem == "is missing" else ""
    raise SchemaError(f"{dotted(path)}: {fault.problem}{hint}")


_MISSING = {
    "title": "; give the study one line of title",
    "questions": "; ask at least one question, for example [[questions]] with minimize = 'cost'",
}


def dotted(path: tuple[str, ...]) -> str:
    """``("questions", "[2]", "by")`` as ``questions[2].by``."""
    text = ""
    for part in path:
        text += part if part.startswith("[") or not text else f".{part}"
    return text or "the file"


KIND_KEYS = ("minimize", "maximize", "summary", "quantiles", "histogram", "sensitivity", "pareto", "table")
