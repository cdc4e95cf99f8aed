"""Which chip of the table a text names, and why none."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt import configs
from flopwatt.bench.facts.chip_text import read_chip_text
from flopwatt.bench.facts.chips import NoChip, match_chip, one_chip, said_of_name


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A100-80GB SXM", "a100-sxm-80gb"),
        ("NVIDIA GB200-186GB_aarch64", "gb200-nvl72"),
        ("NVIDIA B200-SXM-180GBx8", "b200-sxm"),
        ("NVIDIA H200-SXM-141GBx8, TensorRT", "h200-sxm"),
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
    # times to train, and steps
    "Intel(R) Gaudi(R) 2 AI Accelerator": "gaudi2", "Intel\u00ae Gaudi\u00ae 3": "gaudi3", "TPU-trillium": "tpu-v6e-trillium",
    "v5litepod-256": "tpu-v5e", "AMD MI250": "mi250", "H100 SXM 96GB HBM2e 500W": "h100-sxm-96gb-500w",
    "NVIDIA Blackwell Ultra GPU (GB300)": "gb300-nvl72", "AMD Instinct MI300X-NPS1-SPX-192GB-750W": "mi300x",
    "AMD Instinct MI350X": "mi350x", "H100 96GB HBM2e": "h100-sxm-96gb", "A100-Pcie": "a100-pcie-80gb",
}  # fmt: skip
SEVERAL, UNKNOWN, OTHER = NoChip.AMBIGUOUS, NoChip.UNKNOWN, NoChip.OTHER_FORM
REFUSED = {
    "150k H100 + 50k H200": SEVERAL, "8xH100 vs 8xB200": SEVERAL, "A100-40GB + H100": SEVERAL, "A100..B300": SEVERAL,
    "A100/A40": UNKNOWN, "GB200/GB300": SEVERAL, "GPU": UNKNOWN,
    "H100 GPT-3 175B BF16 54% MFU": UNKNOWN,
    "H100 Llama3-405B BF16 54% MFU": UNKNOWN, "H100/H200": SEVERAL, "H100/H200 mostly": SEVERAL,
    "MI450+": UNKNOWN, "Rubin racks": UNKNOWN, "TPU": UNKNOWN,
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
        "", "GPU", "TPU", "mixed", "Hopper", "Ascend 910B", "H100 NVL 94GB", "H100 equivalents", "H100e", "MI210",
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


# --- what somebody names one chip by: every word must be understood -----------------------------------------------------

PIECE, MEMORY, POWER, MANY, UNREAD = NoChip.PIECE, NoChip.OTHER_MEMORY, NoChip.OTHER_POWER, NoChip.SEVERAL, NoChip.UNREAD
NAMED = {
    # drivers
    "NVIDIA H100 80GB HBM3": H100, "NVIDIA H100 80GB HBM3, 81559 MiB": H100, "NVIDIA H100 PCIe": "h100-pcie-80gb",
    "NVIDIA A100-SXM4-40GB": A100_40, "NVIDIA A100-SXM4-80GB": A100, "NVIDIA A100 80GB PCIe": "a100-pcie-80gb",
    "NVIDIA A100-PCIE-40GB": "a100-pcie-40gb", "Tesla V100-SXM2-16GB": "v100-sxm2-16gb", "NVIDIA GH200 480GB": "gh200",
    "Tesla V100-SXM2-32GB": "v100-sxm2-32gb", "NVIDIA H200": "h200-sxm", "NVIDIA B200": "b200-sxm", "NVIDIA L40S": "l40s",
    "NVIDIA B300 SXM6 AC": "b300-sxm", "AMD Instinct MI300X OAM": "mi300x", "AMD Instinct MI250X": "mi250x",
    # papers, data sheets and press
    "H100": H100, "h100": H100, "H100-SXM-80GB": H100, "H100 SXM5 80 GB": H100, "1x H100": H100, "H100 SXM 80 GiB": H100,
    "NVIDIA H100 Tensor Core GPU": H100, "NVIDIA A100 Tensor Core GPU (80 GiB)": A100, "A100 40GB": A100_40,
    "A100 64GB": "a100-sxm-64gb", "H100 PCIe 80GB": "h100-pcie-80gb", "V100": "v100-sxm2-32gb", "V100 16GB": "v100-sxm2-16gb",
    "V100 32GB": "v100-sxm2-32gb", "H20 96GB": "h20", "H200 140GB": "h200-sxm", "H200 141GB HBM3e": "h200-sxm",
    "B200 180GB": "b200-sxm", "B200 192GB": "b200-sxm", "GB200": "gb200-nvl72", "GB200 NVL72": "gb200-nvl72",
    "GB200 192GB": "gb200-nvl72", "GB300 288GB": "gb300-nvl72", "GH200": "gh200", "GH200 Grace Hopper Superchip": "gh200",
    "Grace Hopper GH200 96GB": "gh200", "RTX PRO 6000": "rtx-pro-6000", "MI300X 192GB": "mi300x", "TPU v4": "tpu-v4",
    "Vera Rubin NVL144": "vr200-nvl72", "Trainium2": "trainium2", "AWS Trainium 2": "trainium2", "Gaudi 3": "gaudi3",
    "8x H100": H100, "8xH100": H100, "8x NVIDIA H100 80GB": H100, "H100 x8": H100, "8x V100s": "v100-sxm2-32gb",
    # a chip's own power
    "H100 700W": H100, "H100 at 0.7 kW": H100, "B200 1000W": "b200-sxm", "GB200 1200 W": "gb200-nvl72",
    "A100 PCIe 300W": "a100-pcie-80gb", "A100 PCIe 40GB 250W": "a100-pcie-40gb", "VR200 2300W": "vr200-nvl72-max-p",
    # power limits
    "H100 500W": f"{H100}-500w", "H100 SXM 500 W": f"{H100}-500w", "H100 at 0.5 kW": f"{H100}-500w",
    "A100 at 300W": f"{A100}-300w", "H100 PCIe limited to 300 W": "h100-pcie-80gb-300w", "h100-sxm-80gb-500w": f"{H100}-500w",
    "A100 40GB, power limit 350 W": f"{A100_40}-350w",
    # parts
    "MI250X GCD": "mi250x-die", "MI250X (1 GCD)": "mi250x-die", "MI250X single die": "mi250x-die",
    "MI250X GCD 64GB": "mi250x-die", "B200 die": "b200-sxm-die", "one die of GB200": "gb200-nvl72-die",
    "TPU v4 core": "tpu-v4-core", "TPU v3 core": "tpu-v3-core",
    "v5p TensorCore": "tpu-v5p-core", "TPU v5e core": "tpu-v5e", "Trainium2 NeuronCore": "trainium2-core",
}  # fmt: skip
NOT_NAMED = {
    # less than a chip
    "H100 MIG 1g.10gb": PIECE, "NVIDIA H100 80GB HBM3 MIG 1g.10gb": PIECE, "A100-SXM4-40GB MIG 3g.20gb": PIECE,
    "1g.12gb": PIECE, "GRID A100-10C": PIECE, "A100-40C": PIECE, "half an H100": PIECE, "0.5 H100": PIECE, "1/7 H100": PIECE,
    "MI300X XCD": PIECE, "Gaudi3 die": PIECE, "H100 core": PIECE, "MI250X with 2 GCDs": MANY,
    "MI250X 2x GCD": PIECE, "dual-die B200": UNREAD, "NeuronCore": UNKNOWN,
    # another memory
    "V100 24GB": MEMORY, "H100 64GB": MEMORY, "H20 141GB": MEMORY, "MI300X 128GB": MEMORY,
    "GH200 144GB": MEMORY, "A100 96GB": MEMORY, "TPU v4 16GB": MEMORY, "H100 40960 MiB": MEMORY, "MI250X GCD 128GB": MEMORY,
    # another form
    "H100 NVL": OTHER, "H100 NVL 94GB": OTHER, "NVIDIA H200 NVL": OTHER, "H100 CNX": OTHER, "Tesla V100-SXM3-32GB": OTHER,
    "H100 HBM2e": OTHER, "RTX PRO 6000 Blackwell Max-Q": OTHER, "H800 PCIe": OTHER,
    "H100 equivalents": OTHER, "H100 PCIe SXM": SEVERAL, "L40S SXM": OTHER, "GB200 NVL4": OTHER,
    # another power
    "H100 900W": POWER, "B200 1200W": POWER, "H100 5W": POWER, "A100 64GB 300W": POWER, "H100 700W 500W 300W": POWER,
    # the power of another chip of its name
    "H100 PCIe 700W": POWER, "A100 40GB PCIe 300W": POWER, "A100-PCIE-40GB 300W": POWER, "MI250X GCD 500W": POWER,
    # more than one
    "DGX H100": MANY, "DGX-H100": MANY, "HGX H200 8-GPU": MANY, "GB200 NVL72 rack": MANY,
    "GB200 superchip": MANY, "Helios": MANY, "TPU v4-512": MANY, "100,000 H100s": MANY, "H100 and H200": SEVERAL,
    "H100/A100": SEVERAL, "HGX H100 10.2 kW": MANY, "H100 500": MANY,
    # clouds, and what is not understood
    "p5.48xlarge": UNKNOWN, "a3-highgpu-8g": UNKNOWN, "ND H100 v5": UNREAD, "Standard_ND96isr_H100_v5": UNREAD,
    "H100 of Eos": UNREAD, "AMD Instinct MI250X / MI250": SEVERAL, "NVL72 rack": UNKNOWN, "RTX 4090 48GB": UNKNOWN,
    "P100": UNKNOWN, "": UNKNOWN, "p4d.24xlarge": UNKNOWN, "p5e.48xlarge": UNKNOWN,
    "V100S": UNKNOWN, "Tesla V100S-PCIE-32GB": UNKNOWN, "v100s": UNKNOWN, "MI300X 8 XCD": MANY,
}  # fmt: skip


@pytest.mark.parametrize(("text", "key"), NAMED.items())
def test_one_chip_as_it_is_named(text: str, key: str) -> None:
    assert one_chip(text).key == key


@pytest.mark.parametrize(("text", "reason"), NOT_NAMED.items())
def test_a_name_of_no_one_chip_is_refused_in_a_line(text: str, reason: NoChip) -> None:
    with pytest.raises(configs.FactError, match=reason.value) as refused:
        one_chip(text)
    message = str(refused.value)
    assert message.startswith(repr(text))
    assert "\n" not in message
    assert len(message) > len(repr(text)) + len(reason.value)  # what would be right


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("H100 NVL 94GB", "there are H100-SXM-80GB, H100-SXM-96GB and H100-PCIe-80GB"),
        ("V100 24GB", "there are V100-SXM2-16GB and V100-SXM2-32GB"),
        ("H100 900 W", "H100-SXM-80GB has 700 W"),
        ("A100 40GB PCIe 300W", "A100-PCIe-40GB has 250 W, and a limit is below that; A100-PCIe-80GB has 300 W"),
        ("H100 5W", "a limit of H100-SXM-80GB is 175 to 700 W"),
        ("A100 64GB 300W", "the TDP of A100-SXM-64GB is not published"),
        ("DGX H100", "name its chip, H100-SXM-80GB, and say apart from it how many"),
        (
            "H100 MIG 1g.10gb",
            "a slice of a chip (MIG), of whose power no data sheet has a figure; name the whole chip, such as",
        ),
        ("A100-SXM4-40GB MIG 3g.20gb", "such as A100-SXM-40GB"),
        ("MI300X XCD", "a die, which is not divided from MI300X, which has 8 dies"),
        ("p5.48xlarge", "a cloud's machine; name the chip that is in it"),
        ("H100 of Eos", "eos; H100-SXM-80GB is the chip without them"),
        ("h10", "did you mean 'h100'?"),
        ("L40", "did you mean 'l40s'?"),
        ("B100", "there are B200-SXM and B300-SXM"),
        ("MI308X", "there are MI250X, MI250, MI300X, MI325X, MI350X, MI355X and 1 more"),
        ("TPU v2", "there are TPU v3, TPU v4, TPU v5e, TPU v5p, TPU v6e Trillium and TPU v7 Ironwood"),
        ("XYZ", "`flopwatt show hardware` lists them"),
    ],
)
def test_what_would_be_right(text: str, hint: str) -> None:
    with pytest.raises(configs.FactError) as refused:
        one_chip(text)
    assert hint in str(refused.value)


ROWS = list(configs.load("hardware").rows.values())


@given(
    st.sampled_from(ROWS).flatmap(lambda row: st.sampled_from([row.key, row.name, *row.aliases])),
    st.text(string.ascii_lowercase + string.digits + ".%-", min_size=1, max_size=8).filter(
        lambda word: any(letter.isdigit() for letter in word)
    ),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_a_word_with_a_digit_is_understood_or_refused(name: str, extra: str, first: bool) -> None:
    """No word with a digit is dropped: the row has it in a name, or its memory or its power is that, or it says one chip."""
    text = f"{extra} {name}" if first else f"{name} {extra}"
    try:
        row = one_chip(text)
    except configs.FactError:
        return
    if row.scaled_from:
        return
    said, names = read_chip_text(text), [read_chip_text(known) for known in (row.key, row.name, *row.aliases)]
    known = frozenset().union(*(item.words.union(item.amounts) for item in names))
    left = {word for word in (*said.words, *said.amounts) if any(letter.isdigit() for letter in word)} - known
    assert not left or any("counts nothing" in note for note in said_of_name(text))
    for size in said.memory:
        near = size == pytest.approx(row.values["memory_capacity"] / 1e9, rel=0.1)
        assert near or any(size in item.memory for item in names)
    assert all(watts == pytest.approx(row.values["tdp"], rel=0.01) for watts in said.watts)


@pytest.mark.parametrize("text", ["MI250X with 2 GCDs", "dual-die B200", "both dies of a GB200"])
def test_all_parts_of_a_chip_are_no_part(text: str) -> None:
    assert match_chip(text).reason is NoChip.PIECE


def test_what_stands_far_behind_a_name_is_not_lost() -> None:
    assert match_chip("H100" + 500 * " " + "MIG 1g.10gb").row is None
    assert match_chip("H100 " + 500 * "x").row is None


def test_what_is_said_of_a_name() -> None:
    assert said_of_name("8x NVIDIA H100 80GB") == ("The chip is H100-SXM-80GB; the 8x in its name counts nothing.",)
    assert said_of_name("NVIDIA H100 80GB HBM3") == said_of_name("gb200") == said_of_name("H100 700W") == ()
    (scaled,) = said_of_name("H100 500W")
    assert "under a limit of 500 W" in scaled


@pytest.mark.parametrize("text", ["A100-40", "A100 40", "V100-16", "H20-141", "A100-SXM4-40"])
def test_a_bare_number_that_may_be_another_memory_is_asked_about(text: str) -> None:
    match = match_chip(text)
    assert match.row is None
    assert match.reason is NoChip.AMBIGUOUS
    assert "may be its memory or how many there are; write" in match.hint


@pytest.mark.parametrize(
    ("text", "key"),
    [("64 A100", "a100-sxm-80gb"), ("V100 16 GPUs", "v100-sxm2-32gb"), ("H800-80", "h800-sxm"), ("TPU v4-4096", "tpu-v4")],
)
def test_a_bare_number_that_is_its_memory_or_a_count_says_nothing(text: str, key: str) -> None:
    row = match_chip(text).row
    assert row is not None
    assert row.key == key
