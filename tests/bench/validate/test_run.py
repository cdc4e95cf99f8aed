"""Which kind of case a file holds, and a file that holds none."""

from dataclasses import replace
from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.validate import rows
from flopwatt.bench.validate.results import Findings
from flopwatt.bench.validate.run import SHIPPED, kind_of, kinds, validate


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "", "holds no table"),
        ("a.csv", "model,hardware\n", "holds no table"),
        ("a.csv", "model,model\n1,2\n", "two columns 'model'"),
        ("a.csv", "model,hardware\nx\n", "line 2: has 1 cell for 2 columns"),
        ("a.csv", "x,y\n1,2\n", "columns do not say what it holds"),
        ("a.csv", "model,gpus,global_batch\nx,8,4\n", r"step times need global_batch, measured_step_s \(no measured_step_s\)"),
        ("a.csv", 'model,hardware\n"x,y\n', "is not valid CSV"),
        ("a.toml", "cases = 3", "holds no cases"),
        ("a.toml", "[[cases]\n", "is not valid TOML"),
        ("a.xlsx", "x", "must be a .csv or a .toml"),
    ],
)
def test_a_file_that_is_wrong_is_said_in_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=says) as error:
        kind_of(rows.read(path))
    assert "\n" not in error.value.message


def test_every_kind_tells_itself_apart() -> None:
    for name in SHIPPED:
        assert kind_of(rows.shipped(name)) in kinds()
    needs = [kind.needs for kind in kinds()]
    assert not any(a < b or b < a for a in needs for b in needs)


# What rows publish that a prediction must not look at; and the figures that are predicted from one of these by their meaning.
RESULTS = (
    "measured_step_s", "achieved_TFLOPs_per_gpu", "predicted_step_s", "time_to_train_min", "tokens_s_gpu", "tflops_gpu",
    "derived_step_s", "gpu_hours", "wall_days", "energy_mwh", "avg_w_per_chip", "tco2e", "cost_usd", "hfu", "published",
)  # fmt: skip
BY_RESULTS = ("time_to_train_given_step", "energy", "chip_hours_given_mfu")


@pytest.mark.parametrize("factor", [0.5, 2.0])
@pytest.mark.parametrize("name", SHIPPED)
def test_predictions_do_not_move_with_published_results(name: str, factor: float) -> None:
    cases = rows.shipped(name)
    told = cases.rows[:: max(len(cases.rows) // 6, 1)]
    scaled = []
    for row in told:
        cells = {key: float(cell) * factor if key in RESULTS else cell for key, cell in row.cells.items()}
        scaled.append(replace(row, cells=cells))
    as_it_is, moved = (_predicted(kind_of(cases).predict(given, 64)) for given in (told, scaled[::-1]))
    assert as_it_is == moved
    assert as_it_is


def _predicted(findings: Findings) -> list[tuple[str, str, float, float | None, float | None]]:
    items = (item for item in findings.predicted if item.quantity not in BY_RESULTS)
    return sorted((item.name, item.quantity, item.predicted, item.low, item.high) for item in items)


def test_times_to_train_need_no_column_of_steps(tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_text("model,accelerator,gpus,precision,time_to_train_min\nLlama 2 70B LoRA,H100,8,fp8,28\n")
    (case,) = validate([path], 100).predicted
    assert (case.quantity, case.inside) == ("time_to_train", True)  # of the benchmark's 8,192 tokens, not the model's 4,096


def test_a_file_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_text("model,accelerator,gpus,time_to_train_min\nGPT-3 175B,H100,512,60\n")
    with pytest.raises(InputError, match="is named twice"):
        validate([path, tmp_path / "." / "times.csv"], 100)
