"""Every model of the table is read from a config.json of the same facts, and has the same counts and compute."""

from collections.abc import Mapping
from typing import Any

import pytest
from published_configs import evaluated

from flopwatt import configs
from flopwatt.bench.estimate.hf_config import reader
from flopwatt.kernels.quantities import MODEL

Facts = Mapping[str, int]
Document = dict[str, Any]
ROWS = configs.load("models").rows
KIND = {  # the model_type that a model's config has, by how its row's key begins; the longest beginning holds
    "apertus": "apertus",
    "bloom": "bloom",
    "dbrx": "dbrx",
    "deepseek-v2": "deepseek_v2",
    "deepseek-v3": "deepseek_v3",
    "deepseek-v3.2": "deepseek_v32",
    "deepseek-v4": "deepseek_v4",
    "gemma": "llama",  # whose config is laid out alike, as those below of another kind
    "gemma-2": "gemma2",
    "gemma-3": "gemma3_text",
    "gemma-4": "gemma4_text",
    "glm-4": "glm4_moe",
    "glm-5": "glm_moe_dsa",
    "gpt-3": "gpt2",
    "gpt-neox": "gpt_neox",
    "gpt-oss": "gpt_oss",
    "grin": "mixtral",
    "grok": "git",
    "grok-1": "mixtral",
    "hunyuan": "hunyuan",
    "kimi": "kimi_linear",
    "kimi-k2": "kimi_k2",
    "ling": "bailing_hybrid",
    "llama": "llama",
    "llama-4": "llama4_text",
    "longcat": "longcat_flash",
    "mimo": "mimo_v2_flash",
    "minimax": "minimax_text_01",
    "minimax-m2": "minimax_m2",
    "mistral": "mistral",
    "mistral-large-3": "deepseek_v3",
    "mixtral": "mixtral",
    "moonlight": "deepseek_v3",
    "mt-nlg": "gpt2",
    "nemotron": "nemotron_h",
    "nemotron-4": "nemotron",
    "olmo-2": "olmo2",
    "olmo-3": "olmo3",
    "olmoe": "mixtral",
    "opt": "opt",
    "ouro": "ouro",
    "palm": "llama",
    "phi-3.5-moe": "mixtral",
    "qwen2-57b": "qwen2_moe",
    "qwen2.5": "qwen2",
    "qwen3": "qwen3",
    "qwen3-235b": "qwen3_moe",
    "qwen3-30b": "qwen3_moe",
    "qwen3-coder": "qwen3_moe",
    "qwen3-next": "qwen3_next",
    "qwen3.5": "qwen3_5_moe_text",
    "step": "step3_text",
    "trinity": "afmoe",
}
RUN = {"sequence_length": 32768.0, "mtp_layers": 0.0, "flops_convention": 0.0}
TARGETS = ("parameters", "active_parameters", "training_flops")


def kind_of(key: str) -> str:
    return KIND[max((start for start in KIND if key.startswith(start)), key=len)]


def facts_of(key: str) -> dict[str, int]:
    return {name: int(value) for name, value in ROWS[key].values.items() if name in MODEL and value == value}


def every(facts: Facts, full: str, other: str, count: str) -> list[str]:
    """List a word for each layer, ``other`` for as many as ``count`` has, spread evenly and the last being ``full``."""
    layers, others = facts["layers"], facts[count]
    at = {round(place * layers / (layers - others)) - 1 for place in range(1, layers - others + 1)}
    return [full if layer in at else other for layer in range(layers)]


def plain(facts: Facts) -> Document:
    return {
        "hidden_size": facts["hidden_size"], "intermediate_size": facts["ffn_size"], "num_attention_heads": facts["heads"],
        "num_key_value_heads": facts["kv_heads"], "head_dim": facts["head_size"], "num_hidden_layers": facts["layers"],
        "vocab_size": facts["vocabulary_size"], "tie_word_embeddings": bool(facts["tied_embeddings"]),
    }  # fmt: skip


def experts(facts: Facts, number: str, shared: str = "n_shared_experts", dense: str = "first_k_dense_replace") -> Document:
    width = facts["expert_ffn_size"]
    return plain(facts) | {
        number: facts["experts"], "num_experts_per_tok": facts["active_experts"], "moe_intermediate_size": width,
        shared: facts["shared_ffn_size"] // width, dense: facts["layers"] - facts["moe_layers"],
    }  # fmt: skip


def latent(facts: Facts, document: Document) -> Document:
    return document | {
        "q_lora_rank": facts["query_rank"] or None, "kv_lora_rank": facts["kv_rank"], "v_head_dim": facts["value_head_size"],
        "qk_nope_head_dim": facts["nope_head_size"], "qk_rope_head_dim": facts["rope_head_size"],
    }  # fmt: skip


def indexed(facts: Facts, document: Document) -> Document:
    sizes = {"index_n_heads": facts["indexer_heads"], "index_head_dim": facts["indexer_head_size"]}
    return document | sizes | {"index_topk": facts["chosen_keys"]}


def window(facts: Facts, document: Document) -> Document:
    kinds = every(facts, "full_attention", "sliding_attention", "window_layers")
    return document | {"sliding_window": facts["window_size"], "layer_types": kinds}


def first_gpt(facts: Facts) -> Document:
    assert facts["hidden_size"] == facts["heads"] * facts["head_size"]
    return {
        "n_embd": facts["hidden_size"], "n_head": facts["heads"], "n_layer": facts["layers"], "n_inner": facts["ffn_size"],
        "n_positions": facts["learned_positions"], "vocab_size": facts["vocabulary_size"],
    }  # fmt: skip


def opt(facts: Facts) -> Document:
    sizes = {"ffn_dim": facts["ffn_size"], "word_embed_proj_dim": facts["hidden_size"]}
    shared = {key: plain(facts)[key] for key in ("hidden_size", "num_attention_heads", "num_hidden_layers", "vocab_size")}
    return shared | sizes | {"max_position_embeddings": facts["learned_positions"] - 2}


def bloom(facts: Facts) -> Document:
    sizes = {"hidden_size": facts["hidden_size"], "n_head": facts["heads"], "n_layer": facts["layers"]}
    return sizes | {"vocab_size": facts["vocabulary_size"]}


def neox(facts: Facts) -> Document:
    return {key: value for key, value in plain(facts).items() if key not in ("head_dim", "num_key_value_heads")}


def mixtral(facts: Facts) -> Document:
    chosen = {"num_local_experts": facts["experts"], "num_experts_per_tok": facts["active_experts"]}
    return plain(facts) | chosen | {"intermediate_size": facts["expert_ffn_size"]}


def dbrx(facts: Facts) -> Document:
    ffn = {
        "ffn_hidden_size": facts["expert_ffn_size"],
        "moe_num_experts": facts["experts"],
        "moe_top_k": facts["active_experts"],
    }
    sizes = {"d_model": facts["hidden_size"], "n_heads": facts["heads"], "n_layers": facts["layers"]}
    return sizes | {"vocab_size": facts["vocabulary_size"], "attn_config": {"kv_n_heads": facts["kv_heads"]}, "ffn_config": ffn}


def qwen_experts(facts: Facts) -> Document:
    sizes = {"num_experts": facts["experts"], "num_experts_per_tok": facts["active_experts"], "decoder_sparse_step": 1}
    shared = {"shared_expert_intermediate_size": facts["shared_ffn_size"]} if facts["shared_ffn_size"] else {}
    return plain(facts) | sizes | shared | {"moe_intermediate_size": facts["expert_ffn_size"]}


def deltanet(facts: Facts) -> Document:
    return qwen_experts(facts) | {
        "layer_types": every(facts, "full_attention", "linear_attention", "linear_layers"),
        "linear_num_key_heads": facts["linear_key_heads"], "linear_num_value_heads": facts["linear_value_heads"],
        "linear_key_head_dim": facts["linear_key_size"], "linear_value_head_dim": facts["linear_value_size"],
    }  # fmt: skip


def kimi_linear(facts: Facts) -> Document:
    kinds = every(facts, "full_attention", "linear_attention", "linear_layers")
    linear = {
        "kda_layers": [layer + 1 for layer, kind in enumerate(kinds) if kind == "linear_attention"],
        "num_heads": facts["linear_key_heads"], "head_dim": facts["linear_key_size"],
        "use_full_rank_gate": not facts["linear_gate_rank"],
    }  # fmt: skip
    more = {"mla_use_output_gate": bool(facts["attention_gate_size"]), "linear_attn_config": linear}
    narrow = {"routed_expert_hidden_size": facts["latent_size"]} if facts["latent_size"] else {}
    return latent(facts, experts(facts, "num_experts", "num_shared_experts")) | more | narrow


def ling(facts: Facts) -> Document:
    group = {"layer_group_size": facts["layers"] // (facts["layers"] - facts["linear_layers"])}
    return latent(facts, experts(facts, "num_experts", "num_shared_experts")) | group | {
        "num_kv_heads_for_linear_attn": facts["linear_value_heads"]
    }  # fmt: skip


def minimax_text(facts: Facts) -> Document:
    kinds = every(facts, "1", "0", "linear_layers")
    return mixtral(facts) | {"attn_type_list": [int(kind) for kind in kinds], "shared_intermediate_size": 0}


def deepseek_v4(facts: Facts) -> Document:
    few, many, window_only = facts["indexer_layers"], facts["compressed_layers"], facts["window_layers"]
    ratios = [0] * window_only + [facts["chosen_compression"]] * few + [facts["key_compression"]] * many
    sizes = {"o_lora_rank": facts["output_rank"], "o_groups": facts["output_groups"], "q_lora_rank": facts["query_rank"]}
    document = indexed(facts, experts(facts, "n_routed_experts")) | sizes
    del document["intermediate_size"], document["first_k_dense_replace"]
    return document | {
        "compress_ratios": ratios,
        "hc_mult": facts["residual_streams"],
        "sliding_window": facts["window_size"],
    }


def llama_4(facts: Facts) -> Document:
    sizes = {"intermediate_size": facts["expert_ffn_size"], "intermediate_size_mlp": facts["ffn_size"]}
    step = {"interleave_moe_layer_step": facts["layers"] // facts["moe_layers"], "attention_chunk_size": facts["window_size"]}
    return mixtral(facts) | sizes | step


def nemotron_h(facts: Facts) -> Document:
    attentions = facts["layers"] - facts["attention_free_layers"]
    dense = facts["layers"] - facts["moe_layers"]
    pattern = "M" * facts["mamba_layers"] + "*" * attentions + "E" * facts["moe_layers"] + "-" * dense
    document = plain(facts) | {
        "hybrid_override_pattern": pattern, "num_hidden_layers": len(pattern), "mamba_num_heads": facts["mamba_heads"],
        "mamba_head_dim": facts["mamba_head_size"], "ssm_state_size": facts["mamba_state_size"], "conv_kernel": 4,
        "n_groups": facts["mamba_groups"],
    }  # fmt: skip
    if facts["moe_layers"]:
        document |= {
            "n_routed_experts": facts["experts"], "num_experts_per_tok": facts["active_experts"], "n_shared_experts": 1,
            "moe_intermediate_size": facts["expert_ffn_size"], "moe_latent_size": facts["latent_size"] or None,
            "moe_shared_expert_intermediate_size": facts["shared_ffn_size"],
        }  # fmt: skip
    return document


def gemma_4(facts: Facts) -> Document:
    own = {"global_head_dim": facts["head_size"], "num_global_key_value_heads": facts["kv_heads"], "attention_k_eq_v": True}
    heads = {"head_dim": facts["window_head_size"], "num_key_value_heads": facts["window_kv_heads"]}
    return window(facts, plain(facts)) | own | heads | {"hidden_size_per_layer_input": 0}


def mimo(facts: Facts) -> Document:
    heads = {"swa_num_key_value_heads": facts["window_kv_heads"], "swa_head_dim": facts["window_head_size"]}
    kinds = [int(kind == "w") for kind in every(facts, "f", "w", "window_layers")]
    dense = facts["layers"] - facts["moe_layers"]
    document = experts(facts, "n_routed_experts") | heads | {"v_head_dim": facts["value_head_size"]}
    del document["first_k_dense_replace"]
    lists = {"hybrid_layer_pattern": kinds, "moe_layer_freq": [0] * dense + [1] * facts["moe_layers"]}
    return document | lists | {"sliding_window": facts["window_size"]}


def step_3(facts: Facts) -> Document:
    document = plain(facts) | {
        "moe_num_experts": facts["experts"], "moe_top_k": facts["active_experts"], "share_q_dim": facts["query_rank"],
        "moe_intermediate_size": facts["expert_ffn_size"], "share_expert_dim": facts["shared_ffn_size"],
        "moe_layers_enum": ",".join(map(str, range(4, 4 + facts["moe_layers"]))),
        "num_attention_groups": facts["kv_heads"],
    }  # fmt: skip
    del document["num_key_value_heads"]
    return document


def grok(facts: Facts) -> Document:
    more = {"moe_intermediate_size": facts["expert_ffn_size"], "residual_moe": True, "architectures": ["Grok1ForCausalLM"]}
    return mixtral(facts) | more | {"intermediate_size": facts["ffn_size"]}


def hunyuan(facts: Facts) -> Document:
    return plain(facts) | {
        "num_experts": facts["experts"], "moe_topk": facts["active_experts"], "num_shared_expert": 1, "use_mixed_mlp_moe": True,
        "use_cla": True, "cla_share_factor": 2, "num_key_value_heads": 2 * facts["kv_heads"],
    }  # fmt: skip


def longcat(facts: Facts) -> Document:
    document = latent(facts, plain(facts)) | {
        "num_layers": facts["layers"] // 2, "ffn_hidden_size": facts["ffn_size"], "n_routed_experts": facts["experts"],
        "expert_ffn_hidden_size": facts["expert_ffn_size"], "moe_topk": 12, "zero_expert_num": facts["experts"] // 2,
    }  # fmt: skip
    return {key: value for key, value in document.items() if key not in ("num_hidden_layers", "intermediate_size")}


OF_FAMILY = {
    "afmoe": lambda facts: window(facts, experts(facts, "num_experts", "num_shared_experts", "num_dense_layers")),
    "bailing_hybrid": ling,
    "bloom": bloom,
    "dbrx": dbrx,
    "deepseek_v2": lambda facts: latent(facts, experts(facts, "n_routed_experts")),
    "deepseek_v3": lambda facts: latent(facts, experts(facts, "n_routed_experts")),
    "deepseek_v32": lambda facts: indexed(facts, latent(facts, experts(facts, "n_routed_experts"))),
    "deepseek_v4": deepseek_v4,
    "gemma2": lambda facts: plain(facts) | {"sliding_window": facts["window_size"]},
    "gemma3_text": lambda facts: plain(facts) | {"sliding_window": facts["window_size"]},
    "gemma4_text": gemma_4,
    "git": grok,
    "glm4_moe": lambda facts: experts(facts, "n_routed_experts"),
    "glm_moe_dsa": lambda facts: indexed(facts, latent(facts, experts(facts, "n_routed_experts"))),
    "gpt2": first_gpt,
    "gpt_neox": neox,
    "gpt_oss": lambda facts: window(facts, mixtral(facts)),
    "hunyuan": hunyuan,
    "kimi_k2": lambda facts: latent(facts, experts(facts, "n_routed_experts")),
    "kimi_linear": kimi_linear,
    "llama4_text": llama_4,
    "longcat_flash": longcat,
    "mimo_v2_flash": mimo,
    "minimax_m2": mixtral,
    "minimax_text_01": minimax_text,
    "mistral": lambda facts: plain(facts) | {"sliding_window": facts["window_size"] or None},
    "mixtral": mixtral,
    "nemotron_h": nemotron_h,
    "olmo3": lambda facts: window(facts, plain(facts)),
    "opt": opt,
    "ouro": lambda facts: plain(facts) | {"total_ut_steps": facts["layer_passes"], "use_sliding_window": False},
    "qwen2_moe": qwen_experts,
    "qwen3_5_moe_text": deltanet,
    "qwen3_moe": qwen_experts,
    "qwen3_next": deltanet,
    "step3_text": step_3,
}


@pytest.mark.parametrize("key", ROWS)
def test_a_model_is_read_from_a_config_of_its_facts(key: str) -> None:
    kind, facts = kind_of(key), facts_of(key)
    document = {"model_type": kind} | OF_FAMILY.get(kind, plain)(facts)
    columns = dict(reader.read_document(document).columns)
    row = {name: value for name, value in ROWS[key].values.items() if name in MODEL}
    assert evaluated(columns | RUN, *TARGETS) == pytest.approx(evaluated(row | RUN, *TARGETS), rel=1e-12)
