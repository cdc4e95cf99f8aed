"""Hugging Face configs of each family give the parameters that were published."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.hf_config import reader
from flopwatt.bench.estimate.scenario import evaluate
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL

LLAMA: dict[str, Any] = {
    "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32, "num_key_value_heads": 8,
    "num_hidden_layers": 32, "vocab_size": 128256, "tie_word_embeddings": False, "max_position_embeddings": 131072,
}  # fmt: skip
MIXTRAL = LLAMA | {
    "model_type": "mixtral",
    "vocab_size": 32000,
    "num_local_experts": 8,
    "num_experts_per_tok": 2,
    "sliding_window": None,
}
QWEN_MOE = {
    "model_type": "qwen2_moe", "hidden_size": 2048, "intermediate_size": 5632, "moe_intermediate_size": 1408,
    "shared_expert_intermediate_size": 5632, "num_hidden_layers": 24, "num_attention_heads": 16, "num_key_value_heads": 16,
    "num_experts": 60, "num_experts_per_tok": 4, "decoder_sparse_step": 1, "vocab_size": 151936, "tie_word_embeddings": False,
    "use_sliding_window": False, "sliding_window": 32768,
}  # fmt: skip
QWEN3_MOE = {
    "model_type": "qwen3_moe", "hidden_size": 2048, "head_dim": 128, "intermediate_size": 6144, "moe_intermediate_size": 768,
    "num_hidden_layers": 48, "num_attention_heads": 32, "num_key_value_heads": 4, "num_experts": 128, "num_experts_per_tok": 8,
    "decoder_sparse_step": 1, "mlp_only_layers": [], "vocab_size": 151936, "tie_word_embeddings": False,
}  # fmt: skip
DEEPSEEK = {
    "model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432, "moe_intermediate_size": 2048,
    "num_hidden_layers": 61, "num_attention_heads": 128, "num_key_value_heads": 128, "n_routed_experts": 256,
    "n_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1, "q_lora_rank": 1536,
    "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "vocab_size": 129280,
    "tie_word_embeddings": False,
}  # fmt: skip
GPT_OSS = {
    "model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880, "head_dim": 64, "num_hidden_layers": 36,
    "num_attention_heads": 64, "num_key_value_heads": 8, "num_local_experts": 128, "num_experts_per_tok": 4,
    "vocab_size": 201088, "tie_word_embeddings": False, "sliding_window": 128,
    "layer_types": ["sliding_attention", "full_attention"] * 18,
}  # fmt: skip
GPT2 = {"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024, "vocab_size": 50257}
DBRX = {
    "model_type": "dbrx", "d_model": 6144, "n_heads": 48, "n_layers": 40, "vocab_size": 100352,
    "attn_config": {"kv_n_heads": 8},
    "ffn_config": {"ffn_hidden_size": 10752, "moe_num_experts": 16, "moe_top_k": 4},
}  # fmt: skip
CHATGLM = {
    "model_type": "chatglm", "hidden_size": 4096, "ffn_hidden_size": 13696, "num_attention_heads": 32, "num_layers": 28,
    "multi_query_attention": True, "multi_query_group_num": 2, "padded_vocab_size": 65024,
}  # fmt: skip
NEMOTRON = {
    "model_type": "nemotron_h", "hidden_size": 4096, "num_hidden_layers": 88, "vocab_size": 131072, "intermediate_size": 2688,
    "hybrid_override_pattern":
        "MEMEMEM*EMEMEMEM*EMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEM*EMEMEMEME",
    "mamba_num_heads": 128, "mamba_head_dim": 64, "n_groups": 8, "ssm_state_size": 128, "conv_kernel": 4,
    "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 128, "n_routed_experts": 512, "n_shared_experts": 1,
    "num_experts_per_tok": 22, "moe_latent_size": 1024, "moe_intermediate_size": 2688,
    "moe_shared_expert_intermediate_size": 5376, "tie_word_embeddings": False,
}  # fmt: skip
GRANITE = {
    "model_type": "granitemoehybrid", "hidden_size": 4096, "num_hidden_layers": 40, "vocab_size": 100352,
    "num_attention_heads": 32, "num_key_value_heads": 8, "num_local_experts": 72, "num_experts_per_tok": 10,
    "shared_intermediate_size": 1536, "intermediate_size": 768, "mamba_n_heads": 128, "mamba_d_head": 64,
    "mamba_d_state": 128, "mamba_n_groups": 1, "tie_word_embeddings": True,
    "layer_types": (["mamba"] * 9 + ["attention"]) * 4,
}  # fmt: skip
BAMBA = {
    "model_type": "bamba", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
    "intermediate_size": 14336, "mamba_n_heads": 128, "mamba_d_head": 64, "mamba_d_state": 128, "mamba_n_groups": 1,
    "attn_layer_indices": [9, 18, 27], "vocab_size": 128256, "tie_word_embeddings": False,
}  # fmt: skip
QWEN = LLAMA | {"model_type": "qwen", "intermediate_size": 22016, "num_key_value_heads": 32, "vocab_size": 151936}
BLOOM = {"model_type": "bloom", "n_embed": 4096, "num_attention_heads": 32, "n_layer": 30, "vocab_size": 250880}
PUBLISHED = {  # total and active parameters
    "llama": (LLAMA, 8.03e9, 8.03e9),
    "mixtral": (MIXTRAL, 46.7e9, 12.9e9),
    "qwen2_moe": (QWEN_MOE, 14.3e9, 2.7e9),
    "qwen3_moe": (QWEN3_MOE, 30.5e9, 3.3e9),
    "deepseek_v3": (DEEPSEEK, 671e9, 37e9),
    "gpt_oss": (GPT_OSS, 116.8e9, None),
    "gpt2": (GPT2, 124.4e6, 124.4e6),
    "dbrx": (DBRX, 131.6e9, 36.5e9),
    "chatglm": (CHATGLM, 6.24e9, 6.24e9),
    "qwen": (QWEN, 7.72e9, 7.72e9),
    "bloom": (BLOOM, 7.07e9, 7.07e9),
    "nemotron_h": (NEMOTRON, 120.67e9, 12.77e9),
    "granitemoehybrid": (GRANITE, 32.2e9, 9e9),
    "bamba": (BAMBA, 9.78e9, 9.78e9),
}


def read_columns(config: dict[str, Any]) -> dict[str, float]:
    return dict(reader.read_document(config).columns)


def parameters(columns: dict[str, float], name: str) -> float:
    return float(evaluate(Problem(MODEL, Grid(()), columns), [name])[name][0])


@pytest.mark.parametrize("family", PUBLISHED)
def test_parameters_are_those_published(family: str) -> None:
    config, total, active = PUBLISHED[family]
    columns = read_columns(config)
    assert parameters(columns, "parameters") == pytest.approx(total, rel=0.005)
    if active is not None:
        assert parameters(columns, "active_parameters") == pytest.approx(active, rel=0.03)


def test_every_column_of_an_architecture_is_there() -> None:
    held = {"sequence_length": 4096.0, "tokens": 1e12, "flops_convention": 0.0, "mtp_layers": 0.0}
    for config, *_ in PUBLISHED.values():
        missing = set(MODEL.inputs(["training_flops", "parameters"], held)) - set(read_columns(config)) - set(held)
        assert not missing


def test_the_language_model_of_several_parts_is_taken() -> None:
    assert read_columns({"model_type": "llava", "text_config": LLAMA}) == read_columns(LLAMA)


def test_windows_are_counted() -> None:
    assert read_columns(GPT_OSS)["window_layers"] == 18
    assert read_columns(QWEN_MOE)["window_layers"] == 0
    assert read_columns(LLAMA | {"model_type": "mistral", "sliding_window": 4096})["window_layers"] == 32


def test_a_family_s_pattern_of_windows_is_its_class_s() -> None:
    assert (
        read_columns(LLAMA | {"model_type": "gemma3_text", "num_hidden_layers": 62, "sliding_window": 1024})["window_layers"]
        == 52
    )


def test_a_hybrid_is_counted_by_its_feed_forward_blocks() -> None:
    columns = read_columns(NEMOTRON)
    counts = ("layers", "moe_layers", "mamba_layers", "attention_free_layers", "latent_size")
    assert [columns[name] for name in counts] == [40, 40, 40, 32, 1024]
    table = configs.load("models").find("nemotron-3-super-120b-a12b").values
    assert columns == {name: table[name] for name in columns}
    listed = ["mamba", "mlp", "mamba", "attention", "mlp", "mamba", "moe"]
    columns = read_columns({**NEMOTRON, "num_hidden_layers": 7, "hybrid_override_pattern": None, "layers_block_type": listed})
    assert [columns[name] for name in counts] == [3, 1, 3, 2, 1024]


def test_a_hybrid_without_experts_has_its_block_beside_them() -> None:
    columns = read_columns(GRANITE | {"num_local_experts": 0})
    assert (columns["moe_layers"], columns["ffn_size"], columns["attention_free_layers"]) == (0, 1536, 36)


def test_dense_and_sparse_layers_alternate() -> None:
    assert read_columns(QWEN3_MOE | {"decoder_sparse_step": 2})["moe_layers"] == 24
    assert read_columns(QWEN3_MOE | {"mlp_only_layers": [0, 1]})["moe_layers"] == 46
    assert read_columns(DEEPSEEK)["moe_layers"] == 58
    listed = {"num_hidden_layers": 4, "first_k_dense_replace": 1, "moe_layer_freq": [0, 1, 1, 1]}
    assert read_columns(DEEPSEEK | listed)["moe_layers"] == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not valid JSON"),
        ("[1]", "must be a JSON object"),
        (json.dumps({"model_type": "llama"}), "has no num_attention_heads"),
        (json.dumps(LLAMA | {"hidden_size": "big"}), "hidden_size must be 0 or a number from 1"),
        (json.dumps(LLAMA | {"num_hidden_layers": -1}), "num_hidden_layers must be 0 or a number from 1"),
        (json.dumps(LLAMA | {"num_hidden_layers": 10**14}), "num_hidden_layers must be at most 100,000"),
        (json.dumps(MIXTRAL | {"num_experts_per_tok": 9}), "num_experts_per_tok must be at most 8"),
        (json.dumps(LLAMA | {"attn_layer_period": 8}), "attn_layer_period is 8, which is not understood"),
        (json.dumps(LLAMA | {"layer_types": ["linear_attention"]}), "layer_types is .*'linear_attention'"),
        (json.dumps(LLAMA | {"is_encoder_decoder": True}), "is no decoder alone"),
        (
            json.dumps(NEMOTRON | {"hybrid_override_pattern": "MXM"}),
            "must say of each block whether it is a state .*, not 'MXM'",
        ),
        (json.dumps(NEMOTRON | {"hybrid_override_pattern": None}), "hybrid_override_pattern must say of each block"),
        (json.dumps(GRANITE | {"layer_types": ["mamba", "linear"]}), "layer_types must say of each block .*'linear'"),
        (json.dumps(GRANITE | {"layer_types": ["mamba", "mlp"]}), "layer_types must say of each block .*'mlp'"),
        (json.dumps(GRANITE | {"layer_types": None}), "layer_types must say of each block"),
        (
            json.dumps(NEMOTRON | {"num_hidden_layers": 2, "hybrid_override_pattern": "M*"}),
            "fewer feed-forward blocks than attentions",
        ),
        (json.dumps(NEMOTRON | {"ssm_state_size": None}), "has no ssm_state_size"),
        (json.dumps(LLAMA | {"model_type": "bert"}), "is no decoder alone"),
        (json.dumps(LLAMA | {"text_config": 3}), "text_config must be an object"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(InputError, match=says) as error:
        reader.read(path)
    assert "\n" not in error.value.message
    assert str(path) in error.value.message


def test_more_dense_layers_than_there_are_take_no_time() -> None:
    assert read_columns({**DEEPSEEK, "first_k_dense_replace": 10**14})["moe_layers"] == 0


@pytest.mark.parametrize("size", [5e-324, 0.5, -1, 1e16, math.nan, "4096", [1]])
def test_a_size_that_is_none_is_refused(size: Any) -> None:
    with pytest.raises(InputError, match=r"hidden_size must be 0 or a number from 1 to 1e15, not"):
        read_columns({**LLAMA, "hidden_size": size})


def test_a_layer_that_is_no_name_is_refused() -> None:
    with pytest.raises(InputError, match="layers that are no attention"):
        read_columns({**GPT_OSS, "layer_types": [["full_attention"]]})


def test_numbers_and_nesting_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    for text, says in (("9" * 5000, "digits"), ("[" * 100 + "]" * 100, "more than 64 deep"), ("[" * 100_000, "recursion")):
        path.write_text(f'{{"hidden_size": {text}}}')
        with pytest.raises(InputError, match=says):
            reader.read(path)
