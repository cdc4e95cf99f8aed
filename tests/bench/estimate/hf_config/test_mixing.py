"""Configs of models whose attention is of a new kind give what the table of models has of them, and odd ones are refused."""

from typing import Any

import pytest

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.hf_config import reader
from flopwatt.bench.estimate.scenario import evaluate
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL

MLA = {"kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128}
QWEN3_NEXT = {
    "model_type": "qwen3_next", "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 16,
    "num_key_value_heads": 2, "head_dim": 256, "intermediate_size": 5120, "vocab_size": 151936, "tie_word_embeddings": False,
    "full_attention_interval": 4, "linear_num_key_heads": 16, "linear_num_value_heads": 32, "linear_key_head_dim": 128,
    "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4, "num_experts": 512, "num_experts_per_tok": 10,
    "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512, "decoder_sparse_step": 1, "mlp_only_layers": [],
}  # fmt: skip
KIMI_LINEAR = MLA | {
    "model_type": "kimi_linear", "hidden_size": 2304, "num_hidden_layers": 27, "num_attention_heads": 32,
    "num_key_value_heads": 32, "head_dim": 72, "intermediate_size": 9216, "vocab_size": 163840, "q_lora_rank": None,
    "num_experts": 256, "num_experts_per_token": 8, "num_shared_experts": 1, "moe_intermediate_size": 1024,
    "first_k_dense_replace": 1, "moe_layer_freq": 1, "tie_word_embeddings": False,
    "linear_attn_config": {"kda_layers": [i for i in range(1, 27) if i % 4], "num_heads": 32, "head_dim": 128},
}  # fmt: skip
KIMI_K3 = {
    "model_type": "kimi_k3",
    "text_config": MLA | {
        "model_type": "kimi_linear", "hidden_size": 7168, "num_hidden_layers": 93, "num_attention_heads": 96,
        "intermediate_size": 33792, "vocab_size": 163840, "q_lora_rank": 1536, "num_experts": 896, "num_experts_per_token": 16,
        "num_shared_experts": 2, "moe_intermediate_size": 3072, "routed_expert_hidden_size": 3584, "first_k_dense_replace": 1,
        "moe_layer_freq": 1, "mla_use_output_gate": True, "tie_word_embeddings": False,
        "linear_attn_config": {
            "kda_layers": [i for i in range(1, 93) if i % 4], "num_heads": 96, "head_dim": 128, "use_full_rank_gate": True,
        },
    },
}  # fmt: skip
MINIMAX = {
    "model_type": "minimax_text_01", "hidden_size": 6144, "num_hidden_layers": 80, "num_attention_heads": 64,
    "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 9216, "vocab_size": 200064, "num_local_experts": 32,
    "num_experts_per_tok": 2, "shared_intermediate_size": 0, "attn_type_list": [0, 0, 0, 0, 0, 0, 0, 1] * 10,
    "tie_word_embeddings": False,
}  # fmt: skip
LING = MLA | {
    "model_type": "bailing_hybrid", "hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64,
    "num_key_value_heads": 64, "num_kv_heads_for_linear_attn": 64, "head_dim": 128, "intermediate_size": 18432,
    "moe_intermediate_size": 2048, "moe_shared_expert_intermediate_size": 2048, "first_k_dense_replace": 4,
    "layer_group_size": 8, "q_lora_rank": 1536, "num_experts": 256, "num_experts_per_tok": 8, "num_shared_experts": 1,
    "vocab_size": 157184, "tie_word_embeddings": False,
}  # fmt: skip
GLM_5 = {
    "model_type": "glm_moe_dsa", "hidden_size": 6144, "num_hidden_layers": 78, "num_attention_heads": 64,
    "num_key_value_heads": 64, "intermediate_size": 12288, "moe_intermediate_size": 2048, "n_shared_experts": 1,
    "n_routed_experts": 256, "num_experts_per_tok": 8, "first_k_dense_replace": 3, "kv_lora_rank": 512, "q_lora_rank": 2048,
    "qk_rope_head_dim": 64, "v_head_dim": 256, "qk_nope_head_dim": 192, "index_topk": 2048, "index_head_dim": 128,
    "index_n_heads": 32, "head_dim": 64, "vocab_size": 154880, "tie_word_embeddings": False,
    "layer_types": ["deepseek_sparse_attention"] * 78,
}  # fmt: skip
V4_FLASH = {
    "model_type": "deepseek_v4", "hidden_size": 4096, "num_hidden_layers": 43, "num_attention_heads": 64,
    "num_key_value_heads": 1, "head_dim": 512, "q_lora_rank": 1024, "o_lora_rank": 1024, "o_groups": 8,
    "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 6,
    "index_n_heads": 64, "index_head_dim": 128, "index_topk": 512, "sliding_window": 128, "vocab_size": 129280,
    "compress_ratios": [0, 0, *[4, 128] * 20, 4, 0], "tie_word_embeddings": False,
}  # fmt: skip
V4_PRO = V4_FLASH | {
    "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 128, "q_lora_rank": 1536, "o_groups": 16,
    "moe_intermediate_size": 3072, "n_routed_experts": 384, "index_topk": 1024,
    "compress_ratios": [128, *[128, 4] * 30, 0],
}  # fmt: skip
SCOUT = {
    "model_type": "llama4",
    "text_config": {
        "model_type": "llama4_text", "attention_chunk_size": 8192, "head_dim": 128, "hidden_size": 5120,
        "interleave_moe_layer_step": 1, "intermediate_size": 8192, "intermediate_size_mlp": 16384, "num_attention_heads": 40,
        "num_experts_per_tok": 1, "num_hidden_layers": 48, "num_key_value_heads": 8, "num_local_experts": 16,
        "tie_word_embeddings": False, "vocab_size": 202048,
    },
}  # fmt: skip
OURO = {
    "model_type": "ouro", "hidden_size": 2048, "intermediate_size": 5632, "head_dim": 128, "num_attention_heads": 16,
    "num_key_value_heads": 16, "num_hidden_layers": 48, "layer_types": ["full_attention"] * 48, "total_ut_steps": 4,
    "use_sliding_window": False, "sliding_window": None, "tie_word_embeddings": False, "vocab_size": 49152,
}  # fmt: skip
TRINITY = {
    "model_type": "afmoe", "hidden_size": 3072, "intermediate_size": 12288, "moe_intermediate_size": 3072, "head_dim": 128,
    "num_attention_heads": 48, "num_key_value_heads": 8, "num_hidden_layers": 60, "num_dense_layers": 6, "num_experts": 256,
    "num_experts_per_tok": 4, "num_shared_experts": 1, "sliding_window": 4096, "tie_word_embeddings": False,
    "layer_types": ["sliding_attention", "sliding_attention", "sliding_attention", "full_attention"] * 15,
    "vocab_size": 200192,
}  # fmt: skip
STEP_3 = {
    "model_type": "step3_vl",
    "text_config": {
        "model_type": "step3_text", "hidden_size": 7168, "intermediate_size": 18432, "moe_intermediate_size": 5120,
        "share_expert_dim": 5120, "share_q_dim": 2048, "head_dim": 256, "num_attention_heads": 64, "num_attention_groups": 1,
        "num_hidden_layers": 61, "moe_num_experts": 48, "moe_top_k": 3, "vocab_size": 128815,
        "moe_layers_enum": ",".join(map(str, range(4, 60))),
    },
}  # fmt: skip
GROK_2 = {
    "model_type": "git", "architectures": ["Grok1ForCausalLM"], "hidden_size": 8192, "intermediate_size": 32768,
    "moe_intermediate_size": 16384, "head_dim": 128, "num_attention_heads": 64, "num_key_value_heads": 8,
    "num_experts_per_tok": 2, "num_local_experts": 8, "num_hidden_layers": 64, "residual_moe": True, "sliding_window_size": -1,
    "vocab_size": 131072,
}  # fmt: skip
HUNYUAN = {
    "model_type": "hunyuan", "hidden_size": 6400, "intermediate_size": 18304, "num_attention_heads": 80,
    "num_key_value_heads": 8, "num_hidden_layers": 64, "num_experts": 16, "moe_topk": 1, "num_shared_expert": 1,
    "use_mixed_mlp_moe": True, "use_cla": True, "cla_share_factor": 2, "vocab_size": 129024, "tie_word_embeddings": True,
}  # fmt: skip
GEMMA_4 = {
    "model_type": "gemma4",
    "text_config": {
        "model_type": "gemma4_text", "hidden_size": 5376, "num_hidden_layers": 60, "intermediate_size": 21504,
        "num_attention_heads": 32, "num_key_value_heads": 16, "num_global_key_value_heads": 4, "head_dim": 256,
        "global_head_dim": 512, "attention_k_eq_v": True, "sliding_window": 1024, "vocab_size": 262144,
        "hidden_size_per_layer_input": 0,
        "layer_types": ([*["sliding_attention"] * 5, "full_attention"]) * 10,
    },
}  # fmt: skip
MIMO = {
    "model_type": "mimo_v2_flash", "hidden_size": 4096, "num_hidden_layers": 48, "num_attention_heads": 64,
    "num_key_value_heads": 4, "head_dim": 192, "v_head_dim": 128, "swa_num_key_value_heads": 8, "swa_head_dim": 192,
    "intermediate_size": 16384, "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": None,
    "num_experts_per_tok": 8, "moe_layer_freq": [0, *[1] * 47], "sliding_window": 128, "vocab_size": 152576,
    "hybrid_layer_pattern": [int(not (i == 0 or (i + 1) % 6 == 0)) for i in range(48)], "tie_word_embeddings": False,
}  # fmt: skip
APERTUS = {
    "model_type": "apertus", "hidden_size": 4096, "intermediate_size": 21504, "num_attention_heads": 32,
    "num_key_value_heads": 8, "num_hidden_layers": 32, "vocab_size": 131072, "tie_word_embeddings": False,
}  # fmt: skip
OF_THE_TABLE: dict[str, dict[str, Any]] = {
    "qwen3-next-80b-a3b": QWEN3_NEXT,
    "kimi-linear-48b-a3b": KIMI_LINEAR,
    "kimi-k3": KIMI_K3,
    "minimax-text-01": MINIMAX,
    "ling-2.5-1t": LING,
    "glm-5": GLM_5,
    "deepseek-v4-flash": V4_FLASH,
    "deepseek-v4-pro": V4_PRO,
    "llama-4-scout": SCOUT,
    "ouro-2.6b": OURO,
    "trinity-large": TRINITY,
    "step-3": STEP_3,
    "grok-2": GROK_2,
    "hunyuan-large": HUNYUAN,
    "gemma-4-31b": GEMMA_4,
    "mimo-v2-flash": MIMO,
    "apertus-8b": APERTUS,
}
RUN = {"sequence_length": 32768.0, "tokens": 1e12, "mtp_layers": 0.0, "flops_convention": 0.0}
TARGETS = ("parameters", "active_parameters", "training_flops")


def read_columns(config: dict[str, Any]) -> dict[str, float]:
    return dict(reader.read_document(config).columns)


def _values(columns: dict[str, float]) -> dict[str, float]:
    values = evaluate(Problem(MODEL, Grid(()), columns | RUN), TARGETS)
    return {name: float(values[name][0]) for name in TARGETS}


@pytest.mark.parametrize("key", OF_THE_TABLE)
def test_a_config_gives_what_the_table_has(key: str) -> None:
    row = {name: value for name, value in configs.load("models").find(key).values.items() if name in MODEL}
    assert _values(read_columns(OF_THE_TABLE[key])) == _values(row)


def test_layers_are_listed_or_come_at_an_interval() -> None:
    listed = {"full_attention_interval": None, "layer_types": ["linear_attention"] * 40 + ["full_attention"] * 8}
    assert read_columns(QWEN3_NEXT | listed)["linear_layers"] == 40
    assert read_columns(QWEN3_NEXT | {"full_attention_interval": 2})["attention_free_layers"] == 24
    chunks = {**SCOUT["text_config"], "layer_types": ["chunked_attention"] * 40 + ["full_attention"] * 8}  # type: ignore[dict-item]
    assert read_columns({"model_type": "llama4", "text_config": chunks})["window_layers"] == 40


def test_a_gate_is_the_config_s_or_its_family_s() -> None:
    assert read_columns(QWEN3_NEXT | {"attn_output_gate": False})["attention_gate_size"] == 0
    assert read_columns(APERTUS | {"attn_output_gate": True})["attention_gate_size"] == 128


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (QWEN3_NEXT | {"linear_num_value_heads": None}, "has no linear_num_value_heads"),
        (QWEN3_NEXT | {"layer_types": ["full_attention"] * 48}, "not linear attention in 0"),
        (QWEN3_NEXT | {"layer_types": ["linear_attention"] * 48}, "not linear attention in 48"),
        (KIMI_LINEAR | {"linear_attn_config": None}, "has no linear_attn_config"),
        (GLM_5 | {"index_n_heads": None}, "has no index_n_heads"),
        (V4_FLASH | {"compress_ratios": None}, "compress_ratios must have a whole number for each layer"),
        (V4_FLASH | {"compress_ratios": [4] * 42}, "compress_ratios must have a whole number for each layer"),
        (V4_FLASH | {"compress_ratios": [4, 8, 128, *[0] * 40]}, "compress_ratios must be of at most two sizes"),
        (GEMMA_4["text_config"] | {"global_head_dim": None}, "has no global_head_dim"),  # type: ignore[operator]
    ],
)
def test_what_is_wrong_is_said(config: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says) as error:
        read_columns(config)
    assert "\n" not in error.value.message
