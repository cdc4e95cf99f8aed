"""What users do to a published configuration, or what another maker writes, is read the same or refused, never wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from published_configs import DECODERS, counted, document, right

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.hf_config import families, reader

Document = dict[str, Any]
PARTS = ("text_config", "llm_config", "language_config", "thinker_config")
ALONE = [file for file in DECODERS if not set(PARTS) & set(document(file))]
LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_transformer_layers")


def without_harmless(whole: Document) -> Document:
    takes = {"model_type", "hidden_act", *families.family(str(whole.get("model_type"))).takes}
    kept = {key: value for key, value in whole.items() if key in takes or not families.is_harmless(key)}
    return {key: without_harmless(value) if key in PARTS else value for key, value in kept.items()}


def listed(key: str) -> Callable[[Document], Document]:
    def change(whole: Document) -> Document:
        layers = whole.get("num_hidden_layers")
        return whole | {key: [whole[key]] * layers} if isinstance(whole.get(key), int) and layers else whole

    return change


def without_layers(whole: Document) -> Document:
    return {key: value for key, value in whole.items() if key not in LAYERS}


INSIDE: dict[str, Callable[[Document], Document]] = {
    "llm_config": lambda whole: {"model_type": "internvl_chat", "llm_config": whole, "vision_config": {"hidden_size": 1024}},
    "text_config": lambda whole: {"model_type": "quux_vl", "text_config": whole, "vision_config": {"hidden_size": 1024}},
    "language_config": lambda whole: {
        "model_type": "deepseek_vl_v2",
        "language_config": whole,
        "vision_config": {"layers": 27},
    },
    "thinker_config": lambda whole: {
        "model_type": "quux_omni",
        "thinker_config": {"text_config": whole, "audio_config": {"d_model": 1280}},
        "talker_config": {"hidden_size": 896},
    },
}
CHANGES: dict[str, Callable[[Document], Document]] = INSIDE | {
    "without what is harmless": without_harmless,
    "without architectures": lambda whole: {key: value for key, value in whole.items() if key != "architectures"},
    "head_dim null": lambda whole: {"head_dim": None} | whole,
    "head_dim 0": lambda whole: {"head_dim": 0} | whole,
    "key and value heads of each layer": listed("num_key_value_heads"),
    "width of each layer": listed("intermediate_size"),
    "no number of layers": without_layers,
    "an unknown model_type": lambda whole: whole | {"model_type": "quux"},
    "no model_type": lambda whole: {key: value for key, value in whole.items() if key != "model_type"},
}
MAY_BE_REFUSED = {"no number of layers", "an unknown model_type", "no model_type"}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_form_changes_no_count(change: str) -> None:
    for file in ALONE:
        whole = document(file)
        if (answer := counted(CHANGES[change](whole))) is None:
            assert change in MAY_BE_REFUSED or counted(whole) is None, file
            continue
        assert answer[0] == pytest.approx(right(file)[0], rel=0.01), file
        assert answer[1] == pytest.approx(right(file)[1], rel=0.03), file


def test_a_structural_key_that_is_not_known_is_named() -> None:
    for file in ALONE:
        with pytest.raises(InputError) as error:
            reader.read_document(document(file) | {"quux_memory_experts": 4})
        assert counted(document(file)) is None or "quux_memory_experts" in str(error.value), file


@pytest.mark.parametrize("key", ["num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"])
@pytest.mark.parametrize("file", ["llama-3.1-8b.json", "mistral-7b.json", "qwen2.5-7b.json", "gemma-2-9b.json", "gpt2.json"])
def test_experts_in_a_family_that_has_none_are_refused(file: str, key: str) -> None:
    with pytest.raises(InputError, match=key):
        reader.read_document(document(file) | {key: 8})


@pytest.mark.parametrize("file", ["deepseek-v3.json", "qwen3-30b-a3b.json", "glm-4.5.json", "ling-mini-2.0.json"])
def test_the_width_of_a_dense_block_is_not_taken_for_an_expert_s(file: str) -> None:
    whole = document(file)
    del whole["moe_intermediate_size"]
    answer = counted(whole)
    assert answer is None or answer[0] < 1.2 * right(file)[0]


@pytest.mark.parametrize(
    "content",
    [
        {"_class_name": "FluxTransformer2DModel", "_diffusers_version": "0.30.0", "num_attention_heads": 24, "num_layers": 19},
        {"architecture": "resnet50", "num_classes": 1000, "num_features": 2048},
        {"peft_type": "LORA", "base_model_name_or_path": "meta-llama/Llama-3.1-8B", "r": 16, "lora_alpha": 32},
        {"bos_token_id": 1, "eos_token_id": 2, "max_length": 4096, "transformers_version": "4.31.0"},
        {"tokenizer_class": "LlamaTokenizer", "model_max_length": 4096, "bos_token": "<s>"},
        {},
    ],
)
def test_files_that_are_no_model_s_are_refused(content: Document, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError) as error:
        reader.read(path)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)
