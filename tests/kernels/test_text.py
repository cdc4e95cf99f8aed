"""Words for messages: the nearest of some names, and text from files made fit to be shown."""

import pytest

from flopwatt.kernels.quantities import MODEL
from flopwatt.kernels.text import FORMER, nearest, visible


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("chip_cout", "; did you mean 'chip_count'?"),
        ("mfu", "; did you mean 'mfu'?"),
        ("zzz", ""),
        ("h1000", "; did you mean 'H100'?"),
        ("atlantis", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_or_nothing(name: str, hint: str) -> None:
    assert nearest(name, ["chip_count", "mfu", "goodput", "V100", "H100", "netherlands", ""]) == hint


def test_a_name_without_end_is_near_nothing() -> None:
    assert nearest("m" * 10**6, ["mfu"]) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb\x07", r"a\x1b[31mb\x07"),
        ("\x9b2J\x7f", r"\x9b2J\x7f"),
        ("a\u202eb\u2066c\ufeff", r"a\u202eb\u2066c\ufeff"),
        ("\r\x0b", r"\x0d\x0b"),
        ("\ud800", r"\ud800"),
        ("é\tü\n漢 \N{OK HAND SIGN}", "é\tü\n漢 \N{OK HAND SIGN}"),
    ],
)
def test_what_a_terminal_obeys_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_former_name_leads_to_what_is_called_so_now() -> None:
    names = [*MODEL.quantities]
    assert nearest("training_share", names) == "; did you mean 'final_run_share'?"
    assert nearest("training_share", ["training_flops"]) == "; did you mean 'training_flops'?"
    assert {*FORMER.values()} <= {*names}
    assert not {*FORMER} & {*names}
