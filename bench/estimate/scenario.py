"""One training run as a problem for the engines: what is stated is fixed, what is not is drawn from the prior.

Values come, first to last: stated by the user or the case (the chip's and the model's facts among them), drawn from the
prior, the model's defaults. The joint draws are the one axis of the grid: scrambled Sobol points, a dimension per quantity
drawn.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ... import configs
from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.quantity import Model
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from ..stats import distributions as distributions
from .prior import store
from .prior.features import Floats, Known
from .prior.method import Fitted
from .source import Source, SourceKind

if TYPE_CHECKING:
    from .strategy_search import BestStrategy

SOLVER_STEPS = 8
SOLVER_TOLERANCE = 1e-9


@dataclass(frozen=True)
class StatedValue:
    """A fixed value in base units and where it comes from. NaN is a fact that is not published."""

    value: float
    source: Source


class Distribution(Protocol):
    """What a quantity is drawn from: a value for every cumulative probability, and where that comes from."""

    @property
    def source(self) -> str: ...
    def at(self, u: Floats) -> Floats: ...


@dataclass(frozen=True)
class MfuDraw:
    """The fitted distribution of a run's MFU: its logarithm is Student's t."""

    median: float  # of the logarithm
    scale: float
    freedom: float
    source: str

    def at(self, u: Floats) -> Floats:
        """The MFU whose cumulative probability is ``u``; at most 1."""
        from scipy.special import stdtrit

        return np.asarray(np.minimum(np.exp(self.median + self.scale * stdtrit(self.freedom, u)), 1.0))


@dataclass(frozen=True)
class Scenario:
    """Fixed values and distributions, by quantity. With ``solve`` the chip_count follows from the run_time among them.

    ``strategy`` is the best one found, where the MFU follows from a strategy.
    """

    fixed: Mapping[str, StatedValue]
    drawn: Mapping[str, Distribution] = field(default_factory=dict)
    solve: bool = False
    model: Model = MODEL
    strategy: "BestStrategy | None" = None

    def source_of(self, name: str) -> Source:
        """Where a quantity's value comes from."""
        if name == "chip_count" and self.solve:
            return Source(SourceKind.SOLVED, "the chips that take the given run_time")
        if name in self.fixed:
            return self.fixed[name].source
        if name in self.drawn:
            return Source(SourceKind.PRIOR, self.drawn[name].source)
        return Source(SourceKind.FORMULA, self.model[name].source)

    def problem(self, draws: int, seed: int = 0) -> Problem:
        """The problem on so many joint draws."""
        names = list(self.drawn)
        points = distributions.sobol(draws, len(names), seed) if names else np.empty((draws, 0))
        return self._at(points)

    def medians(self) -> Problem:
        """The problem at one point: every drawn quantity at its median."""
        return self._at(np.full((1, len(self.drawn)), 0.5))

    def _at(self, points: Floats) -> Problem:
        columns = {name: drawn.at(points[:, i]) for i, (name, drawn) in enumerate(self.drawn.items())}
        given = {name: value.value for name, value in self.fixed.items()}
        if self.solve:
            times = columns.pop("run_time") if "run_time" in columns else np.full(len(points), given.pop("run_time"))
            columns["chip_count"] = solve_chips(self.model, columns, given, times)
        grid = Grid((Axis("draws", columns),)) if columns else Grid(())
        return Problem(self.model, grid, given)


def evaluate(problem: Problem, names: Sequence[str]) -> dict[str, Floats]:
    """The named quantities at every point of the problem's grid, in base units."""
    return evaluate_at(problem, names, np.arange(problem.grid.size))


def solve_chips(model: Model, columns: Mapping[str, Floats], given: Mapping[str, float], times: Floats) -> Floats:
    """The chip_count, at least 1, whose run takes ``times`` (s), at each draw; NaN where no number of chips does.

    Solves c = c T(c) / t by the secant rule, which is exact in one step where goodput falls as 1 / (1 + a c).
    """

    def scaled(chips: Floats) -> Floats:
        problem = Problem(model, Grid((Axis("draws", {**columns, "chip_count": chips}),)), given)
        return chips * evaluate(problem, ["run_time"])["run_time"] / times

    with np.errstate(all="ignore"):
        before = np.ones(len(times))
        value_before = scaled(before)
        chips = value_before
        for _ in range(SOLVER_STEPS):
            value = scaled(chips)
            slope = np.where(chips == before, 0.0, (value - value_before) / (chips - before))
            following = np.where(slope < 1, (value - slope * chips) / (1 - slope), np.nan)
            before, value_before, chips = chips, value, following
            if not np.any(np.abs(chips / before - 1) > SOLVER_TOLERANCE):
                break
        return np.where(chips > 0, np.maximum(chips, 1.0), np.nan)


# --- what is known ----------------------------------------------------------------------------------------------------


def facts(row: configs.FactRow, table: str) -> dict[str, StatedValue]:
    """What a row of a facts table brings: its columns that are quantities of the model, NaN where not published."""
    absent = Source(SourceKind.UNPUBLISHED, f"{table}: not published for {row.name}")
    return {
        name: StatedValue(value, Source(SourceKind.FACT, f"{table}: {row.source_of(name)}") if value == value else absent)
        for name, value in row.values.items()
        if name in MODEL
    }


def sketch(active: float, total: float, source: Source) -> dict[str, StatedValue]:
    """The columns of a model of which only the parameters are known: all of them in products, width and depth by a rule.

    12 x layers x width^2 parameters with a fixed width per layer (configs/prior/draws.toml): attention alone needs them.
    """
    shape = store.stated().sketch
    layers = (active / (12 * shape.width_per_layer**2)) ** (1 / 3)
    width = layers * shape.width_per_layer
    held = {"active_parameters": active, "parameters": total, "active_layer_parameters": active, "embedding_parameters": 0.0}
    shaped = {
        "layers": layers, "hidden_size": width, "heads": width / shape.head_size, "head_size": shape.head_size,
    }  # fmt: skip
    absent = (
        "kv_rank", "nope_head_size", "rope_head_size", "value_head_size", "window_layers", "window_size", "mtp_flops",
        "attention_free_layers", "scan_flops",
    )  # fmt: skip
    rule = Source(SourceKind.SKETCHED, shape.source)
    result = {name: StatedValue(value, source) for name, value in held.items()}
    result |= {name: StatedValue(value, rule) for name, value in shaped.items()}
    return result | {name: StatedValue(0.0, rule) for name in absent}


def complete(
    stated: Mapping[str, StatedValue],
    targets: Iterable[str],
    chip: str = "",
    year: float = math.nan,
    fit: Fitted | None = None,
    drawn: Mapping[str, Distribution] | None = None,
    model: Model = MODEL,
) -> Scenario:
    """The scenario that answers ``targets``: what is not stated is drawn where the prior has it, else takes its default.

    ``chip`` is the key of a hardware row and ``year`` that of the run, for distributions that depend on them. ``fit`` takes
    the place of the MFU's fit in configs/prior, ``drawn`` that of the prior. An input that nothing gives is NaN. A
    chip_count that is needed and not stated follows from run_time, stated or drawn.
    """
    prior, fixed, drawn = store.stated(), dict(stated), dict(drawn or {})
    goals = list(targets)
    solve = "chip_count" not in fixed and "chip_count" in model.inputs(goals, fixed)
    time = fixed.pop("run_time", None) if solve else None
    if solve:
        goals.append("run_time")
    for name in model.inputs(goals, fixed):
        found = prior.of(name, chip, year)
        if name in fixed or name in drawn or name == "mfu" or (name == "chip_count" and solve):
            continue
        if found is not None:
            drawn[name] = found
        elif name in configs.defaults():
            default = configs.defaults()[name]
            fixed[name] = StatedValue(default.value, Source(SourceKind.DEFAULT, default.source))
        else:
            fixed[name] = StatedValue(math.nan, Source(SourceKind.UNKNOWN, "not stated"))
    if "mfu" not in fixed and "mfu" not in drawn and "mfu" in model.inputs(goals, fixed):
        drawn = {"mfu": mfu_draw(fixed, year, fit), **drawn}
    if time is not None:
        fixed["run_time"] = time
    elif solve:
        operations = evaluate(Scenario(fixed, drawn, model=model).medians(), ["training_flops"])["training_flops"]
        drawn["run_time"] = prior.run_time.of(float(operations.reshape(-1)[0]))
    return Scenario(fixed, drawn, solve, model)


def known(fixed: Mapping[str, StatedValue], year: float = math.nan) -> Known:
    """What bears on a run's MFU, from fixed values; NaN where not known."""
    given = {name: value.value for name, value in fixed.items()}

    def one(name: str) -> float:
        if name in given:
            return given[name]
        if any(each not in given for each in MODEL.inputs([name], given)):
            return math.nan
        return float(evaluate(Problem(MODEL, Grid(()), given), [name])[name][0])

    return Known(
        active_parameters=one("active_parameters"),
        parameters=one("parameters"),
        peak_flops=one("peak_flops"),
        memory_bandwidth=one("memory_bandwidth"),
        year=year,
    )


def mfu_draw(fixed: Mapping[str, StatedValue], year: float = math.nan, fit: Fitted | None = None) -> MfuDraw:
    """The distribution of the MFU of a run of which ``fixed`` is known."""
    found = fit or store.fitted()
    median, scale = found.predict(known(fixed, year))
    return MfuDraw(median, scale, found.posterior.freedom, f"fitted on {', '.join(found.names)}; {store.fit_source()}")
