"""``flopwatt validate`` as a user runs it."""

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import cli
from flopwatt.bench.validate import run as validation
from flopwatt.bench.validate.results import Findings, Predicted
from flopwatt.bench.validate.rows import PUBLISHED

RUN = {
    "model": "Somebody 9B",
    "developer": "Somebody",
    "year": 2025,
    "kind": "full_run",
    "total_params_b": 9,
    "active_params_b": 9,
    "tokens_t": 4,
    "seq_len": 4096,
    "precision": "bf16",
    "hardware": "H100-80GB",
    "num_chips": 512,
    "gpu_hours": 300000,
    "validation_use": "time",
}
FLEET = {"project": "Hall", "chips": 16384, "chip_type": "GB200", "power_mw": 40, "power_basis": "facility MW"}


def run(*args: object) -> Any:
    return CliRunner().invoke(cli, ["validate", "--draws", "512", *map(str, args)])


def write(path: Path, *rows: dict[str, object]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [write(tmp_path / "runs.csv", RUN, RUN | {"model": "Nobody", "tokens_t": ""}), write(tmp_path / "fleets.csv", FLEET)]


def test_the_document(files: list[Path]) -> None:
    result = run(*files, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    by_quantity = {case["quantity"]: case for case in document["cases"]}
    assert set(by_quantity) == {"chip_hours", "facility_power", "chip_count"}
    hours = by_quantity["chip_hours"]
    assert (hours["name"], hours["unit"], hours["published"]) == ("Somebody 9B", "h", 300000)
    assert hours["low"] < hours["predicted"] < hours["high"]
    assert hours["relative_error"] == pytest.approx(hours["predicted"] / 300000 - 1)
    assert hours["inside"] == (hours["low"] <= 300000 <= hours["high"])
    assert document["left_out"] == [{"name": "Nobody", "quantity": "chip_hours", "reason": "no tokens published"}]
    summary = document["summary"]["chip_hours"]
    assert summary["n"] == 1
    assert summary["coverage"] == float(hours["inside"])
    assert summary["median_absolute_relative_error"] == pytest.approx(abs(hours["relative_error"]))
    assert set(document["baselines"]["chip_hours"]) == {
        "6ND at 30% MFU",
        "6ND at 35% MFU",
        "6ND at 40% MFU",
        "6ND at the best single MFU",
    }
    flat = 6 * 9e9 * 4e12 / (0.4 * 989.4e12) / 3600
    assert hours["baselines"]["6ND at 40% MFU"] == pytest.approx(flat)


def test_the_tables(files: list[Path]) -> None:
    result = run(*files)
    assert result.exit_code == 0
    for text in ("Somebody 9B", "Nobody", "no tokens published", "mean |ln|", "TDP x chips x PUE"):
        assert text in result.output
    assert run(*files, "--markdown").stdout.startswith("| quantity | by |")


def test_names_are_text_and_not_markup(tmp_path: Path) -> None:
    rows = [RUN | {"model": "[/] 9B"}, RUN | {"model": "[bold]x", "hardware": "[/red] chip"}]
    result = run(write(tmp_path / "runs.csv", *rows))
    assert result.exit_code == 0, result.output
    for text in ("[/] 9B", "[bold]x", "[/red] chip"):
        assert text in result.output


def test_a_prediction_that_overflows_is_left_with_the_reason() -> None:
    row = Predicted("x", "q", "h", 1.0, float("inf")), Predicted("y", "q", "h", 1.0, 2.0)
    found = validation._finite(Findings(list(row)))
    assert [case.name for case in found.predicted] == ["y"]
    assert [(each.name, "beyond anything real" in each.reason) for each in found.left_out] == [("x", True)]


def test_the_shipped_cases_keep_the_stored_bounds() -> None:
    """The check that a change which makes an estimate worse does not pass."""
    result = run("--bounds", PUBLISHED / "bounds.toml", "--markdown")
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        ("[chip_hours]\nmedian = 1e-6", "median absolute relative error is"),
        ("[chip_hours]\nleast_n = 99", "n is 1, at least 99"),
        ("[chip_hours]\nleast_coverage = 1.1", "coverage is"),
        ("[training_flops]\nmedian = 0.05", "nothing was predicted"),
    ],
)
def test_worse_than_a_bound_is_exit_1(files: list[Path], tmp_path: Path, bounds: str, says: str) -> None:
    path = tmp_path / "bounds.toml"
    path.write_text(bounds)
    result = run(*files, "--bounds", path)
    assert result.exit_code == 1
    assert says in result.stderr


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        ("[chip_hours]\nmedien = 1", "chip_hours: unknown key 'medien'; did you mean 'median'?"),
        ("[chip_hours]\nmedian = 'x'", "chip_hours.median must be a number, not 'x'"),
        ("[chip_hours]\nmedian = true", "chip_hours.median must be a number, not true"),
        (
            "chip_hours = 3",
            "chip_hours must be a table with least_n, median, mean, greatest, mean_log, bias, least_coverage, most_coverage",
        ),
        ("[", "is not valid TOML"),
        (None, "cannot be read"),
    ],
)
def test_bounds_that_are_wrong_are_exit_2(files: list[Path], tmp_path: Path, bounds: str | None, says: str) -> None:
    path = tmp_path / "bounds.toml"
    if bounds is not None:
        path.write_text(bounds)
    result = run(*files, "--bounds", path)
    assert result.exit_code == 2
    assert str(path) in result.stderr
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_the_picture_and_the_page_have_every_prediction(files: list[Path], tmp_path: Path) -> None:
    result = run(*files, "--plot", tmp_path / "picture.svg", "--report", tmp_path / "page.html", "--json")
    assert result.exit_code == 0, result.output
    predicted = json.loads(result.stdout)["cases"]
    root = ElementTree.parse(tmp_path / "picture.svg").getroot()
    told = [mark.attrib["aria-label"] for mark in root.iter() if mark.attrib.get("aria-roledescription") == "point"]
    page = (tmp_path / "page.html").read_text()
    assert len(told) == len(predicted) == 3
    assert all(any(case["name"] in text for text in told) and case["name"] in page for case in predicted)
    assert "Nobody" in page
    assert "picture.svg" in result.stderr
    assert "page.html (" in result.stderr


def test_the_shipped_cases_fit_on_two_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences first; cases, and what is not predicted, one by one where asked for."""
    findings = validation.validate([], 512)
    monkeypatch.setattr(validation, "validate", lambda *_: findings)  # predicted once
    result = run()
    lines = result.output.splitlines()
    assert lines[0].startswith("Chip-hours: off by ")
    assert "is chosen on these very cases" in " ".join(" ".join(lines[:6]).split())
    assert len(lines) <= 100
    full = run("--full").output
    assert "LLaMA-33B" in full
    assert len(full.splitlines()) > len(run("--cases").output.splitlines()) > len(lines)
    assert run("--by", "generation").output.splitlines()[1].split()[0] == "chip_hours"


def test_bad_input_is_one_line_and_exit_2(files: list[Path], tmp_path: Path) -> None:
    broken = write(tmp_path / "broken.csv", RUN | {"gpu_hours": "many"})
    for args, says in (
        ([broken], "line 2: gpu_hours must be a number"),
        ([tmp_path / "none.csv"], "cannot be read"),
        ([*files, "--plot", tmp_path / "x.jpg"], "--plot: '"),
        ([*files, "--plot", files[0] / "x.svg"], "--plot: "),
        ([*files, "--report", tmp_path / "x.htlm"], "did you mean '.htm'?"),
        ([*files, "--by", "chip"], "'chip' is not one of 'generation', 'precision'"),
        (["--known", "--by", "source"], "--known: takes the cases that come with flopwatt; leave out --by"),
        ([files[0], "--known"], "leave out CASES"),
        ([*files, "--draws", "5"], "--draws: must be from 100"),
        ([files[0], "--fit"], "--fit: fits on the published runs"),
    ):
        result = run(*args)
        assert result.exit_code == 2, args
        assert says in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1


def test_counts_of_chips_in_gigawatts_are_compared_on_both_bases(files: list[Path]) -> None:
    printed = run("--gigawatts")
    assert printed.exit_code == 0
    assert "If 10 GW are the facility's peak, these lie inside:" in " ".join(printed.output.split())
    document = json.loads(run("--gigawatts", "--json").output)
    assert {claim["who"] for claim in document["claims"]} >= {"Announcement (Huang)", "Barclays", "Bernstein", "Epoch AI"}
    assert run("--gigawatts", "--markdown").output.startswith("| said by | of | published |")
    refused = run("--gigawatts", *files)
    assert refused.exit_code == 2
    assert "--gigawatts" in refused.output


@pytest.mark.parametrize(("one", "other"), [("--known", "--gigawatts"), ("--fit", "--known")])
def test_two_validations_are_not_asked_at_once(one: str, other: str) -> None:
    result = CliRunner().invoke(cli, ["validate", one, other])
    assert result.exit_code == 2
    assert result.stderr == f"Error: {one}: goes alone; leave out {other}\n"


HEAD = "model,developer,year,total_params_b,active_params_b,tokens_t,hardware,num_chips,gpu_hours,validation_use"


def test_a_table_of_a_european_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "semi.csv"
    path.write_bytes(f"\ufeff{HEAD.replace(',', ';')}\r\nA;X;2023;6,74;6,74;2,0;A100-80GB;2048;184320;yes\r\n".encode())
    result = run(path, "--json")
    assert result.exit_code == 0, result.output
    (european,) = json.loads(result.stdout)["cases"]
    path.write_text(f"{HEAD}\nA,X,2023,6.74,6.74,2.0,A100-80GB,2048,184320,yes\n")
    assert json.loads(run(path, "--json").stdout)["cases"] == [european]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('A,X,2023,"6,74","6,74","2,0",A100-80GB,2048,184320,yes', "line 2: total_params_b holds '6,74'; write 6.74"),
        ("B,X,2023,7e9,7e9,2e12,A100-80GB,2048,184320,yes", "line 2: total_params_b is 7e9, in 1e9 parameters; known are"),
        ("B,X,2023,7,7,2000,A100-80GB,2048,184320,yes", "tokens_t 2000, gpu_hours 184320 are 406 times the peak of A100"),
    ],
)
def test_a_table_that_is_not_understood_is_refused_in_one_line(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text(f"{HEAD}\n{line}\n")
    result = run(path)
    assert result.exit_code == 2
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    unusual = run(path, "--unusual")
    assert unusual.exit_code == (0 if "--unusual takes it as it is" in result.stderr else 2)
