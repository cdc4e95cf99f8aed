"""``flopwatt run``: the JSON document, files, tables, and an engine that is wrong or not there."""

import contextlib
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_study import STUDY, run

from flopwatt.bench.export import answer_files
from flopwatt.bench.records.store import load
from flopwatt.bench.runner import check
from flopwatt.bench.runner import run as driver
from flopwatt.bench.study.loader import load_study
from flopwatt.bench.verify.tolerance import TOLERANCE
from flopwatt.kernels import engines
from flopwatt.kernels.model.questions import Result
from flopwatt.kernels.reductions.bins import RELATIVE_ERROR


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(STUDY)
    return file


def document(*args: object) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def seconds(flops: float, count: float, peak: float, mfu: float) -> float:
    return flops / (count * peak * mfu)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_the_document(path: Path, engine: str) -> None:
    found = document(path, "--engine", engine)
    assert found["study"] == "small"
    assert found["points"] == 2 * 3 * 2 * 2
    (speed,) = found["engines"]
    assert {"engine", "dtype", "seconds", "points_per_second", "max_relative_error", "peak_memory_bytes"} <= set(speed)
    assert (speed["engine"], speed["dtype"]) == (engine, "float64")
    assert speed["max_relative_error"] <= TOLERANCE["float64"]
    assert speed["peak_memory_bytes"] > 10e6
    evaluated = sum(question["evaluated"] for question in speed["questions"])
    assert speed["points_per_second"] == pytest.approx(evaluated / speed["seconds"])
    best, never, spread, summary = found["answers"]

    assert (best["question"], best["dims"]) == ("fastest", ["chip", "load"])
    assert best["coords"] == {"chip": ["slow", "fast"], "load": [0.5, 1.0]}
    assert set(best["values"]) == {"run_time", "chip_count", "mfu"}
    assert best["values"]["run_time"]["unit"] == "s"
    expected = [[seconds(1e24, 2000, peak, 0.25)] * 2 for peak in (1e15, 2e15)]
    np.testing.assert_allclose(best["values"]["run_time"]["data"], expected, rtol=1e-12)
    assert best["at"]["chip_count"] == [[2000, 2000], [2000, 2000]]
    assert best["at"]["mfu"] == [[0.25, 0.25], [0.25, 0.25]]

    assert never["values"]["run_time"]["data"] == [None, None]
    assert never["at"]["chip_count"] == [None, None]

    assert spread["dims"] == ["chip", "quantile"]
    assert spread["coords"]["quantile"] == [0, 0.5, 1]
    low, high = seconds(1e24, 4000, 1e15, 0.5), seconds(1e24, 1000, 1e15, 0.25)
    data = spread["values"]["run_time"]["data"]
    assert data[0][0] == pytest.approx(low, rel=1e-12)
    assert data[0][2] == pytest.approx(high, rel=1e-12)
    exact = np.quantile(
        [seconds(1e24, n, 1e15, m) for n in (1000, 2000, 4000) for m in (0.25, 0.5)], 0.5, method="inverted_cdf"
    )
    assert data[0][1] == pytest.approx(exact, rel=RELATIVE_ERROR)

    values = summary["values"]
    assert list(values) == ["count", "feasible", "nan", "min", "mean", "max"]
    assert values["count"]["data"] == [8, 8, 8]
    assert values["feasible"]["data"] == [0, 8, 8]
    assert values["min"]["data"][0] is None
    mean = np.mean([seconds(1e24, 4000, peak, mfu) for peak in (1e15, 2e15) for mfu in (0.25, 0.5)])
    assert values["mean"]["data"][2] == pytest.approx(mean, rel=1e-12)


def test_every_engine_answers_alike_in_both_dtypes(path: Path) -> None:
    here = [name for name in engines.NAMES if engines.availability(name).available]
    for dtype, tolerance in TOLERANCE.items():
        found = document(path, "--engine", "all", "--dtype", dtype)
        assert [each["engine"] for each in found["engines"]] == here
        assert {each["engine"] for each in found["absent"]} == set(engines.NAMES) - set(here)
        assert all(each["reason"] for each in found["absent"])
        first = [answer for answer in found["answers"] if answer["engine"] == "numpy"]
        for name in here:
            for a, b in zip(first, (answer for answer in found["answers"] if answer["engine"] == name), strict=True):
                for key, value in a["values"].items():
                    one, other = (np.array(each, dtype=float) for each in (value["data"], b["values"][key]["data"]))
                    np.testing.assert_allclose(other, one, rtol=tolerance, equal_nan=True)


def test_notes_stay_off_stdout(path: Path) -> None:
    result = run(path, "--engine", "all", "--json")
    assert result.stdout.count("\n") == 1
    for name in engines.NAMES:
        if not engines.availability(name).available:
            assert f"{name}: not here: " in result.stderr


@pytest.mark.filterwarnings("error")
def test_quantiles_that_are_not_known_are_printed_without_a_warning(path: Path) -> None:
    text = STUDY + '[[questions]]\nquantiles = "run_time"\nwhere = ["run_time <= 1 s"]\nby = ["chip"]\n'
    path.write_text(text)
    result = run(path, "--engine", "numpy")
    assert result.exit_code == 0, result.output
    assert "Warning" not in result.output


# --- files ------------------------------------------------------------------------------------------------------------


def test_csv(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    assert run(path, "--engine", "numpy", "--out", out).exit_code == 0
    rows = {}
    for name in ("fastest", "never", "all"):
        with (tmp_path / f"answers.{name}.csv").open(newline="") as file:
            rows[name] = list(csv.DictReader(file))
    best = rows["fastest"]
    assert [(row["chip"], row["load"]) for row in best] == [("slow", "0.5"), ("slow", "1.0"), ("fast", "0.5"), ("fast", "1.0")]
    assert float(best[0]["run_time [s]"]) == pytest.approx(seconds(1e24, 2000, 1e15, 0.25))
    assert float(best[0]["chip_count [chip]"]) == 2000
    assert [row["run_time [s]"] for row in rows["never"]] == ["", ""]
    assert [row["run_time_feasible"] for row in rows["all"]] == ["0", "8", "8"]
    described = json.loads((tmp_path / "answers.metadata.json").read_text())["tables"]
    assert [table["url"] for table in described if table["dc:title"] == "fastest"] == ["answers.fastest.csv"]


def test_parquet(path: Path, tmp_path: Path) -> None:
    import pyarrow.parquet

    out = tmp_path / "answers.parquet"
    assert run(path, "--engine", "numpy", "--out", out).exit_code == 0
    table = pyarrow.parquet.read_table(out)
    assert table.num_rows == 15
    assert table.schema.field("run_time").metadata == {b"unit": b"s", b"source": b"definition", b"words": b"run time"}
    assert table.column("chip").to_pylist()[:4] == ["slow", "slow", "fast", "fast"]


def test_json_file_is_the_document(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.json"
    assert run(path, "--engine", "numpy", "--out", out).exit_code == 0
    assert json.loads(out.read_text())["answers"] == document(path, "--engine", "numpy")["answers"]


def test_a_write_that_fails_leaves_the_old_file(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    out = tmp_path / "answers.json"
    out.write_text("old")

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(answer_files, "write_whole", full)
    result = run(path, "--engine", "numpy", "--out", out)
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert out.read_text() == "old"


def test_a_condition_on_a_kept_axis_has_a_place_in_the_dataset(tmp_path: Path) -> None:
    kept = tmp_path / "kept.toml"
    kept.write_text(
        'title = "t"\n[given]\ntraining_flops = 1e24\npeak_flops = 1e15\n[axes.mfu]\nvalues = [0.3, 0.4, 0.5]\n'
        '[axes.chip_count]\nvalues = [100, 200]\nlabels = ["few", "many"]\n'
        '[[questions]]\nname = "q"\nminimize = "run_time"\nby = ["mfu", "chip_count"]\n'
        'where = ["mfu <= 0.4", "chip_count >= 150"]\n'
    )
    found = driver.run_study(load_study(kept), "numpy").answer("q").dataset()
    assert found["run_time"].dims == ("mfu", "chip_count")
    assert found["chip_count"].values.tolist() == ["few", "many"]
    np.testing.assert_array_equal(found["value_chip_count"], [[np.nan, 200], [np.nan, 200], [np.nan, np.nan]])


# --- engines ----------------------------------------------------------------------------------------------------------


class Wrong:
    """The numpy engine, its first value made wrong by the given share."""

    name, shares = "numba", False

    def __init__(self, share: float):
        self.share = share

    def prepare_together(self, problem: Any, family: Any, settings: Any) -> list[Any]:
        return [self.prepare(problem, question, settings) for question in family]

    def together(self) -> Any:
        return contextlib.nullcontext()

    def prepare(self, problem: Any, question: Any, settings: Any) -> Any:
        inner = REAL["get"]("numpy").prepare(problem, question, settings)
        share = self.share

        class Prepared:
            def run(self) -> Result:
                result = inner.run()
                values = {name: np.array(array) for name, array in result.values.items()}
                for name in ("objective", "quantiles", "mean"):
                    if name in values:
                        values[name] = values[name] * (1 + share)
                return Result(values, result.evaluated, result.nan)

        return Prepared()


REAL = {"get": engines.get}


@pytest.fixture(params=[1e-9, 1e-3])
def wrong_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(engines, "get", lambda name: Wrong(request.param) if name == "numba" else REAL["get"](name))
    return float(request.param)


@pytest.mark.parametrize("choice", ["numba", "all"])
@pytest.mark.usefixtures("wrong_engine")
def test_an_engine_that_disagrees_is_an_error_and_nothing_is_saved(path: Path, tmp_path: Path, choice: str) -> None:
    folder, out = tmp_path / "results", tmp_path / "answers.csv"
    result = run(path, "--engine", choice, "--save", folder, "--out", out)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "numba disagrees with the reference on 'fastest'" in result.stderr
    assert not folder.exists()
    assert not out.exists()


@pytest.mark.usefixtures("wrong_engine")
def test_a_large_grid_is_checked_on_a_sample(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "CHECKED_POINTS", 1)
    monkeypatch.setattr(check, "_LEAST", 1)
    result = run(path, "--engine", "numba")
    assert result.exit_code == 1
    assert "on a sample of the grid" in result.stderr


def test_a_sample_agrees_where_the_engine_does(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "CHECKED_POINTS", 1)
    monkeypatch.setattr(check, "_LEAST", 1)
    (speed,) = document(path, "--engine", "numba")["engines"]
    assert speed["checked"] == "sample"


@pytest.mark.parametrize(("flags", "samples"), [([], 1), (["--full"], 1), (["--verbose"], 5), (["--engine", "all"], 5)])
def test_a_question_is_computed_once_unless_its_speed_is_asked_for(path: Path, flags: list[str], samples: int) -> None:
    for engine in document(path, *flags)["engines"]:
        assert {question["samples"] for question in engine["questions"]} == {samples}


def test_an_engine_asked_for_by_name_is_never_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = engines.Availability("cupy", False, "no driver in this test")
    real = engines.availability
    monkeypatch.setattr(engines, "availability", lambda name: absent if name == "cupy" else real(name))
    result = run(path, "--engine", "cupy")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "Error: --engine: cupy cannot run here: no driver in this test\n"


def test_auto_takes_the_fastest_that_is_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.kernels.engines.driver.present", lambda: True)
    monkeypatch.setattr(engines, "availability", lambda name: engines.Availability(name, name in ("numba", "numpy")))
    assert driver.choose("auto") == (["numba"], [])
    monkeypatch.setattr(engines, "availability", lambda name: engines.Availability(name, name != "cupy"))
    assert driver.choose("auto") == (["numba-cuda"], [])


def test_threads_and_chunks_do_not_change_the_answer(path: Path) -> None:
    study = load_study(path)
    first = driver.run_study(study, "numba", threads=1)
    other = driver.run_study(study, "numba", threads=3, chunk=1)
    for a, b in zip(first.answers, other.answers, strict=True):
        for name in a.values:
            np.testing.assert_array_equal(a.values[name].data, b.values[name].data)


def test_dataset(path: Path) -> None:
    found = driver.run_study(load_study(path), "numpy").answer("fastest").dataset()
    assert found["run_time"].dims == ("chip", "load")
    assert found["run_time"].attrs["units"] == "s"
    assert found["run_time"].attrs["source"]
    assert float(found["run_time"].sel(chip="fast", load=1.0)) == pytest.approx(seconds(1e24, 2000, 2e15, 0.25))
    assert float(found["at_mfu"].sel(chip="fast", load=1.0)) == 0.25


def test_a_record_has_the_label_that_it_is_given(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    assert run(path, "--engine", "numpy", "--save", folder, "--label", " before ").exit_code == 0
    (stored,) = folder.rglob("*.json")
    assert load(stored).label == "before"
    refused = run(path, "--engine", "numpy", "--label", "before")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("Error: --label: labels a record, and none is stored without --save")
