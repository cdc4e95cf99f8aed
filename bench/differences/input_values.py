"""The inputs behind answers, by quantity and by row of a facts table, as documents say them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from ...kernels.quantities import MODEL
from ..terminal import numbers
from .document_forms import AxisColumnForm, AxisForm, EstimateForm, HeldForm, Number, RunForm

InputKey = tuple[str, str]  # a quantity, and the label of the axis's point that has it; no label for one that holds everywhere
ALIKE = 1e-9  # values that differ by less, as a share, are one
_DRAWS_APART = 6.0  # points of a sample between which a quantile of another sample of the same distribution may lie
_TOLD_OF_RUN = ("parameters", "active_parameters", "tokens", "sequence_length", "training_flops", "chip_count")


class InputKind(Enum):
    """How an input has its value."""

    STATED = "stated"
    ASSUMED = "assumed"
    DRAWN = "drawn"
    FACT = "fact"
    FIT = "number of a fit"
    RANGE = "range"  # of an axis
    TEXT = "text"


@dataclass(frozen=True)
class InputValue:
    """What an input is.

    Attributes
    ----------
    quantity, unit
        The quantity, and the unit of the numbers.
    kind
        How it has its value.
    value
        The value; the median of draws; None of an axis's range, and where it is not published.
    low, high
        P10 and P90 of draws, the ends of a range.
    points
        How many points the axis has that brings it.
    digest
        Tells whether all of these are alike.
    text
        What stands in place of a number.
    place
        The axis and its point that have it, in words; empty for one that holds everywhere.
    """

    quantity: str
    unit: str
    kind: InputKind
    value: Number = None
    low: Number = None
    high: Number = None
    points: int = 1
    digest: str = ""
    text: str = ""
    place: tuple[str, str] = ("", "")

    def words(self) -> str:
        """Write it for people: ``1.16 (1.1 to 1.27, drawn)``, ``1.2 (assumed)``."""
        if self.text or self.kind is InputKind.TEXT:
            return self.text or "not said"
        if self.kind is InputKind.RANGE:
            ends = numbers.join_range(self._shown(self.low), self._shown(self.high))
            return f"{ends} in {numbers.count(self.points, 'step')}"
        if self.kind is InputKind.DRAWN:
            return numbers.join_spread(*map(self._shown, (self.value, self.low, self.high))) + ", drawn"
        shown = self._shown(self.value)
        return f"{shown} (assumed)" if self.kind is InputKind.ASSUMED else shown

    def _shown(self, value: Number) -> str:
        return show_value(value, self.quantity, self.unit)


def show_value(value: Number, quantity: str, unit: str) -> str:
    """Write a value for people.

    Parameters
    ----------
    value
        In ``unit``; None where there is none.
    quantity
        The quantity, which says in which unit people read it where flopwatt knows it.
    unit
        Its unit.
    """
    if value is None:
        return "unknown"
    item = MODEL.quantities.get(quantity)
    return numbers.show_unit(value, unit) if item is None or item.unit != unit else numbers.show(value, item)


def inputs_of_run(form: RunForm) -> dict[InputKey, InputValue]:
    """List the inputs of a run; of a document that does not say them the assumptions alone."""
    result = {(held.quantity, ""): _held(held, InputKind.ASSUMED) for held in form.assumptions}
    result |= {(h.quantity, ""): _held(h, InputKind.STATED if h.stated else InputKind.FIT) for h in form.given}
    for axis in form.axes or ():
        for quantity, column in axis.columns.items():
            result |= {(quantity, label): value for label, value in _of_axis(axis, quantity, column)}
    return result


def _held(held: HeldForm, kind: InputKind) -> InputValue:
    return InputValue(held.quantity, held.unit, kind, held.value)


def _of_axis(axis: AxisForm, quantity: str, column: AxisColumnForm) -> Iterator[tuple[str, InputValue]]:
    if axis.labels is not None and column.data is not None:
        for label, value in zip(axis.labels, column.data, strict=False):
            place = (axis.words or axis.axis, axis.names.get(label, label))
            yield label, InputValue(quantity, column.unit, InputKind.FACT, value, place=place)
        return
    whole = InputValue(quantity, column.unit, InputKind.RANGE, None, column.least, column.greatest, axis.points, column.digest)
    if axis.points == 1:
        yield "", replace(whole, kind=InputKind.STATED, value=column.least, low=None, high=None)
    elif column.P50 is not None:
        yield "", replace(whole, kind=InputKind.DRAWN, value=column.P50, low=column.P10, high=column.P90)
    else:
        yield "", whole


def inputs_of_estimate(form: EstimateForm) -> dict[InputKey, InputValue]:
    """List the inputs of an estimate; of a document that does not say them what it read."""
    result: dict[InputKey, InputValue] = {}
    for name, value in form.inputs.items():
        if isinstance(value, str) and name in ("model", "chip", "precision", "country"):
            result[name, ""] = InputValue(name, "", InputKind.TEXT, text=value)
        elif form.held is None and isinstance(value, float | int) and name in _TOLD_OF_RUN:
            result[name, ""] = InputValue(name, MODEL[name].unit, InputKind.STATED, float(value))
    for held in form.held or ():
        kind = InputKind.STATED if held.stated else InputKind.ASSUMED if held.assumed else InputKind.FACT
        drawn = held.P50 is not None
        value = held.P50 if drawn else held.value
        ends = (held.P10, held.P90) if drawn else (None, None)
        result[held.quantity, ""] = InputValue(
            held.quantity, held.unit, InputKind.DRAWN if drawn else kind, value, *ends, points=0 if drawn else 1
        )
    return result


def are_alike(a: InputValue, b: InputValue) -> bool:
    """Tell whether two inputs are one: the same values, whoever states them; draws of one distribution."""
    if InputKind.TEXT in (a.kind, b.kind):
        return a.words() == b.words()
    if a.unit != b.unit:
        return False
    if a.digest and b.digest:
        if a.digest == b.digest:
            return True
        if not are_drawn(a, b):
            return False
    ends = zip((a.low, a.value, a.high), (b.low, b.value, b.high), strict=True)
    return all(_close(left, right, _slack(a, b)) for left, right in ends)


def are_drawn(a: InputValue, b: InputValue) -> bool:
    """Tell whether an input is drawn on both sides."""
    return a.kind is b.kind is InputKind.DRAWN


def _slack(a: InputValue, b: InputValue) -> float:
    """Tell how far quantiles of two samples of one distribution may lie apart."""
    spreads = [one.high - one.low for one in (a, b) if one.low is not None and one.high is not None]
    sampled = are_drawn(a, b) and a.points > 0 and b.points > 0
    return _DRAWS_APART / min(a.points, b.points) * max(spreads) if sampled and spreads else 0.0


def _close(a: Number, b: Number, slack: float) -> bool:
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=ALIKE, abs_tol=slack)


def holds_everywhere(inputs: Mapping[InputKey, InputValue], key: InputKey) -> InputValue | None:
    """Look up an input, at a row or as one that holds everywhere."""
    return inputs.get(key) or inputs.get((key[0], ""))
