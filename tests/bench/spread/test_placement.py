"""Tables written where they are computed: read back by three libraries, refused where they do not fit, never half."""

import collections
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spread_studies import answers, flopwatt, table_text, write_study

from flopwatt.bench.spread.placement import TablePlace
from flopwatt.bench.spread.stretches import Stretches
from flopwatt.bench.spread.table_job import table_job
from flopwatt.bench.spread.table_layout import TableLayout
from flopwatt.bench.spread.table_mark import KEY, MARK
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings

WHERE = 'where = ["cost >= 20e6 USD"]'


def expected_rows(study: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The flat indices of a table's rows, and their values in the files' units."""
    loaded = load_study(study)
    (question,) = loaded.questions
    (chunk,) = engines.get("numba").prepare(loaded.problem, question, Settings()).chunks()
    met = np.ones(loaded.points, bool) if chunk.feasible is None else chunk.feasible
    rows = np.flatnonzero(met)
    return rows, {"cost": chunk.values["cost"][rows], "energy": chunk.values["energy"][rows] / 3.6e6}


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several files and chunks, of a few hundred rows."""
    monkeypatch.setattr("flopwatt.bench.spread.table_job.Stretches", lambda shape: Stretches(shape, 350))


@pytest.mark.parametrize("where", ["", WHERE], ids=["every scenario", "some"])
def test_a_folder_of_parquet_is_read_as_one(tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.spread.cuts.PART_SECONDS", 1e-5)
    import duckdb
    import pyarrow.dataset

    study, place = write_study(tmp_path, table_text(where)), tmp_path / "rows.parquet"
    result = flopwatt("run", study, "--engine", "numba", "--table", place)
    assert result.exit_code == 0, result.stderr
    assert "8,000 scenarios of 2 quantities take" in result.stderr
    assert ("at most" in result.stderr) == bool(where)
    assert f"wrote {place}" in result.stderr
    rows, values = expected_rows(study)
    table = pyarrow.dataset.dataset(place).to_table()
    assert len(list(place.glob("part-*.parquet"))) > 1
    assert not (place / MARK).exists()
    np.testing.assert_array_equal(table["scenario"], rows)
    for name, column in values.items():
        np.testing.assert_array_equal(table[name], column)
    assert table.schema.field("energy").metadata[b"unit"] == b"kWh"
    assert not any(field.nullable for field in table.schema)
    assert table.schema.metadata[b"study"] == b"study"
    grid = load_study(study).problem.grid
    for axis, index in zip(grid.axes, grid.indices(rows), strict=True):
        told = np.array(axis.labels)[index] if axis.labels else axis.columns[axis.name][index]
        assert table[axis.name].to_pylist() == told.tolist()
    count = duckdb.sql(f"select count(*), sum(cost) from '{place}/*.parquet' where model = 'gpt-3-175b'").fetchall()
    assert count[0][0] == sum(label == "gpt-3-175b" for label in table["model"].to_pylist())


@pytest.mark.parametrize("where", ["", WHERE], ids=["every scenario", "some"])
@pytest.mark.filterwarnings("ignore")
def test_a_zarr_store_has_an_array_over_the_axes(tmp_path: Path, where: str) -> None:
    import xarray

    study, place = write_study(tmp_path, table_text(where)), tmp_path / "rows.zarr"
    assert flopwatt("run", study, "--engine", "numba", "--table", place).exit_code == 0
    rows, values = expected_rows(study)
    data = xarray.open_zarr(place, consolidated=False)
    assert data["cost"].dims == ("model", "chip", "chip_count", "mfu")
    assert data["energy"].attrs["units"] == "kWh"
    assert data["model"].values.tolist() == ["llama-3.1-405b", "gpt-3-175b"]
    for name, column in values.items():
        flat = data[name].values.reshape(-1)
        np.testing.assert_array_equal(np.flatnonzero(~np.isnan(flat)), rows)
        np.testing.assert_array_equal(flat[rows], column)


def test_its_answer_is_that_of_a_plain_run(tmp_path: Path) -> None:
    study = write_study(tmp_path, table_text(WHERE))
    plain = answers(flopwatt("run", study, "--engine", "numba", "--json"))
    assert answers(flopwatt("run", study, "--engine", "numba", "--json", "--table", tmp_path / "a.zarr")) == plain
    assert answers(flopwatt("run", study, "--engine", "numba", "--json", "--checkpoint", tmp_path / "done")) == plain


def test_the_predicted_size_is_about_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.spread.table_job.Stretches", Stretches)
    study = write_study(tmp_path, table_text().replace("num = 40", "num = 4000"))
    for ending in ("parquet", "zarr"):
        place = tmp_path / f"rows.{ending}"
        line = flopwatt("run", study, "--engine", "numba", "--table", place).stderr
        predicted = float(line.partition("take about ")[2].split()[0]) * 1e6
        written = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
        assert written == pytest.approx(predicted, rel=0.15)


def test_a_table_that_does_not_fit_is_refused_before_it_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = collections.namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 10**4))
    study = write_study(tmp_path, table_text())
    result = flopwatt("run", study, "--engine", "numba", "--table", tmp_path / "rows.parquet")
    assert result.exit_code == 2
    assert "would take about 1" in result.stderr
    assert "and the disk has 10 kB" in result.stderr
    assert not (tmp_path / "rows.parquet").exists()


def test_a_disk_that_fills_up_leaves_what_a_checkpoint_needs(tmp_path: Path) -> None:
    from flopwatt.bench.spread import table_parts

    study, place = write_study(tmp_path, table_text()), tmp_path / "rows.parquet"
    command = ("run", study, "--engine", "numba", "--threads", 1, "--table", place, "--checkpoint", tmp_path / "done")
    original, writes = table_parts._ParquetPart.write, []

    def full(self: Any, number: int, chunk: Any) -> None:
        writes.append(number)
        if len(writes) > 9:
            raise OSError(28, os.strerror(28), str(place))
        original(self, number, chunk)

    with pytest.MonkeyPatch.context() as small_disk:
        small_disk.setattr("flopwatt.bench.spread.cuts.PART_SECONDS", 1e-5)
        small_disk.setattr(table_parts._ParquetPart, "write", full)
        result = flopwatt(*command)
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr.strip().splitlines()[-1]
    files = sorted(path.name for path in place.glob("part-*"))
    assert files
    assert (place / MARK).exists()
    other = flopwatt(*command[:6], "--table", place, "--set", "tokens=1e12")
    assert "unfinished table of something else" in other.stderr
    assert flopwatt(*command).exit_code == 0
    import pyarrow.dataset

    table = pyarrow.dataset.dataset(place).to_table()
    np.testing.assert_array_equal(table["scenario"], np.arange(8000))
    assert not list(place.glob(".*"))
    assert set(files) <= {path.name for path in place.glob("part-*")}  # which were not written again


def test_folders_of_other_things_are_refused(tmp_path: Path) -> None:
    study = write_study(tmp_path, table_text())
    for ending in ("parquet", "zarr"):
        place = tmp_path / f"mine.{ending}"
        place.mkdir()
        (place / "letter.txt").write_text("dear")
        result = flopwatt("run", study, "--engine", "numba", "--table", place)
        assert (result.exit_code, "is there and not empty" in result.stderr) == (2, True)
        (place / "letter.txt").unlink()
        (place / MARK).write_text(json.dumps({KEY: "another"}))
        result = flopwatt("run", study, "--engine", "numba", "--table", place)
        assert (result.exit_code, "an unfinished table of something else" in result.stderr) == (2, True)
    (tmp_path / "file.parquet").write_text("dear")
    assert "is a file" in flopwatt("run", study, "--table", tmp_path / "file.parquet").stderr
    assert "there is no folder" in flopwatt("run", study, "--table", tmp_path / "none" / "a.parquet").stderr
    with pytest.raises(Exception, match=r"table: .*a folder of Parquet files"):
        TablePlace.of(tmp_path / ".parquet")


def test_a_table_that_is_shared_out_is_not_written_twice(tmp_path: Path) -> None:
    study = write_study(tmp_path, table_text())
    result = flopwatt("run", study, "--checkpoint", tmp_path / "done", "--out", tmp_path / "a.csv")
    assert "--out: the table 'all' is written where it is computed: give --table" in result.stderr


@pytest.mark.parametrize("ending", ["parquet", "zarr"])
def test_what_was_removed_since_is_written_again(tmp_path: Path, ending: str) -> None:
    study, place = write_study(tmp_path, table_text()), tmp_path / f"rows.{ending}"
    command = ("run", study, "--engine", "numba", "--table", place, "--checkpoint", tmp_path / "done")
    assert flopwatt(*command).exit_code == 0
    before = sorted(path.relative_to(place) for path in place.rglob("*"))
    shutil.rmtree(place)
    assert flopwatt(*command).exit_code == 0
    assert sorted(path.relative_to(place) for path in place.rglob("*")) == before


@pytest.mark.parametrize("ending", ["parquet", "zarr"])
def test_a_table_that_is_whole_stands_where_the_same_command_goes_on(tmp_path: Path, ending: str) -> None:
    """As where a run was killed after its table, before its other questions, or is started once more."""
    study, place = write_study(tmp_path, table_text()), tmp_path / f"rows.{ending}"
    command = ("run", study, "--engine", "numba", "--table", place)
    kept = (*command, "--checkpoint", tmp_path / "done")
    first = flopwatt(*kept)
    written = {path: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()}
    again = flopwatt(*kept)
    assert (first.exit_code, again.exit_code) == (0, 0), again.stderr
    assert again.stdout == first.stdout
    assert {path: path.stat().st_mtime_ns for path in written} == written
    assert not (place / MARK).exists()
    assert f"{str(place)!r} holds all of this table already; name another folder, or remove it" in flopwatt(*command).stderr
    other = flopwatt(*kept[:-1], tmp_path / "other", "--set", "tokens=1e12")
    assert f"{str(place)!r} holds another table" in other.stderr
    part = tmp_path / "1.fw"  # a queue may start a job once more
    assert flopwatt(*command, "--shard", "1/1", "--out", part).exit_code == 0
    assert (place / MARK).exists()
    assert flopwatt("merge", part).exit_code == 0
    assert not (place / MARK).exists()


def test_a_table_in_another_currency_is_another(tmp_path: Path) -> None:
    study, place = write_study(tmp_path, table_text()), tmp_path / "rows.parquet"
    command = ("run", study, "--engine", "numba", "--table", place, "--checkpoint", tmp_path / "done")
    assert flopwatt(*command).exit_code == 0
    other = flopwatt(*command, "--currency", "EUR")
    assert (other.exit_code, f"{str(place)!r} holds another table" in other.stderr) == (2, True)


def test_what_is_no_part_of_the_table_is_named_before_it_counts_as_whole(tmp_path: Path) -> None:
    study, place, part = write_study(tmp_path, table_text()), tmp_path / "rows.parquet", tmp_path / "1.fw"
    assert flopwatt("run", study, "--engine", "numba", "--table", place, "--shard", "1/1", "--out", part).exit_code == 0
    (first, *_) = sorted(place.glob("part-*"))
    shutil.copy(first, place / "part-7.parquet")
    assert "holds part-7.parquet, which is no part of the table; remove it" in flopwatt("merge", part).stderr
    assert (place / MARK).exists()
    (place / "part-7.parquet").unlink()
    (place / MARK).write_text(json.dumps({KEY: "another"}))
    assert "holds another table than was written there" in flopwatt("merge", part).stderr
    (place / MARK).unlink()
    assert flopwatt("merge", part).exit_code == 0


def test_marks_that_others_are_making_are_no_other_files(tmp_path: Path) -> None:
    study, place = write_study(tmp_path, table_text()), tmp_path / "rows.parquet"
    place.mkdir()
    (place / f"{MARK}.abc.tmp").write_text("")  # of one that was killed
    assert flopwatt("run", study, "--engine", "numba", "--table", place).exit_code == 0
    assert not list(place.glob(".*"))


def test_a_quantity_that_is_an_axis_too_is_one_column(tmp_path: Path) -> None:
    import pyarrow.dataset
    import xarray

    study = write_study(tmp_path, table_text().replace('["cost", "energy"]', '["cost", "mfu", "chip_count"]'))
    for ending in ("parquet", "zarr"):
        result = flopwatt("run", study, "--engine", "numba", "--table", tmp_path / f"rows.{ending}")
        assert result.exit_code == 0, result.stderr
    grid = load_study(study).problem.grid
    count = grid.axes[grid.position("chip_count")].columns["chip_count"][
        grid.indices(np.arange(grid.size))[grid.position("chip_count")]
    ]
    table = pyarrow.dataset.dataset(tmp_path / "rows.parquet").to_table()
    assert len(set(table.column_names)) == len(table.column_names)
    np.testing.assert_array_equal(table["chip_count"], count)
    store = xarray.open_zarr(tmp_path / "rows.zarr", consolidated=False)
    assert {"cost", "mfu_2", "chip_count_2"} == set(store.data_vars)
    np.testing.assert_array_equal(store.chip_count_2.values.reshape(-1), count)


def test_two_runs_on_one_folder_write_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.dataset

    study, place = write_study(tmp_path, table_text()), tmp_path / "rows.parquet"
    command = ("run", study, "--engine", "numba", "--table", place)
    from flopwatt.bench.spread import table_parts

    original, started = table_parts._ParquetPart.write, []

    def write(self: Any, number: int, chunk: Any) -> None:
        if not started:  # another begins and ends within this one
            started.append(True)
            monkeypatch.setattr("flopwatt.bench.spread.cuts.PART_SECONDS", 1e-5)
            assert flopwatt(*command, "--threads", 1).exit_code == 0
            (place / MARK).write_text(mark)
        original(self, number, chunk)

    monkeypatch.setattr(table_parts._ParquetPart, "write", write)
    place.mkdir()
    loaded = load_study(study)
    layout = TableLayout.of(loaded, table_job("numba", loaded.problem, loaded.questions[0], "float64"))
    mark = json.dumps({KEY: layout.key})
    (place / MARK).write_text(mark)
    result = flopwatt(*command, "--threads", 1)
    assert result.exit_code == 0, result.stderr
    np.testing.assert_array_equal(pyarrow.dataset.dataset(place).to_table()["scenario"], np.arange(8000))


def test_a_table_of_statistics_is_left_to_out(tmp_path: Path) -> None:
    text = table_text().replace("[axes.mfu]", "[axes.mfu]\nuncertain = true").replace('["cost", "energy"]', '["P50(cost)"]')
    result = flopwatt("run", write_study(tmp_path, text), "--table", tmp_path / "rows.parquet")
    assert (result.exit_code, "'all' is of statistics, and has few rows: --out writes it" in result.stderr) == (2, True)


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    study = write_study(tmp_path, table_text())
    place = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.parquet"))
    result = flopwatt("run", study, "--engine", "numba", "--table", place, "--checkpoint", tmp_path / "done")
    assert result.exit_code == 0, result.stderr
    assert list(place.glob("part-*.parquet"))


def test_a_store_that_lacks_an_array_is_one_line(tmp_path: Path) -> None:
    study, place = write_study(tmp_path, table_text()), tmp_path / "rows.zarr"
    command = ("run", study, "--engine", "numba", "--table", place)
    assert flopwatt(*command).exit_code == 0
    loaded = load_study(study)
    layout = TableLayout.of(loaded, table_job("numba", loaded.problem, loaded.questions[0], "float64"))
    (place / MARK).write_text(json.dumps({KEY: layout.key}))
    shutil.rmtree(place / "cost")
    result = flopwatt(*command)
    assert (result.exit_code, "could not be written (the store lacks an array" in result.stderr) == (2, True)
