"""What a text says of a chip beside which one it is."""

import pytest

from flopwatt.bench.facts.chip_text import ChipText, read_chip_text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NVIDIA H100 80GB HBM3", ChipText(frozenset(("nvidia", "h100", "hbm3")), memory=(80.0,))),
        ("A100 SXM4 40 GiB", ChipText(frozenset(("a100", "sxm4")), memory=(40.0,))),
        ("H100, 81920 MiB", ChipText(frozenset(("h100",)), memory=(80.0,))),
        ("H200 (150323855360 bytes)", ChipText(frozenset(("h200",)), memory=(140.0,))),
        ("100,000 H100s", ChipText(frozenset(("h100",)), amounts=("100000",))),
        ("8xH100", ChipText(frozenset(("h100",)), amounts=("8x",))),
        ("1x H100", ChipText(frozenset(("h100",)))),
        ("H100 16k", ChipText(frozenset(("h100",)), amounts=("16k",))),
        ("H100 at 0.5 kW", ChipText(frozenset(("h100", "at")), watts=(500.0,))),
        ("HGX H100 10.2 kW", ChipText(frozenset(("hgx", "h100")), watts=(10200.0,))),
        ("MI250X (1 GCD)", ChipText(frozenset(("mi250x",)), part="die")),
        ("TPU v4 TensorCore", ChipText(frozenset(("tpuv4",)), part="core")),
        ("NVIDIA A100 Tensor Core GPU", ChipText(frozenset(("nvidia", "a100", "gpu")))),
        ("8x L40S", ChipText(frozenset(("l40s",)), amounts=("8x",))),
    ],
)
def test_what_is_said(text: str, said: ChipText) -> None:
    assert read_chip_text(text) == said


@pytest.mark.parametrize(
    "text",
    ["H100 MIG 1g.10gb", "1c.3g.40gb", "GRID A100-10C", "L40S-48Q", "A100-4-20C", "half an H100", "0.5 H100", ".25x H100",
     "1/7 H100", "50% of an H100", "a third of an A100", "virtual H100", "\u00bd H100"],
)  # fmt: skip
def test_less_than_a_chip(text: str) -> None:
    assert read_chip_text(text).piece


@pytest.mark.parametrize(
    "text", ["H100 0.7 kW", "TPU v5 lite", "A100-SXM4-80GB", "H100/H200", "HGX H100 10.2 kW", "H100 0.08 TB", "Llama3-405B"]
)
def test_no_less_than_a_chip(text: str) -> None:
    assert not read_chip_text(text).piece
