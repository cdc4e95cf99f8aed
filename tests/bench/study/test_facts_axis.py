"""An axis ``from`` a facts table: its rows are the points, its columns fill quantities, and what is not in it is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.study.facts_axis import plan_facts
from flopwatt.bench.study.planned_axis import AxisColumns, AxisError, PlannedAxis
from flopwatt.bench.study.schema import parse_study
from flopwatt.kernels.quantities import MODEL


def plan(keys: dict[str, Any], name: str = "z", folder: Path = Path(".")) -> PlannedAxis:
    document = {"title": "t", "axes": {name: keys}, "questions": [{"minimize": "run_time"}]}
    return plan_facts(name, parse_study(document).axes[name], MODEL, folder)


def brought(keys: dict[str, Any], name: str = "z", folder: Path = Path(".")) -> AxisColumns:
    return plan(keys, name, folder).make()


def test_rows_of_facts_bring_the_tables_columns_by_their_keys() -> None:
    table = configs.load("hardware")
    axis = brought({"from": "hardware", "rows": ["B200", "h100"]}, "chip")
    assert axis.labels == ("b200-sxm", "h100-sxm-80gb")
    assert axis.facts
    assert axis.table == "hardware"
    assert set(axis.columns) == {column for column in table.columns if column in MODEL}
    assert axis.columns["tdp"].tolist() == [table.find(row).values["tdp"] for row in ("b200", "h100")]


@pytest.mark.parametrize("keys", [{"rows": "all"}, {}])
def test_all_rows_where_none_are_named(keys: dict[str, Any]) -> None:
    rows = configs.load("hardware").rows
    axis = plan({"from": "hardware", **keys}, "chip")
    assert axis.length == len(rows)
    assert axis.make().labels == tuple(rows)


def test_one_row_may_stand_without_a_list() -> None:
    assert brought({"from": "hardware", "rows": "h100"}, "chip").labels == ("h100-sxm-80gb",)


def test_columns_may_be_picked_or_filled_from_others() -> None:
    table = configs.load("hardware").find("h100").values
    picked = brought({"from": "hardware", "rows": ["h100"], "columns": ["tdp"]}, "chip")
    assert list(picked.columns) == ["tdp"]
    filled = brought({"from": "hardware", "rows": ["h100"], "columns": {"peak_flops": "peak_fp8"}}, "chip")
    assert filled.columns["peak_flops"].tolist() == [table["peak_fp8"]]
    assert filled.columns["tdp"].tolist() == [table["tdp"]]
    assert filled.renamed["peak_flops"] == "peak_fp8"


def test_a_table_of_the_users_own_is_looked_for_beside_the_study(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'title = "M"\n[columns]\ntdp = "kW"\n[rows.x]\nname = "X"\nsource = "us"\ntdp = 0.5\n'
        '[rows.y]\nname = "Y"\nsource = "us"\n'
    )
    axis = brought({"from": "mine.toml"}, "chip", tmp_path)
    assert axis.labels == ("x", "y")
    np.testing.assert_array_equal(axis.columns["tdp"], [500, np.nan])  # a fact that is not known


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"from": "hardwre"}, "did you mean 'hardware'"),
        ({"from": "nowhere.toml"}, "axes.z.from:"),
        ({"from": "hardware", "rows": []}, "axes.z.rows: is empty"),
        ({"from": "hardware", "rows": [3]}, "axes.z.rows: must be a list of names, and 3 is not text"),
        ({"from": "hardware", "rows": ["h100", "H100"]}, "names 'h100-sxm-80gb' twice"),
        ({"from": "hardware", "columns": ["tpd"]}, "hardware has no column 'tpd'; did you mean 'tdp'"),
        ({"from": "hardware", "columns": 3}, "axes.z.columns: must be a list of columns"),
        ({"from": "hardware", "columns": {"peak_flops": "tdp"}}, "hardware's tdp (W) is no peak_flops (FLOP/s)"),
    ],
)
def test_refused_when_it_is_planned(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(AxisError) as error:
        plan(keys)
    assert says in str(error.value)
    assert str(error.value).startswith("axes.z")


def test_chips_are_named_as_people_write_them_and_scaled_ones_are_noted() -> None:
    table = configs.load("hardware")
    axis = brought({"from": "hardware", "rows": ["NVIDIA H100 80GB HBM3", "h100 500w", "MI250X GCD"]}, "chip")
    assert axis.labels == ("h100-sxm-80gb", "h100-sxm-80gb-500w", "mi250x-die")
    assert axis.columns["tdp"].tolist() == [700, 500, 250]
    assert axis.columns["power_limit_share"].tolist() == [1, 500 / 700, 1]
    assert set(axis.columns) == {column for column in table.columns if column in MODEL} | {"power_limit_share"}
    assert [note[:13] for note in axis.notes] == ["H100-SXM-80GB", "1/2 of MI250X"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("h100 mig 1g.10gb", "axes.chip.rows: 'h100 mig 1g.10gb' names less than a chip"),
        ("h100 nvl", "there are H100-SXM-80GB, H100-SXM-96GB and H100-PCIe-80GB"),
        ("dgx h100", "name its chip, H100-SXM-80GB"),
        ("h100 900w", "H100-SXM-80GB has 700 W"),
    ],
)
def test_a_name_of_no_one_chip_is_refused(row: str, says: str) -> None:
    with pytest.raises(AxisError) as refused:
        plan({"from": "hardware", "rows": [row]}, "chip")
    assert says in str(refused.value)


def test_one_chip_by_two_names_is_named_twice() -> None:
    with pytest.raises(AxisError, match="names 'h100-sxm-80gb-500w' twice"):
        plan({"from": "hardware", "rows": ["h100 500w", "H100 SXM 0.5 kW"]}, "chip")


def test_a_place_may_be_named_by_iso() -> None:
    assert brought({"from": "grids", "rows": ["CH", "Republic of Korea", "fra"]}, "site").labels == (
        "switzerland",
        "south-korea",
        "france",
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Hong Kong", r'there is no row for Hong Kong \(HK\); a table of your own can have it: from = "sites.toml"$'),
        ("TX", "Texas has no row in grids; grids_direct has it, as 'texas'$"),
        ("Eurpe", "there is no place 'Eurpe' in the tables .*; did you mean 'europe'"),
    ],
)
def test_a_place_without_a_row_is_refused_by_what_it_is(row: str, message: str) -> None:
    with pytest.raises(AxisError, match=rf"^axes\.z\.rows: {message}"):
        plan({"from": "grids", "rows": [row]})


def test_a_table_of_the_users_own_has_its_own_places(tmp_path: Path) -> None:
    (tmp_path / "grids.toml").write_text(
        '[columns]\ncarbon_intensity = "kgCO2e/kWh"\n[rows.CH]\nname = "Charlotte"\nsource = "us"\ncarbon_intensity = 0.3\n'
    )
    assert brought({"from": "grids.toml", "rows": ["ch"]}, folder=tmp_path).labels == ("CH",)
