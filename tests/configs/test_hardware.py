"""The chips that come with flopwatt: peaks, bytes of memory, prices as they were said."""

import math
import re

import pytest

from flopwatt import configs
from flopwatt.configs.fact_row import FactRow

CHIPS = configs.load("hardware").rows
EMPTY_IN_NOTES = {  # columns that people look for, and the words by which notes say that they are empty
    "peak_bf16": "BF16",
    "tdp": "TDP",
    "server_rating": "server rating|power of a rack",
    "chip_price_low": "purchase price|prices|no price|price of a card",
    "rental_price_low": "rental price|prices",
}
# What a chip has to give by the driver's count, as NVIDIA's aiconfigurator has it too.
BYTES = {
    "h100-sxm-80gb": 85.9e9, "h200-sxm": 151.4e9, "b200-sxm": 193.3e9, "gb200-nvl72": 198.7e9, "b300-sxm": 288.4e9,
    "gb300-nvl72": 298.0e9, "a100-sxm-80gb": 85.9e9, "tpu-v7-ironwood": 206.2e9, "mi300x": 206.1e9, "trainium3": 154.6e9,
}  # fmt: skip
RENTED = {  # three years, USD/h: the constants of SemiAnalysis' InferenceX
    "h100-sxm-80gb": 1.3, "h200-sxm": 1.6, "b200-sxm": 2.9, "gb200-nvl72": 3.3, "mi300x": 1.55, "mi325x": 1.8, "mi355x": 2.1,
}  # fmt: skip


@pytest.mark.parametrize("row", CHIPS.values(), ids=list(CHIPS))
def test_a_chip_says_of_when_it_is_and_how_its_memory_is_counted(row: FactRow) -> None:
    assert row.date
    assert row.methods["memory_capacity"] in ("usable bytes", "nominal")
    assert "Not checked against a source: the whole row" not in row.notes


@pytest.mark.parametrize("row", CHIPS.values(), ids=list(CHIPS))
@pytest.mark.parametrize("what", ["chip_price", "rental_price"])
def test_a_price_is_a_range_as_it_was_said(row: FactRow, what: str) -> None:
    low, high = (row.values[f"{what}_{end}"] for end in ("low", "high"))
    if math.isnan(low) or math.isnan(high):
        assert math.isnan(low) == math.isnan(high)
        return
    assert 0 < low <= high < 5 * low
    for column, value in ((f"{what}_low", low), (f"{what}_high", high)):
        source = row.fact_source(column)
        assert source.date
        assert re.search(r"\d", source.text), column  # what was said, or of when the list is
        assert column in row.sources
        value = value * 3600 if what == "rental_price" else value
        assert float(f"{value:.3g}") == pytest.approx(value, rel=1e-9), f"{column}: {value} is more exact than what was said"


@pytest.mark.parametrize("row", CHIPS.values(), ids=list(CHIPS))
def test_what_is_empty_is_explained(row: FactRow) -> None:
    for column, words in EMPTY_IN_NOTES.items():
        assert not math.isnan(row.values[column]) or re.search(words, row.notes, re.IGNORECASE), f"{row.key}: {column}"


@pytest.mark.parametrize("row", CHIPS.values(), ids=list(CHIPS))
def test_memory_is_what_the_name_says_in_binary_gigabytes(row: FactRow) -> None:
    named = re.search(r"(\d+)gb", row.key)
    if named:
        assert row.values["memory_capacity"] == pytest.approx(int(named[1]) * 2**30, rel=0.01)


def test_memory_counts_bytes_as_drivers_show_them() -> None:
    assert {key: CHIPS[key].values["memory_capacity"] for key in BYTES} == pytest.approx(BYTES, rel=5e-4)


def test_fewer_bits_never_lower_the_peak() -> None:
    for row in CHIPS.values():
        peaks = [row.values[name] for name in ("peak_bf16", "peak_fp8", "peak_fp4")]
        known = [peak for peak in peaks if not math.isnan(peak)]
        assert known == sorted(known), row.key
        assert known, row.key


def test_vera_rubin_has_all_peaks_and_two_modes_of_power() -> None:
    slow, fast = CHIPS["vr200-nvl72"].values, CHIPS["vr200-nvl72-max-p"].values
    assert [slow[f"peak_{name}"] for name in ("bf16", "fp8", "fp4")] == [4.0e15, 17.5e15, 35.0e15]
    assert [slow["tdp"], fast["tdp"]] == [1800, 2300]
    assert [72 * slow["server_rating"], 72 * fast["server_rating"]] == pytest.approx([190e3, 230e3], rel=1e-3)
    different = {name for name in slow if slow[name] != fast[name] and not math.isnan(slow[name])}
    assert different == {"tdp", "server_rating"}
    assert not math.isnan(slow["compute_units"] + slow["architecture_date"])  # the step-time model answers


def test_rental_ranges_hold_what_was_published() -> None:
    for key, hourly in RENTED.items():
        low, high = (CHIPS[key].values[f"rental_price_{end}"] * 3600 for end in ("low", "high"))
        assert low * (1 - 1e-9) <= hourly <= high * (1 + 1e-9), key
    deepseek = CHIPS["h800-sxm"].values
    assert deepseek["rental_price_low"] * 3600 == pytest.approx(2)


def test_prices_are_those_of_which_the_hourly_cost_was_checked() -> None:
    """Geometric means near the 23,000, 37,000 and 37,000 USD with which a chip-hour costs what SemiAnalysis has."""
    means = {
        key: math.sqrt(CHIPS[key].values["chip_price_low"] * CHIPS[key].values["chip_price_high"])
        for key in ("h100-sxm-80gb", "b200-sxm", "gb200-nvl72")
    }
    assert means == pytest.approx({"h100-sxm-80gb": 23_238, "b200-sxm": 36_742, "gb200-nvl72": 36_742}, rel=0.01)
