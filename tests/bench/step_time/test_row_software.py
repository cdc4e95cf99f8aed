"""Which software took a step, how it ran and of when it is, by a row's own words."""

import math

import pytest

from flopwatt import configs
from flopwatt.bench.facts.cells import RowError
from flopwatt.bench.step_time.habits import RunOptions
from flopwatt.bench.step_time.row_software import NAMES, framework, release_date, run_options, software_date


@pytest.mark.parametrize(
    ("source", "measured_kind", "name"),
    [("Narayanan et al. 2021 (arXiv:2104.04473) Table 1 = Megatron-LM git", "", "megatron"), ("SimuMax v1.2", "", "megatron"),
     ("Jiang et al. 2024 MegaScale (arXiv:2402.15627)", "", "megatron"), ("NVIDIA/Megatron-LM README", "", "megatron"),
     ("Smith et al. 2022 MT-NLG (arXiv:2201.11990)", "", "megatron"), ("a paper", "", "megatron"),
     ("NVIDIA-NeMo/Megatron-Bridge 067f987 docs/performance-summary.md", "", "nemo"),
     ("NVIDIA/dgxc-benchmarking v25.05 llama4/README.md", "", "nemo"), ("NVIDIA/NeMo docs/performance-guide.md", "", "nemo"),
     ("MLPerf Training v4.0 gpt3: smc/results/64xSMC-H100-SXM-80GB/gpt3", "", "nemo"),
     ("MLPerf Training v3.0 gpt3: NVIDIA_CoreWeave/results/coreweave_hgxh100_n192_ngc23.04_pytorch/gpt3", "", "nemo"),
     ("MLPerf Training v4.0 gpt3: Google/results/cloud-tpu-v5p-1024-maxtext/gpt3", "", "maxtext"),
     ("AI-Hypercomputer/maxtext README", "", "maxtext"), ("ROCm/MAD jax-maxtext", "", "maxtext"),
     ("MosaicML llm-foundry 8c8dd48f7", "FSDP, Composer, flash attention", "fsdp"),
     ("NVIDIA-NeMo/Automodel docs/performance-summary.md", "", "fsdp"),
     ("NVIDIA/dgxc-benchmarking v24.11 hf-llama2/README_70b.md", "", "fsdp"),
     ("NVIDIA/dgxc-benchmarking v24.11 paxml/README_175b.md", "", "maxtext"),
     ("NVIDIA/dgxc-benchmarking v25.10 deepseek_v3/pretrain/torchtitan/README.md", "", "torchtitan"),
     ("a blog", "derived; FSDP, eager", "fsdp"), ("pytorch/torchtitan b5bcd76c6", "FSDP, compile", "torchtitan")],
)  # fmt: skip
def test_the_framework_that_a_row_names(source: str, measured_kind: str, name: str) -> None:
    assert framework({"source": source, "measured_kind": measured_kind}) == name


def test_a_column_says_the_framework_before_other_words_do() -> None:
    row = {"source": "pytorch/torchtitan"}
    known = list(configs.load("frameworks").rows)
    assert [framework({**row, "framework": name}) for name in known] == known
    assert framework({**row, "framework": "PyTorch FSDP"}) == "fsdp"
    assert framework({**row, "framework": "n/a"}) == "torchtitan"
    assert framework({"source": "a table of throughput"}, "nemo") == "nemo"
    with pytest.raises(RowError, match="framework 'my own' is not known; known are megatron, nemo"):
        framework({**row, "framework": "my own"})


def test_tpus_run_maxtext_whatever_else_a_row_says() -> None:
    assert framework({"source": "MLPerf Training v3.1 gpt3: Google", "accelerator": "TPU-v5e"}) == "maxtext"
    assert framework({"source": "a paper", "accelerator": "TPU v4"}) == "maxtext"


def test_words_name_frameworks_of_their_table() -> None:
    assert {name for name, _ in NAMES} == set(configs.load("frameworks").rows)


@pytest.mark.parametrize(
    ("said", "compiled", "async_tp"),
    [("FSDP, eager", False, False), ("FP8 all-gather, compile", True, False), ("compiled; async TP", True, True),
     ("asynchronous tensor parallelism", False, True), ("vanilla TP", False, False), ("no compile", False, False),
     ("not compiled", False, False), ("derived from published tokens/s", False, False)],
)  # fmt: skip
def test_how_a_step_ran(said: str, compiled: bool, async_tp: bool) -> None:
    assert run_options({"measured_kind": said}, None) == RunOptions(compiled=compiled, async_tp=async_tp)


def test_what_else_a_row_says_of_its_run() -> None:
    row = {"source": "X: Megatron-LM 0.14 on 8x B200", "recompute": "full"}
    assert run_options(row, 1.0) == RunOptions(as_it_comes=True, zero=1.0, recompute="full")
    assert not run_options({"source": "benchmarks/asyncTP_llama3.md of two ways"}, None).async_tp


@pytest.mark.parametrize(
    ("source", "year"),
    [("MLPerf Training v3.0 gpt3: ...", 2023.4), ("MLPerf Training v5.1", 2025.85), ("A paper (arXiv:2205.05198)", 2022.375),
     ("X: Megatron-LM 0.14 on 8x B200", 2025.8), ("Megatron-LM core_v0.12.0", 2025.4), ("A report of 2024", 2024.5),
     ("benchmarks/llama3_h100_202412_torchtitan.md, 2024-12", 2024.958), ("benchmarks/asyncTP_2025-06.md", 2025.458),
     ("NVIDIA/dgxc-benchmarking v25.05 (68eaf7e)", 2025.375), ("rocm/megatron-lm:v25.4, 2025", 2025.5),
     ("a blog at commit 7d201105e2", 2026.1), ("mlcommons/training_results_v4.1 AMD", 2024.85), ("Zhao et al. 2023", 2023.5)],
)  # fmt: skip
def test_the_date_of_the_software(source: str, year: float) -> None:
    assert software_date(source) == pytest.approx(year, abs=0.01)


def test_software_without_a_date_has_the_defaults() -> None:
    assert software_date("a blog") == configs.defaults()["software_date"].value


@pytest.mark.parametrize(
    ("cell", "year"), [("26.04.01", 2026.29), ("v25.04", 2025.29), ("NeMo 24.12", 2024.96), ("2025-04", 2025.29)]
)
def test_the_date_of_a_release(cell: str, year: float) -> None:
    assert release_date(cell) == pytest.approx(year, abs=0.01)


def test_a_release_that_is_not_stated_has_no_date() -> None:
    assert math.isnan(release_date("n/a"))
