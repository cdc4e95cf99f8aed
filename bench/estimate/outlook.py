"""What stands beside an estimate's expected figures: what its best strategy could reach, and what they were without a pilot."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ... import configs
from ...kernels.model import units
from ...kernels.model.grid import Axis, Grid
from ..prior.drawn_inputs import DEVIATION
from ..prior.features import Floats
from ..stats import distributions
from .best_step import STEP_QUANTITIES, BestStep
from .intervals import HIGH, LOW, MEDIAN, Spread, spreads_alone
from .scenario import Scenario, StatedValue, evaluate
from .source import Source, SourceKind
from .training_run import StrategyAndPractice, TrainingRun

REACHED = ("mfu", "run_time", "chip_count", "chip_hours", "energy", "cost", "rental_cost", "carbon")
NARROWED = ("mfu", "run_time", "chip_count")
_TUNING = "tuning_overhead"


@dataclass(frozen=True)
class ReachedMfu:
    """The MFU of a run whose practice meets the step-time model's best strategy: lognormal, as far off as step times are.

    Parameters
    ----------
    mfu
        What the best strategy has (0 to 1).
    spread
        The standard deviation of the logarithm of the step time.
    source
        Where they come from, for a person.
    """

    mfu: float
    spread: float
    source: str

    def at(self, u: Floats) -> Floats:
        """Return the MFU whose cumulative probability (0 to 1) is ``u``."""
        normal = distributions.inverse("normal", (0.0, 1.0), u)
        return np.minimum(self.mfu * np.exp(self.spread * normal), 1.0)


@dataclass(frozen=True)
class Outlook(StrategyAndPractice):
    """What stands beside an estimate.

    Attributes
    ----------
    reach
        What the run would take if practice met the best strategy, by quantity; nothing where none was found.
    step
        Step time and memory of the best strategy, by quantity.
    before
        What was expected of the run's time or chips and its MFU without a pilot or a developer; nothing where there is none.
    """

    reach: Mapping[str, Spread] = field(default_factory=dict)
    step: Mapping[str, Spread] = field(default_factory=dict)
    before: Mapping[str, Spread] = field(default_factory=dict)


NOTHING_BESIDE = Outlook()


def outlook(run: TrainingRun, draws: int, seed: int) -> Outlook:
    """Estimate what stands beside a run's expected figures, on the same joint draws.

    Parameters
    ----------
    run
        The run.
    draws, seed
        The number of joint draws, and their seed.
    """
    best, scenario, inputs = run.best, run.scenario, run.practice.inputs
    return Outlook(
        best,
        run.unsearched,
        run.shows_strategy,
        run.practice,
        reach=_spreads(reached(scenario, best), REACHED, draws, seed) if best is not None else {},
        step=_step_spreads(best.scenario) if best is not None else {},
        before=_spreads(_without(scenario, inputs), NARROWED, draws, seed) if inputs else {},
    )


def reached(scenario: Scenario, best: BestStep) -> Scenario:
    """Return the run at the MFU of its best strategy.

    Parameters
    ----------
    scenario
        The run.
    best
        The best strategy's step.
    """
    at_best = ReachedMfu(best.mfu, best.spread, "the best strategy by the step-time model")
    drawn = {
        "mfu" if name == DEVIATION else name: at_best if name == DEVIATION else own for name, own in scenario.drawn.items()
    }
    fixed = {name: held for name, held in scenario.fixed.items() if name != "mfu"}
    if drawn.pop(_TUNING, None) is not None:
        fixed[_TUNING] = StatedValue(1.0, Source(SourceKind.RULE, "fine-tuning that meets its best strategy"))
    return replace(scenario, fixed=fixed, drawn={**drawn, "mfu": at_best})


def _without(scenario: Scenario, inputs: Iterable[str]) -> Scenario:
    """Return the run with the defaults of some inputs, in place of what is stated of them."""
    defaults = configs.defaults()
    plain = {name: replace(scenario.fixed[name], value=defaults[name].value) for name in inputs}
    return replace(scenario, fixed={**scenario.fixed, **plain})


def _step_spreads(step: Scenario) -> Mapping[str, Spread]:
    """Compute a step's time and memory at the median, P10 and P90 of how far the step-time model is off."""
    shares = np.array([LOW, MEDIAN, HIGH])
    columns = {name: distribution.at(shares) for name, distribution in step.drawn.items()}
    problem = replace(step.medians(), grid=Grid((Axis("draws", columns),)) if columns else Grid(()))
    spreads: dict[str, Spread] = {}
    for name, values in evaluate(problem, STEP_QUANTITIES).items():
        item = step.model[name]
        low, median, high = (float(units.from_base(value, item.unit)) for value in np.broadcast_to(values, 3))
        spreads[name] = Spread(item, median, low, high) if high > low else Spread(item, median)
    return spreads


def _spreads(scenario: Scenario, names: Sequence[str], draws: int, seed: int) -> Mapping[str, Spread]:
    """Estimate those of some quantities that are known."""
    asked = [name for name in names if name in scenario.model and (name != "chip_count" or scenario.solve)]
    spreads = spreads_alone(scenario, asked, draws, seed)
    return {name: spread for name, spread in spreads.items() if spread.median is not None and math.isfinite(spread.median)}
