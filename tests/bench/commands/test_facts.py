"""``flopwatt facts``. The figures in the tables are made up."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flopwatt import configs
from flopwatt.bench.cli import cli

CARBON = "Entity,Code,Year,Carbon intensity of electricity - gCO2/kWh\nFrance,FRA,2024,900\nNarnia,,2024,1\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "carbon.csv"
    path.write_text(CARBON, encoding="utf-8")
    return path


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, ["facts", *args])


def test_what_differs_is_printed_with_our_source_and_date(table: Path) -> None:
    result = run("diff", str(table))
    assert result.exit_code == 0
    row = configs.load("grids").find("france")
    text = " ".join(result.stdout.split())
    assert "0 figures agree within 1%, 1 differs." in text
    assert "carbon intensity: " in text
    assert "0.9 kgCO2e/kWh (2024) there" in text
    assert "% more" in text
    assert " ".join(row.source_of("carbon_intensity").split()) in text
    assert "There and in no row here, 1: Narnia" in text
    assert "Here and not there" in text


def test_json_has_all_of_it(table: Path) -> None:
    document = json.loads(run("diff", str(table), "--json").stdout)
    (figure,) = document["differing"]
    assert (figure["row"], figure["quantity"], figure["theirs"]) == ("france", "carbon_intensity", pytest.approx(0.9))
    assert set(figure) >= {"ours", "change", "source", "date"}
    assert document["not_here"] == ["Narnia"]
    assert len(document["not_in_the_file"]) == len(configs.load("grids").rows) - 1


def test_nothing_is_written(table: Path) -> None:
    before = {path: path.read_bytes() for path in configs.FOLDER.rglob("*.toml")}
    run("diff", str(table))
    assert {path: path.read_bytes() for path in configs.FOLDER.rglob("*.toml")} == before
    assert os.listdir(table.parent) == [table.name]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["diff", "none.csv"], "none.csv"),
        (["diff"], "FILE.csv"),
        (["dif"], "'diff'"),
        ([], "Missing command"),
    ],
)
def test_what_is_wrong_is_one_line(args: list[str], says: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert says in result.stderr


def test_a_table_of_another_kind_is_told_which_there_are(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    result = run("diff", str(path))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    for name in ("Epoch AI, machine-learning hardware", "Hardware name", "Our World in Data", "Ember", "Variable"):
        assert name in result.stderr
