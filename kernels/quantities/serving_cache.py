# mypy: allow-untyped-defs, allow-untyped-calls
"""What a sequence keeps in memory while it is served: keys and values of its tokens, or states that do not grow with it.

Grouped queries keep a key and a value of each of their heads, latent attention (MLA) one latent with the rotary key beside it.
A window keeps its own tokens alone, an indexer one key of its own for each that it chooses from, compressed attention one entry
for many tokens. State spaces and linear attention keep a state per head.

Sources: Pope et al. 2022 (arXiv:2211.05102), section 3.3; DeepSeek-AI 2024 (arXiv:2405.04434), section 2.1.3 and table 1, for
MLA; DeepSeek-AI 2025 (arXiv:2512.02556), section 2.1, and 2026 (arXiv:2606.19348), section 2.3, for chosen and compressed keys.
"""

from ..model.quantity import given, maximum, minimum, quantity, where

_CACHE = "Pope et al. 2022, arXiv:2211.05102, section 3.3; DeepSeek-AI 2024, arXiv:2405.04434, table 1"
_SUM = "definition"

given("serving_input_tokens", "token", "Tokens of a prompt, the mean.", low_open=True, label="tokens in")
given(
    "serving_output_tokens",
    "token",
    "Tokens of an answer, the mean, its reasoning included.",
    low_open=True,
    label="tokens out",
)
given(
    "output_progress",
    "",
    "Share of a mean answer that a sequence in decoding has behind it: 0.5 where all are of one length, 1 where lengths are "
    "spread exponentially.",
    high=5,
    label="mean progress of answers in decoding",
)
given(
    "window_overhang",
    "",
    "Share of what lies beyond a window that software keeps in memory all the same, unread: 0 where it frees it.",
    high=1,
)
given("cache_bits", "bit", "Bits of an element of the cache of keys and values.", low_open=True, label="bits of the cache")
given("state_bits", "bit", "Bits of an element of a state of state spaces and linear attention.", low_open=True)


@quantity(unit="token", source="mean of a uniform progress: I + O/2 for answers of one length", label="context in decoding")
def context_tokens(serving_input_tokens, serving_output_tokens, output_progress):
    """Tokens that a sequence in decoding holds, the mean over time: its prompt and what is said so far."""
    return serving_input_tokens + serving_output_tokens * output_progress


@quantity(unit="", source=_CACHE)
def cached_width(kv_rank, rope_head_size, kv_heads, kv_head_width):
    """Elements that one layer keeps of a token: keys and values, or MLA's latent and rotary key."""
    return where(kv_rank > 0, kv_rank + rope_head_size, kv_heads * kv_head_width)


@quantity(unit="", source=_CACHE)
def window_cached_width(cached_width, window_kv_heads, window_head_width):
    """The same of a layer with a window, which may have heads of its own."""
    return where(window_kv_heads > 0, window_kv_heads * window_head_width, cached_width)


@quantity(unit="token", source=_SUM)
def window_tokens(context_tokens, window_size):
    """Tokens of a sequence in decoding that a window holds."""
    return minimum(context_tokens, window_size)


@quantity(unit="", source="DeepSeek-AI 2025, arXiv:2512.02556, section 2.1; DeepSeek-AI 2026, arXiv:2606.19348, section 2.3")
def gathered_cache_elements(
    indexer_layers, chosen_compression, indexer_head_size, compressed_layers, key_compression, context_tokens, window_tokens,
    cached_width,
):  # fmt: skip
    """Elements that a sequence keeps in layers whose keys are chosen or stand for many tokens, indexers' own keys included."""
    entries = context_tokens / maximum(chosen_compression, 1.0)
    chosen = indexer_layers * (entries * (cached_width + indexer_head_size) + window_tokens * cached_width)
    return chosen + compressed_layers * cached_width * (context_tokens / maximum(key_compression, 1.0) + window_tokens)


@quantity(unit="byte", source="Dao and Gu 2024, arXiv:2405.21060, section 7.1; Yang et al. 2024, arXiv:2412.06464, section 3.3")
def state_bytes_per_sequence(
    mamba_layers, mamba_width, mamba_state_size, linear_layers, linear_value_heads, linear_key_size, linear_value_size,
    state_bits,
):  # fmt: skip
    """States of all state spaces and linear attentions of one sequence, whatever its length."""
    linear = linear_layers * linear_value_heads * linear_key_size * linear_value_size
    return state_bits * (mamba_layers * mamba_width * mamba_state_size + linear)


@quantity(unit="byte", source=_CACHE)
def cache_bytes_seen(
    cache_bits, whole_layers, context_tokens, cached_width, window_layers, window_tokens, window_cached_width,
    gathered_cache_elements, layer_passes, state_bytes_per_sequence,
):  # fmt: skip
    """Keys, values and states of a sequence in decoding that some query of it can still see, the mean over time."""
    plain = whole_layers * context_tokens * cached_width + window_layers * window_tokens * window_cached_width
    return cache_bits * layer_passes * (plain + gathered_cache_elements) + state_bytes_per_sequence


@quantity(unit="byte", source=_CACHE, show="MB", label="cache of a sequence")
def cache_bytes_per_sequence(
    cache_bytes_seen, cache_bits, layer_passes, window_layers, context_tokens, window_tokens, window_cached_width,
    window_overhang,
):  # fmt: skip
    """What a sequence in decoding keeps in memory, the mean over time, one copy of it."""
    beyond = window_layers * (context_tokens - window_tokens) * window_cached_width
    return cache_bytes_seen + cache_bits * layer_passes * window_overhang * beyond


@quantity(unit="byte", source="DeepSeek-AI 2025, arXiv:2512.02556, section 2.1: chosen keys alone are read, the indexer's all")
def cache_bytes_read(
    cache_bytes_seen, cache_bits, layer_passes, indexer_layers, chosen_keys, chosen_compression, context_tokens, cached_width,
    state_bytes_per_sequence,
):  # fmt: skip
    """What a step reads of a sequence's cache, states written back included: of chosen keys no more than are chosen."""
    entries = context_tokens / maximum(chosen_compression, 1.0)
    unread = indexer_layers * cached_width * (entries - minimum(chosen_keys, entries))
    return cache_bytes_seen - cache_bits * layer_passes * unread + state_bytes_per_sequence
