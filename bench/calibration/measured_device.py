"""What is measured: a GPU that times products, copies and launches, and a product with its samples."""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .cublaslt import GemmShape

KINDS = ("BF16", "FP8", "MXFP8", "NVFP4")  # of products: names of precisions


class MeasuredDevice(Protocol):
    """A GPU as it is measured; times are of one call, on the device."""

    name: str
    bus: str | None
    memory_bytes: int

    def product_seconds(self, kind: str, shape: GemmShape, repeats: int) -> list[float]:
        """Time one product of matrices.

        Parameters
        ----------
        kind
            One of `KINDS`.
        shape
            The product's sizes.
        repeats
            How many samples to take; each is the mean of as many calls as make it long enough.

        Returns
        -------
        list of float
            Seconds of one call.

        Raises
        ------
        CublasError
            Where the device has no product of that kind.
        """
        ...

    def copy_seconds(self, size: int, repeats: int) -> list[float]:
        """Time reading and writing ``size`` bytes each; seconds of one call, by sample."""
        ...

    def launch_seconds(self, repeats: int) -> list[float]:
        """Time one small kernel to the next, launched by the host; seconds, by sample."""
        ...

    def load_watts(self, kind: str, size: int, seconds: float) -> float | None:
        """Measure the mean power while large products run; watts, None where the driver does not tell.

        Parameters
        ----------
        kind
            One of `KINDS`.
        size
            Of the square matrices, in elements a side.
        seconds
            How long they run.
        """
        ...


@dataclass(frozen=True)
class Measured:
    """One product: its samples in seconds, and what the fitted formula says of it."""

    precision: str
    shape: GemmShape
    samples: tuple[float, ...]
    predicted: float = 0.0

    @property
    def seconds(self) -> float:
        """The median of the samples."""
        return float(np.median(self.samples))

    @property
    def rate(self) -> float:
        """FLOP/s."""
        return 2.0 * math.prod(self.shape) / self.seconds
