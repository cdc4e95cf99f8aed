"""Which chip of the table a text names."""

import pytest

from flopwatt import configs
from flopwatt.bench.facts.chips import named


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A100-80GB SXM", "a100-sxm-80gb"),
        ("A100 40GB", "a100-sxm-40gb"),
        ("A100 SXM4 40 GB", "a100-sxm-40gb"),
        ("A100-40G", "a100-sxm-40gb"),
        ("NVIDIA A100 Tensor Core GPU (80 GiB)", "a100-sxm-80gb"),
        ("NVIDIA H100 80GB", "h100-sxm-80gb"),
        ("512 H100-80G", "h100-sxm-80gb"),
        ("100,000 H100s", "h100-sxm-80gb"),
        ("HGX H100 SXM5", "h100-sxm-80gb"),
        ("8x H800", "h800-sxm"),
        ("A800", "a800-sxm-80gb"),
        ("V100 16GB", "v100-sxm2-32gb"),
        ("Grace Hopper GH200 96GB", "gh200"),
        ("GB200 NVL72 racks", "gb200-nvl72"),
        ("Vera Rubin NVL144", "vr200-nvl72"),
        ("AMD Instinct MI300X", "mi300x"),
        ("Google TPU-v4", "tpu-v4"),
        ("TPUv5p", "tpu-v5p"),
        ("Cloud TPU v5 lite", "tpu-v5e"),
        ("Ironwood (TPU v7)", "tpu-v7-ironwood"),
        ("AWS Trainium 2", "trainium2"),
        ("Intel Gaudi 3", "gaudi3"),
    ],
)
def test_a_chip_as_it_is_written(text: str, key: str) -> None:
    found = named(text)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "text",
    [
        "", "GPU", "TPU", "mixed", "Hopper", "Ascend 910B", "H100 PCIe", "H100 NVL 94GB", "H100 equivalents", "H100e", "MI250",
        "A100-40GB + H100", "A100..B300", "A100 40GB/80GB", "H100/H200", "P100", "RTX 4090", "L40S", "MI450+", "x" * 10_000,
    ],
)  # fmt: skip
def test_what_names_no_one_chip(text: str) -> None:
    assert named(text) is None


def test_every_name_of_the_table_names_its_row() -> None:
    for row in configs.load("hardware").rows.values():
        for name in (row.key, row.name, *row.aliases):
            assert named(name) is row
