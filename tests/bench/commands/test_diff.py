"""``flopwatt diff``: its sides, its exit codes and its refusals."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_documents import STUDY, estimate_document, run_of

from flopwatt.bench.cli import cli
from flopwatt.bench.runner.document import document


def invoke(*args: object) -> Result:
    return CliRunner().invoke(cli, ["diff", *map(str, args)])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(STUDY)
    return path


def written(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def test_a_study_and_the_same_with_a_value_set(study: Path) -> None:
    result = invoke(study, "--set", "chip_price=60000", "--engine", "numpy")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("One input differs; 1 of 3 answers moved.\n")
    assert f"B: {study} with chip_price=60000" in result.stdout.replace("\n", "")


def test_a_study_and_itself(study: Path) -> None:
    result = invoke(study, study, "--engine", "numpy", "--question", "time")
    assert (result.exit_code, result.stdout) == (0, "Nothing differs.\n")


def test_a_set_value_changes_the_second_side(study: Path) -> None:
    result = invoke(study, study, "--set", "chip_price=60000", "--engine", "numpy", "--json")
    entry = json.loads(result.stdout)
    assert (entry["a"], entry["b"]) == (str(study), f"{study} with chip_price=60000")
    assert [one["quantity"] for one in entry["inputs"]] == ["chip_price"]
    assert result.exit_code == 0


def test_a_file_against_a_study(study: Path, tmp_path: Path) -> None:
    before = written(tmp_path / "before.json", document(run_of(tmp_path)))
    result = invoke(before, study, "--engine", "numpy")
    assert (result.exit_code, result.stdout) == (0, "Nothing differs.\n")


def test_two_estimates(tmp_path: Path) -> None:
    a, b = (written(tmp_path / f"{cost}.json", estimate_document(cost)) for cost in (1e6, 2e6))
    assert "median cost" in invoke(a, b).stdout
    assert "P90 of cost" not in invoke(a, b).stdout
    assert "P90 of cost" in invoke(a, b, "--full").stdout


def test_what_run_writes_is_read(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert CliRunner().invoke(cli, ["run", str(study), "--engine", "numpy", "--out", str(out)]).exit_code == 0
    assert invoke(out, out).stdout == "Nothing differs.\n"


def test_bad_input_is_one_line_and_exit_code_2(study: Path, tmp_path: Path) -> None:
    run, estimate = (
        written(tmp_path / "r.json", document(run_of(tmp_path))),
        written(tmp_path / "e.json", estimate_document(1.0)),
    )
    for args, message in {
        (study,): "is one side; name another, or change it with --set NAME=VALUE",
        (run, "--set", "pue=1.2"): "--set: changes a study, and",
        (study, run, "--set", "pue=1.2"): "--set: changes a study, and",
        (run, run, "--question", "time"): "--question: picks questions of studies, and",
        (run, estimate): "r.json is a study and",
        (tmp_path / "none.json", run): "none.json: cannot be read",
        (study, tmp_path / "none.toml"): "there is no study",
        (study, "--set", "nothing=1"): "unknown quantity or axis 'nothing'",
        (study, study, "--engine", "abacus"): "abacus",
    }.items():
        result = invoke(*args)
        assert result.exit_code == 2, args
        assert message in result.stderr, (args, result.stderr)
        assert len(result.stderr.strip().splitlines()) == 1
        assert result.stdout == ""


def test_both_sides_are_read_before_anything_is_run(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_study(*args: object, **more: object) -> None:
        raise AssertionError("it ran")

    monkeypatch.setattr("flopwatt.bench.runner.run.run_study", run_study)
    for other in (
        written(tmp_path / "e.json", estimate_document(1.0)),
        written(tmp_path / "b.json", {}),
        tmp_path / "none.toml",
    ):
        assert invoke(study, other).exit_code == 2
