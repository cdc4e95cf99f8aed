# mypy: allow-untyped-defs, allow-untyped-calls
"""Memory of the chips that serve one copy of a model: weights, caches, and how many sequences fit.

A replica is G chips that hold one copy. Routed experts are spread over all of them. The rest is split by tensor parallelism, or
stands whole on each chip where attention is data parallel: then a sequence's cache is on one chip, else heads are split, and a
cache of fewer heads than chips, or of MLA, which has one latent for all heads, is held several times.

Sources: Pope et al. 2022 (arXiv:2211.05102), section 3.3; DeepSeek-AI 2024 (arXiv:2412.19437), section 3.4.
"""

from ..model.quantity import floor, given, maximum, quantity, where

_SPLIT = "Pope et al. 2022, arXiv:2211.05102, section 3.3; DeepSeek-AI 2024, arXiv:2412.19437, section 3.4"
_SUM = "definition"

given(
    "replica_chips", "chip", "Chips that hold one copy of the model and decode.", low=1, whole=True, label="chips of a replica"
)
given(
    "concurrent_sequences",
    "sequence",
    "Sequences that a replica decodes at once.",
    low_open=True,
    label="sequences at once in a replica",
)
given(
    "attention_data_parallel",
    "",
    "How a replica's chips share all but the routed experts: 0 tensor parallel, 1 a copy each (data-parallel attention).",
    high=1,
    whole=True,
    label="attention's parallelism",
    words=("tensor parallel", "data parallel"),
)
given("weight_bits", "bit", "Bits of a weight, its share of a scale included.", low_open=True, label="bits of a weight")
given(
    "serving_memory_share",
    "",
    "Share of a chip's memory that serving software takes for weights and caches.",
    high=1,
    low_open=True,
    show="%",
    label="share of memory for weights and caches",
)
given(
    "serving_reserve",
    "byte",
    "Memory of a chip for activations, graphs and buffers.",
    show="GB",
    label="memory for activations",
)


@quantity(unit="bit", source=_SUM, low_open=True, label="bits of a weight outside routed experts")
def dense_weight_bits(weight_bits):
    """Bits of a weight outside the routed experts: as theirs, unless stated otherwise."""
    return weight_bits


@quantity(unit="parameter", source=_SUM)
def routed_parameters(moe_layers, experts, expert_parameters):
    """Weights of all routed experts."""
    return moe_layers * experts * expert_parameters


@quantity(unit="parameter", source=_SUM)
def unrouted_parameters(parameters, routed_parameters):
    """All other weights, embeddings included."""
    return parameters - routed_parameters


@quantity(unit="chip", source=_SPLIT)
def attention_shards(attention_data_parallel, replica_chips):
    """Chips that split one copy of what is not routed experts."""
    return where(attention_data_parallel > 0, 1.0, replica_chips)


@quantity(unit="", source=_SPLIT)
def cache_copies(attention_shards, kv_rank, kv_heads):
    """Times that a replica holds a sequence's cache: more than once where chips split fewer heads than they are."""
    return where(kv_rank > 0, attention_shards, maximum(attention_shards / kv_heads, 1.0))


@quantity(unit="byte", source=_SPLIT, show="GB", label="weights of a replica")
def serving_weight_bytes(
    weight_bits, routed_parameters, dense_weight_bits, unrouted_parameters, replica_chips, attention_shards
):
    """Weights of a replica, copies included."""
    return weight_bits * routed_parameters + dense_weight_bits * unrouted_parameters * (replica_chips / attention_shards)


@quantity(unit="byte", source=_SPLIT, show="GB", label="memory a chip for weights and caches")
def serving_memory_per_chip(
    serving_weight_bytes, concurrent_sequences, cache_bytes_per_sequence, cache_copies, replica_chips, serving_reserve
):
    """Memory of a chip that weights, caches and buffers take, spread evenly."""
    return (
        serving_weight_bytes + concurrent_sequences * cache_bytes_per_sequence * cache_copies
    ) / replica_chips + serving_reserve


@quantity(unit="byte", source=_SUM, low=-1e30, show="GB", label="memory of a chip that is left")
def serving_memory_margin(memory_capacity, serving_memory_share, serving_memory_per_chip):
    """What is left of a chip's memory; negative where a strategy does not fit."""
    return memory_capacity * serving_memory_share - serving_memory_per_chip


@quantity(unit="sequence", source=_SPLIT, low=-1e30, label="sequences that fit in a replica")
def largest_batch(
    memory_capacity, serving_memory_share, serving_reserve, replica_chips, serving_weight_bytes, cache_bytes_per_sequence,
    cache_copies,
):  # fmt: skip
    """Sequences whose caches fit beside the weights; negative where the weights alone do not fit."""
    left = replica_chips * (memory_capacity * serving_memory_share - serving_reserve) - serving_weight_bytes
    return floor(left / (cache_bytes_per_sequence * cache_copies))
