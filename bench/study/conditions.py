"""A ``where`` clause, read and shown; never evaluated as Python.

It compares a quantity (``run_time <= 120 day``), a statistic over what is uncertain (``P80(run_time) <= 120 day``) or the share
of the draws that meet conditions (``share(run_time <= 120 day and cost <= 5e6 USD) >= 95%``).
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from ...kernels.model import number_text, units
from ...kernels.model.comparisons import COMPARISONS
from ...kernels.model.condition import Condition
from ...kernels.model.quantity import Model, Quantity
from ...kernels.model.statistic_quantity import StatisticQuantity
from ...kernels.model.statistics import AnyPromise, Measure, Promise, ShareOfDraws, SharePromise, Statistic
from ..facts.plausible import ImplausibleError, check_plausible, slip
from ..terminal import numbers
from . import statistic_text
from .statistic_text import SHARE, Call, StatisticError, find, split_call

_OPERATORS = "|".join(COMPARISONS)
_COMPARED = re.compile(rf"({_OPERATORS})\s*([^<>=!]+?)")
_CLAUSE = re.compile(rf"\s*([^\W\d]\w*)\s*({_OPERATORS})\s*([^<>=!]+?)\s*")
_NAME = re.compile(r"[^\W\d]\w*")
_CALL = re.compile(r"[^\W\d][\w.]*\s*\(.*\)")
_OTHER_WORDS = re.compile(r"\b(or|not|xor|AND)\b|[|&]", re.IGNORECASE)
FORM = "write it as 'quantity <= number unit' or 'quantity <= quantity', for example 'run_time <= 120 day'"

Clause = Condition | Promise | SharePromise
ON_EVIDENCE = Condition("mfu_evidence", "==", 1.0)  # not by >=: a chip without evidence does not miss it by a little


class ConditionError(StatisticError):
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
        several = "; where takes a list of clauses, which all hold" if re.search(r"\band\b", text) else ""
        raise ConditionError(f"{text!r} is not understood; {FORM}{several}")
    name, op, written = match.groups()
    left = _quantity(name, text, model)
    right = _right(written, left, text, model)
    _check_reach(left, op, right, text)
    return Condition(name, op, right)


def parse_clause(text: str, model: Model) -> Clause:
    """Read a clause of any form: about a quantity, a statistic of one, or the share of the draws that meet conditions.

    Parameters
    ----------
    text
        Such as ``P80(run_time) <= 120 day``; a number without a unit is in the unit of its quantity.
    model
        The quantities that it may name.

    Returns
    -------
    Condition, Promise or SharePromise
        Its numbers in base units.

    Raises
    ------
    ConditionError
        Where it is not understood; the message says what would be.
    """
    try:
        call = split_call(text)
        if call is None:
            return parse(text, model)
        if call.name == SHARE:
            return _parse_share(call, text, model)
        statistic = statistic_text.read_statistic(call, text, model)
    except ConditionError:
        raise
    except StatisticError as error:
        raise ConditionError(*error.parts) from None
    op, written = _compared(call.rest, text, f"{statistic} <= ...")
    left = model[statistic.quantity]
    right = _right(written, left, text, model)
    _check_reach(left, op, right, text)
    return Promise(statistic, op, right)


def _parse_share(call: Call, text: str, model: Model) -> SharePromise:
    conditions = parse_joined(call.argument, text, model)
    op, right = _compared(call.rest, text, "share(...) >= 95%")
    try:
        return SharePromise(conditions, op, statistic_text.parse_share(right))
    except (units.UnitError, StatisticError) as error:
        raise ConditionError(f"{text!r}: {error}") from None


def parse_joined(argument: str, text: str, model: Model) -> tuple[Condition, ...]:
    """Read conditions that ``and`` joins.

    Parameters
    ----------
    argument
        The conditions.
    text
        All that the study has there, which errors quote.
    model
        The quantities that they may name.

    Raises
    ------
    ConditionError
        Where one is not understood, or there is none.
    """
    if not argument:
        raise ConditionError(f"{text!r}: a share is of draws that meet a condition; write share(run_time <= 120 day) >= 95%")
    conditions = []
    for part in (part.strip() for part in re.split(r"\band\b", argument)):
        other = _OTHER_WORDS.search(part)
        if other:
            raise ConditionError(f"{text!r}: only 'and' joins conditions in share(...), not {other[0]!r}")
        if split_call(part):
            raise ConditionError(f"{text!r}: statistics do not nest; share(...) takes conditions of quantities on one draw")
        if not re.search("[<>=!]", part):
            raise ConditionError(f"{text!r}: share(...) takes conditions such as run_time <= 120 day, not {part!r}")
        conditions.append(parse(part, model))
    return tuple(conditions)


def _compared(rest: str, text: str, example: str) -> tuple[str, str]:
    """Read what stands behind a statistic: an operator and the right side."""
    match = _COMPARED.fullmatch(rest)
    if match is None:
        stated = f"{rest!r} is no comparison" if rest else "it is compared with nothing"
        raise ConditionError(f"{text!r}: {stated}; write it as {example}")
    return match[1], match[2]


def _right(right: str, left: Quantity, text: str, model: Model) -> float | str:
    """Read the right side of a comparison: a number in the left side's unit, or another quantity."""
    if _CALL.fullmatch(right):
        raise ConditionError(f"{text!r}: a statistic stands on the left; on the right stands a number or a quantity")
    if _NAME.fullmatch(right) and right.lower() not in ("nan", "inf", "infinity"):
        other = _quantity(right, text, model)
        if units.dimension(other.unit) != units.dimension(left.unit):
            raise ConditionError(f"{text!r} compares {left.name} ({_unit(left.unit)}) with {right} ({_unit(other.unit)})")
        return right
    try:
        value = units.parse(right, left.unit)
    except units.UnitError as error:
        raise ConditionError(f"{text!r}: {error}") from None
    if abs(value) == float("inf"):
        raise ConditionError(f"{text!r}: the number is infinite; leave the clause out instead")
    if units.dimension(left.unit) and _is_bare(right):
        _check_unit(left, value, text)
    return value


def _is_bare(right: str) -> bool:
    """Tell whether a number has no unit."""
    try:
        number_text.read_number(right)
    except number_text.NumberError:
        return False
    return True


def _check_unit(left: Quantity, value: float, text: str) -> None:
    """Refuse a number without a unit that would be another one in that of its quantity: 90 s of a run for 90 days."""
    try:
        check_plausible(left.name, value)
    except ImplausibleError:
        wrong = f"{text!r}: without a unit the number is in {left.unit}, and far from all that is known of {left.name}"
        raise ConditionError(f"{wrong}{slip(left.name, value) or '; write its unit'}") from None


def _check_reach(left: Quantity, op: str, right: float | str, text: str) -> None:
    """Refuse a number that the left side never reaches: where no value meets the clause, or it is a slip, 40 for 40%."""
    if isinstance(right, float) and right > left.high * units.factor(left.unit):
        meant = slip(left.name, right)
        if meant or op in (">", ">=", "=="):
            raise ConditionError(f"{text!r}: {left.name} {left.check(right)}{meant}")


def _quantity(name: str, text: str, model: Model) -> Quantity:
    try:
        return find(name, text, model)
    except StatisticError as error:
        raise ConditionError(*error.parts) from None


def _unit(unit: str) -> str:
    return unit or "a plain number"


# --- shown ------------------------------------------------------------------------------------------------------------

_AMOUNTS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "==": "exactly", "!=": "other than"}
_TRUTH = "1 where "  # how the text of a quantity that is 0 or 1 begins: it holds or does not
_QUANTILES = {0.0: "least", 0.5: "median", 1.0: "greatest"}


def written(condition: Condition, model: Model) -> str:
    """Write a condition as a study does, its number in the unit that suits its size: ``run_time <= 120 days``."""
    value = condition.value
    right = value if isinstance(value, str) else numbers.show_base(value, model[condition.quantity])
    return f"{condition.quantity} {condition.op} {right}"


def show(condition: Condition, model: Model) -> str:
    """Write a condition for people, its number in the unit that suits its size: ``run time <= 120 days``."""
    item = model[condition.quantity]
    if isinstance(item, StatisticQuantity) and isinstance(item.taken, ShareOfDraws):
        share = f"{_AMOUNTS[condition.op]} {show_share(Fraction(repr(condition.value)))}"
        return f"{show_all(item.taken.conditions, model)} in {share} of draws"
    if item.doc.startswith(_TRUTH) and condition.op == "==" and condition.value in (0.0, 1.0):
        return item.wording if condition.value else f"not: {item.wording}"
    right = _show_right(condition.quantity, condition.value, model)
    return f"{show_quantity(condition.quantity, model)} {condition.op} {right}"


def show_quantity(name: str, model: Model) -> str:
    """Name a quantity for people, a statistic in words: ``median cost``, ``share of draws with run time <= 120 days``."""
    item = model[name]
    if not isinstance(item, StatisticQuantity):
        return item.wording
    if isinstance(item.taken, Statistic):
        return show_statistic(item.taken, model)
    return f"share of draws with {show_all(item.taken.conditions, model)}"


def show_statistic(statistic: Statistic, model: Model) -> str:
    """Write a statistic for people: ``median cost``, ``P80 of run time``; ``cost`` where no draw changes it."""
    words = model[statistic.quantity].wording
    if statistic.measure is Measure.VALUE:
        return words
    if statistic.measure is Measure.MEAN:
        return f"mean {words}"
    share = float(statistic.share)
    return f"{_QUANTILES[share]} {words}" if share in _QUANTILES else f"P{100 * share:g} of {words}"


def show_promise(promise: AnyPromise, model: Model) -> str:
    """Write a promise for people: ``P80 of run time <= 120 days``, ``run time <= 120 days in at least 95% of draws``."""
    if isinstance(promise, SharePromise):
        return f"{show_all(promise.conditions, model)} in {_AMOUNTS[promise.op]} {show_share(promise.share)} of draws"
    right = _show_right(promise.statistic.quantity, promise.value, model)
    return f"{show_statistic(promise.statistic, model)} {promise.op} {right}"


def show_share(share: Fraction) -> str:
    """Write a share for people: ``95%``."""
    return f"{float(100 * share):g}%"


def _show_right(left: str, right: float | str, model: Model) -> str:
    if isinstance(right, str):
        return model[right].wording
    return numbers.show_base(right, model[left])


def show_all(conditions: Sequence[Condition], model: Model) -> str:
    """Join conditions for people: ``run time <= 120 days and cost <= 5 million USD``."""
    return " and ".join(dict.fromkeys(show(condition, model) for condition in conditions))
