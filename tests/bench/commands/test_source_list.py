"""``flopwatt show sources``: every figure's source, in full."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.commands.source_list import SourceListing
from flopwatt.bench.facts.sources import SourcedFigure
from flopwatt.configs import FactSource


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, ["show", "sources", *args])


def test_every_source_of_a_row_is_printed_whole() -> None:
    row = configs.load("hardware").find("h100")
    text = " ".join(run("h100").stdout.split())
    for source in {row.source_of(column) for column in row.figures()}:
        assert " ".join(source.split()) in text
    assert "tdp 700 W" in text
    assert "architecture date 2022.7" in text


def test_one_source_is_printed_once_for_all_its_figures() -> None:
    row = configs.load("models").find("gpt-3-175b")
    assert run("gpt-3").stdout.count("arXiv:2005.14165") == row.source.count("arXiv:2005.14165")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_long_source_is_wrapped_and_never_cut(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("flopwatt.bench.commands.source_list.console", lambda: Console(width=width))
    address = "example.org/" + "a-very-long-path/" * 10
    source = FactSource(f"Someone 2024, {address}, table 3, and {'more of it ' * 20}end", "2024-07", False, "life cycle")
    SourceListing((SourcedFigure("grids", "a", "Somewhere", "carbon_intensity", 1.0, "", "1", source),)).print()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Somewhere (grids)"
    assert any(line.strip().startswith(address) for line in lines)
    assert max(len(line) for line in lines if address not in line) <= width
    text = " ".join(" ".join(lines).split())
    assert source.text in text
    assert text.endswith("2024-07; secondary: not by those who made or measured it; counted: life cycle")


def test_json_has_a_row_for_every_figure() -> None:
    rows = json.loads(run("h100", "--json").stdout)
    row = configs.load("hardware").find("h100")
    assert [item["quantity"] for item in rows] == list(row.figures())
    first = rows[0]
    assert (first["table"], first["row"], first["source"]) == ("hardware", row.key, row.source_of(first["quantity"]))
    assert set(first) >= {"value", "unit", "date", "primary", "method"}


def test_a_default_a_draw_and_a_formula_are_told_apart() -> None:
    text = run("pue").stdout
    assert "pue (default)" in text
    assert "pue (drawn)" in text
    assert "run time (formula)" in run("run_time").stdout


def test_without_a_name_the_sources_of_each_table_are_counted() -> None:
    rows = {row["table"]: row for row in json.loads(run("--json").stdout)}
    assert {"hardware", "defaults", "draws"} <= set(rows)
    assert rows["models"]["figures"] == sum(len(row.figures()) for row in configs.load("models").rows.values())


def test_an_unknown_name_is_one_line_with_the_nearest() -> None:
    result = run("lama-3.1-405b")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "'llama-3.1-405b'" in result.stderr


def test_what_was_chosen_is_not_called_primary() -> None:
    text = " ".join(run("cost_of_capital").stdout.split())
    assert "; chosen for flopwatt; nobody measured it" in text
    assert "primary" not in text
