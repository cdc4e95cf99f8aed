"""A ``where`` clause, read and shown: ``quantity op number [unit]`` or ``quantity op quantity``; never evaluated as Python."""

import re

from ...kernels.model import units
from ...kernels.model.comparisons import COMPARISONS
from ...kernels.model.condition import Condition
from ...kernels.model.quantity import Model, Quantity
from ...kernels.model.questions import Question
from ...kernels.text import nearest
from ..errors import StudyError
from ..terminal import numbers

_CLAUSE = re.compile(rf"\s*([^\W\d]\w*)\s*({'|'.join(COMPARISONS)})\s*([^<>=!]+?)\s*")
_NAME = re.compile(r"[^\W\d]\w*")
FORM = "write it as 'quantity <= number unit' or 'quantity <= quantity', for example 'run_time <= 120 day'"


class ConditionError(StudyError):
    """A clause is not understood; the message says what would be."""


def parse(text: str, model: Model) -> Condition:
    """Read a clause such as ``run_time <= 120 day``.

    Parameters
    ----------
    text
        The clause; a number without a unit is in the unit of its quantity.
    model
        The quantities that it may name.

    Returns
    -------
    Condition
        Its number in base units.

    Raises
    ------
    ConditionError
        Where it is not understood; the message says what would be.
    """
    match = _CLAUSE.fullmatch(text)
    if match is None:
        raise ConditionError(f"{text!r} is not understood; {FORM}")
    name, op, right = match.groups()
    left = _quantity(name, text, model)
    if _NAME.fullmatch(right) and right.lower() not in ("nan", "inf", "infinity"):
        other = _quantity(right, text, model)
        if units.dimension(other.unit) != units.dimension(left.unit):
            raise ConditionError(f"{text!r} compares {name} ({_unit(left.unit)}) with {right} ({_unit(other.unit)})")
        return Condition(name, op, right)
    try:
        value = units.parse(right, left.unit)
    except units.UnitError as error:
        raise ConditionError(f"{text!r}: {error}") from None
    if abs(value) == float("inf"):
        raise ConditionError(f"{text!r}: the number is infinite; leave the clause out instead")
    return Condition(name, op, value)


def show(condition: Condition, model: Model) -> str:
    """Write a condition for people, its number in the unit that suits its size: ``run_time <= 120 days``."""
    item, right = model[condition.quantity], condition.value
    if not isinstance(right, str):
        right = numbers.show(float(units.from_base(right, item.unit)), item)
    return f"{condition.quantity} {condition.op} {right}"


def with_conditions(text: str, question: Question, model: Model) -> str:
    """Add a question's conditions to what is asked: ``least cost where run_time <= 120 days``.

    Parameters
    ----------
    text
        What is asked, without conditions.
    question
        Whose conditions.
    model
        The quantities that they name.
    """
    where = ", ".join(show(condition, model) for condition in question.where)
    return f"{text} where {where}" if where else text


def _quantity(name: str, text: str, model: Model) -> Quantity:
    if name not in model:
        raise ConditionError(f"{text!r}: unknown quantity {name!r}{nearest(name, model.quantities)}")
    return model[name]


def _unit(unit: str) -> str:
    return unit or "a plain number"
