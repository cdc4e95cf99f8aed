"""Cells of published steps: numbers, names and words as people write them, and what is refused with the reason."""

import math

import pytest

from flopwatt.bench.facts import cells
from flopwatt.bench.facts.cells import RowError


@pytest.mark.parametrize(
    ("cell", "value"),
    [("8", 8), (8, 8), ("1,536", 1536), ("51200 (unverified)", 51200), ("5632[^note]", 5632), ("1.5e3", 1500),
     ("14.4 s", 14.4), (" 2048 ", 2048), ("32000; a default", 32000), (".5", 0.5)],
)  # fmt: skip
def test_numbers(cell: object, value: float) -> None:
    assert cells.number({"x": cell}, "x") == value


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("", "not stated"), (None, "not stated"), ("n/a", "not stated"), ("nan", "not stated"), ("1.2.3", "not a number"),
     ("4.8k", "not a number"), ("12x", "not a number"), ("inf", "not a number"), ("1e999", "not a number"),
     ("eight", "not a number"), (True, "not a number"), ("1,53", "not a number"), ("0", "above 0"), ("-4", "above 0"),
     ("(4)", "not a number"), ("١٢٨", "not a number")],
)  # fmt: skip
def test_cells_that_are_no_number_above_0(cell: object, reason: str) -> None:
    with pytest.raises(RowError, match=f"its TP is.*{reason}"):
        cells.number({"TP": cell}, "TP")


def test_a_whole_number_has_a_default_only_where_nothing_is_stated() -> None:
    assert cells.whole({"TP": "N/A"}, "TP", 1.0) == 1
    assert cells.whole({}, "TP", 2.0) == 2
    for cell in ("eight", "1.5", "0"):
        with pytest.raises(RowError, match="its TP is"):
            cells.whole({"TP": cell}, "TP", 1.0)


def test_zero_states_nothing_where_it_may() -> None:
    assert [cells.stated({"fsdp": cell}, "fsdp") for cell in ("0", "0.0", "", "n/a", "64", "64 (0)")] == [
        None, None, None, None, 64, 64,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "key"),
    [("DGX-H100", "h100-sxm-80gb"), ("DGX H100", "h100-sxm-80gb"), ("HGX H100", "h100-sxm-80gb"), ("8x H100", "h100-sxm-80gb"),
     ("H100 SXM5 80GB", "h100-sxm-80gb"), ("NVIDIA H100 80GB HBM3", "h100-sxm-80gb"), ("h100_sxm", "h100-sxm-80gb"),
     ("A100-SXM4-40GB", "a100-sxm-40gb"), ("A100 80GB SXM", "a100-sxm-80gb"), ("DGX-A100", "a100-sxm-80gb"),
     ("DGX-H200", "h200-sxm"), ("NVIDIA B200", "b200-sxm"), ("B200 SXM", "b200-sxm"), ("DGX B300", "b300-sxm"),
     ("GB200 NVL72", "gb200-nvl72"), ("NVIDIA GB300", "gb300-nvl72"), ("DGX GB200", "gb200-nvl72"), ("H800", "h800-sxm")],
)  # fmt: skip
def test_spellings_of_chips(name: str, key: str) -> None:
    assert cells.chip(name).key == key


@pytest.mark.parametrize("name", ["abacus", "", "A100-PCIe", "H100 NVL", "H100 and H200", "XH1000", "H100/B200"])
def test_chips_that_are_not_in_the_table(name: str) -> None:
    with pytest.raises(RowError, match="no such chip"):
        cells.chip(name)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("LLAMA3_8B", 4096), ("Llama-3.1 405B", 16384), ("llama3_70b (12 layers)", 8192), ("DeepSeekV3 (dropless)", 7168),
     ("Qwen3_30B_a3B (tokendrop)", 2048), ("GPT OSS 120B", 2880), ("MIXTRAL_8x22B", 6144), ("Llama4 Scout", 5120),
     ("Qwen3 8B", 4096), ("NEMOTRON_4_15B", 6144), ("Nemotron_3_Nano", 2688), ("NemotronH 56B", 8192)],
)  # fmt: skip
def test_spellings_of_models(name: str, hidden: float) -> None:
    assert cells.known_model(name)["hidden_size"] == hidden


def test_layers_that_predict_further_tokens() -> None:
    names = ("DeepSeekV3", "DeepSeekV3 (w/ MTP)", "DeepSeekV3 (w/o MTP)", "Kimi K2", "Nemotron_3_Super")
    assert [cells.mtp_layers(name) for name in names] == [1, 1, 0, 0, 2]


@pytest.mark.parametrize(
    ("cell", "layers", "attention"),
    [("full", 1, 1), ("Full (assumed)", 1, 1), ("uniform", 1, 1), ("selective(attn)+SP", 0, 1), ("selective", 0, 1),
     ("attention", 0, 1), ("none (per strategy defaults; not in table)", 0, 0), ("none stated", 0, 0), ("null", 0, 0),
     ("", 0, 0), ("no", 0, 0)],
)  # fmt: skip
def test_words_for_recompute(cell: str, layers: float, attention: float) -> None:
    assert cells.recompute(cell) == {"recomputed_layers": layers, "recomputed_attention": attention}


def test_words_that_are_not_known_are_refused() -> None:
    with pytest.raises(RowError, match="recompute 'sometimes'"):
        cells.recompute("sometimes")
    for cell, reason in (("int3", "'int3' is not known"), ("", "not stated"), ("fp32", "not known")):
        with pytest.raises(RowError, match=reason):
            cells.precision(cell)


def test_every_stated_number_is_finite() -> None:
    assert math.isfinite(cells.number({"x": "1e300"}, "x"))
