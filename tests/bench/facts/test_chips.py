"""Which chip of the table a text names, and why none."""

import pytest

from flopwatt import configs
from flopwatt.bench.facts.chips import NoChip, match_chip


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
        ("V100 16GB", "v100-sxm2-16gb"),
        ("NVIDIA V100 32 GB", "v100-sxm2-32gb"),
        ("H100 PCIe", "h100-pcie-80gb"),
        ("8x NVIDIA H100 80GB PCIe", "h100-pcie-80gb"),
        ("A100 PCIe 80GB", "a100-pcie-80gb"),
        ("A100-PCIE-40GB", "a100-pcie-40gb"),
        ("A100 64GB of Leonardo", "a100-sxm-64gb"),
        ("RTX PRO 6000 Blackwell Server Edition 96 GB", "rtx-pro-6000"),
        ("8x L40S", "l40s"),
        ("Grace Hopper GH200 96GB", "gh200"),
        ("GB200 NVL72 racks", "gb200-nvl72"),
        ("Vera Rubin NVL144", "vr200-nvl72"),
        ("Vera Rubin NVL72 at Max-Q", "vr200-nvl72"),
        ("VR200 NVL72, Max-P", "vr200-nvl72-max-p"),
        ("HGX Rubin NVL8", "rubin-nvl8"),
        ("Vera Rubin NVL8", "rubin-nvl8"),
        ("Vera Rubin NVL144 CPX", "rubin-cpx"),
        ("AMD Instinct MI300X", "mi300x"),
        ("Google TPU-v4", "tpu-v4"),
        ("TPUv5p", "tpu-v5p"),
        ("Cloud TPU v5 lite", "tpu-v5e"),
        ("Ironwood (TPU v7)", "tpu-v7-ironwood"),
        ("AWS Trainium 2", "trainium2"),
        ("Trainium 3 (Trn3)", "trainium3"),
        ("AMD Helios racks", "mi455x"),
        ("Huawei Ascend 910C", "ascend-910c"),
        ("Intel Gaudi 3", "gaudi3"),
    ],
)
def test_a_chip_as_it_is_written(text: str, key: str) -> None:
    row = match_chip(text).row
    assert row is not None
    assert row.key == key


# --- the published texts --------------------------------------------------------------------------------------------------

H100, A100, A100_40 = "h100-sxm-80gb", "a100-sxm-80gb", "a100-sxm-40gb"
# Every text that a published row of configs/published, or of the collections they were taken from, has for its chip.
PUBLISHED = {
    # training runs, and facts about power
    "A100": A100, "A100-80GB": A100, "A100-40GB": A100_40, "A800": "a800-sxm-80gb", "GH200": "gh200", "H100": H100,
    "H100-80GB": H100, "H800": "h800-sxm", "MI250X": "mi250x", "TPU v3": "tpu-v3", "TPU v4": "tpu-v4", "TPU v5p": "tpu-v5p",
    "V100": "v100-sxm2-32gb", "H100 16k": H100, "H100 700 W": H100, "HGX H100": H100, "HGX H100 10.2 kW": H100,
    "TPU v3 450 W": "tpu-v3",
    # step times and throughput
    "A100-SXM (README says 40GB)": A100_40, "B200": "b200-sxm", "H200": "h200-sxm",
    "NVIDIA Blackwell GPU (GB200)": "gb200-nvl72", "NVIDIA H100-SXM5-80GB": H100, "NVIDIA H200-SXM5-141GB": "h200-sxm",
    "TPU-v5p": "tpu-v5p", "DGX-B200": "b200-sxm", "DGX-B300": "b300-sxm", "DGX-GB200": "gb200-nvl72",
    "DGX-GB300": "gb300-nvl72", "DGX-H100": H100,
    # fleets
    "GB200": "gb200-nvl72", "GB200 NVL72": "gb200-nvl72", "TPU v7": "tpu-v7-ironwood", "Trainium2": "trainium2",
    "Vera Rubin & later": "vr200-nvl72", "Vera Rubin era": "vr200-nvl72",
    # inference
    "AMD Instinct MI300X 192GB HBM3": "mi300x", "AMD Instinct MI325X 256GB HBM3e": "mi325x",
    "AMD Instinct MI355X 288GB HBM3e": "mi355x", "GB300": "gb300-nvl72", "MI300X": "mi300x", "MI325X": "mi325x",
    "MI355X": "mi355x", "NVIDIA B200-SXM-180GB": "b200-sxm", "NVIDIA GB200": "gb200-nvl72", "NVIDIA GB300": "gb300-nvl72",
}  # fmt: skip
SEVERAL, UNKNOWN, OTHER = NoChip.AMBIGUOUS, NoChip.UNKNOWN, NoChip.OTHER_FORM
REFUSED = {
    "150k H100 + 50k H200": SEVERAL, "8xH100 vs 8xB200": SEVERAL, "A100-40GB + H100": SEVERAL, "A100..B300": SEVERAL,
    "A100/A40": UNKNOWN, "GB200/GB300": SEVERAL, "GPU": UNKNOWN, "H100 SXM 96GB HBM2e 500W": OTHER,
    "H100 GPT-3 175B BF16 54% MFU": UNKNOWN,
    "H100 Llama3-405B BF16 54% MFU": UNKNOWN, "H100/H200": SEVERAL, "H100/H200 mostly": SEVERAL,
    "Intel(R) Gaudi(R) 2 AI Accelerator": UNKNOWN, "MI450+": UNKNOWN, "Rubin racks": UNKNOWN, "TPU": UNKNOWN,
    "custom": UNKNOWN, "frontier DC": UNKNOWN, "mixed": UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize(("text", "key"), PUBLISHED.items())
def test_a_chip_of_a_published_row(text: str, key: str) -> None:
    test_a_chip_as_it_is_written(text, key)


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_a_published_row_without_one_chip(text: str, reason: NoChip) -> None:
    match = match_chip(text)
    assert (match.row, match.reason) == (None, reason)


def test_no_published_text_is_forgotten() -> None:
    columns = {"training_runs": "hardware", "power_facts": "hardware", "fleets": "chip_type", "step_times": "accelerator"}
    for name, column in {**columns, "bridge_perf": "system"}.items():
        rows = configs.read_toml(configs.FOLDER / "published" / f"{name}.toml")["cases"]
        assert {row[column] for row in rows if row.get(column)} <= PUBLISHED.keys() | REFUSED.keys(), name


# --- what drivers and people write ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [("DGX-H100", H100), ("8x H100", H100), ("H100 SXM5 80GB", H100), ("NVIDIA H100 80GB HBM3", H100), ("h100_sxm", H100),
     ("A100-SXM4-40GB", A100_40), ("A100 80GB SXM", A100), ("DGX-A100", A100), ("DGX-H200", "h200-sxm"),
     ("B200 SXM", "b200-sxm"), ("DGX B300", "b300-sxm"), ("NVIDIA B300 SXM6 AC", "b300-sxm"), ("DGX GB200", "gb200-nvl72"),
     ("NVIDIA A100-SXM4-40GB", A100_40), ("NVIDIA A800-SXM4-80GB", "a800-sxm-80gb"), ("NVIDIA GH200 480GB", "gh200"),
     ("Tesla V100-SXM2-16GB", "v100-sxm2-16gb"),
     ("NVIDIA A100-PCIE-40GB", "a100-pcie-40gb"), ("NVIDIA H100 PCIe", "h100-pcie-80gb"), ("NVIDIA L40S", "l40s"),
     ("NVIDIA A100-SXM-64GB", "a100-sxm-64gb"), ("Tesla V100-SXM2-32GB", "v100-sxm2-32gb")],
)  # fmt: skip
def test_spellings_in_servers_and_drivers(text: str, key: str) -> None:
    test_a_chip_as_it_is_written(text, key)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("NVIDIA H200 NVL", OTHER), ("H100 equivalents", OTHER), ("Tesla V100-PCIE-16GB", OTHER), ("H200 PCIe", OTHER),
     ("RTX PRO 6000 Blackwell Workstation Edition", OTHER), ("GB200 and Vera Rubin", SEVERAL), ("Rubin NVL8 and CPX", SEVERAL),
     ("A100 40GB/80GB", SEVERAL), ("H100 and H200", SEVERAL), ("XH1000", UNKNOWN), ("NVIDIA DGX Spark", UNKNOWN),
     ("Rubin racks", UNKNOWN), ("NVIDIA A100-SXM-64GB and L40S", SEVERAL)],
)  # fmt: skip
def test_the_reason_is_said(text: str, reason: NoChip) -> None:
    match = match_chip(text)
    assert (match.text, match.row, match.reason) == (text, None, reason)


@pytest.mark.parametrize(
    "text",
    [
        "", "GPU", "TPU", "mixed", "Hopper", "Ascend 910B", "H100 NVL 94GB", "H100 equivalents", "H100e", "MI250",
        "A100-40GB + H100", "A100..B300", "A100 40GB/80GB", "H100/H200", "P100", "RTX 4090", "L40", "MI450+", "x" * 10_000,
    ],
)  # fmt: skip
def test_what_names_no_one_chip(text: str) -> None:
    match = match_chip(text)
    assert match.row is None
    assert match.reason is not None


def test_every_name_of_the_table_names_its_row() -> None:
    for row in configs.load("hardware").rows.values():
        for name in (row.key, row.name, *row.aliases):
            assert match_chip(name).row is row
