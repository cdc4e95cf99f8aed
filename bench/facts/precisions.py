"""Precisions of matrix products: what they are called, how many bits an operand has, how it is scaled, whose peak counts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# The columns of the hardware table with dense peaks, by the most bits of an operand that they hold for, as the quantity
# `peak_flops` takes them.
PEAKS: Mapping[float, str] = {4.0: "peak_fp4", 8.0: "peak_fp8", 16.0: "peak_bf16"}


@dataclass(frozen=True)
class Precision:
    """How the operands of matrix products are held.

    Attributes
    ----------
    name
        The usual name. FP16 counts as BF16, whose rate is the same.
    bits
        Bits of an operand, as the quantity ``precision_bits`` has them.
    block_scaling
        Whether every few operands share a scale of their own.
    pattern
        A regular expression that a text in lower case which says this precision contains.
    options
        What a user may state for it.
    own_peak
        The column of the hardware table that counts where it is not the one for as many bits.
    """

    name: str
    bits: float
    block_scaling: bool
    pattern: str
    options: tuple[str, ...] = ()
    own_peak: str = ""

    @property
    def peak(self) -> str:
        """The column of the hardware table with a chip's dense peak (FLOP/s)."""
        return self.own_peak or PEAKS[self.bits]

    def peaks(self, chip: Mapping[str, float]) -> dict[str, float]:
        """Return the peak (FLOP/s) of a chip that takes the place of the one for as many bits; nothing where that counts.

        Where 8-bit integers train, gradients of weights stay in BF16, a third of the products: the peak is the mean of both by
        time (google/maxtext, layers/quantizations.py: fwd_bits and dlhs_bits 8, drhs_bits None).
        """
        if not self.own_peak:
            return {}
        return {PEAKS[self.bits]: 3 / (2 / chip[self.own_peak] + 1 / chip["peak_bf16"])}

    @property
    def inputs(self) -> dict[str, float]:
        """The values of the quantities by which the step-time model knows it."""
        return {"precision_bits": self.bits, "block_scaling": float(self.block_scaling)}


# In the order in which a text is tried: what says MXFP8 also says FP8. INT8 has a peak of its own, which the table has of chips
# that train by quantization to it.
PRECISIONS: Mapping[str, Precision] = {
    item.name: item
    for item in (
        Precision("NVFP4", 4.0, True, r"fp4|float4|e2m1", ("fp4",)),
        Precision("MXFP8", 8.0, True, r"mx.*(fp8|float8|e4m3|e5m2)|(fp8|float8|e4m3|e5m2).*mx"),
        Precision("FP8", 8.0, False, r"fp8|float8|e4m3|e5m2", ("fp8",)),
        Precision("BF16", 16.0, False, r"16", ("bf16", "fp16")),
        Precision("INT8", 8.0, False, r"int8", own_peak="peak_int8"),
    )
}
OPTIONS = tuple(option for item in reversed(list(PRECISIONS.values())) for option in item.options)  # of a user, widest first


def match_precision(text: str) -> Precision | None:
    """Find the precision that a text says: ``bf16 (assumed)``, ``FP8-CS``, ``FP8-MX``, ``fp4 config``; None if it says none.

    What stands in brackets counts where nothing before it says one: ``FP8-CS (FP8-MX)`` is FP8.
    """
    lower = text.lower()
    parts = (lower.partition("(")[0], lower)
    matches = (item for part in parts for item in PRECISIONS.values() if re.search(item.pattern, part))
    return next(matches, None)


def peak_column(bits: float) -> str:
    """Name the column of the hardware table with the dense peak (FLOP/s) for operands of so many bits, at most 16."""
    return next(column for max_bits, column in PEAKS.items() if bits <= max_bits)


def precision_name(bits: float) -> str:
    """Name the precision of operands of so many bits as a user states it, in capitals: FP8; 12-bit where none is of so many."""
    names = (option.upper() for item in PRECISIONS.values() if item.bits == bits for option in item.options)
    return next(names, f"{bits:g}-bit")
