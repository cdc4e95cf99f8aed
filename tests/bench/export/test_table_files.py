"""Tables as files: every row, its units and coordinates; stretch by stretch; whole or not at all."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt.bench.export import table_files
from flopwatt.bench.export.table_files import write_table
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.runner.table_walk import stretches
from flopwatt.bench.study.loader import load_study

TEXT = """title = "t"
[given]
training_flops = 1e24
goodput = 1
[axes.chip]
columns.peak_flops = [1e15, 2e15]
labels = ["slow, and old", "fast"]
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.mfu]
values = [0.25, 0.5]
[[questions]]
name = "all"
table = ["run_time", "chip_hours"]
where = ["run_time <= 40 day"]
"""
TIMES = 1e24 / (np.array([1000, 2000, 4000])[:, None] * np.array([1e15, 2e15])[:, None, None] * np.array([0.25, 0.5]))
ROWS = np.flatnonzero(TIMES.reshape(-1) <= 40 * 86400)


def run_in(folder: Path, text: str = TEXT) -> Run:
    path = folder / "study.toml"
    path.write_text(text)
    return run_study(load_study(path), "numpy", budget_seconds=0)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return run_in(tmp_path)


def write(run: Run, path: Path) -> None:
    write_table(run, run.study.questions[0], path)


def test_csv_has_units_in_its_header_and_quotes_what_needs_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write(run, path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["scenario", "chip", "chip_count [chip]", "mfu", "run_time [s]", "chip_hours [h]"]
    assert [int(row["scenario"]) for row in rows] == ROWS.tolist()
    np.testing.assert_allclose([float(row["run_time [s]"]) for row in rows], TIMES.reshape(-1)[ROWS], rtol=1e-12)
    assert [row["chip"] for row in rows] == [("slow, and old", "fast")[i] for i in ROWS // 6]
    assert [float(row["mfu"]) for row in rows] == [(0.25, 0.5)[i] for i in ROWS % 2]


def test_parquet_has_types_and_units(run: Run, tmp_path: Path) -> None:
    import pyarrow.parquet

    path = tmp_path / "out.parquet"
    write(run, path)
    table = pyarrow.parquet.read_table(path)
    assert {field.name: str(field.type) for field in table.schema} == {
        "scenario": "int64",
        "chip": "string",
        "chip_count": "double",
        "mfu": "double",
        "run_time": "double",
        "chip_hours": "double",
    }
    assert table.schema.field("run_time").metadata == {b"unit": b"s", b"source": b"definition", b"words": b"run time"}
    assert table.schema.field("mfu").metadata[b"source"] == b"the study's axis mfu"
    assert b"unit" not in table.schema.field("mfu").metadata
    assert table.schema.metadata[b"title"] == b"t"
    assert table.schema.metadata[b"study_toml"].decode() == TEXT
    assert table.column("scenario").to_pylist() == ROWS.tolist()
    np.testing.assert_allclose(table.column("run_time").to_numpy(), TIMES.reshape(-1)[ROWS], rtol=1e-12)


def pieces(*lengths: int) -> Any:
    """In place of `stretches`: the same rows, so many at a time and then the rest."""

    def cut(prepared: Any) -> Iterator[Any]:
        parts = list(stretches(prepared))
        index = np.concatenate([index for index, _ in parts])
        values = {name: np.concatenate([values[name] for _, values in parts]) for name in ("run_time", "chip_hours")}
        ends = np.cumsum(lengths)
        for start, stop in zip([0, *ends], [*ends, len(index)], strict=True):
            yield index[start:stop], {name: array[start:stop] for name, array in values.items()}

    return cut


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("lengths", [(2,), (0, 3), (1, 0, 1)])
def test_stretches_make_one_table(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, lengths: tuple[int, ...]
) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    whole, cut = tmp_path / f"whole{suffix}", tmp_path / f"cut{suffix}"
    write(run, whole)
    monkeypatch.setattr(table_files, "stretches", pieces(*lengths))
    write(run, cut)
    read = pyarrow.csv.read_csv if suffix == ".csv" else pyarrow.parquet.read_table
    assert read(cut).equals(read(whole))
    assert read(whole).num_rows == len(ROWS)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_without_rows_is_its_header(tmp_path: Path, suffix: str) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    path = tmp_path / f"out{suffix}"
    write(run_in(tmp_path, TEXT.replace("40 day", "1 s")), path)
    table = (pyarrow.csv.read_csv if suffix == ".csv" else pyarrow.parquet.read_table)(path)
    assert table.num_rows == 0
    assert table.column_names[0] == "scenario"
    assert len(table.column_names) == 6


def failing(prepared: Any) -> Iterator[Any]:
    for part in pieces(2)(prepared):
        yield part
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_write_that_fails_half_way_leaves_the_old_file_and_nothing_else(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = tmp_path / "results" / f"out{suffix}"
    path.parent.mkdir()
    path.write_text("old")
    monkeypatch.setattr(table_files, "stretches", failing)
    with pytest.raises(OSError, match="No space left"):
        write(run, path)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_the_file_may_be_read_by_others_and_has_no_temporary_beside_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "results" / "out.csv"
    path.parent.mkdir()
    write(run, path)
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_error(run: Run, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(run, tmp_path / "nowhere" / "out.csv")
