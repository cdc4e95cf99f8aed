"""Parameters of published models, against the counts that their makers publish."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from flopwatt import configs

# key -> (all parameters, source). Exact counts are those of the released weights; biases explain what is left.
PUBLISHED = {
    "gpt-3-175b": (174_600e6, "Brown et al. 2020, arXiv:2005.14165, appendix D, table D.1"),
    "mt-nlg-530b": (530e9, "Smith et al. 2022, arXiv:2201.11990, abstract"),
    "gpt-neox-20b": (20_554_567_680, "Black et al. 2022, arXiv:2204.06745, section 2"),
    "opt-175b": (175e9, "Zhang et al. 2022, arXiv:2205.01068, table 1"),
    "bloom-176b": (176_247_271_424, "huggingface.co/bigscience/bloom model card"),
    "palm-540b": (540.35e9, "Chowdhery et al. 2022, arXiv:2204.02311, table 1"),
    "llama-65b": (65_285_660_672, "weights of huggyllama/llama-65b"),
    "llama-2-7b": (6_738_415_616, "weights of meta-llama/Llama-2-7b-hf"),
    "llama-2-13b": (13_015_864_320, "weights of meta-llama/Llama-2-13b-hf"),
    "llama-2-70b": (68_976_648_192, "weights of meta-llama/Llama-2-70b-hf"),
    "llama-3.1-8b": (8_030_261_248, "weights of meta-llama/Llama-3.1-8B"),
    "llama-3.1-70b": (70_553_706_496, "weights of meta-llama/Llama-3.1-70B"),
    "llama-3.1-405b": (405_853_388_800, "weights of meta-llama/Llama-3.1-405B"),
    "mistral-7b": (7_241_732_096, "weights of mistralai/Mistral-7B-v0.1"),
    "nemotron-4-340b": (341e9, "NVIDIA 2024, arXiv:2406.11704, table 1: 9.4 + 331.6 billion"),
    "gemma-2-27b": (27_227_128_320, "weights of google/gemma-2-27b"),
    "qwen2.5-72b": (72_706_203_648, "weights of Qwen/Qwen2.5-72B"),
    "mixtral-8x7b": (46_702_792_704, "weights of mistralai/Mixtral-8x7B-v0.1"),
    "qwen3-30b-a3b": (30_532_122_624, "weights of Qwen/Qwen3-30B-A3B"),
    "qwen3-235b-a22b": (235_093_634_560, "weights of Qwen/Qwen3-235B-A22B"),
    "gpt-oss-20b": (20.91e9, "OpenAI 2025, gpt-oss model card, table 1"),
    "gpt-oss-120b": (116.83e9, "OpenAI 2025, gpt-oss model card, table 1"),
    "deepseek-v2": (235_741_434_880, "weights of deepseek-ai/DeepSeek-V2"),
    "deepseek-v3": (671e9, "DeepSeek-AI 2024, arXiv:2412.19437, section 4.2"),
    "nemotron-h-8b": (8.1e9, "NVIDIA 2025, arXiv:2504.03624, to two digits"),
    "nemotron-3-nano-30b-a3b": (31.6e9, "NVIDIA 2025, arXiv:2512.20848, to three digits"),
    "nemotron-3-super-120b-a12b": (120_668_687_360, "weights of nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16 without MTP"),
}
# The same of attention of new kinds, and of blocks beside the experts.
PUBLISHED_NEW = {
    "qwen3-next-80b-a3b": (80e9, "Gated DeltaNet, gated attention: model card, to two digits"),
    "qwen3.5-397b-a17b": (397e9, "Gated DeltaNet, gated attention: its name, to three digits"),
    "minimax-text-01": (456e9, "lightning attention: MiniMax 2025, arXiv:2501.08313, abstract"),
    "ling-2.5-1t": (1_012_231_160_320, "lightning and latent attention: weights of inclusionAI/Ling-2.5-1T"),
    "deepseek-v3.2": (671e9, "keys chosen by an indexer: model card, the indexers' 0.85 billion left out"),
    "glm-5": (744e9, "keys chosen by an indexer: GLM-5 Team 2026, arXiv:2602.15763, abstract"),
    "deepseek-v4-flash": (284e9, "compressed keys, grouped output projection: DeepSeek-AI 2026, arXiv:2606.19348, abstract"),
    "trinity-large": (398_635_286_016, "gated attention: weights of arcee-ai/Trinity-Large-Base"),
    "step-3": (316e9, "queries from a compressed one: its config summed"),
    "gemma-4-31b": (30.7e9, "windows of other heads, keys as values: Gemma 4 model card, without the vision encoder"),
    "mimo-v2-flash": (309e9, "windows of other heads, values of another width: Xiaomi 2026, arXiv:2601.02780"),
    "grok-2": (269_515_497_472, "a dense block beside the experts: weights of xai-org/grok-2"),
    "longcat-flash": (560e9, "dense blocks beside and between experts: Meituan 2025, arXiv:2509.01322, abstract"),
    "hunyuan-large": (389e9, "shared expert: Tencent 2024, arXiv:2411.02265, abstract"),
}
# Published figures of few digits: what the architecture gives is further from them than that of the others.
ROUNDED = {
    "nemotron-3-8b": 0.07,  # of these two the name alone
    "nemotron-3-22b": 0.04,
    "kimi-linear-48b-a3b": 0.024,  # 48 billion; its weights are 49
    "deepseek-v4-pro": 0.017,  # 1.6 trillion, with the MTP layer of 26 billion
    "ouro-2.6b": 0.027,  # 2.67 billion, cut off
}

# Makers count active parameters in different ways: with both embeddings, or without that of the input.
ACTIVE = {
    "mixtral-8x7b": (12.9e9, 0.005, False, "Jiang et al. 2024, arXiv:2401.04088: 13B; 12.9B in Mistral's announcement"),
    "gpt-oss-20b": (3.61e9, 0.005, True, "OpenAI 2025, gpt-oss model card, table 1: input embedding left out"),
    "gpt-oss-120b": (5.13e9, 0.005, True, "OpenAI 2025, gpt-oss model card, table 1: input embedding left out"),
    "qwen3-235b-a22b": (22e9, 0.025, False, "Qwen Team 2025, arXiv:2505.09388, table 2, to two digits"),
    "deepseek-v3": (37e9, 0.025, False, "DeepSeek-AI 2024, arXiv:2412.19437, to two digits"),
    "nemotron-3-nano-30b-a3b": (3.2e9, 0.015, True, "NVIDIA 2025, arXiv:2512.20848, to two digits"),
    "nemotron-3-super-120b-a12b": (12_770_216_960, 0.0, False, "weights of its release without MTP and inactive experts"),
    "kimi-k2": (32.6e9, 0.025, False, "Kimi Team 2025, arXiv:2507.20534, table 2"),
    "grok-2": (115_019_056_768, 0.002, False, "weights of xai-org/grok-2"),
    "qwen3.5-397b-a17b": (17e9, 0.025, False, "its name, to two digits"),
    "glm-5": (40e9, 0.005, "both", "GLM-5 Team 2026, arXiv:2602.15763, abstract, embeddings left out"),
    "minimax-text-01": (45.9e9, 0.005, "both", "MiniMax 2025, arXiv:2501.08313, abstract, embeddings left out"),
    "kimi-k3": (104e9, 0.015, False, "Moonshot AI 2026, arXiv:2607.24653"),
    "deepseek-v4-pro": (49e9, 0.015, False, "DeepSeek-AI 2026, arXiv:2606.19348, abstract"),
    "ling-2.5-1t": (63e9, 0.01, False, "model card"),
    "step-3": (38e9, 0.025, False, "StepFun 2025, arXiv:2507.19427, abstract"),
    "hunyuan-large": (52e9, 0.015, False, "Tencent 2024, arXiv:2411.02265, abstract"),
}


@pytest.mark.parametrize("key", [*PUBLISHED, *PUBLISHED_NEW])
def test_all_parameters(key: str, evaluate: Callable[..., dict[str, Any]]) -> None:
    published, _ = (PUBLISHED | PUBLISHED_NEW)[key]
    assert evaluate("parameters", model=key)["parameters"] == pytest.approx(published, rel=0.005)


def test_new_kinds_within_a_thousandth_of_their_weights(evaluate: Callable[..., dict[str, Any]]) -> None:
    """What is left are norms of queries and keys, and of heads."""
    for key in ("ling-2.5-1t", "trinity-large", "grok-2"):
        assert evaluate("parameters", model=key)["parameters"] == pytest.approx(PUBLISHED_NEW[key][0], rel=1e-5), key


def test_exact_where_there_are_no_biases(evaluate: Callable[..., dict[str, Any]]) -> None:
    for key in (
        "llama-2-7b", "llama-2-70b", "llama-3.1-8b", "llama-3.1-405b", "mistral-7b", "deepseek-v2", "mixtral-8x7b",
        "nemotron-3-super-120b-a12b",
    ):  # fmt: skip
        assert evaluate("parameters", model=key)["parameters"] == PUBLISHED[key][0], key


@pytest.mark.parametrize("key", ACTIVE)
def test_active_parameters(key: str, evaluate: Callable[..., dict[str, Any]]) -> None:
    published, tolerance, without_input, _ = ACTIVE[key]
    values = evaluate("active_parameters", model=key)
    left_out = {"both": 2, True: 1, False: 0}[without_input]
    active = values["active_parameters"] - left_out * values["embedding_parameters"]
    assert active == pytest.approx(published, rel=tolerance)


def test_a_dense_model_uses_all_its_parameters(evaluate: Callable[..., dict[str, Any]]) -> None:
    for row in configs.load("models").rows.values():
        values = evaluate("parameters", model=row.key)
        if row.values["moe_layers"] == 0:
            assert values["active_parameters"] == values["parameters"], row.key
        else:
            assert values["active_parameters"] < 0.43 * values["parameters"], row.key


def test_the_table_states_what_its_rows_are_checked_against(evaluate: Callable[..., dict[str, Any]]) -> None:
    for row in configs.load("models").rows.values():
        published = row.values["published_parameters"]
        assert not math.isnan(published), row.key
        tolerance = ROUNDED.get(row.key, 0.014)
        assert evaluate("parameters", model=row.key)["parameters"] == pytest.approx(published, rel=tolerance), row.key
