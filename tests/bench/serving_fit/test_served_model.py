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
        ("amd/Llama-3.3-70B-Instruct-FP8-KV", "llama-3.1-70b"),
        ("RedHatAI/Llama-3.3-70B-Instruct-quantized.w8a8", "llama-3.1-70b"),
        ("hugging-quants/Meta-Llama-3.1-405B-Instruct-AWQ-INT4", "llama-3.1-405b"),
        ("Qwen3-235B-A22B-GPTQ-Int4", "qwen3-235b-a22b"),
        ("Llama 3.3 70B Instruct", "llama-3.1-70b"),
        ("DeepSeek R1 0528", "deepseek-v3"),
        ("DeepSeek-R1 671B", "deepseek-v3"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "llama-3.1-70b"),
        ("Qwen/Qwen3-VL-235B-A22B-Instruct", "qwen3-235b-a22b"),
        ("google/gemma-3-27b-it-qat-q4_0-gguf", "gemma-3-27b"),
        ("mixtral-8x7b-sparse-moe", "mixtral-8x7b"),
    ],
)
def test_names_of_weights(name: str, key: str) -> None:
    assert named_model(name).key == key


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(RowError, match="'x/GPT-9' is in no row"):
        named_model("x/GPT-9")
    with pytest.raises(RowError, match="no model is named"):
        named_model(" ")


@pytest.mark.parametrize("name", ["facebook/opt-13b", "OPT-66B", "bloom-7b", "deepseek-v3-20b"])
def test_a_smaller_one_of_a_family_is_not_the_one_of_the_table(name: str) -> None:
    with pytest.raises(RowError, match="is in no row"):
        named_model(name)


@pytest.mark.parametrize(
    ("text", "weight", "cache", "products"),
    [
        ("w4a16", 4.16, 16, 16), ("AWQ", 4.16, 16, 16), ("int4/awq", 4.16, 16, 16), ("W4A8", 4.16, 8, 8),
        ("w8a8", 8, 8, 8), ("int8", 8, 8, 8), ("w8a16", 8, 16, 16), ("float8", 8, 8, 8), ("mxfp8", 8.25, 8, 8),
        ("NVFP4", 4.5, 8, 4), ("mxfp4", 4.25, 8, 4), ("NVFP4 weights, FP8 KV", 4.5, 8, 4),
        ("fp16 (kv fp8)", 16, 8, 16), ("bf16, kv cache fp8", 16, 8, 16), ("fp8 kv bf16", 8, 16, 8),
        ("FP8 (BF16 MLA)", 8, 8, 8), ("", 16, 16, 16), ("n/a", 16, 16, 16),
    ],
)  # fmt: skip
def test_spellings_of_precisions(text: str, weight: float, cache: float, products: float) -> None:
    found = formats(text, "Qwen/Qwen3-32B", configs.load("hardware").rows["b200-sxm"], cache_of_8_bits=True)
    own = (found["weight_bits"] * 8, found["cache_bits"] * 8, found["precision_bits"])
    assert own == (pytest.approx(weight), cache, products)


def test_where_no_precision_is_stated_the_name_of_the_weights_tells() -> None:
    h100 = configs.load("hardware").rows["h100-sxm-80gb"]
    assert formats("", "Qwen/Qwen3-32B-FP8", h100, cache_of_8_bits=False)["weight_bits"] == 1.0
    assert formats("", "deepseek-ai/DeepSeek-R1-0528", h100, cache_of_8_bits=False)["weight_bits"] == 1.0
    assert formats("", "Qwen/Qwen3-32B-AWQ", h100, cache_of_8_bits=False)["weight_bits"] == pytest.approx(4.16 / 8)


def test_chips_compute_in_what_they_have() -> None:
    a100, v5e = (configs.load("hardware").rows[key] for key in ("a100-sxm-80gb", "tpu-v5e"))
    assert formats("fp8", "Qwen3-32B", a100, cache_of_8_bits=True)["precision_bits"] == 16.0
    assert formats("fp4", "Qwen3-32B", a100, cache_of_8_bits=True)["precision_bits"] == 16.0
    assert formats("int8", "Qwen3-32B", v5e, cache_of_8_bits=True)["peak_fp8"] == v5e.values["peak_int8"]


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
