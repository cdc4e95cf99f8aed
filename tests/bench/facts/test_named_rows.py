"""A row is known by all that a chip or a place is called, in the tables that come with flopwatt."""

import pytest

from flopwatt import configs
from flopwatt.bench.facts.named_rows import find_row
from flopwatt.bench.facts.place_names import PlaceError


def test_a_table_of_places_is_searched_by_all_that_a_place_is_called() -> None:
    grids = configs.load("grids")
    assert find_row(grids, "Swiss Confederation").key == "switzerland"
    with pytest.raises(PlaceError, match=r"^Texas has no row in grids; grids_direct has it, as 'texas'$"):
        find_row(grids, "TX")
    with pytest.raises(
        PlaceError, match=r'^Canada has no row in grids_direct; .*; CA is read as Canada; California is "US-CA"$'
    ):
        find_row(configs.load("grids_direct"), "CA")
    assert find_row(configs.load("hardware"), "h100").key == "h100-sxm-80gb"
    with pytest.raises(configs.FactError, match="names no chip of the hardware table; there are H100-SXM-80GB"):
        find_row(configs.load("hardware"), "h101")
    assert find_row(configs.load("models"), "llama-3.1-8b").key == "llama-3.1-8b"
