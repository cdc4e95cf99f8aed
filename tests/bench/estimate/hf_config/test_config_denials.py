"""What a configuration denies, or leaves out, is refused; and layers that are unlike each other are counted by their mean."""

import copy
from typing import Any

import pytest
from published_configs import document, evaluated

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.hf_config import reader

INSIDE = {
    "model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_attention_heads": 32,
    "num_hidden_layers": 32, "vocab_size": 32064,
}  # fmt: skip
PHI = {
    "model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192, "num_attention_heads": 32, "num_hidden_layers": 32,
    "num_key_value_heads": 32, "vocab_size": 32064,
}  # fmt: skip
PERSIMMON = {
    "model_type": "persimmon", "hidden_size": 4096, "intermediate_size": 16384, "num_attention_heads": 64,
    "num_key_value_heads": 64, "num_hidden_layers": 36, "vocab_size": 262144,
}  # fmt: skip
STEP = {
    "model_type": "step3p5", "hidden_size": 4096, "intermediate_size": 11264, "num_hidden_layers": 4,
    "num_attention_heads": 64, "num_attention_groups": 8, "head_dim": 128, "vocab_size": 128896, "moe_num_experts": 288,
    "moe_top_k": 8, "moe_intermediate_size": 1280, "share_expert_dim": 1280, "sliding_window": 512,
    "layer_types": ["full_attention", "sliding_attention", "sliding_attention", "sliding_attention"],
    "attention_other_setting": {"attention_type": "sliding_attention", "num_attention_heads": 96, "head_dim": 128},
}  # fmt: skip
DEEPSEEK = {
    "model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432, "num_hidden_layers": 61,
    "num_attention_heads": 128, "num_key_value_heads": 128, "vocab_size": 129280, "moe_intermediate_size": 2048,
    "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 3,
    "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
}  # fmt: skip
CHATGLM = {
    "model_type": "chatglm", "hidden_size": 4096, "ffn_hidden_size": 13696, "num_layers": 28, "num_attention_heads": 32,
    "kv_channels": 128, "multi_query_attention": True, "multi_query_group_num": 2, "padded_vocab_size": 65024,
}  # fmt: skip
FALCON = {
    "model_type": "falcon", "hidden_size": 4096, "num_hidden_layers": 60, "num_attention_heads": 32, "num_kv_heads": 8,
    "ffn_hidden_size": 16384, "vocab_size": 65024, "new_decoder_architecture": True, "tie_word_embeddings": False,
}  # fmt: skip
KIMI = {
    "model_type": "kimi_linear", "hidden_size": 2304, "num_hidden_layers": 27, "num_attention_heads": 32,
    "num_key_value_heads": 32, "head_dim": 72, "intermediate_size": 9216, "vocab_size": 163840, "q_lora_rank": None,
    "num_experts": 256, "num_experts_per_token": 8, "num_shared_experts": 1, "moe_intermediate_size": 1024,
    "first_k_dense_replace": 1, "moe_layer_freq": 1, "tie_word_embeddings": False, "kv_lora_rank": 512,
    "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
    "linear_attn_config": {"kda_layers": [], "num_heads": 32, "head_dim": 128},
}  # fmt: skip
BAMBA = {
    "model_type": "bamba", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "attn_layer_indices": [9, 18, 27],
    "mamba_n_heads": 128, "mamba_d_head": 64, "mamba_n_groups": 1, "mamba_d_state": 256,
}  # fmt: skip
OPT = {
    "model_type": "opt", "hidden_size": 768, "ffn_dim": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
    "max_position_embeddings": 2048, "vocab_size": 50272, "word_embed_proj_dim": 768,
}  # fmt: skip
JAIS = {
    "model_type": "jais", "n_embd": 5120, "n_head": 40, "n_layer": 40, "n_inner": 13653, "vocab_size": 84992,
    "activation_function": "swiglu", "position_embedding_type": "alibi",
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "key", "value", "says"),
    [
        (DEEPSEEK, "n_routed_experts", ..., "has no n_routed_experts, and num_experts_per_tok is 8; state how many experts"),
        (DEEPSEEK, "kv_lora_rank", None, "kv_lora_rank is null, and the attention of the model_type deepseek_v3 is latent"),
        (DEEPSEEK, "kv_lora_rank", 0, "kv_lora_rank is 0, and the attention"),
        (CHATGLM, "multi_query_attention", ..., "has no multi_query_attention"),
        (CHATGLM, "multi_query_group_num", ..., "has no multi_query_group_num"),
        (FALCON, "new_decoder_architecture", ..., "num_kv_heads is 8, and by multi_query and new_decoder_architecture there"),
        (FALCON, "num_kv_heads", 0, "num_kv_heads must be at least 1"),
        (PHI, "num_key_value_heads", 0, "num_key_value_heads must be at least 1, or null"),
        (BAMBA, "layer_types", ["mamba", "attention"], "lists what 2 layers are, and there are 32"),
        (OPT, "word_embed_proj_dim", 0, "has no word_embed_proj_dim"),
        (DEEPSEEK, "moe_layer_freq", [1] * 61, "first_k_dense_replace is 3, and moe_layer_freq has 0 layers without experts"),
        (
            STEP,
            "attention_other_setting",
            ...,
            "attention_other_setting must have the heads of the layers with a window, not nu",
        ),
        (STEP, "attention_other_setting", {"num_attention_heads": 96, "rank": 4}, "must have the heads of the layers"),
        (STEP, "moe_layers_enum", "3-44", "moe_layers_enum must be numbers of layers with commas between them, not 3-44"),
        (PERSIMMON, "num_key_value_heads", 4, "num_key_value_heads is 4, and by its class there are 64"),
        (JAIS, "activation_function", "gelu", "activation_function is gelu; of the model_type jais only .* swiglu is modelled"),
        (JAIS, "position_embedding_type", ..., "position_embedding_type is not there; of the model_type jais only"),
    ],
)
def test_what_a_config_denies_or_leaves_out_is_refused(config: dict[str, Any], key: str, value: Any, says: str) -> None:
    assert reader.read_document(config).columns["layers"] > 0
    changed = {name: entry for name, entry in (config | {key: value}).items() if entry is not ...}
    with pytest.raises(InputError, match=says):
        reader.read_document(changed)


def test_a_wrapper_is_no_reason_to_refuse_its_language_model() -> None:
    for wrapper in ("quux_vision", "quux_audio", "quux_asr"):
        whole = {"model_type": wrapper, "text_config": INSIDE, "vision_config": {"hidden_size": 1024}}
        assert reader.read_document(whole).columns["layers"] == 32
        with pytest.raises(InputError, match=f"model_type {wrapper} is a"):
            reader.read_document(INSIDE | {"model_type": wrapper})


def test_layers_without_attention_are_counted_in_the_mean_block() -> None:
    short = {
        "model_type": "lfm2", "hidden_size": 2048, "intermediate_size": 10752, "block_auto_adjust_ff_dim": False,
        "num_hidden_layers": 4, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 65536,
        "layer_types": ["conv", "conv", "full_attention", "conv"],
    }  # fmt: skip
    reading = reader.read_document(short)
    assert reading.columns["attention_free_layers"] == 3
    total = 65536 * 2048 + 4 * 3 * 2048 * 10752 + 3 * 4 * 2048**2 + 2048 * 64 * (2 * 32 + 2 * 8)
    assert evaluated(dict(reading.columns), "parameters") == [pytest.approx(total, rel=1e-3)]
    assert any("in place of attention" in note for note in reading.notes)
    with pytest.raises(InputError, match="has no layer_types, which says which layers have convolutions"):
        reader.read_document({key: value for key, value in short.items() if key != "layer_types"})


def test_a_first_dense_layer_that_is_not_stated_is_said() -> None:
    config = {key: value for key, value in DEEPSEEK.items() if key != "first_k_dense_replace"} | {"model_type": "deepseek_v2"}
    assert (
        "Not stated, and so as the class of deepseek_v2 has it: first_k_dense_replace 0." in reader.read_document(config).notes
    )


def test_heads_that_differ_from_layer_to_layer_are_counted_by_their_mean() -> None:
    deci = {
        "model_type": "deci", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 4,
        "num_attention_heads": 32, "vocab_size": 32000, "num_key_value_heads_per_layer": [4, 4, 2, 1],
    }  # fmt: skip
    total = 2 * 32000 * 4096 + 4 * 3 * 4096 * 14336 + 4096 * 128 * (4 * 2 * 32 + 2 * (4 + 4 + 2 + 1))
    assert evaluated(reader.read_document(deci).columns, "parameters") == [pytest.approx(total, rel=1e-4)]
    with pytest.raises(InputError, match="num_key_value_heads_per_layer lists 3 layers, and there are 4"):
        reader.read_document(deci | {"num_key_value_heads_per_layer": [4, 4, 2]})


def test_heads_of_windows_that_are_others_keep_their_weights_and_operations() -> None:
    window, layers = 512, [1, 3]
    columns = dict(reader.read_document(STEP | {"moe_layers_enum": "3"}).columns)
    heads = {False: 64, True: 96}
    attention = sum(
        count * 4096 * (128 * (2 * heads[kind] + 2 * 8) + heads[kind])
        for kind, count in zip((False, True), layers, strict=True)
    )
    experts = 3 * 4096 * 1280 * (288 + 1) + 288 * 4096
    total = 2 * 128896 * 4096 + attention + 3 * 3 * 4096 * 11264 + experts
    assert evaluated(columns, "parameters") == [pytest.approx(total, rel=1e-4)]
    weights, compute = evaluated(columns | {"sequence_length": 4096.0}, "active_parameters", "training_flops")
    seen = window - window * (window - 1) / 2 / 4096
    core = 6 * 128 * (4096 * 64 + 2 * 3 * 96 * seen)
    assert compute == pytest.approx(1e12 * (6 * (weights - 128896 * 4096) + core), rel=1e-3)


@pytest.mark.parametrize("numbers", [[9, 18, 40], [9, True], [9, -1], [9, "18"], [9, 9.5], [9, 9, 18]])
@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("qwen3-30b-a3b.json", ("mlp_only_layers",)),
        ("llama-4-maverick.json", ("text_config", "moe_layers")),
        (KIMI, ("linear_attn_config", "kda_layers")),
        (BAMBA, ("attn_layer_indices",)),
    ],
)
def test_a_list_of_layers_holds_their_numbers_once_each(
    model: str | dict[str, Any], path: tuple[str, ...], numbers: list[Any]
) -> None:
    whole = document(model) if isinstance(model, str) else copy.deepcopy(model)
    inner = whole
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = [*numbers[:-1], 10_000] if numbers == [9, 18, 40] else numbers
    with pytest.raises(InputError, match=f"{path[-1]} (must list numbers of layers|lists layer 10000)"):
        reader.read_document(whole)
