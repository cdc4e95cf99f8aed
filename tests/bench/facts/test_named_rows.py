"""A row of any facts table by its name."""

from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.bench.facts.named_rows import row_named, said_of_rows


@pytest.mark.parametrize(
    ("table", "name", "key"),
    [
        ("hardware", "NVIDIA H100 80GB HBM3", "h100-sxm-80gb"),
        ("hardware", "h100 500w", "h100-sxm-80gb-500w"),
        ("grids", "CH", "switzerland"),
        ("models", "llama-3.1-405b", "llama-3.1-405b"),
    ],
)
def test_a_row_by_what_people_call_it(table: str, name: str, key: str) -> None:
    assert row_named(configs.load(table), name).key == key


@pytest.mark.parametrize("name", ["H100 NVL", "DGX H100", "h100 mig 1g.10gb"])
def test_what_names_no_one_chip(name: str) -> None:
    with pytest.raises(configs.FactError, match="H100-SXM-80GB"):
        row_named(configs.load("hardware"), name)


def test_a_table_of_the_users_own_has_its_own_names(tmp_path: Path) -> None:
    path = tmp_path / "hardware.toml"
    path.write_text('[columns]\ntdp = "W"\n[rows.h100]\nname = "H100 NVL"\nsource = "us"\ntdp = 400\n')
    table = configs.load_file(path)
    assert row_named(table, "h100 nvl").values["tdp"] == 400
    assert said_of_rows(table, ["h100"]) == ()


def test_what_is_said_of_names_is_said_once() -> None:
    hardware = configs.load("hardware")
    assert said_of_rows(hardware, "all") == said_of_rows(hardware, ["h100", "b200"]) == ()
    assert len(said_of_rows(hardware, ["h100 500w", "H100 SXM 500 W", "mi250x gcd"])) == 2
