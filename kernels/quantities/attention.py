# mypy: allow-untyped-defs, allow-untyped-calls
"""Attention: weights of a layer's projections, the keys that a query sees, and the operations of queries, keys and values.

Layers see all keys, a window (sliding, or a chunk of the sequence), the keys that an indexer chooses, or keys that stand for
many tokens each. What layers of several kinds have is counted as the mean of a layer with attention. Heads are of grouped
queries (GQA), or made from a latent (MLA); values may be of another width than keys, or be the keys themselves.

Sources: Narayanan et al. 2021 (arXiv:2104.04473), section 5.1; DeepSeek-AI 2024 (arXiv:2412.19437), section 2.1, for MLA;
DeepSeek-AI 2025 (arXiv:2512.02556), section 2.1, for the indexer; DeepSeek-AI 2026 (arXiv:2606.19348), section 2.3, for
compressed keys; Qiu et al. 2025 (arXiv:2505.06708) for gates on the output.
"""

import math

from ..model.quantity import floor, given, maximum, minimum, quantity, where

_LAYER = "Narayanan et al. 2021, arXiv:2104.04473, section 5.1"
_MLA = "DeepSeek-AI 2024, arXiv:2412.19437, section 2.1.1"
_INDEXER = "DeepSeek-AI 2025, DeepSeek-V3.2, arXiv:2512.02556, section 2.1"
_COMPRESSED = "DeepSeek-AI 2026, DeepSeek-V4, arXiv:2606.19348, section 2.3"
_CAUSAL = "Narayanan et al. 2021 count full attention; a causal mask leaves half of it"
_SUM = "definition"

given("heads", "", "Query heads of a layer.", low=1, whole=True)
given("kv_heads", "", "Key and value heads of a layer; fewer than `heads` under grouped queries.", low=1, whole=True)
given("head_size", "", "Width of a head; not always hidden_size / heads.", low=1, whole=True)
given("query_rank", "", "Rank of the query's compression; 0 where queries are not compressed.", whole=True)
given("kv_rank", "", "MLA: rank of the latent that keys and values are made from; 0 for a model without MLA.", whole=True)
given("nope_head_size", "", "MLA: width of a head's query and key without position.", whole=True)
given("rope_head_size", "", "MLA: width of a head's query and key with rotary position.", whole=True)
given("value_head_size", "", "Width of a head's value; without MLA 0 where it is that of the key.", whole=True)
given("tied_values", "", "1 where keys serve as values in the layers that see more than a window, else 0.", high=1, whole=True)
given("attention_gate_size", "", "Gates on a head's output: one per element of it, one per head, or 0 for none.", whole=True)
given("output_rank", "", "Rank of the output projection of each group of heads; 0 where it is one matrix.", whole=True)
given("output_groups", "", "Groups of heads whose outputs are compressed apart.", whole=True)
given("window_layers", "layer", "Layers whose attention sees a window only.", whole=True)
given("window_size", "token", "Tokens in that window.", whole=True)
given(
    "chunked_windows",
    "",
    "1 where windows are chunks of the sequence that do not overlap, 0 where they slide.",
    high=1,
    whole=True,
)
given("window_kv_heads", "", "Key and value heads of layers with a window; 0 where they are those of the others.", whole=True)
given("window_head_size", "", "Width of a head in layers with a window; 0 where it is that of the others.", whole=True)
given("indexer_layers", "layer", "Layers in which an indexer chooses the keys that a query sees.", whole=True)
given("indexer_heads", "", "Query heads of an indexer.", whole=True)
given("indexer_head_size", "", "Width of an indexer's heads, and of its one key.", whole=True)
given("chosen_keys", "token", "Keys that an indexer chooses for each query.", whole=True)
given("chosen_compression", "token", "Tokens that one of the keys it chooses from stands for; 0 or 1 for one.", whole=True)
given(
    "compressed_layers", "layer", "Layers whose queries see all keys, each standing for many tokens, and a window.", whole=True
)
given("key_compression", "token", "Tokens that one of their keys stands for.", whole=True)


# --- widths -------------------------------------------------------------------------------------------------------------


@quantity(unit="", source=_LAYER)
def value_size(value_head_size, head_size):
    """Width of a head's value, without MLA."""
    return where(value_head_size > 0, value_head_size, head_size)


@quantity(unit="", source=_LAYER)
def query_width(heads, head_size, value_size):
    """Width of a layer's queries and of what goes into its output projection, without MLA."""
    return heads * (head_size + value_size)


@quantity(unit="", source=_LAYER)
def kv_head_width(head_size, value_size, tied_values):
    """Width of one head's key and value."""
    return head_size + (1 - tied_values) * value_size


@quantity(unit="", source=_SUM, show="%")
def window_share(window_layers, layers, attention_free_layers):
    """Share of the layers with attention that see a window only."""
    return window_layers / maximum(layers - attention_free_layers, 1)


@quantity(unit="", source=_SUM)
def window_head_width(window_head_size, value_head_size, head_size, value_size):
    """Width of a head's key and value in layers with a window."""
    own = window_head_size + where(value_head_size > 0, value_head_size, window_head_size)
    return where(window_head_size > 0, own, head_size + value_size)


@quantity(unit="", source=_SUM, low=-math.inf)
def window_query_excess(window_share, heads, window_head_width, query_width):
    """How much wider queries and outputs are for the windows among the layers, the mean of a layer with attention."""
    return window_share * (heads * window_head_width - query_width)


@quantity(unit="", source=_SUM, low=-math.inf)
def window_kv_excess(window_share, window_kv_heads, window_head_width, kv_heads, kv_head_width):
    """How much wider keys and values are for the windows among the layers, the mean of a layer with attention."""
    return window_share * where(window_kv_heads > 0, window_kv_heads * window_head_width - kv_heads * kv_head_width, 0.0)


# --- parameters ---------------------------------------------------------------------------------------------------------


@quantity(unit="parameter", source=_LAYER)
def gqa_parameters(hidden_size, query_width, kv_heads, kv_head_width):
    """Weights of one layer's attention without MLA: query, key, value and output projections, each one matrix."""
    return hidden_size * (query_width + kv_heads * kv_head_width)


@quantity(unit="parameter", source=_MLA)
def mla_parameters(hidden_size, heads, query_rank, kv_rank, nope_head_size, rope_head_size, value_head_size):
    """Weights of one layer's latent attention: query (compressed or not), latent, keys and values from it, output."""
    query_width = heads * (nope_head_size + rope_head_size)
    query = where(query_rank > 0, query_rank * (hidden_size + query_width), hidden_size * query_width)
    latent = hidden_size * (kv_rank + rope_head_size) + kv_rank * heads * (nope_head_size + value_head_size)
    return query + latent + heads * value_head_size * hidden_size


@quantity(unit="parameter", source="as the projections that they take the place of", low=-math.inf)
def gqa_extra_parameters(
    hidden_size, heads, head_size, value_size, query_rank, output_rank, output_groups, window_query_excess, window_kv_excess
):
    """What compressed queries and outputs, and windows of other heads, add to the weights of plain attention, or take."""
    queries, outputs = heads * head_size, heads * value_size
    query = where(query_rank > 0, query_rank * (hidden_size + queries) - hidden_size * queries, 0.0)
    compressed = output_rank * (outputs + output_groups * hidden_size)
    output = where(output_rank > 0, compressed - hidden_size * outputs, 0.0)
    return query + output + hidden_size * (window_query_excess + window_kv_excess)


@quantity(unit="parameter", source=_INDEXER)
def indexer_parameters(hidden_size, query_rank, indexer_heads, indexer_head_size, chosen_compression, head_size):
    """Weights of one indexer: queries, their weights, one key; with compressed keys, two overlapping series and their gates."""
    queries = where(query_rank > 0, query_rank, hidden_size) * (indexer_heads * indexer_head_size)
    keys = where(chosen_compression > 1, 4 * (indexer_head_size + head_size), indexer_head_size)
    return queries + hidden_size * (indexer_heads + keys)


@quantity(unit="parameter", source=_SUM, low=-math.inf)
def attention_extra_parameters(
    hidden_size, heads, head_size, attention_gate_size, indexer_layers, indexer_parameters, compressed_layers, layers,
    attention_free_layers, kv_rank, gqa_extra_parameters,
):  # fmt: skip
    """Weights beside the four projections: gates, indexers, the keys that stand for many tokens; the mean of a layer."""
    choosing = indexer_layers * indexer_parameters + compressed_layers * (2 * hidden_size * head_size)
    gate = hidden_size * heads * attention_gate_size
    return gate + choosing / maximum(layers - attention_free_layers, 1) + where(kv_rank > 0, 0.0, gqa_extra_parameters)


@quantity(unit="parameter", source=_SUM)
def attention_parameters(kv_rank, gqa_parameters, mla_parameters, attention_extra_parameters):
    """Weights of one layer's attention, the mean of those that have one."""
    return where(kv_rank > 0, mla_parameters, gqa_parameters) + attention_extra_parameters


# --- keys that a query sees, and operations -------------------------------------------------------------------------------


@quantity(unit="layer", source=_SUM)
def whole_layers(layers, attention_free_layers, window_layers, indexer_layers, compressed_layers):
    """Layers whose queries see every key before them."""
    return layers - attention_free_layers - window_layers - indexer_layers - compressed_layers


@quantity(unit="token", source="Meta, The Llama 4 herd, 2025-04-05: chunks as in huggingface.co/docs/transformers, Llama4")
def chunk_keys(window_size, sequence_length):
    """Keys in a chunk that a query sees, the mean, counted in full: chunks of the window's size, and a last shorter one."""
    chunk = minimum(where(window_size > 0, window_size, sequence_length), sequence_length)
    chunks = floor(sequence_length / chunk)
    rest = sequence_length - chunks * chunk
    return (chunks * chunk * chunk + rest * rest) / sequence_length


@quantity(unit="token", source=_CAUSAL)
def window_keys(window_size, sequence_length, chunked_windows, chunk_keys):
    """Keys in its window that a query sees, the mean: w - w^2/2s in a window of w tokens that slides."""
    window = minimum(window_size, sequence_length)
    return where(chunked_windows > 0, chunk_keys / 2, window - window * window / (2 * sequence_length))


@quantity(unit="token", source=_LAYER)
def full_window_keys(window_size, sequence_length, chunked_windows, chunk_keys):
    """The same counted in full, as if every query saw its whole window."""
    return where(chunked_windows > 0, chunk_keys, minimum(window_size, sequence_length))


@quantity(unit="token", source=_INDEXER)
def indexed_keys(sequence_length, chosen_compression):
    """Keys that an indexer chooses from, at the end of a sequence."""
    return sequence_length / maximum(chosen_compression, 1.0)


@quantity(unit="token", source=_INDEXER)
def seen_chosen_keys(chosen_keys, indexed_keys, window_keys):
    """Keys that a query sees where an indexer chooses them, the mean; where there is a window, the window's too."""
    chosen = minimum(chosen_keys, indexed_keys)
    return chosen - chosen * chosen / (2 * indexed_keys) + window_keys


@quantity(unit="", source=_SUM)
def core_width(kv_rank, heads, nope_head_size, rope_head_size, value_head_size, query_width):
    """Multiplications of a query with a key, and of its weight with the value, all heads."""
    return where(kv_rank > 0, heads * (nope_head_size + rope_head_size + value_head_size), query_width)


@quantity(unit="", source=_SUM)
def window_core_width(kv_rank, core_width, heads, window_head_width):
    """The same in layers with a window."""
    return where(kv_rank > 0, core_width, heads * window_head_width)


@quantity(unit="FLOP", source=_INDEXER)
def indexer_core_flops(indexer_layers, indexer_heads, indexer_head_size, indexed_keys):
    """Forward operations per token of the indexers' queries times all keys before them, all layers."""
    return indexer_layers * (indexer_heads * indexer_head_size) * indexed_keys


def _compressed_keys(sequence_length, key_compression, window_keys):
    """Keys that a query sees on average where a key stands for many tokens, and those of its window."""
    return sequence_length / (2 * maximum(key_compression, 1.0)) + window_keys


@quantity(unit="FLOP", source=_CAUSAL)
def attention_core_flops(
    whole_layers, sequence_length, window_layers, window_keys, indexer_layers, seen_chosen_keys, compressed_layers,
    key_compression, core_width, window_core_width, indexer_core_flops,
):  # fmt: skip
    """Forward operations per token of queries times keys and weights times values, all layers once, causal: half of full."""
    compressed = _compressed_keys(sequence_length, key_compression, window_keys)
    plain = whole_layers * (sequence_length / 2) + window_layers * window_keys
    keys = plain + indexer_layers * seen_chosen_keys + compressed_layers * compressed
    wider = (window_core_width - core_width) * window_layers * window_keys
    return 2 * core_width * keys + 2 * wider + indexer_core_flops


@quantity(unit="FLOP", source=_INDEXER)
def gathered_core_flops(
    indexer_layers, seen_chosen_keys, compressed_layers, key_compression, sequence_length, window_keys, core_width,
    indexer_core_flops,
):  # fmt: skip
    """Attention's core per token in layers whose keys are chosen or stand for many tokens, their indexers' work with it."""
    compressed = _compressed_keys(sequence_length, key_compression, window_keys)
    return 2 * core_width * (indexer_layers * seen_chosen_keys + compressed_layers * compressed) + indexer_core_flops


@quantity(unit="FLOP", source=_LAYER)
def full_attention_core_flops(
    whole_layers, sequence_length, window_layers, full_window_keys, indexer_layers, chosen_keys, indexed_keys,
    compressed_layers, key_compression, core_width, window_core_width, indexer_core_flops,
):  # fmt: skip
    """The same counted in full, as if every query saw every key of its sequence or window."""
    compressed = sequence_length / maximum(key_compression, 1.0) + full_window_keys
    plain = whole_layers * sequence_length + window_layers * full_window_keys
    chosen = indexer_layers * (minimum(chosen_keys, indexed_keys) + full_window_keys)
    keys = plain + chosen + compressed_layers * compressed
    wider = (window_core_width - core_width) * window_layers * full_window_keys
    return 2 * core_width * keys + 2 * wider + 2 * indexer_core_flops
