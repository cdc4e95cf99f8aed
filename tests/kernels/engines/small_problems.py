"""Small problems and the questions asked of them by every test of the GPU engines."""

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels.model import quantity as q
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Best, Histogram, Pareto, Problem, Quantiles, Question, Summary

KINDS = pytest.mark.parametrize("kind", ["least", "greatest", "summary", "quantiles", "histogram", "pareto"])
BOTH = pytest.mark.parametrize("dtype", ["float64", "float32"])
LANE_LIMITS = (Condition("y", "<=", 3.0), Condition("z", "<=", 5.0))
LIMIT = (Condition("y", "<=", 14.0), Condition("z", "!=", 1.0))


def model(**formulas: str) -> q.Model:
    """Quantities of the inputs a, b, c and d."""
    quantities = {name: q.Quantity(name, "", "given", "") for name in "abcd"}
    for name, formula in formulas.items():
        names = compile(formula, name, "eval").co_names
        quantities[name] = computed(name, formula, [known for known in quantities if known in names])
    return q.Model(quantities)


def problem_of(*lengths: int, low: float = 0.5, nan: bool = False) -> Problem:
    """``x`` is smooth, ``y`` has steps, ``z`` takes few values, zero among them; axes a, b, c, ... of these lengths."""
    random = np.random.default_rng(3)
    columns = [random.uniform(low, 4.0, n) for n in lengths]
    if nan:
        for column in columns[-2:]:
            column[len(column) // 2] = np.nan
    axes = tuple(Axis(name, {name: column}) for name, column in zip("abcd", columns, strict=False))
    given = dict.fromkeys("abcd"[len(lengths) :], 1.25)
    return Problem(model(x="a * b + c * d / a", y="ceil(a * c * 3.1)", z="ceil(b) - ceil(c)"), Grid(axes), given)


def lane_problem(*lengths: int) -> Problem:
    """``y`` is known before the first loop of a GPU's plan, ``z`` inside it; both differ from lane to lane."""
    random = np.random.default_rng(3)
    axes = tuple(Axis(name, {name: random.uniform(0.5, 4.0, n)}) for name, n in zip("abcd", lengths, strict=True))
    return Problem(model(x="a * b * c + d / a", y="d / a", z="d + b"), Grid(axes), {})


def asked(kind: str, by: tuple[str, ...] = (), where: tuple[Condition, ...] = (), quantity: str = "x") -> Question:
    """A question of one of the KINDS."""
    if kind in ("least", "greatest"):
        return Best(name="", by=by, where=where, objective=quantity, maximize=kind == "greatest")
    if kind == "summary":
        return Summary(name="", by=by, where=where, quantity=quantity)
    if kind == "histogram":
        return Histogram(name="", by=by, where=where, quantity=quantity, bins=20)
    if kind == "pareto":
        return Pareto(name="", by=by, where=where, quantities=(quantity, "d" if quantity == "z" else "z"))
    return Quantiles(name="", by=by, where=where, quantity=quantity, at=(0.0, 0.25, 0.5, 1.0))
