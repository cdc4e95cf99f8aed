import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_history import SLOWER, history_of
from made_records import MACHINE, record, timed

from flopwatt.bench.cli import cli
from flopwatt.bench.commands.record_page import record_page
from flopwatt.bench.errors import InputError
from flopwatt.bench.records.store import save


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for one in history_of(SLOWER, spread=0.01):
        save(one, tmp_path / "results")
    return tmp_path / "results"


def report(*args: object) -> Result:
    return CliRunner().invoke(cli, ["report", *map(str, args)])


def test_a_folder_of_records_becomes_a_page(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = report(folder, "-o", page)
    assert result.exit_code == 0, result.stderr
    assert re.fullmatch(r"wrote .*page\.html \([\d.]+ [kM]B\)\n", result.stderr)
    assert "14 records of 2 benchmarks" in page.read_text(encoding="utf-8")


def test_records_are_named_as_for_compare(folder: Path) -> None:
    assert "1 record of 2 benchmarks" in report("latest", "--results", folder, "-o", "-").stdout
    both = report("latest", "previous", "--results", folder, "-o", "-").stdout
    assert "2 records of 2 benchmarks" in both
    assert "against" in both


def test_a_record_that_is_named_twice_counts_once(folder: Path) -> None:
    assert "14 records" in record_page([str(folder), "latest"], folder, 10**8)


def test_a_file_of_a_folder_that_cannot_be_read_is_told(folder: Path) -> None:
    (folder / MACHINE.name / "broken.json").write_text("{", encoding="utf-8")
    page = record_page([str(folder)], folder, 10**8)
    assert "14 records" in page
    assert "broken.json" in page.split("Left out")[1].split("</ul>")[0]


def test_what_holds_no_record_is_an_error_in_a_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in (tmp_path / "empty", tmp_path / "none.json", "label:unknown"):
        result = report(name, "--results", folder, "-o", "-")
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
    nothing = save(record(timed("a"), benchmarks=(), unreadable={"a": "is odd"}), tmp_path / "odd")
    with pytest.raises(InputError, match="no record holds a benchmark"):
        record_page([str(nothing)], folder, 10**8)
