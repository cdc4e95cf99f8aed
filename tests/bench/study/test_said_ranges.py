"""The least of a range is not above its most, wherever a study takes the two from."""

from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.study.loader import load_study

STUDY = """title = "t"
[given]
site_power = "1 GW"
{given}
[axes.chip]
from = "hardware"
rows = ["h100", "b200"]
{axes}
[[questions]]
summary = "site_parts_capital"
[[questions]]
summary = "site_capital"
"""
BOTH = "capital_per_watt_low = 30\ncapital_per_watt_high = 40\ncapital_position = 0.5\ncapital_basis = 0"
LOW_AXIS = "[axes.least]\nquantity = 'capital_per_watt_low'\nvalues = [20, {most}]"
HIGH_ALONE = BOTH.replace("capital_per_watt_low = 30\n", "")
SIDE_BY_SIDE = "[axes.said]\ncolumns.capital_per_watt_low = [20, {low}]\ncolumns.capital_per_watt_high = [25, 90]"
NEITHER = "capital_position = 0.5\ncapital_basis = 0"


def load(tmp_path: Path, given: str, axes: str = "", sets: tuple[str, ...] = ()) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY.format(given=given, axes=axes))
    load_study(path, sets)


@pytest.mark.parametrize(
    ("given", "axes", "sets"),
    [
        (BOTH, "", ()),
        (BOTH.replace("40", "30"), "", ()),
        (HIGH_ALONE, LOW_AXIS.format(most=40), ()),
        (NEITHER, SIDE_BY_SIDE.format(low=80), ()),  # above another scenario's most, not above its own
        (BOTH, "", ("chip_price_low=1000",)),
        (BOTH, "", ("chip_price=50000",)),
    ],
)
def test_ranges_that_are_in_order(given: str, axes: str, sets: tuple[str, ...], tmp_path: Path) -> None:
    load(tmp_path, given, axes, sets)


@pytest.mark.parametrize(
    ("given", "axes", "sets", "message"),
    [
        (
            BOTH.replace("30", "50"),
            "",
            (),
            r"given.capital_per_watt_low \(50 USD/W\) is above given.capital_per_watt_high \(40",
        ),
        (HIGH_ALONE, LOW_AXIS.format(most=41), (), r"axes.least: capital_per_watt_low \(41 USD/W\) is above given.capital"),
        (NEITHER, SIDE_BY_SIDE.format(low=91), (), r"axes.said: capital_per_watt_low \(91 USD/W\) is above axes.said: "),
        (BOTH, "", ("chip_price_low=90000",), r"given.chip_price_low \(90,000 USD\) is above axes.chip: chip_price_high"),
    ],
)
def test_ranges_that_are_not(given: str, axes: str, sets: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load(tmp_path, given, axes, sets)
    assert "\n" not in str(caught.value)


def test_a_fact_out_of_bounds_is_named_by_its_row_and_column(tmp_path: Path) -> None:
    rows = [f'[rows.{key}]\nchip_price = {price}\nsource = "x"\n' for key, price in (("ours", 5), ("theirs", -5))]
    table = '[columns]\nchip_price = "USD"\n' + "".join(rows)
    (tmp_path / "mine.toml").write_text(table)
    axes = '[axes.mine]\nfrom = "mine.toml"\ncolumns = ["chip_price"]'
    study = STUDY.format(given=BOTH, axes=axes).replace(
        'rows = ["h100", "b200"]', 'rows = ["h100"]\ncolumns = ["tdp", "server_rating"]'
    )
    path = tmp_path / "study.toml"
    path.write_text(study)
    with pytest.raises(InputError, match=r"axes.mine.from.mine.theirs.chip_price: -5 must be above 0 USD"):
        load_study(path)
