"""The operations that a formula may use beside + - * /, powers and comparisons.

Each works on numbers, NumPy and CuPy arrays, and on pint quantities. An argument may also bring its own meaning of an
operation (``_apply_``): expression nodes and intervals do. Sums along an axis stand alone: see `sums`.
"""

from typing import Any

import numpy as np

_PLAIN = frozenset({bool, float, int, np.bool_, np.float64, np.ndarray})  # types that want NumPy's operations


def _apply(name: str, *args: Any) -> Any:
    """Do an operation as its arguments want it: their own, CuPy's, or NumPy's."""
    if _PLAIN.issuperset(map(type, args)):  # most often by far
        return getattr(np, name)(*args)
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
    """Choose ``yes`` where the condition holds, else ``no``.

    Both are computed, so this is no branch: a division by zero in the one that is not chosen does no harm.

    Parameters
    ----------
    condition
        A comparison, or comparisons joined by ``&``, ``|`` and ``~``, each in parentheses.
    yes, no
        Quantities or numbers of one dimension, which is that of the result. Beside a quantity with a unit the only plain number
        that fits is 0.
    """
    return _apply("where", condition, yes, no)


def minimum(a: Any, b: Any) -> Any:
    """Take the smaller of two values; NaN if either is.

    Parameters
    ----------
    a, b
        Quantities or numbers of one dimension, which is that of the result; 0 fits any.
    """
    return _apply("minimum", a, b)


def maximum(a: Any, b: Any) -> Any:
    """Take the larger of two values; NaN if either is.

    Parameters
    ----------
    a, b
        Quantities or numbers of one dimension, which is that of the result; 0 fits any.
    """
    return _apply("maximum", a, b)


def ceil(x: Any) -> Any:
    """Round up to a whole number, which stays a float.

    Parameters
    ----------
    x
        Dimensionless: a count or a ratio, since what rounding another quantity gives would depend on its unit. The result is
        dimensionless.
    """
    return _apply("ceil", x)


def floor(x: Any) -> Any:
    """Round down to a whole number, which stays a float.

    Parameters
    ----------
    x
        Dimensionless: a count or a ratio, since what rounding another quantity gives would depend on its unit. The result is
        dimensionless.
    """
    return _apply("floor", x)


def sqrt(x: Any) -> Any:
    """Take the square root; NaN below zero.

    Parameters
    ----------
    x
        Of any unit; the unit of the result is its square root.
    """
    return _apply("sqrt", x)


def log2(x: Any) -> Any:
    """Take the logarithm to base two; -inf at zero, NaN below it.

    Parameters
    ----------
    x
        Dimensionless: a count or a ratio. The result is dimensionless.
    """
    return _apply("log2", x)


def exp(x: Any) -> Any:
    """Take the exponential, e to the power x.

    Parameters
    ----------
    x
        Dimensionless: a count or a ratio. The result is dimensionless.
    """
    return _apply("exp", x)


def cumulative(x: Any, along: Any) -> Any:
    """Sum a quantity over the points of an axis up to and including this one: energy used so far, chips bought so far.

    It is a whole formula: ``return cumulative(x, along)``. Where no axis brings ``along``, there is one point, and it is ``x``.

    Parameters
    ----------
    x
        The quantity that is summed; the result has its unit.
    along
        An input that the axis brings as a column: it names the axis, whose points are summed in their order.
    """
    return _summed("cumulative", x, along)


def total(x: Any, along: Any) -> Any:
    """Sum a quantity over all points of an axis, so that the result does not depend on it: the chips of all phases.

    It is a whole formula: ``return total(x, along)``. Where no axis brings ``along``, there is one point, and it is ``x``.

    Parameters
    ----------
    x
        The quantity that is summed; the result has its unit.
    along
        An input that the axis brings as a column: it names the axis.
    """
    return _summed("total", x, along)


def _summed(kind: str, x: Any, along: Any) -> Any:
    """Tell a probe which sum is asked for; of a single point, the sum is the point's value."""
    note = getattr(x, "_summed_", None)
    return x if note is None else note(kind, along)
