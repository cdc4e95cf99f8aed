"""Names of a range's two ends."""

from flopwatt.kernels.model.said_range import range_ends


def test_both_ends_make_a_range_and_one_alone_does_not() -> None:
    names = ("chip_price_high", "tdp", "chip_price_low", "rental_price_low", "lowest")
    assert range_ends(names) == (("chip_price_low", "chip_price_high"),)
