"""How far step times of the step-time model are off: measured over predicted, as far around 1 as cross-validated ones were."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ... import configs
from ...kernels.validation.plain_tests import NO_OTHER_KEYS
from ...kernels.validation.validator import Validator
from ..stats import distributions
from .features import Floats

SPREAD = configs.FOLDER / "prior" / "step_time_spread.toml"
STEP_ERROR = "step_time_error"  # the quantity
_DEVIATIONS = 1.2815515655446004  # of a normal distribution's P90 from its median


@dataclass(frozen=True)
class StepTimeSpread:
    """P10 and P90 of measured over predicted step times, each predicted by a fit to other sources; ``n`` is how many."""

    low: float
    high: float
    n: int


@dataclass(frozen=True)
class _SpreadFile:
    dense: StepTimeSpread
    moe: StepTimeSpread
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


_SPREADS = Validator[_SpreadFile](_SpreadFile)


def spread(mixture: bool) -> StepTimeSpread:
    """Read how far step times of mixtures of experts, or of dense models, were off. Raises FactError."""
    document = configs.read_toml(SPREAD)
    configs.check_form(_SPREADS, document, SPREAD)
    return StepTimeSpread(**document["moe" if mixture else "dense"])


@dataclass(frozen=True)
class StepError:
    """The distribution of measured over predicted step time: median 1, each side the half of a lognormal.

    Parameters
    ----------
    low, high
        P10 and P90 of the ratio.
    source
        Where they come from, for a person.
    """

    low: float
    high: float
    source: str

    def at(self, u: Floats) -> Floats:
        """Return the ratio whose cumulative probability (0 to 1) is ``u``."""
        normal = distributions.inverse("normal", (0.0, 1.0), u)
        sides = np.where(normal < 0, -math.log(self.low), math.log(self.high))
        return np.asarray(np.exp(normal * sides / _DEVIATIONS))


def step_error(mixture: bool) -> StepError:
    """Read how far step times of dense models, or of mixtures of experts, were off when predicted from other sources."""
    off = spread(mixture)
    kind = "mixtures of experts" if mixture else "dense models"
    source = (
        f"measured over predicted step time of {off.n} published runs of {kind}, each predicted by a fit to other "
        f"sources: P10 {off.low:g}, P90 {off.high:g} (configs/prior/{SPREAD.name})"
    )
    return StepError(off.low, off.high, source)
