"""Rows of published steps: what they state, what follows from the software's date, what is refused."""

import math
from dataclasses import replace

import pytest

from flopwatt import configs
from flopwatt.bench.facts import chips
from flopwatt.bench.facts.cells import RowError
from flopwatt.bench.step_time import predict
from flopwatt.bench.step_time.rows import StepCase, case, chip_facts

MEGATRON = {
    "source": "Narayanan et al. 2021 (arXiv:2104.04473) Table 1", "accelerator": "A100-80GB", "model": "GPT 39.1B",
    "hidden": "8192", "ffn": "32768", "layers": "48", "heads": "64", "kv_heads": "64", "seq": "2048", "vocab": "51200 (pad)",
    "TP": "8", "PP": "2", "VPP": "1", "DP": "32", "CP": "1", "EP": "1", "microbatch": "4", "global_batch": "1536",
    "gpus": "512", "recompute": "full", "precision": "fp16", "measured_step_s": "14.4535", "measured_kind": "derived",
}  # fmt: skip
BRIDGE = {
    "release": "26.04.01", "model": "LLAMA3_70B", "system": "DGX-GB300", "gpus": "64", "precision": "MXFP8", "fsdp": "0",
    "gbs": "256", "mbs": "1", "seq": "8192", "tp": "1", "pp": "4", "cp": "1", "vp": "5", "ep": "n/a", "tokens_s_gpu": "4864",
    "source": "NVIDIA-NeMo/Megatron-Bridge",
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> list[StepCase]:
    return predict.cases(predict.published_rows())[0]


def test_a_row_is_read() -> None:
    read_ = case(MEGATRON)
    assert read_.seconds == 14.4535
    assert read_.source == "Narayanan"
    assert (read_.chip, read_.precision, read_.moe) == ("a100-sxm-80gb", "BF16", False)
    wanted = {
        "tensor_parallel": 8, "pipeline_parallel": 2, "interleave": 1, "microbatch_size": 4, "batch_size": 1536,
        "chip_count": 512, "hidden_size": 8192, "head_size": 128, "ffn_matrices": 2, "vocabulary_size": 51200,
        "recomputed_layers": 1, "precision_bits": 16, "fused_attention": 0, "overlap": 0, "zero_stage": 0,
        "sequence_parallel": 0,
    }  # fmt: skip
    assert {name: read_.inputs[name] for name in wanted} == wanted


def test_a_row_of_throughput_is_read() -> None:
    read_ = case(BRIDGE)
    assert read_.seconds == pytest.approx(256 * 8192 / (64 * 4864))
    assert read_.inputs["layers"] == 80
    assert (read_.precision, read_.inputs["precision_bits"]) == ("MXFP8", 8)
    assert (read_.inputs["interleave"], read_.inputs["expert_parallel"], read_.inputs["zero_stage"]) == (5, 1, 1)
    for cell in ("64", "1", "true", "yes"):
        assert case({**BRIDGE, "fsdp": cell}).inputs["zero_stage"] == 3
    assert case({**BRIDGE, "fsdp": "false"}) == read_
    assert case({**BRIDGE, "seq": "n/a"}).inputs["sequence_length"] == 8192


@pytest.mark.parametrize("release", ["26,04", "26.1", "April 2026"])
def test_a_release_that_is_none_is_not_dated_by_something_else(release: str) -> None:
    with pytest.raises(RowError, match=f"its release '{release}' is not known; write year and month"):
        case({**BRIDGE, "release": release})


@pytest.mark.parametrize(
    ("text", "bits", "name"),
    [("fp16", 16, "BF16"), ("bf16 (assumed)", 16, "BF16"), ("FP8-CS", 8, "FP8"), ("fp8 (FP8=True in config)", 8, "FP8"),
     ("FP8-MX", 8, "MXFP8"), ("MXFP8", 8, "MXFP8"), ("NVFP4", 4, "NVFP4"), ("fp4 config", 4, "NVFP4")],
)  # fmt: skip
def test_precisions(text: str, bits: int, name: str) -> None:
    step = case({**MEGATRON, "precision": text, "accelerator": "GB200"})
    assert (step.inputs["precision_bits"], step.precision) == (bits, name)


@pytest.mark.parametrize(
    ("cell", "reason"), [("int3", "precision 'int3' is not known"), ("", "precision is not stated"), ("fp32", "is not known")]
)
def test_precisions_that_are_refused(cell: str, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        case({**MEGATRON, "precision": cell})


@pytest.mark.parametrize("name", ["abacus", "", "V100-PCIe", "H100 NVL", "H100 and H200", "XH1000", "H100/B200"])
def test_chips_that_are_not_in_the_table(name: str) -> None:
    with pytest.raises(RowError, match=r"its chip '.*' names .*chip"):
        case({**MEGATRON, "accelerator": name})


@pytest.mark.parametrize(
    ("chip", "fact"),
    [("TPU v7 Ironwood", "compute units"), ("A100-SXM-64GB", "compute units"), ("Rubin CPX", "BF16 peak")],
)
def test_a_fact_that_a_step_needs_of_its_chip_is_named(chip: str, fact: str) -> None:
    with pytest.raises(RowError, match=f"does not know the {fact} of {chip}"):
        case({**MEGATRON, "accelerator": chip})


@pytest.mark.parametrize(
    "chip",
    ["TPU v3", "TPU v4", "TPU-v5e", "MI250X", "MI300X", "Intel(R) Gaudi(R) 2 AI Accelerator", "Gaudi 3", "H20", "A100-Pcie"],
)
def test_chips_other_than_nvidias_with_nvlink_are_predicted(chip: str) -> None:
    step = predict.predict([case({**MEGATRON, "accelerator": chip, "recompute": "none"})])[0]
    assert 0.1 < step.mfu < 0.8
    assert step.case.notes == ("vocab as published: 51200 (pad)",)


def test_a_chip_without_a_published_tdp_has_the_references_power_per_operation() -> None:
    step = predict.predict([case({**MEGATRON, "accelerator": "TPU-v5p"})])[0]
    assert step.case.inputs["tdp"] == pytest.approx(459e12 * configs.defaults()["energy_per_flop"].value)
    assert "the TDP of TPU v5p is not published; 321 W taken" in step.case.notes[0]
    assert 0.1 < step.mfu < 0.8


def test_nics_are_needed_beyond_one_scale_up_domain_alone() -> None:
    chip = replace(chips.one_chip("Gaudi2"), values={**chips.one_chip("Gaudi2").values, "nic_bandwidth": math.nan})
    assert chip_facts(chip, 8)[0]["nic_bandwidth"] == 262.5e9
    with pytest.raises(RowError, match="NIC bandwidth of Gaudi2"):
        chip_facts(chip, 16)


def test_remarks_are_noted_and_a_vocabulary_that_is_left_out_is_the_models() -> None:
    row = {**MEGATRON, "model": "Llama 3.1 8B", "vocab": "", "TP": "8 (TP8)", "accelerator": "H100"}
    assert case(row).inputs["vocabulary_size"] == 128256
    assert case(row).notes == ("tp as published: 8 (TP8)", "vocabulary is not stated; the model's 128256 taken")
    doubted = case({**row, "vocab": "32000 (Mixtral-8x22B tokenizer per submission README; 32000 = mock default)"})
    assert doubted.inputs["vocabulary_size"] == 32000
    with pytest.raises(RowError, match="its vocab is not stated"):
        case({**MEGATRON, "vocab": ""})


def test_an_unstated_interleaving_is_noted() -> None:
    row = {**MEGATRON, "source": "MLPerf Training v4.0", "VPP": "", "accelerator": "H100", "precision": "fp8"}
    assert case(row).inputs["interleave"] == 12
    assert "interleaving is not stated" in case(row).notes[0]
    assert case({**row, "VPP": "n/a"}) == case(row)
    assert not any("interleaving" in note for note in case({**row, "VPP": "6"}).notes)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"accelerator": "TPU v9"}, "names no chip"), ({"accelerator": "Ironwood"}, "compute units"),
     ({"precision": "int3"}, "precision"), ({"hidden": ""}, "hidden is not stated"),
     ({"gpus": "0"}, "above 0"), ({"model": "DeepSeek-X MoE"}, "no architecture"), ({"TP": "eight"}, "not a number"),
     ({"TP": "6"}, "do not divide its 512 chips"), ({"global_batch": "8"}, "less than one for each"),
     ({"precision": "FP8"}, "no peak_fp8"), ({"measured_step_s": "fast"}, "measured_step_s"),
     ({"recompute": "sometimes"}, "recompute")],
)  # fmt: skip
def test_a_row_that_cannot_be_predicted_says_why(changed: dict[str, str], reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        case({**MEGATRON, **changed})
    cases, skipped = predict.cases([MEGATRON, {**MEGATRON, **changed}])
    assert (len(cases), len(skipped)) == (1, 1)


def test_a_row_without_sizes_takes_those_of_its_model() -> None:
    columns = ("hidden", "ffn", "layers", "heads", "kv_heads", "vocab", "seq", "TP", "PP", "CP", "EP", "VPP", "microbatch")
    bare = {key: cell for key, cell in MEGATRON.items() if key not in columns}
    inputs = case({**bare, "model": "Llama 3.1 8B", "accelerator": "H100"}).inputs
    table = configs.load("models").find("llama-3.1-8b").values
    names = ("hidden_size", "ffn_size", "layers", "heads", "kv_heads", "vocabulary_size", "sequence_length")
    assert {name: inputs[name] for name in names} == {name: table[name] for name in names}
    assert (inputs["tensor_parallel"], inputs["microbatch_size"]) == (1, 1)


def test_a_model_cut_to_a_few_layers_keeps_one_of_its_dense_layers() -> None:
    cut = {**MEGATRON, "layers": "4", "PP": "1", "TP": "1"}
    assert case({**cut, "model": "deepseekv3 (4 layers)"}).inputs["moe_layers"] == 3
    assert case({**cut, "model": "mixtral-8x7b (4 layers)"}).inputs["moe_layers"] == 4


def test_attention_is_fused_by_the_software_s_date_whatever_is_recomputed() -> None:
    late = {**MEGATRON, "source": "A paper (arXiv:2312.12391)"}
    for recompute in ("full", "selective", "none"):
        assert case({**MEGATRON, "recompute": recompute}).inputs["fused_attention"] == 0
        assert case({**late, "recompute": recompute}).inputs["fused_attention"] == 1


def test_adapters_alone_have_frozen_weights() -> None:
    assert case({**BRIDGE, "section": "SFT Performance"}).inputs.get("trained_weights", 1) == 1
    for row in ({**BRIDGE, "section": "LoRA Performance"}, {**MEGATRON, "source": "MLPerf Training v4.0 llama2_70b_lora"}):
        frozen = case(row)
        assert frozen.inputs["trained_weights"] == frozen.inputs["gradient_bytes"] == 0
        assert "adapters alone are trained" in frozen.notes


def test_makers_of_software_overlap_communication_and_those_who_run_a_version_of_it_do_not() -> None:
    late = {**MEGATRON, "accelerator": "H100", "recompute": "none"}
    sources = ("Megatron-LM README of 2024", "Measured in 2024 with Megatron-LM 0.14")
    assert [case({**late, "source": source}).inputs["overlap"] for source in sources] == [1, 0]


def test_the_name_of_a_source_changes_nothing() -> None:
    other = case({**MEGATRON, "source": "Somebody else (arXiv:2104.00001)"})
    assert other.inputs == case(MEGATRON).inputs


def test_a_hybrids_layers_are_counted_by_block_however_they_are_published() -> None:
    row = {**MEGATRON, "model": "Nemotron-H 56B", "tp": 8, "pp": 1}
    plain = dict.fromkeys(("hidden", "ffn", "heads", "kv_heads", "vocab"), "")
    found = [case({**row, **plain, "layers": layers}).inputs for layers in ("118", "54", "59")]
    counts = [(c["layers"], c["attention_free_layers"], c["mamba_layers"]) for c in found]
    assert counts == [(54, 44, 54), (54, 44, 54), (27, 22, 27)]
