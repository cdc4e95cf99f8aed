"""The shape of a study's TOML, as pydantic models: which keys there are and what kind of value each takes.

What the values mean (units, quantities, facts) is decided by the modules that read them; here is only their form. Every
error becomes one line that names the key and, for a key that is not known, the nearest one that is.
"""

from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from ...kernels.validation.validator import data_error
from ..errors import StudyError
from .fields import Number, Numbers, Prose, Rows, Strict, Text, Texts, Truth, Weights, Whole, check_list, check_table, key_text
from .questions import QuestionSpec

MAX_AXIS_POINTS = 100_000_000  # one column of it is 800 MB


class RangeSpec(Strict):
    """How one column of numbers is made; exactly one of the forms."""

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
    prior: Text | None = None
    only: Texts | None = None
    excluded: Texts | None = Field(None, alias="except")
    uncertain: Truth | None = None
    weights: Weights | None = None
    words: Text | None = None
    names: Annotated[dict[str, Text], BeforeValidator(check_table)] | None = None

    _keys: tuple[str, ...] = PrivateAttr(())

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: Any, handler: ModelWrapValidatorHandler["AxisSpec"]) -> "AxisSpec":
        if isinstance(value, dict) and not value:
            raise ValueError("is empty; say where its values come from, for example values = [1, 2, 3] or from = 'hardware'")
        spec = handler(value)
        spec._keys = tuple(value) if isinstance(value, dict) else ()
        return spec

    def written(self) -> tuple[str, ...]:
        """List the keys that the file has, in its order; pydantic's own set of them has none."""
        return self._keys


class StudySpec(Strict):
    """The whole file."""

    title: Text
    description: Prose = " "
    unusual: Truth = False
    headlines: Texts = Field(default_factory=list)
    quantities: Texts = Field(default_factory=list)
    given: Annotated[dict[str, Number], BeforeValidator(check_table)] = Field(default_factory=dict)
    axes: Annotated[dict[str, AxisSpec], BeforeValidator(check_table)] = Field(default_factory=dict)
    questions: Annotated[list[QuestionSpec], BeforeValidator(check_list)]


Spec = TypeVar("Spec", bound=BaseModel)


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


def _parse(model: type[Spec], value: Any, place: tuple[str, ...]) -> Spec:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fault = data_error(error, model)
    inner = (*fault.place, *filter(None, [fault.key]))
    path = (*place, *inner)
    hint = _MISSING.get(str(path[-1]), "") if fault.problem == "is missing" else ""
    raise SchemaError(f"{key_text(path)}: {fault.problem}{hint}")


_MISSING = {
    "title": "; give the study one line of title",
    "questions": "; ask at least one question, for example [[questions]] with minimize = 'cost'",
}
