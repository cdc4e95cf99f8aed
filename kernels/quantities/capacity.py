# mypy: allow-untyped-defs, allow-untyped-calls
"""Whether a model's states fit a run's chips at all, however they are cut up: the fewest chips that hold them.

Weights, gradients and optimizer states are taken as sharded over all chips (ZeRO 3). Every strategy takes more: activations,
buffers, and what it does not shard. So a run on fewer chips than these cannot be, and one on more may still not fit.
"""

from ..model.quantity import ceil, maximum, quantity

_ZERO = "Rajbhandari et al. 2020, arXiv:1910.02054, section 5: all states sharded (stage 3)"


@quantity(unit="byte", source=_ZERO, low_open=True)
def state_bytes(parameters, element_bytes, gradient_bytes, optimizer_bytes):
    """Memory of the model's states in training: weights, gradients and optimizer states."""
    return parameters * (element_bytes + gradient_bytes + optimizer_bytes)


@quantity(unit="byte", source=_ZERO, low_open=True)
def sharded_state_bytes(state_bytes, chip_count):
    """Memory of the model's states on a chip where they are sharded over all chips: what any strategy takes at least."""
    return state_bytes / chip_count


@quantity(unit="chip", source=_ZERO, low_open=True)
def least_chips(state_bytes, memory_capacity, memory_reserve):
    """The fewest chips whose memory, less what is kept in reserve, holds the model's states; infinite where none is left."""
    return ceil(state_bytes / maximum(memory_capacity - memory_reserve, 0))
