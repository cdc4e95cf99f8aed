"""What software adds to the phases of reinforcement learning, fitted to measured steps.

A step takes its phases, by the medians of what is drawn, times an overhead (and another where phases take turns on the same
chips), and the time in which new weights are sent. The three are fitted by least squares of the logarithm of the time. What
steps of small models say nothing of, the rate of sending, is believed to be that of a NIC of 400 Gbit/s, to a factor of three.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..estimate.scenario import Scenario, evaluate
from ..prior.features import Floats
from ..prior.store import Drawn

OVERHEAD, TURNS, RATE = "rl_overhead", "turn_overhead", "weight_transfer_rate"
_PARTS = ("rollout_time", "scoring_time", "update_time", "weight_transfer_time", RATE)
_BELIEF, _FACTOR = 50e9, 3.0  # bytes a second, and how well that is known
_NOISE = 0.35  # of the logarithm of a measured step's time, about
_LEAST, _MOST = (0.3, 1.0, 1e9), (5.0, 5.0, 5e11)


@dataclass(frozen=True)
class RlPace:
    """What software adds: two factors, and bytes a second."""

    overhead: float
    turns: float
    rate: float

    def of(self, scenario: Scenario) -> Scenario:
        """Return a run that has these in place of what is drawn of them, as wide as that; of what is stated, that stays."""
        drawn = dict(scenario.drawn)
        for name, median in ((OVERHEAD, self.overhead), (RATE, self.rate)):
            own = drawn.get(name)
            if isinstance(own, Drawn):
                drawn[name] = replace(own, parameters=(median, *own.parameters[1:]))
        fixed = dict(scenario.fixed)
        if TURNS in fixed and fixed[TURNS].source.is_default:
            fixed[TURNS] = replace(fixed[TURNS], value=self.turns)
        return replace(scenario, fixed=fixed, drawn=drawn)


@dataclass(frozen=True)
class MeasuredStep:
    """A measured step: its time and what its phases take (s), the bytes that are sent, and whether phases take turns."""

    time: float
    phases: float
    sent: float
    turns: bool


def measured_step(scenario: Scenario, time: float, apart: bool) -> MeasuredStep:
    """Compute what a step's phases take.

    Parameters
    ----------
    scenario
        The run, at the medians of what is drawn.
    time
        What was measured (s).
    apart
        Whether some chips write answers while others train.
    """
    rollout, scoring, update, sending, rate = (
        float(np.ravel(values)[0]) for values in evaluate(scenario.medians(), _PARTS).values()
    )
    training = scoring + update
    return MeasuredStep(time, max(rollout, training) if apart else rollout + training, sending * rate, not apart)


def fit_pace(steps: Sequence[MeasuredStep]) -> RlPace:
    """Fit what software adds to measured steps."""
    from scipy.optimize import least_squares

    time, phases, sent = (np.array([getattr(step, name) for step in steps]) for name in ("time", "phases", "sent"))
    turns = np.array([step.turns for step in steps])

    def residuals(logs: Floats) -> Floats:
        overhead, by_turns, rate = np.exp(logs)
        predicted = phases * overhead * np.where(turns, by_turns, 1.0) + sent / rate
        belief = _NOISE * (logs[2] - math.log(_BELIEF)) / math.log(_FACTOR)
        return np.append(np.log(time / predicted), belief)

    bounds = tuple(np.log(ends) for ends in (_LEAST, _MOST))
    best = least_squares(residuals, np.log([1.3, 1.3, _BELIEF]), bounds=bounds)
    return RlPace(*(float(value) for value in np.exp(best.x)))
