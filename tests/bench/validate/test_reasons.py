"""Reasons that differ only in what they quote are one kind."""

import pytest

from flopwatt.bench.validate.reasons import reason_groups
from flopwatt.bench.validate.results import LeftOut


def test_the_most_frequent_kind_is_first_and_a_single_reason_stays_whole() -> None:
    left = [
        LeftOut("a", "energy", "scope 'roof (north)' is unknown"),
        LeftOut("b", "step_time", "its precision 'tf32' is not known"),
        LeftOut("c", "energy", "scope 'basement' is unknown"),
        LeftOut("a", "chip_hours", "its precision 'int8' is not known"),
        LeftOut("d", "step_time", "its precision '' is not known"),
    ]
    first, second = reason_groups(left)
    assert (first.reason, first.names) == ("its precision ... is not known", ("b", "a", "d"))
    assert first.quantities == ("step_time", "chip_hours")
    assert second.names == ("a", "c")
    (alone,) = reason_groups(left[:1])
    assert alone.reason == "scope 'roof (north)' is unknown"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("validation_use says context (pruned)", "validation_use says context"),
        ("TP 8 x PP 3 do not divide its 1,024 chips", "TP 4 x PP 6 do not divide its 80 chips"),
        (
            "the hardware table does not know the compute units of TPU v4",
            "the hardware table does not know the compute units of MI300X",
        ),
        ("the hardware table has no peak_fp8 of A100-SXM-80GB", "the hardware table has no peak_fp8 of V100"),
    ],
)
def test_what_is_a_row_s_own_makes_no_kind(one: str, other: str) -> None:
    assert len(reason_groups([LeftOut("a", "q", one), LeftOut("b", "q", other)])) == 1


def test_other_reasons_are_other_kinds() -> None:
    reasons = ("no tokens published", "no chip-hours published", "the paper counts by a formula of its own")
    assert len(reason_groups([LeftOut("a", "q", reason) for reason in reasons])) == 3
