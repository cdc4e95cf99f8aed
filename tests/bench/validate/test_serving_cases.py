"""Measured serving as cases: which constants predict a row, what is shown, intervals, and speed."""

from dataclasses import replace

import pytest

from flopwatt import configs
from flopwatt.bench.serving_fit import serving_rows
from flopwatt.bench.validate.results import Findings
from flopwatt.bench.validate.rows import CaseRow
from flopwatt.bench.validate.serving_cases import SERVING

_ROW = {
    "name": "ML.ENERGY v3 gpqa Qwen 3 32B H100x2 TP2", "model": "Qwen/Qwen3-32B", "chip": "H100", "chips": "2",
    "precision": "bfloat16", "input_tokens": "", "output_tokens": "7000", "batch_or_concurrency": "63.5",
    "source_url": "https://ml.energy", "notes": "vLLM",
}  # fmt: skip
_MEASURED = (
    ("output token throughput, whole system", "2000", "tokens/s"),
    ("power, GPUs only", "1000", "W"),
    ("energy per output token, GPUs only", "0.5", "J/token"),
    ("median inter-token latency", "30", "ms"),
    ("interactivity", "33", "tokens/s/user"),
)


def _rows(*changes: dict[str, str]) -> list[CaseRow]:
    cells = [{**_ROW, "quantity": quantity, "value": value, "unit": unit} for quantity, value, unit in _MEASURED]
    made = [{**row, **change} for change in changes or ({},) for row in cells]
    return [CaseRow({key: value for key, value in row.items() if value}, f"line {i}") for i, row in enumerate(made)]


@pytest.fixture(scope="module")
def found() -> Findings:
    """Five figures of one run, of a model that was fitted on and of one that was not."""
    return SERVING.predict(_rows({}, {"model": "mixtral-8x7b"}, {"model": "GPT-9"}), 1)


def test_each_figure_in_its_unit(found: Findings) -> None:
    shown = [(case.quantity, case.unit) for case in found.predicted[:5]]
    assert shown == [
        ("serving_throughput", "token/s"), ("serving_power", "W"), ("energy_per_token", "J/token"),
        ("serving_latency", "ms"), ("serving_latency", "ms"),
    ]  # fmt: skip
    assert found.predicted[0].published == 1000.0
    assert found.predicted[4].published == pytest.approx(1000 / 33)
    throughput, power, energy = (case.predicted for case in found.predicted[:3])
    assert energy == pytest.approx(power / throughput, rel=1e-9)


def test_a_model_that_was_fitted_on_is_predicted_without_it(found: Findings) -> None:
    assert {case.note for case in found.predicted[:5]} == {"without its model"}
    assert {case.note for case in found.predicted[5:]} == {""}


def test_a_model_that_was_fitted_on_is_predicted_by_all_rows_on_another_chip() -> None:
    assert {case.note for case in SERVING.predict(_rows({"chip": "B200"}), 1).predicted} == {""}


def test_measured_values_move_no_prediction(found: Findings) -> None:
    scaled = [
        CaseRow({**row.cells, "value": str(7 * float(row.cells["value"]))}, row.where)
        for row in _rows({}, {"model": "mixtral-8x7b"})
    ]
    again = SERVING.predict(scaled, 1).predicted
    assert [(case.predicted, case.low, case.high) for case in again] == [
        (case.predicted, case.low, case.high) for case in found.predicted
    ]


def test_what_is_not_predicted_says_why(found: Findings) -> None:
    assert {item.reason for item in found.left_out} == {"the model 'GPT-9' is in no row of the models table"}
    assert len(found.left_out) == 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "deepseek-ai/DeepSeek-R1"}, "its weights in BF16 take 1,170 GB more than the memory of its 2 H100-SXM-80GB"),
        ({"chip": "TPU v6e", "chips": "8"}, "nobody has published tdp of TPU v6e Trillium"),
        ({"chip": "rubin cpx"}, "nobody has published"),
        ({"output_tokens": "1e300"}, "its output_tokens is 1e+300, beyond anything real"),
        ({"value": "1e300"}, "its value is 1e+300, beyond anything real"),
        (
            {"name": "InferenceX", "model": "DeepSeek-R1", "precision": "fp8", "chips": "8", "notes": "TP8",
             "input_tokens": "999",
             "source_url": ""},
            "its 8 H100-SXM-80GB have no room for one sequence beside the weights in FP8",
        ),
        (
            {"name": "MLPerf llama3.1-405b", "model": "llama3.1-405b", "chip": "A100", "chips": "8", "precision": "bf16",
             "batch_or_concurrency": "Offline"},
            "GB more than the memory of its 8 A100-SXM-80GB",
        ),
        (
            {"name": "MLPerf llama3.1-405b", "model": "llama3.1-405b", "chip": "A100", "chips": "16", "precision": "bf16",
             "batch_or_concurrency": "Interactive"},
            "its 16 A100-SXM-80GB are predicted to be later than the limits of latency with one sequence at a time",
        ),
    ],
)  # fmt: skip
def test_a_row_without_a_finite_prediction_says_why(change: dict[str, str], said: str) -> None:
    result = SERVING.predict(_rows(change)[1:2], 1)
    assert result.predicted == []
    assert said in result.left_out[0].reason


def test_chips_under_a_power_limit_are_predicted_too() -> None:
    limited, whole = (SERVING.predict(_rows({"chip": chip}), 1).predicted for chip in ("H100 350W", "H100"))
    assert len(limited) == 5
    assert limited[1].predicted < whole[1].predicted
    assert limited[0].labels["generation"] == "Hopper"


def test_intervals_are_around_predictions_and_energys_is_between(found: Findings) -> None:
    widths = []
    for case in found.predicted:
        assert case.low is not None
        assert case.high is not None
        assert case.low < case.predicted < case.high
        assert case.predicted / case.low == pytest.approx(case.high / case.predicted, rel=1e-9)
        widths.append(case.high / case.predicted)
    time, power, energy, latency, _ = widths[:5]
    assert time == pytest.approx(latency, rel=0.02)
    assert power < energy < time * power


def test_predictions_do_not_move_with_what_was_published(found: Findings) -> None:
    doubled = [replace(row, cells={**row.cells, "value": str(2 * float(row.cells["value"]))}) for row in _rows()]
    again = SERVING.predict(doubled, 1)
    assert [case.predicted for case in again.predicted] == [case.predicted for case in found.predicted[:5]]


def test_shipped_measurements_are_read_and_near(request: pytest.FixtureRequest) -> None:
    document = configs.read_toml(configs.FOLDER / "published" / "serving.toml")
    rows = document["cases"]
    read, unread = serving_rows.cases(rows)
    assert len(read) > 150
    assert unread == []
    assert not any("ml.energy" in str(row).lower() for row in rows)
    result = SERVING.predict([CaseRow(row, str(i)) for i, row in enumerate(rows)], 1)
    throughput = [case for case in result.predicted if case.quantity == "serving_throughput"]
    errors = sorted(abs(case.relative_error) for case in throughput)
    assert errors[len(errors) // 2] < 0.2
    inside = sum(case.low <= case.published <= case.high for case in throughput)  # type: ignore[operator]
    assert 0.65 < inside / len(throughput) < 0.92
