"""Answers as files: any label is read back."""

import csv
import errno
import json
import math
import os
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from decided_study import answer_to, study_of

import flopwatt
from flopwatt.bench.answers.column import Column
from flopwatt.bench.errors import InputError
from flopwatt.bench.export import table_files
from flopwatt.bench.export.answer_files import check_path, long_table, write
from flopwatt.bench.export.long_table import cells_of_column

LABELS = ['a"b', "c,d", "e\nf", "g\\h|<i>", "=1+1"]
STUDY = f"""
title = "hostile"
unusual = true
[axes.site]
labels = {json.dumps(LABELS)}
columns.tokens = [1, 2, 3, 4, 5]
[[questions]]
name = "each"
minimize = "tokens"
by = ["site"]
[[questions]]
name = "all"
table = ["tokens"]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("study") / "study.toml"
    path.write_text(STUDY)
    return flopwatt.run_study(flopwatt.load_study(path), engines="numpy")


def test_csv(run, tmp_path: Path) -> None:
    *files, metadata = write(run, tmp_path / "out.csv")
    assert metadata.name == "out.metadata.json"
    for path in files:
        rows = list(csv.DictReader(path.open(newline="", encoding="utf-8")))
        assert [row["site"] for row in rows] == [*LABELS[:-1], "'=1+1"]


def test_parquet_and_json(run, tmp_path: Path) -> None:
    for path in write(run, tmp_path / "out.parquet"):
        assert pyarrow.parquet.read_table(path).column("site").to_pylist() == LABELS
    (path,) = write(run, tmp_path / "out.json")
    best, table = json.loads(path.read_text())["answers"]
    assert (best["coords"]["site"], table["at"]["site"]) == (LABELS, LABELS)


@pytest.mark.parametrize("kind", ["link", "dangling"])
def test_answers_go_through_a_link(run, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "target.csv"
    if kind == "link":
        target.write_text("old")
    (tmp_path / "out.csv").symlink_to("target.csv")
    write(run, tmp_path / "out.csv", only=["each"])
    assert (tmp_path / "out.csv").is_symlink()
    assert target.read_text().startswith("site,")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("loop", "Too many levels of symbolic links"),
        ("pipe", "a device or a pipe"),
        ("device", "a device or a pipe"),
        ("folder", "is a folder"),
        ("link to nowhere", "there is no folder"),
    ],
)
def test_what_is_no_file_is_refused_before_the_work(tmp_path: Path, kind: str, message: str) -> None:
    path = tmp_path / "out.csv"
    makers = {
        "loop": lambda: path.symlink_to("out.csv"),
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to(os.devnull),
        "folder": path.mkdir,
        "link to nowhere": lambda: path.symlink_to(tmp_path / "none" / "x.csv"),
    }
    makers[kind]()
    with pytest.raises(InputError, match=message):
        check_path(path)
    assert os.path.lexists(path)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "No space left on device"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), os.strerror(errno.EDQUOT)),
        (OSError(errno.EROFS, os.strerror(errno.EROFS)), "Read-only file system"),
        (OSError(27, "Error writing bytes to file. Detail: [errno 27] File too large"), "File too large"),
        (MemoryError("Unable to allocate 8 GiB"), "not enough memory: Unable to allocate 8 GiB"),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_kept_the_table_from_being_written_is_named(run, tmp_path: Path, monkeypatch, error, words, ending) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(table_files, "_record_batch", fail)
    (tmp_path / f"out.all.{ending}").write_text("old")
    with pytest.raises(InputError) as raised:
        write(run, tmp_path / f"out.{ending}")
    other = "out.each.csv" if ending == "csv" else "out.parquet"
    assert f"out.all.{ending}' could not be written ({words}); {tmp_path}/{other} stands" in str(raised.value)
    assert (tmp_path / f"out.all.{ending}").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2


def test_escape_codes_in_a_label_are_shown_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY.replace(json.dumps(LABELS), json.dumps(["a\x1b[2J", "\u202eb", "c", "d", "e"])))
    coded = flopwatt.run_study(flopwatt.load_study(path), engines="numpy")
    for out in write(coded, tmp_path / "out.csv")[:-1]:
        rows = list(csv.DictReader(out.open(newline="", encoding="utf-8")))
        assert [row["site"] for row in rows] == [r"a\x1b[2J", r"\u202eb", "c", "d", "e"]


def test_a_decision_has_a_row_for_each_group_and_the_nearest_where_there_is_none(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    table = long_table([answer_to(study, "surer"), answer_to(study, "fastest")])
    assert table["confidence"] == ("", [0.5, 0.95, 0.5, 0.95, None])
    assert table["chip_count"] == ("chip", [1000, 2000, 4000, None, 2000])
    assert table["share(run_time <= 25 day)"][1] == [0.75, 1, 0.75, None, None]
    assert table["nearest_chip_count"] == ("chip", [None, None, None, 4000, None])
    assert table["nearest_failed(share(run_time <= 25 day) >= confidence)"][1] == [0, 0, 0, 3, None]
    assert table["P90(run_time)"][1][:4] == [None] * 4


def test_an_infinite_answer_is_no_empty_cell() -> None:
    column = Column(np.array([1.5, np.inf, -np.inf, np.nan]), "s", "")
    assert cells_of_column(column, np.array([3, 2, 1, 0])) == [None, -math.inf, math.inf, 1.5]
    assert cells_of_column(Column(np.array(["a", None], dtype=object), "", ""), np.array([1, 0])) == [None, "a"]


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx", ".json", ".zarr", ""])
def test_a_name_that_is_not_utf8_is_a_name(run, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a\udcff{ending}"
    assert all(place.exists() and "a\udcff" in str(place) for place in write(run, path))


def test_netcdf_refuses_such_a_name_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is not UTF-8, as names of .nc files must be"):
        check_path(tmp_path / "a\udcff.nc")
