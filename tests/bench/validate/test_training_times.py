"""Published times to train: from the measured step and from the model's own, and what cannot be predicted."""

from typing import Any

import pytest

from flopwatt.bench.validate.results import Findings
from flopwatt.bench.validate.rows import CaseRow, shipped
from flopwatt.bench.validate.training_times import GIVEN_STEP, OWN, find_times, states_time_alone

ROW = {
    "source": "MLPerf Training v4.1 gpt3: NVIDIA/results/eos_n64_ngc24.09_nemo/gpt3", "accelerator": "NVIDIA H100-SXM5-80GB",
    "model": "GPT-3 175B", "hidden": 12288, "ffn": 49152, "layers": 96, "heads": 96, "kv_heads": 96, "seq": 2048, "TP": 4,
    "PP": 8, "VPP": 6, "CP": 1, "EP": 1, "microbatch": 2, "global_batch": 2048, "gpus": 512, "precision": "fp8",
    "measured_step_s": 10.3703, "time_to_train_min": 49.795,
}  # fmt: skip


def times(**cells: Any) -> Findings:
    """Predict the row with some cells changed, None for left out."""
    stated = {name: cell for name, cell in {**ROW, **cells}.items() if cell is not None}
    return find_times(CaseRow(stated, "here, row 1"))


def predictions(findings: Findings) -> dict[str, float]:
    return {case.quantity: case.predicted for case in findings.predicted}


def test_a_row_is_predicted_twice() -> None:
    findings = times()
    assert [case.quantity for case in findings.predicted] == [GIVEN_STEP, OWN]
    given, own = findings.predicted
    assert given.predicted == pytest.approx(49.795, rel=0.02)
    assert own.predicted == pytest.approx(49.795, rel=0.25)
    assert given.high / given.low < own.high / own.low
    assert (own.labels["precision"], own.labels["framework"]) == ("FP8", "nemo")


def test_what_was_published_moves_no_prediction_of_it() -> None:
    scaled = predictions(times(time_to_train_min=200, measured_step_s=20.7406))
    assert scaled[OWN] == predictions(times())[OWN]
    assert scaled[GIVEN_STEP] == pytest.approx(2 * predictions(times())[GIVEN_STEP], rel=0.002)


def test_without_a_strategy_the_best_is_searched_and_without_a_precision_submissions_is_taken() -> None:
    (case,) = times(TP=None, PP=None, VPP=None, CP=None, precision=None, measured_step_s=None).predicted
    assert case.quantity == OWN
    assert case.note.endswith("FP8, as no precision is stated; about the best strategy, as none is stated")
    assert case.predicted == pytest.approx(49.795, rel=0.3)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"source": "elsewhere", "model": "Some 3B"}, "its benchmark is not known; known are gpt3, "),
        ({"accelerator": "Abacus", "measured_step_s": None}, "its chip 'Abacus' names no chip of the hardware table"),
        ({"accelerator": "NVIDIA H100 NVL", "measured_step_s": None, "precision": None}, "; there are H100-SXM-80GB, "),
        ({"precision": "int8", "measured_step_s": None}, "the hardware table has no peak_int8 of H100-SXM-80GB"),
        ({"gpus": 2, "TP": None, "PP": None, "CP": None, "global_batch": 2048}, "no strategy is stated, and of"),
    ],
)
def test_what_cannot_be_predicted_says_why(cells: dict[str, Any], reason: str) -> None:
    (left,) = times(**cells).left_out
    assert left.quantity == OWN
    assert reason in left.reason


def test_a_benchmark_is_told_by_its_model_where_the_source_names_none() -> None:
    assert predictions(times(source="a table")) == pytest.approx(predictions(times(source="a table of gpt3")))


def test_a_chip_that_trains_in_integers_is_predicted_by_their_peak() -> None:
    row = {"accelerator": "TPU-v5e", "gpus": 4096, "global_batch": 4096, "TP": None, "PP": None, "VPP": None, "CP": None}
    usual, stated = (times(**row, precision=precision, measured_step_s=None) for precision in (None, "int8"))
    assert usual.predicted[0].labels["precision"] == "INT8"
    assert predictions(usual) == predictions(stated)


def test_a_row_without_a_time_has_none() -> None:
    assert times(time_to_train_min=None) == Findings()


def test_steps_of_adapters_are_faster() -> None:
    sizes = {"hidden": 8192, "ffn": 28672, "layers": 80, "heads": 64, "kv_heads": 8, "seq": 8192, "TP": 4, "PP": 1, "VPP": None}
    lora = {"source": "MLPerf Training v4.1 llama2_70b_lora", "model": "Llama 2 70B LoRA", "global_batch": 8, "microbatch": 1}
    findings = times(**sizes, **lora, gpus=8, measured_step_s=3.7, time_to_train_min=28)
    assert [case.quantity for case in findings.predicted] == [GIVEN_STEP, OWN]
    assert "adapters alone are trained" in findings.predicted[1].note
    assert findings.predicted[1].predicted == pytest.approx(28, rel=0.2)
    elsewhere = times(**sizes, **{**lora, "source": "a table of LoRA", "model": "Llama 2 70B"}, gpus=8, time_to_train_min=28)
    assert predictions(elsewhere)[OWN] == pytest.approx(predictions(findings)[OWN], rel=0.02)  # a date is not told


def test_the_shipped_times_hold_their_bars() -> None:
    rows = [row for row in shipped("time_to_train").rows if row.text("measured_step_s")]
    errors = sorted(
        abs(case.predicted / case.published - 1)
        for row in rows
        for case in find_times(row).predicted
        if case.quantity == GIVEN_STEP
    )
    assert len(errors) >= 17
    assert errors[len(errors) // 2] <= 0.04


def test_a_row_that_has_a_time_and_no_step_says_so() -> None:
    rows = shipped("time_to_train").rows
    assert {states_time_alone(row) for row in rows} == {True, False}
