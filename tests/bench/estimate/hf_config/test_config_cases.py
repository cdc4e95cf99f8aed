"""Configurations that were once read wrongly, each with what is right of it; and what else is said of a reading."""

import math
from typing import Any

import pytest
from published_configs import counted, document, evaluated, right

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.hf_config import reader

CASES: dict[str, dict[str, Any]] = {
    "apertus-8b": {
        "model_type": "apertus", "hidden_act": "xielu", "hidden_size": 4096, "intermediate_size": 21504,
        "num_attention_heads": 32, "num_key_value_heads": 8, "num_hidden_layers": 32, "vocab_size": 131072,
        "tie_word_embeddings": False, "mlp_bias": False, "qk_norm": True,
    },
    "esm2-650m": {
        "model_type": "esm", "hidden_size": 1280, "intermediate_size": 5120, "num_attention_heads": 20,
        "num_hidden_layers": 33, "vocab_size": 33, "is_decoder": False,
    },
    "eurobert": {
        "model_type": "eurobert", "hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12,
        "num_key_value_heads": 12, "num_hidden_layers": 12, "vocab_size": 128256, "tie_word_embeddings": False,
    },
    "gpt-j-6b": {
        "model_type": "gptj", "n_embd": 4096, "n_head": 16, "n_inner": None, "n_layer": 28, "n_positions": 2048,
        "rotary": True, "rotary_dim": 64, "tie_word_embeddings": False, "vocab_size": 50400,
    },
    "gpt-neo-125m": {
        "model_type": "gpt_neo", "architectures": ["GPTNeoForCausalLM"], "hidden_size": 768, "num_layers": 12,
        "num_heads": 12, "intermediate_size": None, "vocab_size": 50257, "max_position_embeddings": 2048,
        "window_size": 256, "attention_types": [[["global", "local"], 6]], "activation_function": "gelu_new",
    },
    "grok-2": {
        "model_type": "git", "architectures": ["Grok1ForCausalLM"], "hidden_size": 8192, "intermediate_size": 32768,
        "moe_intermediate_size": 16384, "head_dim": 128, "num_attention_heads": 64, "num_key_value_heads": 8,
        "num_experts_per_tok": 2, "num_local_experts": 8, "num_hidden_layers": 64, "residual_moe": True,
        "sliding_window_size": -1, "vocab_size": 131072,
    },
    "head-dim-0": {
        "model_type": "glm4_moe", "hidden_size": 4096, "intermediate_size": 10944, "head_dim": 0,
        "num_attention_heads": 32, "num_key_value_heads": 8, "num_hidden_layers": 32, "vocab_size": 128256,
        "tie_word_embeddings": False,
    },
    "hunyuan-large": {
        "model_type": "hunyuan", "hidden_size": 6400, "intermediate_size": 18304, "num_attention_heads": 80,
        "num_key_value_heads": 8, "num_hidden_layers": 64, "num_experts": 16, "moe_topk": 1, "num_shared_expert": 1,
        "use_mixed_mlp_moe": True, "use_cla": True, "cla_share_factor": 2, "vocab_size": 129024,
        "tie_word_embeddings": True,
    },
    "internvl": {
        "model_type": "internvl_chat",
        "llm_config": {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008,
            "num_attention_heads": 32, "num_hidden_layers": 32, "vocab_size": 32064},
        "vision_config": {"hidden_size": 1024},
    },
    "ling-2.5-1t": {
        "model_type": "bailing_hybrid", "hidden_size": 8192, "intermediate_size": 18432, "moe_intermediate_size": 2048,
        "moe_shared_expert_intermediate_size": 2048, "first_k_dense_replace": 4, "layer_group_size": 8,
        "num_attention_heads": 64, "num_key_value_heads": 64, "num_kv_heads_for_linear_attn": 64, "head_dim": 128,
        "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
        "num_experts": 256, "num_experts_per_tok": 8, "num_shared_experts": 1, "num_hidden_layers": 80,
        "vocab_size": 157184, "tie_word_embeddings": False,
    },
    "llama-4-scout": {
        "model_type": "llama4",
        "text_config": {"model_type": "llama4_text", "attention_chunk_size": 8192, "head_dim": 128, "hidden_size":
            5120, "interleave_moe_layer_step": 1, "intermediate_size": 8192, "intermediate_size_mlp": 16384,
            "num_attention_heads": 40, "num_experts_per_tok": 1, "num_hidden_layers": 48, "num_key_value_heads": 8,
            "num_local_experts": 16, "tie_word_embeddings": False, "vocab_size": 202048},
    },
    "nemotron-3-ultra": {
        "model_type": "nemotron_h", "hidden_size": 8192,
        "layers_block_type": ["mamba", "moe", "mamba", "moe", "mamba", "moe", "mamba", "attention", "moe"],
        "mamba_num_heads": 256, "mamba_head_dim": 64, "n_groups": 8, "ssm_state_size": 128, "intermediate_size": 5120,
        "moe_intermediate_size": 5120, "moe_latent_size": 2048, "moe_shared_expert_intermediate_size": 10240,
        "n_routed_experts": 512, "n_shared_experts": 1, "num_experts_per_tok": 22, "num_attention_heads": 64,
        "num_key_value_heads": 2, "head_dim": 128, "vocab_size": 131072, "tie_word_embeddings": False,
    },
    "nemotron-super-49b": {
        "model_type": "nemotron-nas", "hidden_size": 8192, "intermediate_size": None, "num_attention_heads": 64,
        "num_key_value_heads": None, "num_hidden_layers": 80, "vocab_size": 128256, "tie_word_embeddings": False,
        "block_configs": "80 blocks, see the source",
    },
    "opt-350m": {
        "model_type": "opt", "ffn_dim": 4096, "hidden_size": 1024, "num_attention_heads": 16, "num_hidden_layers": 24,
        "max_position_embeddings": 2048, "vocab_size": 50272, "word_embed_proj_dim": 512, "do_layer_norm_before": False,
    },
    "ouro-2.6b": {
        "model_type": "ouro", "hidden_size": 2048, "intermediate_size": 5632, "head_dim": 128, "num_attention_heads": 16,
        "num_key_value_heads": 16, "num_hidden_layers": 48, "layer_types": ["full_attention"] * 48, "total_ut_steps": 4,
        "use_sliding_window": False, "sliding_window": None, "tie_word_embeddings": False, "vocab_size": 49152,
    },
    "phi-3-mini": {
        "model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192, "num_attention_heads": 32,
        "num_hidden_layers": 32, "num_key_value_heads": 32, "sliding_window": 2047, "tie_word_embeddings": False,
        "vocab_size": 32064,
    },
    "step3": {
        "model_type": "step3_vl",
        "text_config": {"model_type": "step3_text", "hidden_size": 7168, "intermediate_size": 18432,
            "moe_intermediate_size": 5120, "share_expert_dim": 5120, "share_q_dim": 2048, "head_dim": 256,
            "num_attention_heads": 64, "num_attention_groups": 1, "num_hidden_layers": 61, "moe_num_experts": 48,
            "moe_top_k": 3, "moe_layers_enum": ",".join(map(str, range(4, 60))), "vocab_size": 128815},
    },
    "trinity-large": {
        "model_type": "afmoe", "hidden_size": 3072, "intermediate_size": 12288, "moe_intermediate_size": 3072,
        "head_dim": 128, "num_attention_heads": 48, "num_key_value_heads": 8, "num_hidden_layers": 60,
        "num_dense_layers": 6, "num_experts": 256, "num_experts_per_tok": 4, "num_shared_experts": 1,
        "sliding_window": 4096,
        "layer_types": ["sliding_attention", "sliding_attention", "sliding_attention", "full_attention"] * 15,
        "global_attn_every_n_layers": 4, "tie_word_embeddings": False, "vocab_size": 200192,
    },
}  # fmt: skip
RIGHT = {  # total and active parameters, as published or counted from the weights
    "grok-2": (269515497472, 115019056768),
    "hunyuan-large": (389e9, 52e9),
    "step3": (316e9, 38.8e9),
    "trinity-large": (398635286016, 13e9),
    "opt-350m": (331e6, 331e6),
    "ling-2.5-1t": (1012231160320, 63e9),
    "apertus-8b": (8.05e9, 8.05e9),
    "gpt-neo-125m": (125e6, 125e6),
    "internvl": (6.74e9, 6.74e9),
    "head-dim-0": (6.7e9, 6.7e9),
    "gpt-j-6b": (6.05e9, 6.05e9),
    "phi-3-mini": (3.82e9, 3.82e9),
}
REFUSED = {
    "nemotron-3-ultra": "layers_block_type lists 9 layers, few for a hidden size of 8192; state num_hidden_layers",
    "nemotron-super-49b": "block_configs must be the list of the layers' blocks, not '80 blocks, see the source'",
    "esm2-650m": "model_type esm is an encoder",
    "eurobert": "model_type eurobert is an encoder",
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_case_is_read_right(name: str) -> None:
    total, active = evaluated(dict(reader.read_document(CASES[name]).columns), "parameters", "active_parameters")
    assert total == pytest.approx(RIGHT[name][0], rel=0.01)
    assert active == pytest.approx(RIGHT[name][1], rel=0.03)


@pytest.mark.parametrize("name", REFUSED)
def test_a_case_is_refused_by_name(name: str) -> None:
    with pytest.raises(InputError, match=REFUSED[name]):
        reader.read_document(CASES[name])


@pytest.mark.parametrize(
    ("name", "sequence", "flops"), [("ouro-2.6b", 4096.0, 6.946e22), ("llama-4-scout", 262144.0, 2.025e23)]
)
def test_compute_counts_passes_and_chunks(name: str, sequence: float, flops: float) -> None:
    columns = dict(reader.read_document(CASES[name]).columns) | {"sequence_length": sequence}
    assert evaluated(columns, "training_flops") == [pytest.approx(flops, rel=1e-3)]


def test_layers_that_are_only_listed_are_counted_from_the_list() -> None:
    period = CASES["nemotron-3-ultra"]
    reading = reader.read_document(period | {"layers_block_type": period["layers_block_type"] * 12})
    assert "The number of layers is not stated, and follows from layers_block_type, which lists 108." in reading.notes
    assert evaluated(dict(reading.columns), "parameters") == [pytest.approx(550e9, rel=0.01)]


def test_blocks_that_a_search_chose_are_counted_by_their_mean() -> None:
    full = {"attention": {"n_heads_in_group": 8, "no_op": False}, "ffn": {"ffn_mult": 5.25, "no_op": False}}
    none = {"attention": {"no_op": True, "n_heads_in_group": None}, "ffn": {"ffn_mult": 1.3, "no_op": False}}
    line = {"attention": {"replace_with_linear": True}, "ffn": {"no_op": True}}
    config = CASES["nemotron-super-49b"] | {"block_configs": [full, none, line, full], "num_hidden_layers": 4}
    columns = dict(reader.read_document(config).columns)
    wide, narrow = 28672, math.ceil(int(2 * 1.3 * 8192 / 3) / 256) * 256
    attention = 8192 * 128 * (2 * 64 + 2 * 8)
    total = 2 * attention + 3 * 8192 * (2 * wide + narrow) + 8192 * 8192 + 2 * 128256 * 8192
    assert evaluated(columns, "parameters") == [pytest.approx(total, rel=1e-4)]
    assert columns["attention_free_layers"] == 2


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ([{"attention": {"n_heads_in_group": 8}}], r"block_configs\[0\] must have ffn"),
        ([{"attention": {"n_heads_in_group": 0}, "ffn": {"ffn_mult": 1}}], r"block_configs\[0\] must have n_heads_in_group"),
        (
            [{"attention": {"n_heads_in_group": 8, "window_length": 64}, "ffn": {"ffn_mult": 1}}],
            "attention.window_length is 64",
        ),
        ([{"attention": {"n_heads_in_group": 8}, "ffn": {"moe": {"n": 2}, "ffn_mult": 1}}], "ffn.moe is"),
    ],
)
def test_a_block_that_is_not_understood_is_named(blocks: list[Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        reader.read_document(CASES["nemotron-super-49b"] | {"block_configs": blocks})


def test_shared_keys_must_divide_the_layers() -> None:
    with pytest.raises(InputError, match="cla_share_factor 3 must divide the 64 layers"):
        reader.read_document(CASES["hunyuan-large"] | {"cla_share_factor": 3})


def test_a_reading_says_what_it_left_out_and_what_it_took() -> None:
    reading = reader.read_document(CASES["internvl"] | {"torch_dtype": "bfloat16"})
    assert reading.kind == "llama"
    assert reading.beside == ("vision_config",)
    assert reading.notes == (
        "The language model stands in llm_config; vision_config is not counted.",
        "Not stated, and so as the class of llama has it: tie_word_embeddings false.",
    )
    assert reading.bytes_per_parameter == 2
    quantized = reader.read_document(CASES["phi-3-mini"] | {"torch_dtype": "bfloat16", "quantization_config": {"bits": 4}})
    assert math.isnan(quantized.bytes_per_parameter)
    further = reader.read_document(CASES["trinity-large"] | {"num_nextn_predict_layers": 1})
    assert further.mtp_layers == 1
    assert "A further layer that predicts tokens ahead (MTP) is not counted." in further.notes


def test_what_the_caller_states_settles_a_key() -> None:
    odd = CASES["phi-3-mini"] | {"gated_mlp": False, "attn_gate_width": 4}
    with pytest.raises(InputError, match="gated_mlp is false"):
        reader.read_document(odd)
    with pytest.raises(InputError, match=r"attn_gate_width is 4.*attention_gate_size"):
        reader.read_document(odd, settled=["ffn_matrices"])
    notes = reader.read_document(odd, settled=["ffn_matrices", "attention_gate_size"]).notes
    assert "attn_gate_width is not understood; attention_gate_size is stated in its place." in notes


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tie_embeddings": True}, "tie_word_embeddings and tie_embeddings mean one thing and differ"),
        ({"tie_word_embeddings": "yes"}, "tie_word_embeddings must be true or false"),
        ({"num_attention_heads": [32] * 31 + [16]}, "num_attention_heads differs from layer to layer"),
        (
            {"architectures": ["Phi3ForSequenceClassification"]},
            "architectures has Phi3ForSequenceClassification, which is a class",
        ),
        ({"is_causal": False}, "is_causal is false"),
        ({"hc_mult": 4, "ngram_size": 3}, r"hc_mult is 4, which is not understood .* \(nor ngram_size\)"),
        ({"layer_types": ["sliding_attention"]}, "layer_types is .*, which is not understood"),
    ],
)
def test_what_is_odd_is_said(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says) as error:
        reader.read_document(CASES["phi-3-mini"] | changes)
    assert "\n" not in str(error.value)


def test_a_list_of_layers_is_as_long_as_they_are() -> None:
    with pytest.raises(InputError, match="lists the attention of 1 layers, and has 48"):
        reader.read_document(CASES["ouro-2.6b"] | {"layer_types": ["full_attention"]})


def test_embeddings_outside_and_inside_must_agree() -> None:
    inside = CASES["internvl"]["llm_config"]
    tied = {"model_type": "internvl_chat", "llm_config": inside, "tie_word_embeddings": True}
    assert reader.read_document(tied).columns["tied_embeddings"] == 1
    with pytest.raises(InputError, match="tie_word_embeddings is true, and false in llm_config"):
        reader.read_document(tied | {"llm_config": inside | {"tie_word_embeddings": False}})


@pytest.mark.parametrize(("key", "value"), [("cross_layers", [3, 8]), ("hidden_size", 5120), ("expert_mixing", True)])
def test_what_stands_beside_the_language_model_is_understood_or_refused(key: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"{key} is .*, which stands beside llm_config"):
        reader.read_document(CASES["internvl"] | {key: value})


def test_a_part_that_says_nothing_of_its_embeddings_is_as_the_models_of_its_kind_are() -> None:
    """The base class of transformers 5 shares them; Qwen's classes before did not, and no published model of these does."""
    whole = document("qwen2.5-omni-7b.json")
    del whole["thinker_config"]["text_config"]["tie_word_embeddings"]
    assert counted(whole) == pytest.approx(right("qwen2.5-omni-7b.json"), rel=0.01)
    with_experts = {"model_type": "qwen3_vl_moe", "text_config": {"model_type": "qwen3_vl_moe_text"}}
    assert reader.read_document(with_experts).columns["tied_embeddings"] == 0


def test_latent_attention_has_as_many_heads_of_keys_as_of_queries_where_none_are_stated() -> None:
    whole = document("kimi-k2.5.json")
    inner = {key: value for key, value in whole["text_config"].items() if key != "num_key_value_heads"}
    assert inner["num_attention_heads"] == 64
    assert counted(whole | {"text_config": inner}) == pytest.approx(counted(whole), rel=1e-12)
