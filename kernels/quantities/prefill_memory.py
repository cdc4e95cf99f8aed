# mypy: allow-untyped-defs
"""Memory of chips that work through prompts alone: they split one copy of the model, and the cache of one prompt at a time."""

from ..model.quantity import quantity, where

_SPLIT = "Zhong et al. 2024, arXiv:2401.09670, section 3.1; DeepSeek-AI 2024, arXiv:2412.19437, section 3.4.1"


@quantity(unit="byte", source=_SPLIT, show="GB", label="memory a chip for prompts")
def prefill_memory_per_chip(
    weight_bits, routed_parameters, dense_weight_bits, unrouted_parameters, cache_bytes_per_sequence, prefill_replica_chips,
    serving_reserve,
):  # fmt: skip
    """Memory of a chip of a prefilling replica that weights, a prompt's cache and buffers take."""
    weights = weight_bits * routed_parameters + dense_weight_bits * unrouted_parameters
    return (weights + cache_bytes_per_sequence) / prefill_replica_chips + serving_reserve


@quantity(unit="byte", source=_SPLIT, low=-1e30, show="GB", label="memory of a prefilling chip that is left")
def prefill_memory_margin(memory_capacity, serving_memory_share, prefill_memory_per_chip, disaggregated):
    """What is left of a prefilling chip's memory; all of it where the chips that decode work through prompts too."""
    room = memory_capacity * serving_memory_share
    return room - where(disaggregated > 0, prefill_memory_per_chip, 0 * prefill_memory_per_chip)
