"""A quantity: a named number with a unit, its formula where it has one, and what people call it."""

import math
import sys
from collections.abc import Callable, Container
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any

from ..errors import FlopwattError
from . import units


class ModelError(FlopwattError, ValueError):
    """A quantity, or the way quantities are wired, is wrong; the message says how to mend it."""


# Words of names that are abbreviations, as people write them.
_CAPITALS = "bf16 cp cpu dp ep ffn flop fp4 fp8 gpu hfu it kv mfu mla moe mtbf mtp pp pue tdp tp wue"
_WRITTEN = {word: word.upper() for word in _CAPITALS.split()} | {"flops": "FLOP", "zero": "ZeRO", "moe": "MoE"}


def name_words(name: str) -> str:
    """Write a name as people do: ``peak_facility_power`` as peak facility power, ``step_mfu`` as step MFU."""
    return " ".join(_WRITTEN.get(word, word) for word in name.split("_") if word)


@dataclass(frozen=True)
class SumAlong:
    """A formula that is a sum along an axis: ``kind`` (cumulative or total), what is summed, and the input of the axis."""

    kind: str
    of: str
    along: str


@dataclass(frozen=True)
class Quantity:
    """A named number with a unit, given or computed; `given` and `quantity` make them.

    Parameters
    ----------
    name
        A Python identifier.
    unit
        The unit of its bounds, and of plain numbers in a study, such as ``USD/kWh``; empty for a ratio. Formulas compute in
        base units.
    source
        Where the formula comes from; ``given`` for an input.
    doc
        What it is, for people.
    function
        The formula, from base units to base units; None for an input.
    parameters
        Names of the quantities that the formula takes, in its order.
    low, high
        The smallest and the largest valid value, in ``unit``.
    low_open
        Whether ``low`` itself is not valid.
    whole
        Whether only whole numbers are valid.
    show
        The unit in which people read it, where that is not ``unit``.
    words
        What its whole numbers from 0 on are called, of an input that chooses; empty for all others.
    label
        A short noun phrase that people read in place of the name; empty where the name's own words do.
    sum_along
        What is summed and along which axis, where the formula is a sum; None for all others.
    """

    name: str
    unit: str
    source: str
    doc: str
    function: Callable[..., Any] | None = None
    parameters: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    whole: bool = False
    show: str = ""
    words: tuple[str, ...] = ()
    label: str = ""
    sum_along: SumAlong | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the formula as the name that its module has for it, which is this quantity's and not the bare function's.

        A formula that no module has a name for, such as one of a file that a study names, is left to what pickles, which may
        take its code along.
        """
        values = {own.name: getattr(self, own.name) for own in fields(self)}
        function = values.pop("function")
        if function is not None and (function.__module__ not in sys.modules or "<" in function.__qualname__):
            return _unpickled, (type(self), values, function)
        named = None if function is None else (function.__module__, function.__qualname__)
        return _unpickled, (type(self), values, named)

    @property
    def wording(self) -> str:
        """What people call it: its label, else its name's words."""
        return self.label or name_words(self.name)

    @property
    def given(self) -> bool:
        """Whether it is an input, and not computed."""
        return self.function is None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the formula from base units to base units. Raises ModelError for an input, which has none."""
        if self.function is None:
            raise ModelError(f"{self.name} is an input: it has no formula")
        return self.function(*args, **kwargs)

    def check_alone(self, columns: Container[str]) -> None:
        """Raise ModelError for a sum along an axis that a grid has: `sums.with_sums` computes those beforehand."""
        if self.sum_along is not None and self.sum_along.along in columns:
            raise ModelError(
                f"{self.name} is a sum along the axis of {self.sum_along.along}, which was not computed beforehand"
            )

    def from_word(self, value: float | str) -> float | str:
        """Return the number that one of ``words`` stands for, and whatever else it is as it is."""
        word = value.strip() if isinstance(value, str) else ""
        return float(self.words.index(word)) if word in self.words else value

    def check(self, value: float) -> str | None:
        """Check a value against the bounds, and say what is wrong with it.

        Parameters
        ----------
        value
            In base units.

        Returns
        -------
        str or None
            The rest of a sentence about the value, with the bound in ``unit``: ``must be at most 1``; None for a valid one.
        """
        scale = units.factor(self.unit)
        low, high, unit = self.low * scale, self.high * scale, "a year" if self.unit == "1/year" else self.unit
        if math.isnan(value):
            return "is not a number"
        if math.isinf(value):
            return "is infinite"
        if value < low or (self.low_open and value == low):
            return f"must be {'above' if self.low_open else 'at least'} {self.low:g} {unit}".rstrip()
        if value > high:
            return f"must be at most {self.high:g} {unit}".rstrip()
        if self.whole and value != math.floor(value):
            return "must be a whole number"
        return None


def _unpickled(kind: type[Quantity], values: dict[str, Any], formula: tuple[str, str] | Callable[..., Any] | None) -> Quantity:
    """Make a quantity again from what it was pickled as."""
    if formula is None or callable(formula):
        return kind(**values, function=formula)
    known = getattr(import_module(formula[0]), formula[1])
    return kind(**values, function=known.function if isinstance(known, Quantity) else known)
