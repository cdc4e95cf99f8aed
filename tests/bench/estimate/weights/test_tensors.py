"""Tensors are told apart by their names, as checkpoints of many families have them."""

import pytest

from flopwatt.bench.estimate.weights.tensors import (
    Tensor,
    count_layers,
    is_beside,
    is_further,
    is_packed,
    is_scale,
    layer_number,
    own_tensors,
    second_embedding,
)

OWN = (
    "model.embed_tokens.weight",
    "model.layers.0.self_attn.q_proj.weight",
    "model.layers.3.mlp.experts.17.down_proj.weight",
    "model.layers.3.mlp.gate.e_score_correction_bias",
    "model.language_model.layers.59.mlp.gate_proj.weight",
    "backbone.layers.51.mixer.in_proj.weight",
    "transformer.h.11.attn.c_attn.bias",
    "gpt_neox.layers.31.attention.query_key_value.bias",
    "lm_head.weight",
    "model.norm.weight",
)


@pytest.mark.parametrize("name", OWN)
def test_a_tensor_of_the_language_model_is_counted(name: str) -> None:
    assert own_tensors({name: Tensor("BF16", (8, 8))}, 61) == {name: Tensor("BF16", (8, 8))}


@pytest.mark.parametrize(
    "name",
    [
        "vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight",
        "visual.blocks.31.attn.qkv.weight",
        "model.visual.merger.mlp.0.weight",
        "multi_modal_projector.linear_1.weight",
        "model.mm_projector.0.weight",
        "audio_tower.layers.3.fc1.weight",
        "mlp1.1.weight",
        "vit_large_projector.weight",
        "model.vit_downsampler.weight",
        "resampler.kv_proj.weight",
    ],
)
def test_a_tensor_of_a_part_beside_it_is_not(name: str) -> None:
    assert is_beside(name)
    assert layer_number(name) is None
    assert not own_tensors({name: Tensor("BF16", (8, 8))}, 61)


@pytest.mark.parametrize(
    "name",
    [
        "model.layers.61.eh_proj.weight",
        "mtp.layers.0.mlp.gate.weight",
        "mtp.fc.weight",
        "model.mtp_layers.0.input_layernorm.weight",
    ],
)
def test_a_layer_for_further_tokens_is_not(name: str) -> None:
    assert is_further(name, 61)
    assert not own_tensors({name: Tensor("BF16", (8, 8))}, 61)


@pytest.mark.parametrize(
    "name",
    [
        "model.layers.0.mlp.gate_proj.weight_scale_inv",
        "model.layers.0.mlp.down_proj.scales",
        "model.layers.0.mlp.down_proj.qzeros",
        "model.layers.0.mlp.down_proj.g_idx",
        "model.layers.0.mlp.experts.gate_up_proj_scales",
        "model.layers.0.self_attn.k_proj.k_scale",
        "model.layers.0.mlp.up_proj.input_scale",
        "language_model.model.layers.0.linear_attn.in_proj_a.biases",
        "model.transformer.blocks.0.att_proj.weight.absmax",
        "model.transformer.blocks.0.att_proj.weight.quant_state.bitsandbytes__nf4",
    ],
)
def test_a_scale_of_quantized_weights_is_not(name: str) -> None:
    assert is_scale(name, ())
    assert not own_tensors({name: Tensor("F32", (8, 8))}, 61)


def test_a_gain_that_learns_is_counted_though_it_is_called_a_scale() -> None:
    learned = ("model.layers.0.altup.correct_output_scale", "model.layers.0.attn_hc.scale", "lm_head.logit_scale")
    assert not any(is_scale(name, learned) for name in learned)
    of_weight = {"layers.0.attn.wq_a.weight": Tensor("F8_E4M3", (64, 64)), "layers.0.attn.wq_a.scale": Tensor("F32", (2, 2))}
    assert list(own_tensors(of_weight, 1)) == ["layers.0.attn.wq_a.weight"]
    assert not own_tensors({"layers.0.ffn.w1.exponents": Tensor("F8_E8M0", (64, 2))}, 1)


def test_buffers_are_not_and_a_bias_of_the_same_name_is() -> None:
    mask, bias = Tensor("F32", (1, 1, 1024, 1024)), Tensor("F32", (64,))
    tensors = {
        "h.0.attn.bias": mask,
        "h.0.attn.masked_bias": Tensor("F32", ()),
        "model.layers.0.self_attn.rotary_emb.inv_freq": bias,
        "transformer.embeddings.position_ids": Tensor("I64", (1, 1024)),
        "model.layers.0.mlp.gate.tid2eid": Tensor("I64", (129280, 6)),
        "gpt_neox.layers.0.attention.bias": Tensor("BOOL", (1, 1, 2048, 2048)),
        "layers.0.attention.bias": bias,
    }
    assert own_tensors(tensors, 61) == {"layers.0.attention.bias": bias}


def test_several_weights_in_one_number_are_told_by_the_dtype() -> None:
    assert [is_packed(Tensor(dtype, (8,))) for dtype in ("U8", "I32", "BF16", "F8_E4M3", "F32", "I8")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip


def test_layers_are_counted_by_their_numbers_and_no_expert_s() -> None:
    assert count_layers(OWN) == 60
    assert count_layers(["model.layers.0.mlp.experts.255.up_proj.weight", "vision_tower.encoder.layers.40.fc1.weight"]) == 1
    assert count_layers(["lm_head.weight"]) == 0
    further = ["model.layers.61.eh_proj.weight", "model.layers.61.mlp.down_proj.weight", "model.layers.60.mlp.down_proj.weight"]
    assert count_layers(further) == 61


def test_two_embeddings_are_two_only_where_both_are_stored() -> None:
    assert second_embedding(OWN) == "lm_head.weight"
    assert second_embedding(["gpt_neox.embed_in.weight", "embed_out.weight"]) == "embed_out.weight"
    assert second_embedding(["model.embed_tokens.weight", "model.layers.0.attention.output.weight"]) == ""
    assert second_embedding(["lm_head.weight"]) == ""
