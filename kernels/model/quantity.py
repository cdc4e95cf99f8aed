"""Quantities: named numbers with a unit, and the pure functions that compute one from others.

A quantity is either given (an input) or computed. The names of its function's parameters are the names of the quantities
that it needs; nothing else wires a model together. All arithmetic is in base units (SI, USD, kgCO2e, plain counts); the
unit of a quantity is used where numbers enter and leave.
"""

import contextlib
import inspect
import math
import numbers
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any, TypeGuard

from ..text import nearest
from . import units
from .named_number import ModelError, Quantity, SumAlong
from .operations import ceil, cumulative, exp, floor, log2, maximum, minimum, sqrt, total, where

# A file of quantities imports all that it needs from here.
__all__ = [
    "Model",
    "ModelError",
    "Quantity",
    "ceil",
    "collecting",
    "cumulative",
    "exp",
    "floor",
    "given",
    "log2",
    "maximum",
    "minimum",
    "quantity",
    "registry",
    "sqrt",
    "total",
    "where",
]


MAX_CHAIN = 300  # quantities that need each other one after the other; flopwatt's own are 18 deep


registry: dict[str, Quantity] = {}
_collecting: list[dict[str, Quantity]] = [registry]


def _register(item: Quantity) -> Quantity:
    target = _collecting[-1]
    if item.name in target:
        raise ModelError(f"the quantity {item.name!r} is defined twice; rename one of them")
    if not item.name.isidentifier():
        raise ModelError(f"{item.name!r} is not a valid name for a quantity")
    for key, text in (("source", item.source), ("doc", item.doc), ("show", item.show), ("label", item.label)):
        if not isinstance(text, str):
            raise ModelError(f"{item.name}: {key} must be text, not {text!r}")
    if units.dimension(item.unit) != units.dimension(item.show or item.unit):  # an unknown unit fails here, where it is written
        raise ModelError(f"{item.name}: show is {item.show!r}, which is no unit of what is in {item.unit or 'plain counts'}")
    for bound, value in (("low", item.low), ("high", item.high)):
        if not isinstance(value, numbers.Real) or math.isnan(value):
            raise ModelError(f"{item.name}: {bound} must be a number in {item.unit or 'plain counts'}, not {value!r}")
    target[item.name] = item
    return item


@contextlib.contextmanager
def collecting() -> Iterator[dict[str, Quantity]]:
    """Collect the quantities defined inside the block into a dictionary by name, not into the registry."""
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
    words: tuple[str, ...] = (),
    label: str = "",
) -> Quantity:
    """Declare an input: a quantity that a study gives a value.

    Parameters
    ----------
    name
        A Python identifier, by which formulas and studies call it.
    unit
        The unit of the bounds, and of plain numbers in a study, such as ``USD/kWh``; empty for a ratio. Formulas see the value
        in base units.
    doc
        What it is, for people.
    low, high
        The smallest and the largest valid value, in ``unit``; a study's values are checked against them.
    low_open
        Whether ``low`` itself is not valid.
    whole
        Whether only whole numbers are valid.
    show
        The unit in which people read it, where that is not ``unit``.
    words
        What its whole numbers from 0 on are called, of an input that chooses.
    label
        A short noun phrase that people read in place of the name; empty where the name's own words do.

    Raises
    ------
    ModelError
        Where a quantity of that name is defined already, or the name is no identifier.
    UnitError
        For an unknown unit.
    """
    return _register(Quantity(name, unit, "given", doc, None, (), low, high, low_open, whole, show, words, label))


def quantity(
    unit: str, source: str, show: str = "", *, low: float = 0.0, high: float = math.inf, low_open: bool = False, label: str = ""
) -> Callable[[Callable[..., Any]], Quantity]:
    """Declare a computed quantity: a pure function whose parameters are named after the quantities it needs.

    The function gets every quantity in base units (SI, USD, kgCO2e, plain counts) and gives its own in base units. Its name
    is the quantity's, its docstring says what it is.

    Parameters
    ----------
    unit
        The unit of the bounds, and of plain numbers in a study, such as ``USD``; empty for a ratio.
    source
        Where the formula comes from.
    show
        The unit in which people read it, where that is not ``unit``.
    low, high
        The smallest and the largest valid value, in ``unit``, for one that a study holds in place of the formula; what the
        formula gives is not checked.
    low_open
        Whether ``low`` itself is not valid.
    label
        A short noun phrase that people read in place of the name; empty where the name's own words do.

    Returns
    -------
    callable
        A decorator that turns the function into a `Quantity`.

    Raises
    ------
    ModelError
        From the decorator: where a quantity of that name is defined already, or a parameter is no plain name.
    UnitError
        From the decorator: for an unknown unit.
    """

    def declare(function: Callable[..., Any]) -> Quantity:
        parameters = _plain_parameters(function)
        doc = inspect.getdoc(function) or ""
        along = _sum_along(function, parameters)
        item = Quantity(
            function.__name__, unit, source, doc, function, parameters, low, high, low_open, show=show, label=label,
            sum_along=along,
        )  # fmt: skip
        return _register(item)

    return declare


def _plain_parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """Name a function's parameters. Raises ModelError for one that cannot stand for a quantity."""
    if _is_plain(function):
        return function.__code__.co_varnames[: function.__code__.co_argcount]
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or parameter.default is not parameter.empty:
            raise ModelError(
                f"the parameter {str(parameter)!r} of {function.__name__!r} is no plain name of a quantity; "
                "a value that may change is an input: given(name, unit, doc)"
            )
    return tuple(parameter.name for parameter in parameters)


class _Probe:
    """What a formula is called with to find the sum that it is."""

    def __init__(self, name: str):
        self.name = name

    def _summed_(self, kind: str, along: object) -> SumAlong:
        return SumAlong(kind, self.name, along.name if isinstance(along, _Probe) else "")


_SUMS = frozenset(("cumulative", "total"))  # what a formula may call them through a module


def _sum_along(function: Callable[..., Any], parameters: tuple[str, ...]) -> SumAlong | None:
    """Find the sum that a formula is. Raises ModelError for one that has a sum within, so far as its own code tells."""
    scope = getattr(function, "__globals__", {})
    names = getattr(getattr(function, "__code__", None), "co_names", ())
    if not any(scope[name] is cumulative or scope[name] is total if name in scope else name in _SUMS for name in names):
        return None
    try:
        result = function(*(_Probe(name) for name in parameters))
    except Exception:
        result = None
    if not isinstance(result, SumAlong) or result.along not in parameters or result.along == result.of:
        raise ModelError(
            f"{function.__name__}: a sum is a formula of its own, return cumulative(x, along) or total(x, along), "
            "of two quantities that are its parameters"
        )
    return result


_OTHER_SIGNATURES = ("__defaults__", "__kwdefaults__", "__wrapped__", "__signature__")
_STARRED = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


def _is_plain(function: Callable[..., Any]) -> TypeGuard[FunctionType]:
    """Tell whether a function has plain parameters alone: hundreds do, and their signatures would take 10 ms a start."""
    if not isinstance(function, FunctionType) or any(getattr(function, name, None) for name in _OTHER_SIGNATURES):
        return False
    code = function.__code__
    return not (code.co_flags & _STARRED or code.co_posonlyargcount or code.co_kwonlyargcount)


class Model:
    """A set of quantities and which of them needs which.

    Parameters
    ----------
    quantities
        By name.
    """

    def __init__(self, quantities: Mapping[str, Quantity]):
        self.quantities = dict(quantities)
        self._orders: dict[tuple[tuple[str, ...], frozenset[str]], tuple[Quantity, ...]] = {}

    def __getitem__(self, name: str) -> Quantity:
        try:
            return self.quantities[name]
        except KeyError:
            raise ModelError(f"unknown quantity {name!r}{nearest(name, self.quantities)}") from None

    def __contains__(self, name: str) -> bool:
        return name in self.quantities

    def extended(self, extra: Mapping[str, Quantity]) -> "Model":
        """Make this model with further quantities, by name; one of the same name takes the place of the old one."""
        return Model({**self.quantities, **extra})

    def order(self, targets: Iterable[str], held: Iterable[str] = ()) -> list[Quantity]:
        """List the quantities that some targets need, each after those it needs itself.

        Parameters
        ----------
        targets
            Names of the quantities that are wanted.
        held
            Names of those that have a value in place of their formula: what these would need is left out.

        Raises
        ------
        ModelError
            For an unknown name, and for quantities that need each other in a circle or a chain of more than ``MAX_CHAIN``.
        """
        key = tuple(targets), frozenset(held)
        if key not in self._orders:  # the same few are asked for again and again, and it takes some 0.2 ms
            self._orders[key] = tuple(self._ordered(*key))
        return list(self._orders[key])

    def _ordered(self, targets: tuple[str, ...], held: frozenset[str]) -> list[Quantity]:
        done = set[str]()
        open_, result = list[str](), list[Quantity]()

        def visit(name: str) -> None:
            if name in done:
                return
            if name in open_:
                circle = " -> ".join([*open_[open_.index(name) :], name])
                raise ModelError(f"quantities need each other in a circle: {circle}")
            item = self[name]
            if len(open_) >= MAX_CHAIN:
                raise ModelError(f"more than {MAX_CHAIN} quantities need each other in a chain: {', '.join(open_[:3])}, ...")
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
        """List the quantities that must have a value before some targets can be computed.

        Parameters
        ----------
        targets
            Names of the quantities that are wanted.
        held
            Names of those that have a value in place of their formula.

        Raises
        ------
        ModelError
            For an unknown name, and for quantities that need each other in a circle.
        """
        held = frozenset(held)
        return [item.name for item in self.order(targets, held) if item.given or item.name in held]

    def compute(self, targets: Iterable[str], given: Mapping[str, Any]) -> dict[str, Any]:
        """Compute some targets as Python or NumPy computes with what is given, without a grid.

        Parameters
        ----------
        targets
            Names of the quantities that are wanted.
        given
            Numbers or arrays in base units: of inputs, or of quantities in place of their formula.

        Raises
        ------
        ModelError
            For an unknown name, and for quantities that need each other in a circle.
        """
        targets, values = tuple(targets), dict(given)
        for item in self.order(targets, values):
            if item.name not in values:
                values[item.name] = item(*(values[parameter] for parameter in item.parameters))
        return {target: values[target] for target in targets}
