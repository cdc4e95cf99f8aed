"""``flopwatt history``: what it prints, and its exit codes."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_history import SLOWER, SLOWER_COMMIT, history_of

from flopwatt.bench.cli import cli
from flopwatt.bench.records.store import save


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    for one in history_of(SLOWER):
        save(one, folder)
    return folder


def run(results: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["history", *arguments, "--results", str(results)])


def test_all_benchmarks(results: Path) -> None:
    outcome = run(results)
    assert outcome.exit_code == 0
    (line,) = [line for line in outcome.output.splitlines() if line.startswith("test_it[a]")]
    assert line.split()[1] == "14"
    assert f"slower since {SLOWER_COMMIT}" in line


def test_one_benchmark(results: Path) -> None:
    outcome = run(results, "test_it[a]")
    assert outcome.exit_code == 0
    assert outcome.output.count("2026-10-") == len(SLOWER) + 1
    assert "steady" not in outcome.output
    assert "1.34 times slower from 2026-10-10" in outcome.output


def test_a_name_that_is_none(results: Path) -> None:
    outcome = run(results, "test_it[stedy]")
    assert outcome.exit_code == 2
    assert outcome.output == (
        "Error: test_it[stedy]: no benchmark of the records is named so; did you mean 'test_it[steady]'?\n"
    )


def test_no_folder(tmp_path: Path) -> None:
    outcome = run(tmp_path / "none")
    assert outcome.exit_code == 2
    assert outcome.output.endswith("none: there is no such folder of records\n")


def test_for_programs(results: Path) -> None:
    document = json.loads(run(results, "--json").stdout)
    assert [series["name"] for series in document["series"]] == ["test_it[a]", "test_it[steady]"]
    assert json.loads(run(results, "--format", "json").stdout) == document
    text = run(results, "test_it[a]", "--csv").stdout
    assert len(list(csv.DictReader(io.StringIO(text)))) == len(SLOWER)
    assert run(results, "test_it[a]", "--format", "csv").stdout == text
    assert run(results, "--format", "markdown").stdout.startswith("**amd-epyc-2-cores**\n\n| benchmark |")


def test_a_file_that_is_no_record_costs_itself_alone(results: Path, tmp_path: Path) -> None:
    for path in results.rglob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "cut.json").write_text('{"machine_info"')
    outcome = run(tmp_path)
    assert outcome.exit_code == 0
    assert outcome.stderr.startswith("left out: ")
    assert "cut.json" in outcome.stderr
    assert "slower since" in outcome.stdout
