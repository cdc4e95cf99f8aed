"""Which model of the table a text names."""

import pytest

from flopwatt import configs
from flopwatt.bench.facts.models import match_model, mtp_layers


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("LLAMA3_8B", 4096), ("Llama-3.1 405B", 16384), ("llama3_70b (12 layers)", 8192), ("DeepSeekV3 (dropless)", 7168),
     ("Qwen3_30B_a3B (tokendrop)", 2048), ("GPT OSS 120B", 2880), ("MIXTRAL_8x22B", 6144), ("Llama4 Scout", 5120),
     ("Qwen3 8B", 4096), ("NEMOTRON_4_15B", 6144), ("Nemotron_3_Nano", 2688), ("NemotronH 56B", 8192),
     ("nemotron-4-340b", 18432), ("nemotron-h-56b", 8192), ("gpt-3-175b", 12288), ("grok1-314b", 6144), ("Grok-1", 6144),
     ("LLAMA3.1_70B", 8192), ("DeepSeek-V3", 7168), ("DeepSeek-V3 16B", 2048), ("Llama-4-Maverick", 5120),
     ("Llama 3.1 8B ZeRO-3", 4096), ("LLAMA3_70B FP8", 8192), ("Mixtral 8x7B pretrain", 4096), ("DeepSeek-236B", 5120)],
)  # fmt: skip
def test_spellings_of_models(name: str, hidden: float) -> None:
    row = match_model(name)
    assert row is not None
    assert row.values["hidden_size"] == hidden


@pytest.mark.parametrize("name", ["", "Llama", "Llama-3.1 406B", "(llama-3.1-8b)", "FP8", "ZeRO-3", "MPT 7b ZeRO-3"])
def test_what_names_no_model(name: str) -> None:
    assert match_model(name) is None


def test_every_name_of_the_table_names_a_row_of_one_architecture() -> None:
    for row in configs.load("models").rows.values():
        match = match_model(row.key)
        assert match is not None
        assert match.values["hidden_size"] == row.values["hidden_size"]


def test_layers_that_predict_further_tokens() -> None:
    names = ("DeepSeekV3", "DeepSeekV3 (w/ MTP)", "DeepSeekV3 (w/o MTP)", "Kimi K2", "Nemotron_3_Super")
    assert [mtp_layers(name) for name in names] == [1, 1, 0, 0, 2]
