"""The sizes that every decoder has in a Hugging Face ``config.json``: layers, widths, heads, vocabulary, embeddings."""

from ...errors import InputError
from .values import LAYERS, MAX_LAYERS, Config

HIDDEN = ("hidden_size", "n_embd", "n_embed", "d_model", "model_dim")
HEADS = ("num_attention_heads", "n_head", "n_heads", "num_heads", "attention_heads")
FFN = ("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size", "dff", "block_ff_dim", "mlp_hidden_size")
KV_HEADS = (
    "num_key_value_heads",
    "num_kv_heads",
    "n_kv_heads",
    "n_head_kv",
    "multi_query_group_num",
    "kv_n_heads",
    "num_attention_groups",
    "num_query_groups",
)
HEAD_SIZE = ("head_dim", "attention_head_dim", "kv_channels")
VOCABULARY = ("embedding_size", "vocab_size", "padded_vocab_size")
TIED = (
    "tie_word_embeddings",
    "tie_embeddings",
    "tied_embeddings",
    "tie_lm_head",
    "weight_tying",
    "share_input_output_embedding",
    "share_input_output_embeddings",
    "share_input_output_layers",
    "use_shared_embeddings",
    "use_share_embeddings",
    "use_embedding_sharing",
)
LISTS = ("layer_types", "layers_block_type")  # of a word for each layer
_WIDEST = 400.0  # hidden size for each layer; published models have 16 (Gemma 3 270M) to 190 (Falcon 180B)


def columns(config: Config) -> dict[str, float]:
    """Read the sizes. Raises InputError where one is missing or wrong."""
    heads = config.need(*HEADS)
    hidden = config.need(*HIDDEN)
    head_size = config.get(*HEAD_SIZE, default=0.0) or _head_size(config, hidden, heads)
    config.settle(*(key for key in HEAD_SIZE if config.raw.get(key) in (0, head_size)))
    if config.family.trait("heads_fill_the_width") and heads * head_size != hidden:
        raise InputError(
            f"head_dim {head_size:g} must be hidden_size / num_attention_heads, {hidden / heads:g}", where=config.where
        )
    kv_heads = _kv_heads(config, heads)
    if config.family.trait("without_groups"):
        _check_kv_heads(config, heads, heads)
    if heads % kv_heads:
        key = next((key for key in KV_HEADS if config.states(key)), KV_HEADS[0])
        raise InputError(f"{key} {kv_heads:g} does not divide the {heads:g} heads of its attention", where=config.where)
    config.settle(*(key for key in KV_HEADS if config.raw.get(key) == kv_heads))
    return {
        "layers": layers(config),
        "hidden_size": hidden,
        "heads": heads,
        "kv_heads": kv_heads,
        "head_size": head_size,
        "ffn_matrices": float(config.family.trait("ffn_matrices", 3)),
        "ffn_size": _ffn_size(config, hidden),
        "vocabulary_size": _vocabulary(config) + config.get("additional_vocab_size", default=0.0),
        "tied_embeddings": float(config.flag(*TIED)),
        "learned_positions": _learned_positions(config),
    }


def layers(config: Config) -> float:
    """Read the number of layers; where none is stated, that of the words in a list of them."""
    if not any(config.states(key) for key in LAYERS):
        key = next((key for key in LISTS if key in config.family.takes and isinstance(config.raw.get(key), list)), None)
        alone = not config.family.trait("lists_further_layers")  # whose lists do not tell how many layers are the model's
        if alone and key is not None and 0 < len(config.raw[key]) <= MAX_LAYERS:
            config.skip(*LAYERS)
            _check_depth(config, key)
            config.notes.append(
                f"The number of layers is not stated, and follows from {key}, which lists {len(config.raw[key])}."
            )
            return float(len(config.raw[key]))
    return config.need(*LAYERS, most=MAX_LAYERS)


def _head_size(config: Config, hidden: float, heads: float) -> float:
    """Divide the hidden size among the heads. Raises InputError where that leaves a part over."""
    if hidden % heads and not config.family.takes.get("kv_lora_rank"):  # latent attention has widths of its own
        raise InputError(
            f"has no head_dim, and its hidden size {hidden:g} cannot be divided by its {heads:g} heads", where=config.where
        )
    return hidden / heads


def _check_depth(config: Config, key: str) -> None:
    """Refuse a list that alone says how many layers there are, and is shorter than any model of that width is deep."""
    hidden, count = config.get(*HIDDEN, default=0.0), len(config.raw[key])
    if hidden > _WIDEST * count:
        raise InputError(
            f"{key} lists {count} layers, few for a hidden size of {hidden:g}; state num_hidden_layers", where=config.where
        )


def _kv_heads(config: Config, heads: float) -> float:
    if config.flag("new_decoder_architecture"):
        config.skip("multi_query")
        return _own_kv_heads(config, heads)
    if "multi_query" in config.family.takes:
        kv_heads = 1.0 if config.flag("multi_query") else heads
        _check_kv_heads(config, heads, kv_heads)
        return kv_heads
    if "multi_query_attention" in config.family.takes:
        if not config.flag("multi_query_attention"):
            config.skip(*KV_HEADS)
            return heads
        return config.need(*KV_HEADS)
    if config.value("attn_type") == "multiquery_attention":
        return 1.0
    return _own_kv_heads(config, heads)


def _check_kv_heads(config: Config, heads: float, kv_heads: float) -> None:
    """Refuse heads of keys and values that what decides on them denies; their number is written where it means nothing."""
    key = next((key for key in KV_HEADS if key in config.family.takes and config.states(key)), None)
    config.skip(*KV_HEADS)
    if key is not None and config.get(key, default=kv_heads) not in (heads, kv_heads):
        takes = config.family.takes
        deciding = [name for name in ("multi_query", "new_decoder_architecture") if name in takes] or ["its class"]
        said = f"{key} is {config.raw[key]}, and by {' and '.join(deciding)} there are {kv_heads:g}; state which is so"
        raise InputError(said, where=config.where)


def _own_kv_heads(config: Config, heads: float) -> float:
    """Read the heads of keys and values, as many as of queries where none are stated; a stated 0 is refused."""
    stated = any(config.states(key) for key in KV_HEADS)
    if config.family.takes.get("kv_lora_rank") and not stated and heads != config.family.takes.get(HEADS[0]):
        config.skip(*KV_HEADS)  # the class's number goes with its own heads; a latent has as many keys as queries
        return heads
    kv_heads = config.get(*KV_HEADS, default=heads)
    if not kv_heads:
        key = next((key for key in KV_HEADS if config.states(key)), KV_HEADS[0])
        raise InputError(
            f"{key} must be at least 1, or null for as many as there are heads of queries, not 0", where=config.where
        )
    return kv_heads


def _ffn_size(config: Config, hidden: float) -> float:
    """Read the width of a dense block; 0 where the config has none, which is right where every layer has experts."""
    size = config.get(*FFN, default=0.0) if config.inner or any(config.states(key) for key in FFN) else 0.0
    config.skip(*FFN)
    if size:
        config.skip("mlp_ratio")
        return size / 2 if config.family.trait("ffn_is_both_halves") else size
    if ratio := config.get("expansion_ratio", "intermediate_multiple_size", "mlp_ratio", default=0.0):
        return ratio * hidden / (2 if config.family.trait("ffn_is_both_halves") else 1)
    return 4 * hidden if config.family.trait("ffn_is_four_times") else 0.0


def _vocabulary(config: Config) -> float:
    """Read the rows of the embeddings, of which some may be spare."""
    if config.states("embedding_size") and "embedding_size" in config.family.takes:
        config.skip(*VOCABULARY)
        return config.need("embedding_size")
    return config.need(*VOCABULARY)


def _learned_positions(config: Config) -> float:
    key = config.family.trait("learned_positions")
    if key is None:
        return 0.0
    return config.get(key, default=0.0) + float(config.family.trait("more_positions", 0))
