"""A pilot: the MFU measured on the machines that a run will be made on, by which its own is known better."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Pilot:
    """A steady MFU (0 to 1) that was measured in a pilot."""

    mfu: float

    def inputs(self) -> dict[str, float]:
        """Return the model's inputs that hold the pilot, by quantity."""
        return {"pilot_mfu": self.mfu}


def from_tokens(tokens_per_second: float, flops_per_token: float, peak_flops: float) -> Pilot:
    """Compute a pilot's MFU from its throughput.

    Parameters
    ----------
    tokens_per_second
        Of each chip, in steady training.
    flops_per_token
        Model FLOPs that a token takes: training_flops over tokens.
    peak_flops
        The chip's dense peak in the run's precision (FLOP/s).
    """
    mfu = tokens_per_second * flops_per_token / peak_flops
    return Pilot(mfu if math.isfinite(mfu) else math.nan)
