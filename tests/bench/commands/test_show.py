"""``flopwatt show``."""

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.commands import catalog
from flopwatt.kernels import engines
from flopwatt.kernels.quantities import MODEL


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, list(args))


def listed(*args: str) -> Any:
    result = run("show", *args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("what", list(catalog.makers()))
def test_every_list_prints_and_has_json(what: str) -> None:
    result = run("show", what)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 2
    assert listed(what)


def test_the_lists_that_the_help_names_are_there() -> None:
    lines = run("show").stdout.splitlines()
    names = [line.partition("  ")[0] for line in lines]
    assert {"hardware", "models", "grids", "studies", "quantities", "engines"} <= set(names)
    assert all(len(line.partition("  ")[2].split()) > 1 for line in lines)
    assert max(map(len, lines)) <= 80


def test_a_row_by_its_alias_with_every_column_and_source() -> None:
    (row,) = listed("hardware", "h100")
    table = configs.load("hardware")
    assert row["key"] == "h100-sxm-80gb"
    assert set(table.columns) <= set(row)
    assert row["source"] == table.find("h100").source
    assert row["tdp"] == 700
    text = run("show", "hardware", "h100").stdout
    assert "700 W" in text
    assert "989 TFLOP/s" in text


@pytest.mark.parametrize("name", ["H100 500W", "h100-sxm-80gb-500w"])
def test_a_chip_under_a_power_limit_with_how_it_was_scaled(name: str) -> None:
    (row,) = listed("hardware", name)
    assert (row["key"], row["name"], row["tdp"]) == ("h100-sxm-80gb-500w", "H100-SXM-80GB at 500 W", 500)
    assert "under a limit of 500 W" in row["notes"]
    figures = {figure["quantity"]: figure for figure in listed("sources", name)}
    assert figures["tdp"]["value"] == 500
    assert figures["tdp"]["method"] == "derived"
    assert "its own is 700 W" in figures["tdp"]["source"]


def test_as_many_columns_as_the_screen_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = 2 + sum(not column.endswith("_high") for column in configs.load("hardware").columns)  # a range is one column
    whole = {}
    for width in (40, 80, 120, 400):
        monkeypatch.setattr("flopwatt.bench.terminal.listing.console", lambda width=width: Console(width=width))
        lines = run("show", "hardware").stdout.splitlines()
        assert max(map(len, lines)) <= width
        found = re.search(r"(\d+) more columns: flopwatt show hardware KEY", " ".join(" ".join(lines[:2]).split()))
        whole[width] = columns - int(found[1]) if found else columns
        assert any(line.startswith("h100-sxm-80gb ") and " 2022 " in line for line in lines)
    assert 2 <= whole[40] < 7 <= whole[80] < whole[120] < whole[400] == columns
    assert set(listed("hardware")[0]) == {"key", "name", *configs.load("hardware").columns}


def test_a_fact_that_is_not_published_is_null() -> None:
    assert listed("hardware", "a100-sxm-80gb")[0]["peak_fp8"] is None


def test_a_price_is_a_range_with_what_was_said_of_when_and_by_whom() -> None:
    (row,) = listed("hardware", "b200-sxm")
    assert (row["chip_price_low"], row["chip_price_high"]) == (30_000, 45_000)
    text = " ".join(run("show", "hardware", "b200-sxm").stdout.split())
    assert "chip_price 30 to 45 thousand USD (Epoch AI" in text
    assert "2026-01, secondary)" in text
    assert "rental_price 2.9 to 7 USD/h (from: SemiAnalysis" in text
    assert "to: Ornn" in text
    assert "price_low" not in text
    assert "price_high" not in text
    assert "chip_price 11.5 thousand USD (Epoch AI" in " ".join(run("show", "hardware", "v100").stdout.split())
    assert "architecture_date 2024.9 (" in text


def test_prices_stand_in_the_list_as_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.terminal.listing.console", lambda: Console(width=120))
    lines = run("show", "hardware").stdout.splitlines()
    heading, own = (next(line for line in lines if line.startswith(key)) for key in ("key", "b200-sxm"))
    assert heading.split() == ["key", "name", "year", "GB", "TFLOP/s", "TFLOP/s", "W", "USD", "TB/s", "TFLOP/s"]
    assert own.split()[:2] == ["b200-sxm", "B200"]
    assert " 30 to 45 " in own
    assert any(line.startswith("mi455x") and " - " in line for line in lines)


def test_models_stand_with_their_parameters_tokens_and_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.terminal.listing.console", lambda: Console(width=80))
    lines = run("show", "models").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    told = {line.split()[0]: line.split()[1:5] for line in lines}
    assert told["key"] == ["billion", "billion", "trillion", "published"]
    assert told["llama-3.1-405b"] == ["405.9", "405.9", "15.6", "2024-07"]
    assert told["deepseek-v3"] == ["671", "37", "14.8", "2024-12"]
    assert listed("models")[0]["date"] == "2020-05"


def test_quantities_say_what_they_mean_and_their_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.terminal.listing.console", lambda: Console(width=80))
    text = " ".join(run("show", "quantities").stdout.split())
    assert f"tdp {MODEL['tdp'].doc.rstrip('.')} (W)" in text


def test_quantities() -> None:
    assert {row["name"] for row in listed("quantities")} == set(MODEL.quantities)
    (row,) = listed("quantities", "run_time")
    assert row["needs"] == list(MODEL["run_time"].parameters)
    assert row["source"] == MODEL["run_time"].source
    assert "return" in row["formula"]
    (load,) = listed("quantities", "load")
    assert load["default"] == configs.defaults()["load"].value
    assert load["range"].startswith("above 0, at most")


def test_engines_say_why_not() -> None:
    for row in listed("engines"):
        state = engines.availability(row["engine"])
        assert row["here"] == state.available
        assert row["why not"] == state.reason


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["hardwre"], "'hardware'"),
        (["hardware", "h10"], "'h100'"),
        (["hardware", "H100 NVL 94GB"], "there are H100-SXM-80GB, H100-SXM-96GB and H100-PCIe-80GB"),
        (["quantities", "run_tme"], "'run_time'"),
        (["studies", "quik"], "'quick'"),
        (["engines", "numbaa"], "'numba'"),
        (["defaults", "puee"], "'pue'"),
    ],
)
def test_what_is_not_there(args: list[str], says: str) -> None:
    result = run("show", *args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert says in result.stderr


def test_a_study_of_many_questions_names_a_few_in_the_list_of_all_and_all_by_itself() -> None:
    asked = configs.read_toml(configs.studies()["nvidia-openai-10gw"])["questions"]
    words = [" ".join(run("show", "studies", *name).stdout.split()) for name in ((), ("nvidia-openai-10gw",))]
    assert f"and {len(asked) - 6} more" in words[0]
    assert asked[-1]["name"] not in words[0].split("nvidia-openai-10gw")[1].split("quick")[0]
    assert asked[-1]["name"] in words[1]


def test_a_year_is_a_year_among_the_defaults() -> None:
    line = next(line for line in run("show", "defaults").stdout.splitlines() if line.startswith("year "))
    assert line.split()[1] == "2026"


def test_a_place_by_what_it_is_called_or_why_it_has_no_row() -> None:
    (row,) = listed("grids", "Great Britain")
    assert row["key"] == "united-kingdom"
    refused = run("show", "grids", "Saudi Arabia")
    assert refused.exit_code == 2
    assert refused.stderr == "Error: show: there is no row for Saudi Arabia (SA)\n"
    near = run("show", "grids_direct", "france").stderr
    assert near == "Error: show: there is no row 'france' in grids_direct; did you mean 'france-direct'?\n"
