"""Answers as files: any label is read back."""

import csv
import json
from pathlib import Path

import pyarrow.parquet
import pytest

import flopwatt
from flopwatt.bench.runner.export import write

LABELS = ['a"b', "c,d", "e\nf", "g\\h|<i>", "=1+1"]
STUDY = f"""
title = "hostile"
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
    for path in write(run, tmp_path / "out.csv"):
        rows = list(csv.DictReader(path.open(newline="", encoding="utf-8")))
        assert [row["site"] for row in rows] == LABELS


def test_parquet_and_json(run, tmp_path: Path) -> None:
    for path in write(run, tmp_path / "out.parquet"):
        assert pyarrow.parquet.read_table(path).column("site").to_pylist() == LABELS
    (path,) = write(run, tmp_path / "out.json")
    best, table = json.loads(path.read_text())["answers"]
    assert (best["coords"]["site"], table["at"]["site"]) == (LABELS, LABELS)


def test_escape_codes_in_a_label_are_shown_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY.replace(json.dumps(LABELS), json.dumps(["a\x1b[2J", "\u202eb", "c", "d", "e"])))
    coded = flopwatt.run_study(flopwatt.load_study(path), engines="numpy")
    for out in write(coded, tmp_path / "out.csv"):
        rows = list(csv.DictReader(out.open(newline="", encoding="utf-8")))
        assert [row["site"] for row in rows] == [r"a\x1b[2J", r"\u202eb", "c", "d", "e"]
