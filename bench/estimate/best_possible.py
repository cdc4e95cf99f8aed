"""What no strategy of a run beats, and the MFU to expect of it: what an estimate is held against."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ... import configs
from ...kernels.model import units
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from ..prior.drawn_inputs import DEVIATION
from .intervals import HIGH, LOW, MEDIAN
from .known_values import known_values
from .scenario import Scenario, StatedValue, complete, evaluate
from .source import Source, SourceKind

BOUND = "reachable_mfu"
BEST_OF = ("run_time", "chip_count", "energy", "cost", "rental_cost", "carbon")


@dataclass(frozen=True)
class BestPossible:
    """A run in which nothing takes time but large matrix products, at the medians of all else that is drawn.

    Attributes
    ----------
    mfu
        Its MFU (0 to 1): what such products sustain of the chip's peak, as fitted to published step times.
    values
        What it takes, by quantity, each in its own unit; what is not known is left out.
    """

    mfu: float
    values: Mapping[str, float]


@dataclass(frozen=True)
class ExpectedMfu:
    """The MFU (0 to 1) to expect of a run: its median, P10 and P90."""

    median: float
    low: float
    high: float


def best_possible(scenario: Scenario) -> BestPossible | None:
    """Compute what a run takes where nothing but large matrix products takes time.

    Parameters
    ----------
    scenario
        The run.

    Returns
    -------
    BestPossible
        None where the bound is not known.
    """
    given = {name: default.value for name, default in configs.defaults().items()}
    given |= {name: held.value for name, held in scenario.fixed.items()}
    bound = known_values(Problem(MODEL, Grid(()), given), [BOUND]).get(BOUND)
    if bound is None:
        return None
    source = Source(SourceKind.RULE, MODEL[BOUND].source)
    drawn = {name: distribution for name, distribution in scenario.drawn.items() if name != DEVIATION}
    fixed = {**scenario.fixed, "mfu": StatedValue(bound, source)}
    problem = replace(scenario, fixed=fixed, drawn=drawn).medians()
    values = known_values(problem, [name for name in BEST_OF if name in problem.model])
    return BestPossible(
        bound, {name: float(units.from_base(value, problem.model[name].unit)) for name, value in values.items()}
    )


def expected_mfu(scenario: Scenario) -> ExpectedMfu | None:
    """Predict the MFU of a run from published runs and its best strategy, whatever MFU is stated of it.

    Parameters
    ----------
    scenario
        The run.

    Returns
    -------
    ExpectedMfu
        None where too little is known of the run.
    """
    stated = {name: held for name, held in scenario.fixed.items() if name != "mfu"}
    run = complete(stated, ["mfu"])
    if set(run.drawn) != {DEVIATION}:
        return None
    column = run.drawn[DEVIATION].at(np.array([LOW, MEDIAN, HIGH]))  # the MFU rises with it
    problem = replace(run.medians(), grid=Grid((Axis("draws", {DEVIATION: column}),)))
    low, median, high = (float(value) for value in evaluate(problem, ["mfu"])["mfu"])
    return ExpectedMfu(median, low, high) if math.isfinite(low + median + high) else None
