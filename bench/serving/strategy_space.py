"""Which numbers of chips, batches and splits a search of strategies of serving tries."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..prior.features import Floats

MAX_REPLICA = 576  # chips: eight racks of 72
NEAR_CHIPS = 64.0  # of a replica that prefills, where the scale-up domain is smaller
SPLIT_CHIPS = 16.0  # of a replica of tensor parallel attention, where the domain is smaller: two servers
MAX_DRAFT = 5
STEPS = 16  # batches of an octave
_FEW = 8.0  # chips of a scale-up domain that is not known: a server

# The dimensions of a search; a batch is the last.
_VARIANT, _CHIPS, _ATTENTION, _DRAFT, _SPLIT = range(5)
DIMENSIONS = 6


@dataclass(frozen=True)
class ServingSpace:
    """All that is tried beside the batch, as arrays that broadcast to one another.

    Attributes
    ----------
    columns
        By quantity, in base units; of `DIMENSIONS` dimensions, of which the batch's has one point.
    allowed
        Which combinations make sense.
    """

    columns: Mapping[str, Floats]
    allowed: NDArray[np.bool_]

    def at(self, place: Sequence[int]) -> dict[str, float]:
        """Return the parts of one combination, by its indices (that of the batch is left out)."""
        arrays = {name: np.broadcast_to(column, self.allowed.shape) for name, column in self.columns.items()}
        return {name: float(array[(*place, 0)]) for name, array in arrays.items()}


def replica_sizes(domain: float, most: float = MAX_REPLICA) -> list[float]:
    """List the chips that a replica may have: powers of two, divisors of a scale-up domain, and multiples of it by 2, 3 and 9.

    Parameters
    ----------
    domain
        Chips of a scale-up domain; NaN where it is not known, which is taken as 8.
    most
        The greatest.
    """
    whole = int(_FEW if math.isnan(domain) else domain)
    powers = [2**i for i in range(int(math.log2(MAX_REPLICA)) + 1)]
    divisors = {i for i in range(1, min(whole, MAX_REPLICA) + 1) if whole % i == 0}
    multiples = {whole * factor * power for factor in (1, 3, 9) for power in powers}
    return [float(chips) for chips in sorted({*powers} | divisors | multiples) if chips <= most]


def serving_space(
    known: Mapping[str, float],
    fixed: Mapping[str, float],
    variants: Sequence[Mapping[str, float]],
    most_chips: float = math.inf,
) -> ServingSpace:
    """Combine chips, attention's parallelism, together or apart (and on how many chips), drafts and variants.

    Parameters
    ----------
    known
        Inputs that no strategy changes: ``scaleup_domain``, and ``mtp_layers`` without which no draft is tried.
    fixed
        Parts that are given; nothing else is tried of them, whether it makes sense or not.
    variants
        Values that go together, one set of which is chosen; one empty set for none.
    most_chips
        That there are: a replica, and one that prefills beside it, have no more, and one of all of them is tried too.
    """
    domain = known.get("scaleup_domain", math.nan)
    near = max(_FEW if math.isnan(domain) else domain, NEAR_CHIPS)
    all_chips = [most_chips] if 1 <= most_chips <= MAX_REPLICA else []
    sizes = sorted({*replica_sizes(domain, min(most_chips, MAX_REPLICA)), *all_chips})
    drafts = [float(i) for i in range(MAX_DRAFT + 1)] if known.get("mtp_layers", 0.0) > 0 else [0.0]
    chips = _along(_choice("replica_chips", sizes, fixed), _CHIPS)
    attention = _along(_choice("attention_data_parallel", [0.0, 1.0], fixed), _ATTENTION)
    prefills = _choice("prefill_replica_chips", [size for size in sizes if size <= near], fixed)
    kinds = _choice("disaggregated", [0.0, 1.0], fixed)
    pairs = [(kind, prefill) for kind in kinds for prefill in (prefills if kind else [0.0])]
    apart, prefill = (_along([pair[i] for pair in pairs], _SPLIT) for i in (0, 1))
    columns = {
        "replica_chips": chips,
        "attention_data_parallel": attention,
        "draft_tokens": _along(_choice("draft_tokens", drafts, fixed), _DRAFT),
        "disaggregated": apart,
        "prefill_replica_chips": np.where(apart > 0, prefill, chips),
    }
    columns |= {name: _along([variant[name] for variant in variants], _VARIANT) for name in variants[0]}
    allowed = np.ones(np.broadcast_shapes(*(column.shape for column in columns.values())), dtype=np.bool_)
    if "attention_data_parallel" not in fixed:  # of one chip both are alike; tensors are not split far over the slower network
        split = max(SPLIT_CHIPS, _FEW if math.isnan(domain) else domain)
        allowed &= np.where(attention > 0, chips > 1, chips <= split)
    if math.isfinite(most_chips):
        allowed &= chips + np.where(apart > 0, prefill, 0.0) <= most_chips
    return ServingSpace(columns, allowed)


def _choice(name: str, values: list[float], fixed: Mapping[str, float]) -> list[float]:
    return [fixed[name]] if name in fixed else values


def _along(values: Sequence[float], dimension: int) -> Floats:
    shape = [1] * DIMENSIONS
    shape[dimension] = len(values)
    return np.array(values, dtype=np.float64).reshape(shape)


def batches(most: Floats, step: Floats) -> Floats:
    """List batches from the least to the most in equal ratios, as whole multiples of a step.

    Parameters
    ----------
    most
        The largest batch, with a last dimension of one point.
    step
        What a batch is a multiple of: the chips where each has sequences of its own, else 1.

    Returns
    -------
    Floats
        Rising along the last dimension, filled up with the last batch.
    """
    largest = np.maximum(np.floor(most / step), 1.0)
    count = math.ceil(STEPS * math.log2(max(float(largest.max()), 2.0))) + 1
    ratios: Any = 2.0 ** (np.arange(count) / STEPS)
    return np.asarray(np.round(np.minimum(ratios, largest)) * step)
