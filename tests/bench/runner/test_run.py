"""Histograms, Pareto fronts and tables through the driver: asked in TOML, answered, checked, printed, written."""

import contextlib
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import cli
from flopwatt.bench.errors import DisagreementError, InputError
from flopwatt.bench.runner import run as driver
from flopwatt.bench.runner import table_walk
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.questions import Chunk, Table

HEAD = """title = "More"
[given]
training_flops = 1e24
goodput = 1
[axes.chip]
columns.peak_flops = [1e15, 2e15]
labels = ["slow", "fast"]
[axes.chip_count]
geomspace = [1000, 100000]
num = 30
[axes.mfu]
linspace = [0.25, 0.5]
num = 7
"""
HISTOGRAM = '[[questions]]\nname = "histo"\nhistogram = "run_time"\nbins = 8\nby = ["chip"]\n'
PARETO = '[[questions]]\nname = "front"\npareto = ["chip_count", "run_time"]\nby = ["chip"]\nwhere = ["mfu <= 0.45"]\n'
TABLE = '[[questions]]\nname = "all of it"\ntable = ["run_time", "chip_hours"]\nwhere = ["run_time <= 100 day"]\n'


def study(folder: Path, *questions: str) -> Study:
    path = folder / "more.toml"
    path.write_text(HEAD + "".join(questions))
    return load_study(path)


def run_times() -> np.ndarray:
    peak, count, mfu = np.array([1e15, 2e15]), np.rint(np.geomspace(1000, 100000, 30)), np.linspace(0.25, 0.5, 7)
    return 1e24 / (count[None, :, None] * peak[:, None, None] * mfu[None, None, :])


def test_histogram(tmp_path: Path) -> None:
    answer = driver.run_study(study(tmp_path, HISTOGRAM), "numpy").answer("histo")
    assert answer.dims == ("chip", "bin")
    times = run_times().reshape(2, -1)
    edges = np.append(answer.values["from"].data[0], answer.values["to"].data[0, -1])
    assert 1 <= len(edges) - 1 <= 8
    for counts, own in zip(answer.values["count"].data, times, strict=True):
        np.testing.assert_array_equal(counts, np.histogram(own, edges)[0])
        assert counts.sum() == own.size


def test_pareto(tmp_path: Path) -> None:
    answer = driver.run_study(study(tmp_path, PARETO), "numpy").answer("front")
    assert answer.dims == ("chip", "point")
    count, time = answer.values["chip_count"].data, answer.values["run_time"].data
    for own, counts, times in zip(run_times()[:, :, :5], count, time, strict=True):
        known = ~np.isnan(counts)
        np.testing.assert_allclose(times[known], own.min(axis=1), rtol=1e-12)  # each count is a point: its highest MFU
        assert (np.diff(counts[known]) > 0).all()
    assert np.nanmax(answer.at["mfu"].data) <= 0.45
    assert len(answer.rows()) == 60


@pytest.mark.parametrize("most", [table_walk.MAX_KEPT, 10])
def test_table(tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_walk, "MAX_KEPT", most)
    loaded = study(tmp_path, TABLE)
    answer = driver.run_study(loaded, "numpy").answer("all of it")
    times = run_times().reshape(-1)
    met = np.flatnonzero(times <= 100 * 86400)
    assert answer.total == len(met)
    np.testing.assert_array_equal(answer.coords["scenario"].data, met[:most])
    np.testing.assert_allclose(answer.values["run_time"].data, times[met[:most]], rtol=1e-12)
    indices = np.unravel_index(met[:most], (2, 30, 7))
    assert answer.at["chip"].data.tolist() == [("slow", "fast")[i] for i in indices[0]]
    np.testing.assert_allclose(answer.at["mfu"].data, np.linspace(0.25, 0.5, 7)[indices[2]])


def test_a_table_as_a_file_has_every_row(tmp_path: Path) -> None:
    import pyarrow.parquet

    study(tmp_path, TABLE)
    for suffix in ("csv", "parquet"):
        out = tmp_path / f"out.{suffix}"
        result = CliRunner().invoke(cli, ["run", str(tmp_path / "more.toml"), "--engine", "numpy", "--out", str(out)])
        assert result.exit_code == 0, result.output
    times = run_times().reshape(-1)
    met = np.flatnonzero(times <= 100 * 86400)
    written = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    np.testing.assert_array_equal(written.column("scenario").to_numpy(), met)
    np.testing.assert_allclose(written.column("run_time").to_numpy(), times[met], rtol=1e-12)
    assert written.schema.field("run_time").metadata[b"unit"] == b"s"
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    np.testing.assert_allclose([float(row["run_time [s]"]) for row in rows], times[met], rtol=1e-12)
    assert not list(tmp_path.glob(".*.tmp"))


def test_beside_other_questions_a_table_has_its_own_file(tmp_path: Path) -> None:
    study(tmp_path, HISTOGRAM, TABLE)
    out = tmp_path / "out.csv"
    result = CliRunner().invoke(cli, ["run", str(tmp_path / "more.toml"), "--engine", "numpy", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert not out.exists()
    assert (tmp_path / "out.histo.csv").read_text().startswith("chip,bin")
    assert (tmp_path / "out.all-of-it.csv").is_file()
    assert "out.all-of-it.csv" in result.stderr


def test_an_empty_table(tmp_path: Path) -> None:
    study(tmp_path, TABLE.replace("100 day", "1 s"))
    for suffix in ("csv", "parquet", "json"):
        out = tmp_path / f"out.{suffix}"
        result = CliRunner().invoke(cli, ["run", str(tmp_path / "more.toml"), "--engine", "numpy", "--out", str(out)])
        assert result.exit_code == 0, result.output
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 1
    assert json.loads((tmp_path / "out.json").read_text())["answers"][0]["rows"] == 0


def test_tables_print(tmp_path: Path) -> None:
    study(tmp_path, HISTOGRAM, PARETO, TABLE)
    result = CliRunner().invoke(cli, ["run", str(tmp_path / "more.toml"), "--engine", "numpy", "--full"])
    assert result.exit_code == 0, result.output
    assert "histogram of run time" in result.stdout
    assert "front of number of chips and run time" in result.stdout
    assert "where MFU <= 45%" in " ".join(result.stdout.split())


BAD = {
    'histogram = "run_time"\nbins = 0': "bins: must be from 1",
    'summary = "run_time"\nbins = 8': "bins: does not go with summary",
    'pareto = ["run_time"]': "pareto: takes two quantities",
    'pareto = ["run_time", "run_time"]': "pareto: names a quantity twice",
    'pareto = ["run_time", "run_tme"]': "'run_time'",
    'pareto = "run_time"': "pareto: must be a list",
    "table = []": "table: is empty",
    'table = ["run_time"]\nby = ["chip"]': "by: does not go with table",
}


@pytest.mark.parametrize("text", BAD)
def test_bad_questions(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(f"{HEAD}[[questions]]\n{text}\n")
    result = CliRunner().invoke(cli, ["run", str(path), "--engine", "numpy"])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert BAD[text] in result.stderr


# --- tables that differ ------------------------------------------------------------------------------------------------


class Prepared:
    """A table's engine whose values, or whose conditions, are wrong in one place."""

    def __init__(self, inner: Any, place: int, wrong: str):
        self.inner, self.place, self.wrong = inner, place, wrong

    def chunks(self) -> Any:
        for chunk in self.inner.chunks():
            values = {name: np.array(array) for name, array in chunk.values.items()}
            feasible = np.array(chunk.feasible)
            if chunk.start <= self.place < chunk.start + len(feasible):
                if self.wrong == "value":
                    values["run_time"][self.place - chunk.start] *= 1 + 1e-9
                else:
                    feasible[self.place - chunk.start] ^= True
            yield Chunk(chunk.start, values, feasible)


@pytest.mark.parametrize("wrong", ["value", "condition"])
@pytest.mark.parametrize("place", [0, 7, 419])
def test_a_table_that_is_wrong_anywhere_is_found(tmp_path: Path, wrong: str, place: int) -> None:
    loaded = study(tmp_path, TABLE)
    (question,) = loaded.questions
    assert isinstance(question, Table)
    inner = get("numpy").prepare(loaded.problem, question, Settings())
    assert not table_walk.walk(inner, loaded.problem, question, "float64").agreement.wrong
    assert table_walk.walk(Prepared(inner, place, wrong), loaded.problem, question, "float64").agreement.wrong


def test_a_wrong_table_is_a_disagreement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = study(tmp_path, TABLE)
    real = get("numpy")

    class Wrong:
        name, shares = "numba", False

        def prepare_together(self, problem: Any, family: Any, settings: Any) -> list[Prepared]:
            return [Prepared(real.prepare(problem, question, settings), 3, "value") for question in family]

        def together(self) -> Any:
            return contextlib.nullcontext()

    monkeypatch.setattr(driver.kernels_engines, "get", lambda _name: Wrong())
    with pytest.raises(DisagreementError, match="its run_time differs"):
        driver.run_study(loaded, "numba")


# --- statistics beside other quantities ---------------------------------------------------------------------------------

UNCERTAIN = """title = "Uncertain"
[given]
training_flops = 1e24
goodput = 1
peak_flops = 1e15
[axes.chip_count]
geomspace = [1000, 100000]
num = 30
[axes.mfu]
values = [0.25, 0.4, 0.5]
uncertain = true
weights = [1, 2, 2]
[[questions]]
name = "front"
pareto = ["P50(chip_hours)", "P80(run_time)"]
where = ["share(run_time <= 100 day) >= 80%"]
[[questions]]
name = "bare"
pareto = ["run_time", "chip_count"]
[[questions]]
name = "list"
table = ["chip_count", "P80(run_time)", "share(run_time <= 10 day)"]
[[questions]]
name = "of"
summary = "P80(run_time)"
[[questions]]
name = "kept"
quantiles = "run_time"
where = ["P80(run_time) <= 10 day"]
[[questions]]
name = "bins"
histogram = "mean(run_time)"
[[questions]]
name = "split"
sensitivity = "P50(run_time)"
"""
COUNTS = np.rint(np.geomspace(1000, 100000, 30))
P80_TIME = 1e24 / (COUNTS * 1e15 * 0.4)  # the slowest of the three weighs a fifth
MEAN_TIME = 1e24 / (COUNTS * 1e15) * (1 / 0.25 + 2 / 0.4 + 2 / 0.5) / 5


@pytest.fixture
def uncertain(tmp_path: Path) -> Path:
    (tmp_path / "uncertain.toml").write_text(UNCERTAIN)
    return tmp_path / "uncertain.toml"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_statistics_of_every_kind_of_question(uncertain: Path, dtype: str) -> None:
    run = driver.run_study(load_study(uncertain), ("numpy", "numba"), dtype)
    close = {"rtol": {"float64": 1e-12, "float32": 1e-5}[dtype]}
    assert [engine.checked for engine in run.engines] == ["grid", "grid"]
    for engine in ("numpy", "numba"):
        answers = {answer.name: answer for answer in run.answers if answer.engine == engine}
        front = answers["front"]
        assert set(front.values) == {"P50(chip_hours)", "P80(run_time)", "share(run_time <= 100 day)"}
        assert set(front.at) == {"chip_count"}  # a decision has no place along what is uncertain
        assert [front.values[name].unit for name in front.values] == ["h", "s", ""]
        np.testing.assert_allclose(front.values["P80(run_time)"].data, 1e24 / (front.at["chip_count"].data * 4e14), **close)
        assert set(answers["bare"].values) == {"P50(run_time)", "chip_count"}
        table = answers["list"]
        assert (table.total, list(table.at)) == (30, ["chip_count"])
        assert table.coords["scenario"].data.tolist() == list(range(0, 90, 3))
        np.testing.assert_allclose(table.values["P80(run_time)"].data, P80_TIME, **close)
        shares = sum(w * (1e24 / (COUNTS * 1e15 * mfu) <= 864e3) for mfu, w in ((0.25, 0.2), (0.4, 0.4), (0.5, 0.4)))
        np.testing.assert_allclose(table.values["share(run_time <= 10 day)"].data, shares, **close)
        np.testing.assert_allclose(answers["of"].values["max"].data, P80_TIME.max(), **close)
        edges = np.append(answers["bins"].values["from"].data, answers["bins"].values["to"].data[-1])
        np.testing.assert_array_equal(answers["bins"].values["count"].data, 3 * np.histogram(MEAN_TIME, edges)[0])
        assert answers["split"].coords["axis"].data.tolist() == ["chip_count", "(together)"]
        np.testing.assert_allclose(answers["split"].values["share"].data, [1, 0], atol=1e-5)
        assert answers["kept"].values["run_time"].data[-1] <= 864e3 * 0.4 / 0.25 * 1.01


def test_statistics_on_the_command_line(uncertain: Path) -> None:
    arguments = ["run", str(uncertain), "--engine", "numba"]
    out = uncertain.parent / "out.csv"
    result = CliRunner().invoke(cli, [*arguments, "--out", str(out)])
    assert result.exit_code == 0, result.output
    printed = " ".join(CliRunner().invoke(cli, [*arguments, "--full"]).output.split())
    assert "front of median chip-hours and P80 of run time" in printed
    assert "where run time <= 100 days in at least 80% of draws" in printed
    assert "bare: run time depends on what is uncertain (" in " ".join(result.output.split())
    rows = list(csv.reader((uncertain.parent / "out.list.csv").open()))
    assert rows[0] == ["scenario", "chip_count [chip]", "P80(run_time) [s]", "share(run_time <= 10 day)"]
    assert [row[0] for row in rows[1:]] == [str(i) for i in range(0, 90, 3)]
    document = json.loads(CliRunner().invoke(cli, [*arguments, "--json"]).stdout)
    answers = {answer["question"]: answer for answer in document["answers"]}
    assert answers["bare"]["values"]["P50(run_time)"]["unit"] == "s"
    assert list(answers["front"]["at"]) == ["chip_count"]


def test_questions_of_statistics_are_planned(uncertain: Path) -> None:
    result = CliRunner().invoke(cli, ["plan", str(uncertain), "--json"])
    assert result.exit_code == 0, result.output
    plans = {plan["question"]: plan for plan in json.loads(result.stdout)["questions"]}
    for name in ("list", "front", "split"):
        assert {"P80(run_time)", "P50(run_time)"} & {quantity["quantity"] for quantity in plans[name]["quantities"]}
        estimates = {estimate["engine"]: estimate for estimate in plans[name]["estimates"]}
        assert estimates["numpy"]["seconds"] == estimates["numba"]["seconds"] > 0
        assert estimates["numba"]["method"] == "a timed sample"


def test_a_name_in_place_of_a_study_is_refused_with_what_would_be_right() -> None:
    name: Any = "quick"
    with pytest.raises(InputError, match=r"^study: must be a study, as load_study gives it, and not str$"):
        driver.run_study(name)
