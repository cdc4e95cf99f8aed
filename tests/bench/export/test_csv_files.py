"""Answers as CSV: a tidy file for each question, described by one JSON file, that no spreadsheet takes for formulas."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hostile_study import LONG, SITES, TEXT, hostile_run

from flopwatt.bench.errors import InputError
from flopwatt.bench.export.answer_files import check_path, write
from flopwatt.bench.export.csv_text import FORMULA_SIGNS, csv_text


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return hostile_run(tmp_path_factory.mktemp("study"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_folder_has_a_file_for_each_question_and_one_that_describes_them(run: Any, tmp_path: Path) -> None:
    paths = write(run, tmp_path / "answers")
    assert {path.parent for path in paths} == {tmp_path / "answers"}
    assert len({path.name for path in paths}) == len(run.answers) + 1
    described = json.loads((tmp_path / "answers" / "metadata.json").read_text(encoding="utf-8"))
    for table in described["tables"]:
        with (tmp_path / "answers" / table["url"]).open(newline="", encoding="utf-8") as file:
            heading = next(csv.reader(file))
        assert [column["titles"] for column in table["tableSchema"]["columns"]] == heading
    assert described["notes"][1]["study"]["study_toml"].encode() == TEXT.encode("utf-8", "backslashreplace")
    assert [entry["quantity"] for entry in described["notes"][2]["assumptions"]] == [a.quantity for a in run.study.assumptions]


def test_one_question_is_one_file_with_its_description_beside_it(run: Any, tmp_path: Path) -> None:
    paths = write(run, tmp_path / "out.csv", [LONG])
    assert [path.name for path in paths] == ["out.csv", "out.metadata.json"]
    rows = rows_of(paths[0])
    assert list(rows[0]) == ["site", "year", "quantile", "run_time [s]"]
    read = [float(row["run_time [s]"]) for row in rows]
    assert read == run.answers[0].values["run_time"].data.reshape(-1).tolist()
    (table,) = json.loads(paths[1].read_text(encoding="utf-8"))["tables"]
    last = table["tableSchema"]["columns"][-1]
    assert (last["name"], last["dc:description"], last["schema:unitText"]) == ("run_time", "run time", "s")
    assert last["dc:source"] == "definition"


def test_labels_that_begin_as_formulas_are_texts(run: Any, tmp_path: Path) -> None:
    paths = write(run, tmp_path / "out.csv", [LONG, "all of it"])
    for path in paths[:-1]:
        for row in rows_of(path):
            assert not row["site"].startswith(FORMULA_SIGNS)
            assert row["site"] in {csv_text(site) for site in SITES}


def test_numbers_below_nothing_stay_numbers() -> None:
    assert csv_text("-5 %") == "'-5 %"
    assert csv_text("a=b") == "a=b"


def test_a_folder_may_be_there_and_its_own_folder_must_be(run: Any, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    check_path(tmp_path / "out", run.study)
    check_path(tmp_path / "new", run.study)
    with pytest.raises(InputError, match="there is no folder"):
        check_path(tmp_path / "nowhere" / "new", run.study)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is a file; name a folder"):
        check_path(tmp_path / "file", run.study)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("a.xslx", "did you mean '.xlsx'"), ("a.cvs", "did you mean '.csv'"), ("a.txt", ""), (".csv", "put a name before it")],
)
def test_an_ending_that_is_none_is_refused_with_the_nearest(tmp_path: Path, name: str, hint: str) -> None:
    with pytest.raises(InputError, match=r"ends in none of .xlsx, .csv, .iamc.csv, .json, .parquet, .nc, .zarr") as raised:
        check_path(tmp_path / name)
    assert hint in str(raised.value)


def test_a_question_that_is_none_is_refused(run: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no question is named 'summd'; did you mean 'summed'"):
        write(run, tmp_path / "out.csv", ["summd"])
