"""What a GPU did while a benchmark was measured."""

from dataclasses import dataclass

from ..stats.inference import MedianInterval


@dataclass(frozen=True)
class GpuState:
    """What the GPU did while it was measured.

    Parameters
    ----------
    index
        Its number.
    sm_mhz_before, sm_mhz_after
        The SM clock (MHz) at the first and after the last sample.
    throttle_before, throttle_after
        Why the clock was held down then; None where the driver does not tell.
    throttle_seen
        Why it was held down before or after any of the samples.
    throttled_samples
        Which samples, by position, were taken under throttling.
    l2_flushed
        Whether the L2 cache was overwritten before every sample.
    event_seconds
        The median of a call by CUDA events (s).
    """

    index: int = 0
    sm_mhz_before: float | None = None
    sm_mhz_after: float | None = None
    throttle_before: tuple[str, ...] | None = None
    throttle_after: tuple[str, ...] | None = None
    throttle_seen: tuple[str, ...] = ()
    throttled_samples: tuple[int, ...] = ()
    l2_flushed: bool = False
    event_seconds: MedianInterval | None = None
