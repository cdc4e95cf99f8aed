"""Random models, grids and questions for hypothesis: quantity graphs of the operations a formula may use."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from flopwatt.kernels.model import quantity as q
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.evaluate import dependence
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.named_number import SumAlong
from flopwatt.kernels.model.questions import Best, Histogram, Pareto, Problem, Quantiles, Question, Summary
from flopwatt.kernels.model.sums import with_sums

OPERATIONS = {name: getattr(q, name) for name in ("where", "minimum", "maximum", "ceil", "floor", "sqrt", "log2", "exp")}
EXACT = ["{} + {}", "{} - {}", "{} * {}", "{} / {}", "minimum({}, {})", "maximum({}, {})", "ceil({} * 3.7)", "floor({} / 0.3)",
         "sqrt({})", "where({} < {}, {}, {})", "where(({} >= {}) & ({} != 2), {}, 0.5)", "-{}", "{} ** 2", "2 * {} + 1",
         "where(~({} > 1.5) | ({} <= {}), {}, {})", "1.0 / ({} + 3)", "{} * {} * {}", "{} ** 0.5"]  # fmt: skip
# These may turn a last digit into a jump (a rounding, a comparison, a root or a logarithm of what is next to zero), or into
# many digits (a sum that cancels): they take exact numbers only.
UNSTEADY = ("ceil", "floor", "where", "sqrt", "** 0.5", "log2", " + ", " - ")
INEXACT = ["exp(minimum({}, 4.0))", "log2({})", "maximum({}, 0.25) ** 1.3"]  # libraries differ in the last digit


def computed(name: str, expression: str, parameters: list[str]) -> q.Quantity:
    """A quantity from a formula as text."""
    scope = dict(OPERATIONS)
    exec(f"def {name}({', '.join(parameters)}): return {expression}", scope)
    return q.Quantity(name, "", "drawn", "", scope[name], tuple(parameters))


@dataclass(frozen=True)
class Drawn:
    problem: Problem
    quantities: list[str]  # the computed ones
    exact: list[str]  # those of them that every engine must give to the last bit
    rough: list[str]  # those whose own formula has an operation in which libraries differ


@st.composite
def problems(draw: st.DrawFn, most_points: int = 20_000, longest: int = 40, inexact: float = 0.1, sums: float = 0.25) -> Drawn:
    """A model of 2 to 10 quantities, a share of them ``inexact`` operations, on a grid of 1 to 6 axes.

    A share of the models ends with ``sums`` along axes and a formula that reads them.
    """
    count = draw(st.integers(1, 6))
    lengths = draw(st.lists(st.integers(1, longest), min_size=count, max_size=count))
    while np.prod(lengths) > most_points:
        lengths[int(np.argmax(lengths))] = max(max(lengths) // 2, 1)
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    low = draw(st.sampled_from([0.5, 0.5, -2.0, 0.0]))
    quantities: dict[str, q.Quantity] = {}
    axes, given = [], {}

    def column(n: int) -> np.ndarray:
        values = random.uniform(low, 4.0, n)
        if random.random() < 0.3:
            values = np.round(values)
        if random.random() < 0.15:
            values[random.integers(n)] = np.nan
        return values

    for i, n in enumerate(lengths):
        names = [f"a{i}", *([f"b{i}"] if random.random() < 0.3 else [])]
        axes.append(Axis(f"a{i}", {name: column(n) for name in names}))
        quantities.update({name: q.Quantity(name, "", "given", "") for name in names})
    for i in range(draw(st.integers(0, 2))):
        given[f"g{i}"] = float(random.uniform(0.5, 4.0))
        quantities[f"g{i}"] = q.Quantity(f"g{i}", "", "given", "")
    exact, names = list(quantities), list(quantities)
    made, coarse = [], []
    for i in range(draw(st.integers(2, 10))):
        rough = random.random() < inexact
        template = str(random.choice(INEXACT if rough else EXACT))
        pool = exact if any(word in template for word in UNSTEADY) else names
        recent = pool[-4:]
        chosen = [str(random.choice(recent if random.random() < 0.6 else pool)) for _ in range(template.count("{}"))]
        name = f"q{i}"
        parameters = list(dict.fromkeys(chosen))
        quantities[name] = computed(name, template.format(*chosen), parameters)
        names.append(name)
        made.append(name)
        if rough:
            coarse.append(name)
        elif all(parameter in exact for parameter in parameters):
            exact.append(name)
    problem = Problem(q.Model(quantities), Grid(tuple(axes)), given)
    if random.random() < sums:
        problem = _with_sums(problem, made, exact, random)
    return Drawn(problem, made, [name for name in made if name in exact], coarse)


def _with_sums(problem: Problem, made: list[str], exact: list[str], random: np.random.Generator) -> Problem:
    """Add one or two sums of what was made, and a formula of each; what engines read of a sum is exact."""
    extra = dict[str, q.Quantity]()
    for i in range(random.integers(1, 3)):
        of, along = str(random.choice(made)), f"a{random.integers(len(problem.grid.axes))}"
        kind = str(random.choice(["cumulative", "total"]))
        lengths = [problem.grid.shape[axis] for axis in dependence(problem, made)[of] | {problem.grid.column_axis[along]}]
        if np.prod(lengths) // max(lengths) > 6:
            continue
        extra[f"s{i}"] = replace(computed(f"s{i}", of, [of, along]), sum_along=SumAlong(kind, of, along))
        extra[f"r{i}"] = computed(f"r{i}", f"maximum(s{i}, 1.5 * {exact[-1]})", list(dict.fromkeys([f"s{i}", exact[-1]])))
        exact += [f"s{i}", f"r{i}"]
    made += extra
    return with_sums(replace(problem, model=problem.model.extended(extra)), made)


@st.composite
def questions(
    draw: st.DrawFn, drawn: Drawn, kinds: tuple[str, ...] = ("best", "summary", "quantiles", "histogram", "pareto")
) -> Question:
    """A question of the problem, whose conditions (if any) are on exact quantities."""
    axes = [axis.name for axis in drawn.problem.grid.axes]
    by = tuple(draw(st.lists(st.sampled_from(axes), unique=True, max_size=len(axes))))
    target = draw(st.sampled_from(drawn.quantities[-3:]))
    where = []
    if drawn.exact:
        for _ in range(draw(st.integers(0, 2))):
            op = draw(st.sampled_from(["<=", ">=", "<", ">", "!="]))
            value = draw(st.sampled_from([0.5, 1.0, 2.0, 3.5, drawn.exact[0]]))
            where.append(Condition(draw(st.sampled_from(drawn.exact)), op, value))
    kind = draw(st.sampled_from(kinds))
    common = {"name": "drawn", "by": by, "where": tuple(where)}
    if kind == "best":
        return Best(objective=target, maximize=draw(st.booleans()), **common)
    if kind == "summary":
        return Summary(quantity=target, **common)
    if kind == "histogram":
        return Histogram(quantity=target, bins=draw(st.sampled_from([1, 10, 64])), **common)
    if kind == "pareto":
        more = (draw(st.booleans()), draw(st.booleans()))
        return Pareto(quantities=(target, draw(st.sampled_from(drawn.quantities))), more=more, **common)
    return Quantiles(quantity=target, at=(0.0, 0.1, 0.5, 1.0), **common)


def nudged(drawn: Drawn) -> Problem:
    """The problem for another library: powers and logarithms are a last digit higher or lower, each number always alike."""

    def nudge(function: Callable[..., Any]) -> Callable[..., Any]:
        def moved(*arguments: Any) -> Any:
            value = np.asarray(function(*arguments))
            bits = value.view(f"i{value.dtype.itemsize}")
            other = np.nextafter(value, np.where((bits ^ bits >> 5 ^ bits >> 11) & 1, np.inf, -np.inf).astype(value.dtype))
            return np.where(np.isfinite(value) & (value != 0), other, value)

        return moved

    model = drawn.problem.model
    own = {name: replace(model[name], function=nudge(model[name].function)) for name in drawn.rough}
    return replace(drawn.problem, model=model.extended(own))
