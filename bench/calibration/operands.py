"""Operands of measured products: normal random numbers in BF16, FP8 and FP4.

Zeros, or one number everywhere, would flatter a GPU: few of its wires change, so that it draws less power (an H200 took 386 W
for products of zeros) and can keep a higher clock.
"""

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

COUNT = 2**20 + 6  # of random numbers that are repeated: no multiple of a matrix's side, so that no two rows are alike


class _Small(NamedTuple):
    """A format of few bits: how many of exponent and of fraction, and how many of the largest codes are no numbers."""

    exponent: int
    fraction: int
    missing: int


_SMALL = {8: _Small(4, 3, 1), 4: _Small(2, 1, 0)}  # E4M3, whose last code is NaN, and E2M1


def magnitudes(bits: int) -> NDArray[np.float64]:
    """List the numbers of 8 bits (E4M3) or 4 (E2M1), by Open Compute's OFP8 and MX formats: those not negative, by code."""
    form = _SMALL[bits]
    code = np.arange(2 ** (bits - 1) - form.missing)
    exponent, fraction = code >> form.fraction, (code & (2**form.fraction - 1)) / 2.0**form.fraction
    bias = 2 ** (form.exponent - 1) - 1
    significand = np.where(exponent > 0, 1.0 + fraction, 2.0 * fraction)
    numbers: NDArray[np.float64] = significand * 2.0 ** (exponent - bias)
    return numbers


@functools.cache
def random_operand(bits: int) -> NDArray[np.uint8]:
    """Make the bytes of `COUNT` normal random numbers of 16 bits (BF16), 8 (E4M3) or 4 (E2M1, the first in a byte's low bits).

    Parameters
    ----------
    bits
        Of a number.
    """
    values = np.random.default_rng(bits).standard_normal(COUNT)
    if bits == 16:  # the upper half of float32, rounded
        return ((values.astype(np.float32).view(np.uint32) + 0x8000) >> 16).astype("<u2").view(np.uint8)
    known = magnitudes(bits)
    codes = np.searchsorted((known[1:] + known[:-1]) / 2, np.abs(values)) | (values < 0) << (bits - 1)
    return (codes if bits == 8 else codes[0::2] | codes[1::2] << 4).astype(np.uint8)
