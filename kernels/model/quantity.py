"""Quantities: named numbers with a unit, and the pure functions that compute one from others.

A quantity is either given (an input) or computed. The names of its function's parameters are the names of the quantities
that it needs; nothing else wires a model together. All arithmetic is in base units (SI, USD, kgCO2e, plain counts); the
unit of a quantity is used where numbers enter and leave.
"""

import contextlib
import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import FlopwattError
from ..text import nearest
from . import units


class ModelError(FlopwattError, ValueError):
    """A quantity, or the way quantities are wired, is wrong; the message says how to mend it."""


@dataclass(frozen=True)
class Quantity:
    """A named number with a unit; ``function`` is None for an input."""

    name: str
    unit: str
    source: str
    doc: str
    function: Callable[..., Any] | None = None
    parameters: tuple[str, ...] = ()
    low: float = -math.inf  # the smallest valid value, in `unit`
    high: float = math.inf
    low_open: bool = False  # the bound itself is not valid
    whole: bool = False  # whole numbers only
    show: str = ""  # the unit for people, where it differs from `unit`

    @property
    def given(self) -> bool:
        return self.function is None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.function is None:
            raise ModelError(f"{self.name} is an input: it has no formula")
        return self.function(*args, **kwargs)

    def check(self, value: float) -> str | None:
        """What is wrong with an input's value (in base units), or None."""
        scale = units.factor(self.unit)
        low, high = self.low * scale, self.high * scale
        if math.isnan(value):
            return "is not a number"
        if math.isinf(value):
            return "is infinite"
        if value < low or (self.low_open and value == low):
            return f"must be {'above' if self.low_open else 'at least'} {self.low:g} {self.unit}".rstrip()
        if value > high:
            return f"must be at most {self.high:g} {self.unit}".rstrip()
        if self.whole and value != math.floor(value):
            return "must be a whole number"
        return None


registry: dict[str, Quantity] = {}
_collecting: list[dict[str, Quantity]] = [registry]


def _register(item: Quantity) -> Quantity:
    target = _collecting[-1]
    if item.name in target:
        raise ModelError(f"the quantity {item.name!r} is defined twice; rename one of them")
    if not item.name.isidentifier():
        raise ModelError(f"{item.name!r} is not a valid name for a quantity")
    units.dimension(item.unit)  # an unknown unit fails here, where it is written
    target[item.name] = item
    return item


@contextlib.contextmanager
def collecting() -> Iterator[dict[str, Quantity]]:
    """Collect the quantities defined inside the block into a dictionary of their own, not into the registry."""
    own: dict[str, Quantity] = {}
    _collecting.append(own)
    try:
        yield own
    finally:
        _collecting.pop()


def given(
    name: str,
    unit: str,
    doc: str,
    *,
    low: float = 0.0,
    high: float = math.inf,
    low_open: bool = False,
    whole: bool = False,
    show: str = "",
) -> Quantity:
    """Declare an input; bounds are in its unit and are what a study's values are checked against."""
    return _register(Quantity(name, unit, "given", doc, None, (), low, high, low_open, whole, show))


def quantity(
    unit: str, source: str, show: str = "", *, low: float = 0.0, high: float = math.inf, low_open: bool = False
) -> Callable[[Callable[..., Any]], Quantity]:
    """Declare a computed quantity: a pure function whose parameters are named after the quantities it needs.

    The bounds are for a value that a study holds in place of the formula; what the formula gives is not checked.
    """

    def declare(function: Callable[..., Any]) -> Quantity:
        parameters = _plain_parameters(function)
        doc = inspect.getdoc(function) or ""
        return _register(Quantity(function.__name__, unit, source, doc, function, parameters, low, high, low_open, show=show))

    return declare


def _plain_parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's parameters. Raises ModelError for one that cannot stand for a quantity."""
    found = inspect.signature(function).parameters.values()
    for parameter in found:
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or parameter.default is not parameter.empty:
            raise ModelError(
                f"the parameter {str(parameter)!r} of {function.__name__!r} is no plain name of a quantity; "
                "a value that may change is an input: given(name, unit, doc)"
            )
    return tuple(parameter.name for parameter in found)


class Model:
    """A set of quantities and which of them needs which."""

    def __init__(self, quantities: Mapping[str, Quantity]):
        self.quantities = dict(quantities)

    def __getitem__(self, name: str) -> Quantity:
        try:
            return self.quantities[name]
        except KeyError:
            raise ModelError(f"unknown quantity {name!r}{nearest(name, self.quantities)}") from None

    def __contains__(self, name: str) -> bool:
        return name in self.quantities

    def extended(self, extra: Mapping[str, Quantity]) -> "Model":
        """This model with further quantities; one of the same name takes the place of the old one."""
        return Model({**self.quantities, **extra})

    def order(self, targets: Iterable[str], held: Iterable[str] = ()) -> list[Quantity]:
        """The quantities needed for ``targets``, each after those it needs; ``held`` ones are taken as inputs.

        Raises ModelError for an unknown name and for a circle.
        """
        held, done = set(held), set[str]()
        open_, result = list[str](), list[Quantity]()

        def visit(name: str) -> None:
            if name in done:
                return
            if name in open_:
                circle = " -> ".join([*open_[open_.index(name) :], name])
                raise ModelError(f"quantities need each other in a circle: {circle}")
            item = self[name]
            open_.append(name)
            for parameter in () if name in held else item.parameters:
                visit(parameter)
            open_.pop()
            done.add(name)
            result.append(item)

        for target in targets:
            visit(target)
        return result

    def inputs(self, targets: Iterable[str], held: Iterable[str] = ()) -> list[str]:
        """The names that must have a value before ``targets`` can be computed."""
        held = set(held)
        return [item.name for item in self.order(targets, held) if item.given or item.name in held]


# --- the operations a formula may use beside + - * / and powers -------------------------------------------------------
# Each works on NumPy and CuPy arrays and on pint quantities. An argument may also bring its own meaning of an operation
# (`_apply_`): expression nodes and intervals do.


def _apply(name: str, *args: Any) -> Any:
    for arg in args:
        apply = getattr(arg, "_apply_", None)
        if apply is not None:
            return apply(name, *args)
    namespace: Any = np
    if any(type(arg).__module__.partition(".")[0] == "cupy" for arg in args):
        import cupy

        namespace = cupy
    return getattr(namespace, name)(*args)


def where(condition: Any, yes: Any, no: Any) -> Any:
    """``yes`` where the condition holds, else ``no``; both are computed."""
    return _apply("where", condition, yes, no)


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two; NaN if either is."""
    return _apply("minimum", a, b)


def maximum(a: Any, b: Any) -> Any:
    """The larger of two; NaN if either is."""
    return _apply("maximum", a, b)


def ceil(x: Any) -> Any:
    """The smallest whole number not below x, as a float; x must be dimensionless."""
    return _apply("ceil", x)


def floor(x: Any) -> Any:
    """The largest whole number not above x, as a float; x must be dimensionless."""
    return _apply("floor", x)


def sqrt(x: Any) -> Any:
    """The square root."""
    return _apply("sqrt", x)


def log2(x: Any) -> Any:
    """The logarithm to base two; x must be dimensionless."""
    return _apply("log2", x)


def exp(x: Any) -> Any:
    """The exponential; x must be dimensionless."""
    return _apply("exp", x)
