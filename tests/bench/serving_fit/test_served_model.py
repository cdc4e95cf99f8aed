"""Models and number formats by the names of weights."""

import pytest

from flopwatt import configs
from flopwatt.bench.facts.cells import RowError
from flopwatt.bench.serving_fit.served_model import formats, named_model


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Qwen/Qwen3-235B-A22B-Thinking-2507-FP8", "qwen3-235b-a22b"),
        ("Qwen/Qwen3-Coder-30B-A3B-Instruct", "qwen3-30b-a3b"),
        ("Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", "qwen3-coder-480b-a35b"),
        ("google/gemma-3-27b-it", "gemma-3-27b"),
        ("nvidia/NVIDIA-Nemotron-Nano-9B-v2", "nemotron-nano-9b-v2"),
        ("nvidia/Llama-3.3-70B-Instruct-FP4", "llama-3.1-70b"),
        ("meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8", "llama-4-maverick"),
        ("llama2-70b-99.9", "llama-2-70b"),
        ("llama3.1-405b", "llama-3.1-405b"),
        ("deepseek-ai/DeepSeek-V3.1", "deepseek-v3"),
        ("nvidia/DeepSeek-R1-0528-FP4-v2", "deepseek-v3"),
        ("DeepSeek-V4-Pro 1.6T", "deepseek-v4-pro"),
        ("moonshotai/Kimi-K2.5", "kimi-k2"),
        ("MiniMaxAI/MiniMax-M2.5", "minimax-m2"),
        ("zai-org/GLM-5-FP8", "glm-5"),
        ("openai/gpt-oss-120b", "gpt-oss-120b"),
    ],
)
def test_names_of_weights(name: str, key: str) -> None:
    assert named_model(name).key == key


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(RowError, match="'x/GPT-9' is in no row"):
        named_model("x/GPT-9")
    with pytest.raises(RowError, match="no model is named"):
        named_model(" ")


def test_bits_of_weights_caches_and_products() -> None:
    h100, b200 = (configs.load("hardware").rows[key] for key in ("h100-sxm-80gb", "b200-sxm"))
    bf16 = formats("bfloat16", "Qwen3-32B", h100, cache_of_8_bits=False)
    assert (bf16["weight_bits"], bf16["cache_bits"], bf16["precision_bits"]) == (2.0, 2.0, 16.0)
    fp8 = formats("FP8", "Qwen3-32B", h100, cache_of_8_bits=True)
    assert (fp8["weight_bits"], fp8["cache_bits"], fp8["precision_bits"]) == (1.0, 1.0, 8.0)
    fp4 = formats("FP4", "DeepSeek-R1", b200, cache_of_8_bits=True)
    assert (fp4["precision_bits"], fp4["weight_bits"]) == (4.0, pytest.approx(4.5 / 8))
    assert formats("FP4", "DeepSeek-R1", h100, cache_of_8_bits=True)["precision_bits"] == 8.0
    with pytest.raises(RowError, match="'Q5' is not understood"):
        formats("Q5", "Qwen3-32B", h100, cache_of_8_bits=True)


def test_checkpoints_of_8_bits_with_a_scale_by_channel_are_told_apart() -> None:
    h100 = configs.load("hardware").rows["h100-sxm-80gb"]
    assert formats("fp8", "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8", h100, False)["block_scaled"] == 0.0
    assert "block_scaled" not in formats("fp8", "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", h100, False)
