"""One training run as a problem for the engines: what is stated is fixed, what is not is drawn from the prior.

Values come, first to last: stated by the user or the case (the chip's and the model's facts among them), drawn from the
prior, the model's defaults. The joint draws are the one axis of the grid: scrambled Sobol points, a dimension per quantity
drawn.
"""

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ... import configs
from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.quantity import Model
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from ..prior import store
from ..prior.drawn_inputs import Distribution, RunFacts, distribution_of, drawn_order
from ..prior.features import Floats, Known
from ..prior.method import Fitted
from ..stats import distributions
from .source import AS_PUBLISHED, Source, SourceKind, unpublished
from .subject import Subject

NOT_STATED = Source(SourceKind.UNKNOWN, "not stated")
SOLVER_STEPS = 40  # six are enough but where hardly any number of chips takes the time
SOLVER_TOLERANCE = 1e-9


@dataclass(frozen=True)
class StatedValue:
    """A fixed value in base units and where it comes from. NaN is a fact that is not published."""

    value: float
    source: Source


@dataclass(frozen=True)
class Scenario:
    """One training run as far as it is known: fixed values and distributions, by quantity.

    Parameters
    ----------
    fixed, drawn
        Values in base units, and what the other inputs are drawn from.
    solve
        Whether the chip_count follows from the run_time, which is fixed or drawn.
    model
        The quantities.
    subject
        What model, chip and place are called, where somebody named them.
    """

    fixed: Mapping[str, StatedValue]
    drawn: Mapping[str, Distribution] = field(default_factory=dict)
    solve: bool = False
    model: Model = MODEL
    subject: Subject | None = None

    @property
    def solved(self) -> tuple[str, ...]:
        """The inputs that follow from what is fixed and drawn."""
        return ("chip_count",) if self.solve else ()

    def source_of(self, name: str) -> Source:
        """Tell where a quantity's value comes from."""
        if name == "chip_count" and self.solve:
            return Source(SourceKind.SOLVED, "the chips that take the given run_time")
        if name in self.fixed:
            return self.fixed[name].source
        if name in self.drawn:
            return Source(SourceKind.PRIOR, self.drawn[name].source)
        return Source(SourceKind.FORMULA, self.model[name].source)

    def drawn_behind(self, target: str) -> set[str]:
        """List the drawn inputs that a quantity depends on, by way of the solved chip_count too."""
        held = {**self.fixed, **self.drawn}
        behind = set(self.model.inputs([target], held))
        if self.solve and "chip_count" in behind:
            behind |= {"run_time", *self.model.inputs(["run_time"], {name: 0 for name in held if name != "run_time"})}
        return behind & set(self.drawn)

    def problem(self, draws: int, seed: int = 0) -> Problem:
        """Return the problem on so many joint draws: scrambled Sobol points of this seed."""
        names = list(self.drawn)
        points = distributions.sobol(draws, len(names), seed) if names else np.empty((draws, 0))
        problem, times = self._at(points)
        if times is None:
            return problem
        (axis,) = problem.grid.axes  # the time is held, not computed back: there is none of infinitely many chips
        return replace(problem, grid=Grid((Axis(axis.name, {**axis.columns, "run_time": times}),)))

    def problem_at(self, columns: Mapping[str, Floats]) -> Problem:
        """Return the problem at other values of some inputs; what is solved for is solved anew.

        Parameters
        ----------
        columns
            Values in base units by quantity, one for each point: of all that is drawn, and of what differs from what is fixed.
        """
        given = {name: held.value for name, held in self.fixed.items() if name not in columns}
        varied = dict(columns)
        self._solve(varied, given, len(next(iter(columns.values()))))
        return Problem(self.model, Grid((Axis("trials", varied),)), given)

    def medians(self) -> Problem:
        """Return the problem at one point: every drawn quantity at its median."""
        return self._medians

    @functools.cached_property
    def _medians(self) -> Problem:
        return self._at(np.full((1, len(self.drawn)), 0.5))[0]

    def _at(self, points: Floats) -> tuple[Problem, Floats | None]:
        """Return the problem at points of the unit cube, and the times that its chips were solved for."""
        columns = {name: drawn.at(points[:, i]) for i, (name, drawn) in enumerate(self.drawn.items())}
        given = {name: value.value for name, value in self.fixed.items()}
        times = self._solve(columns, given, len(points))
        grid = Grid((Axis("draws", columns),)) if columns else Grid(())
        return Problem(self.model, grid, given), times

    def _solve(self, columns: dict[str, Floats], given: dict[str, float], count: int) -> Floats | None:
        """Add what is solved for to the columns of so many points; return the times that chips were solved for."""
        if not self.solve:
            return None
        times = columns.pop("run_time") if "run_time" in columns else np.full(count, given.pop("run_time"))
        columns["chip_count"] = solve_chips(self.model, columns, given, times)
        return times


def evaluate(problem: Problem, names: Sequence[str]) -> dict[str, Floats]:
    """Compute the named quantities at every point of the problem's grid, in base units."""
    return evaluate_at(problem, names, np.arange(problem.grid.size))


def solve_chips(model: Model, columns: Mapping[str, Floats], given: Mapping[str, float], times: Floats) -> Floats:
    """Solve for the chip_count whose run takes a given time, at each draw.

    What is solved is c = c T(c) / t. Its right side f grows with c, so f(1) and f(f(1)) lie below the fewest chips that take
    the time, and are these where goodput does not depend on c. From there the rule is the secant's on x = f(x^2) / x with x
    the root of c: that is convex, for losses that grow as c, as its root or as their product, so that no step goes too far.

    Parameters
    ----------
    columns, given
        The drawn inputs, a value per draw, and the fixed ones, in base units.
    times
        The run time (s) of each draw.

    Returns
    -------
    Floats
        Chips, at least 1; infinite where no number of chips takes that time, NaN where a fact is missing.
    """

    def scaled(chips: Floats) -> Floats:
        problem = Problem(model, Grid((Axis("draws", {**columns, "chip_count": chips}),)), given)
        return chips * evaluate(problem, ["run_time"])["run_time"] / times

    with np.errstate(all="ignore"):
        before = on_one = scaled(np.ones(len(times)))
        chips = value_before = scaled(before)
        for _ in range(SOLVER_STEPS):
            value = scaled(chips)
            solved = np.abs(value / chips - 1) <= SOLVER_TOLERANCE  # the slope at such a point is rounding
            if np.all(solved | np.isnan(chips)):
                break
            root, root_before = np.sqrt(chips), np.sqrt(before)
            slope = (value / root - value_before / root_before) / (root - root_before)
            following = np.where(slope < 1, (value / root - slope * root) / (1 - slope), np.nan)
            before, value_before, chips = chips, value, np.where(solved, chips, following**2)
        return np.where(chips > 0, np.maximum(chips, 1.0), np.where(np.isnan(on_one), np.nan, np.inf))


# --- what is known ----------------------------------------------------------------------------------------------------


def facts(row: configs.FactRow, table: str) -> dict[str, StatedValue]:
    """Read what a row of a facts table brings: its columns that are quantities of the model, NaN where not published."""
    return {name: fact(row, table, name) for name in row.values if name in MODEL}


def fact(row: configs.FactRow, table: str, column: str) -> StatedValue:
    """Read one column of a row, with its source and how it was counted; NaN where it is not published.

    Parameters
    ----------
    row, table
        The row, and the name of its table.
    column
        The column, which the table need not have.
    """
    value = row.values.get(column, math.nan)
    if math.isnan(value):
        return StatedValue(math.nan, unpublished(column, row.name))
    source = row.fact_source(column)
    method = f" ({source.method})" if source.method else ""
    text = f"{table}: {source.text}{method}"
    return StatedValue(value, Source(SourceKind.FACT, text, date=source.date, method=source.method, owner=row.name))


@dataclass(frozen=True)
class Assumptions:
    """What decides on the inputs of a run that are not stated.

    Parameters
    ----------
    chip
        The key of a hardware row, for distributions that depend on it.
    year
        The calendar year of the run, likewise; NaN where it is not known.
    fit
        Takes the place of the MFU's fit in configs/prior.
    drawn
        Distributions that take the place of the prior's, by quantity.
    model
        The quantities.
    """

    chip: str = ""
    year: float = math.nan
    fit: Fitted | None = None
    drawn: Mapping[str, Distribution] = field(default_factory=dict)
    model: Model = MODEL


PLAIN_PRIOR = Assumptions()


def complete(stated: Mapping[str, StatedValue], targets: Iterable[str], assumptions: Assumptions = PLAIN_PRIOR) -> Scenario:
    """Complete what is stated of a run: what is not stated is drawn where the prior has it, else takes its default.

    An input that nothing gives is NaN. A chip_count that is needed and not stated follows from run_time, stated or drawn.

    Parameters
    ----------
    stated
        Values in base units, by quantity.
    targets
        The quantities that the scenario is to answer.
    assumptions
        What decides on the other inputs.
    """
    model = assumptions.model
    fixed, drawn, goals = dict(stated), dict(assumptions.drawn), list(targets)
    year = fixed["year"].value if "year" in fixed else assumptions.year
    fixed["year"] = fixed.get("year", StatedValue(year, AS_PUBLISHED if year == year else NOT_STATED))
    solve = "chip_count" not in fixed and "chip_count" in model.inputs(goals, fixed | drawn)
    time = fixed.pop("run_time", None) if solve else None
    if solve:
        goals.append("run_time")
    for name in drawn_order(model, goals, fixed | drawn):
        distribution = distribution_of(name, RunFacts(assumptions.chip, year), assumptions.fit)
        drawn |= {} if distribution is None else {name: distribution}
    under_fit = store.regression_inputs(assumptions.fit) if assumptions.fit else {}
    for name in model.inputs(goals, fixed | drawn):
        if name not in fixed and name not in drawn and not (name == "chip_count" and solve):
            fixed[name] = _assumed(name, under_fit)
    if time is not None:
        fixed["run_time"] = time
    elif solve:
        operations = evaluate(Scenario(fixed, drawn, model=model).medians(), ["training_flops"])["training_flops"]
        drawn["run_time"] = store.stated().run_time.of(float(operations.reshape(-1)[0]))
    return Scenario(fixed, drawn, solve, model)


def _assumed(name: str, under_fit: Mapping[str, float]) -> StatedValue:
    """Return what an input has that nothing gives: its value under another fit than the stored one, its default, or NaN."""
    if name in under_fit:
        return StatedValue(under_fit[name], Source(SourceKind.RULE, "fitted on other runs"))
    default = configs.defaults().get(name)
    if default is None:
        return StatedValue(math.nan, NOT_STATED)
    return StatedValue(default.value, Source(SourceKind.DEFAULT, default.source))


def known(fixed: Mapping[str, StatedValue], year: float = math.nan) -> Known:
    """Compute what bears on a run's MFU from fixed values; NaN where not known. ``year`` is the run's calendar year."""
    given = {name: value.value for name, value in fixed.items()}

    def value_of(name: str) -> float:
        if name in given:
            return given[name]
        if any(needed not in given for needed in MODEL.inputs([name], given)):
            return math.nan
        return float(evaluate(Problem(MODEL, Grid(()), given), [name])[name][0])

    return Known(
        active_parameters=value_of("active_parameters"),
        parameters=value_of("parameters"),
        peak_flops=value_of("peak_flops"),
        memory_bandwidth=value_of("memory_bandwidth"),
        year=year,
        peak_bf16=value_of("peak_bf16"),
        precision_bits=given.get("precision_bits", configs.defaults()["precision_bits"].value),
    )
