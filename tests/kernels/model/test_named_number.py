"""What people read for a quantity's name."""

import pytest

from flopwatt.kernels.model.named_number import Quantity, name_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("peak_facility_power", "peak facility power"),
        ("step_mfu", "step MFU"),
        ("training_flops", "training FLOP"),
        ("zero_stage", "ZeRO stage"),
        ("_hidden__name", "hidden name"),
        ("pue", "PUE"),
    ],
)
def test_abbreviations_are_in_capitals(name: str, words: str) -> None:
    assert name_words(name) == words


def test_a_label_goes_before_the_name() -> None:
    assert Quantity("chip_count", "chip", "given", "").wording == "chip count"
    assert Quantity("chip_count", "chip", "given", "", label="number of chips").wording == "number of chips"
