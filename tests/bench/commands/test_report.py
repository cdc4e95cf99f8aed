"""`flopwatt report` and `run --report`: what is written, where, and what is refused before the work."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_reports import data_of, quick_run, read_page

from flopwatt.bench.cli import cli
from flopwatt.bench.commands.report import are_records
from flopwatt.bench.runner.record import save_run

SMALL = ["--set", "axes.assumptions.draws=32", "--set", "axes.chip_count.num=8"]


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def made_again_by(page: str) -> list[str]:
    section = read_page(page).one("section", id="computed")
    return shlex.split(section.find("code")[0].text())


def test_a_study_is_written_under_its_name_and_said_with_its_size(working_folder: Path) -> None:
    result = invoke("report", "quick", *SMALL, "--engine", "numpy")
    assert (result.exit_code, result.stdout) == (0, "")
    assert re.fullmatch(r"wrote quick\.html \(\d+(\.\d+)? [kM]B\)\n", result.stderr.rpartition("\r")[2])
    page = (working_folder / "quick.html").read_text(encoding="utf-8")
    assert data_of(read_page(page))["study"] == "quick"


def test_the_command_in_a_page_makes_it_again(working_folder: Path) -> None:
    assert invoke("report", "quick", *SMALL, "--engine", "numpy", "--question", "energy", "-o", "first.html").exit_code == 0
    first = (working_folder / "first.html").read_text(encoding="utf-8")
    words = made_again_by(first)
    assert words[0] == "flopwatt"
    assert invoke(*words[1:]).exit_code == 0
    second = (working_folder / "first.html").read_text(encoding="utf-8")
    assert data_of(read_page(second))["answers"] == data_of(read_page(first))["answers"]
    assert [answer["question"] for answer in data_of(read_page(first))["answers"]] == ["energy"]


def test_a_page_is_printed_where_its_file_is_a_dash(working_folder: Path) -> None:
    result = invoke("report", "quick", *SMALL, "--engine", "numpy", "-o", "-")
    assert result.exit_code == 0
    assert read_page(result.stdout).one("h1").text() == "Llama 3.1 405B on three chips: how many, and how sure?"
    assert list(working_folder.iterdir()) == []


def test_run_writes_the_page_beside_what_it_prints(working_folder: Path) -> None:
    result = invoke("run", "quick", *SMALL, "--engine", "numpy", "--report", "run.html", "--verbose")
    assert result.exit_code == 0
    assert "GB200 NVL72" in result.stdout
    assert re.search(r"^wrote run\.html \(.* [kM]B\)$", result.stderr, re.MULTILINE)
    page = (working_folder / "run.html").read_text(encoding="utf-8")
    assert made_again_by(page)[:3] == ["flopwatt", "run", "quick"]


def test_the_files_of_a_users_own_studies_have_their_names(working_folder: Path) -> None:
    from flopwatt import configs

    (working_folder / "mine.toml").write_text(configs.studies()["quick"].read_text(encoding="utf-8"), encoding="utf-8")
    assert invoke("report", "mine.toml", *SMALL, "--engine", "numpy").exit_code == 0
    page = (working_folder / "mine.html").read_text(encoding="utf-8")
    assert str(working_folder) not in page  # nothing of this machine's folders


def test_records_are_a_page_too(working_folder: Path) -> None:
    save_run(quick_run(), working_folder / "records", "a-machine")
    result = invoke("report", "records")
    assert result.exit_code == 0
    assert result.stderr.startswith("wrote records.html (")
    page = read_page((working_folder / "records.html").read_text(encoding="utf-8"))
    assert "a-machine" in page.text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["quik"], "did you mean 'quick'?"),
        (["results"], "there is no study and no folder of records 'results'; `flopwatt show studies` lists studies"),
        (["nowhere/"], "there is no study and no folder of records 'nowhere/'"),
        (["quick", "-o", "x.pdf"], "-o: 'x.pdf' ends in neither .html nor .htm"),
        (["quick", "-o", "nowhere/x.html"], "-o: there is no folder"),
        (["quick", "-o", "folder.html"], "-o: 'folder.html' is a folder; name a file"),
        (["quick", "frontier-run"], "report: takes one study, or records; 'quick' is no record"),
        (["records", "--set", "pue=1"], "--set: is for a study, and 'records' is a record"),
        (["records", "--engine", "numpy"], "--engine: is for a study, and 'records' is a record"),
        (["missing.json"], "missing.json"),
        (["quick", "--question", "enrgy"], "--question: no question is named 'enrgy'; did you mean 'energy'?"),
        (["quick", "--set", "pue=abc"], "--set"),
        (["quick", "--engine", "nump"], "--engine: there is no engine 'nump'; did you mean 'numpy'?"),
        (["quick", "--threads", "0"], "--threads: must be at least 1, not 0"),
    ],
)
def test_bad_input_is_one_line_before_the_work(working_folder: Path, words: list[str], message: str) -> None:
    (working_folder / "folder.html").mkdir()
    (working_folder / "records").mkdir()
    result = invoke("report", *words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert sorted(path.name for path in working_folder.iterdir()) == ["folder.html", "records"]


@pytest.mark.parametrize("words", [["report", "quick"], ["run", "quick", "--report", "x.html"]])
def test_a_library_that_is_not_installed_is_named_with_what_brings_it(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "jinja2" else find(name, *rest))
    result = invoke(*words)
    assert (result.exit_code, result.stderr) == (2, "Error: a report needs Jinja2: pip install 'flopwatt[report]'\n")


def test_records_are_told_from_studies(working_folder: Path) -> None:
    (working_folder / "folder").mkdir()
    assert are_records(("folder", "a.json", "latest", "label:before"))
    assert not are_records(("quick",))
    assert not are_records(("mine.toml",))
    assert not are_records(("-",))
    assert not are_records(("folder", "quick"))
