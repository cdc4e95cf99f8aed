"""Cells of published steps: numbers and words as people write them, and what is refused with the reason."""

import math

import pytest

from flopwatt.bench.facts import cells
from flopwatt.bench.facts.cells import RowError


@pytest.mark.parametrize(
    ("cell", "value"),
    [("8", 8), (8, 8), ("1,536", 1536), ("51200 (unverified)", 51200), ("5632[^note]", 5632), ("1.5e3", 1500),
     ("14.4 s", 14.4), (" 2048 ", 2048), ("32000; a default", 32000), (".5", 0.5)],
)  # fmt: skip
def test_numbers(cell: object, value: float) -> None:
    assert cells.number({"x": cell}, "x") == value


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("", "not stated"), (None, "not stated"), ("n/a", "not stated"), ("nan", "not stated"), ("1.2.3", "not a number"),
     ("4.8k", "not a number"), ("12x", "not a number"), ("inf", "not a number"), ("1e999", "not a number"),
     ("eight", "not a number"), (True, "not a number"), ("1,53", "not a number"), ("0", "above 0"), ("-4", "above 0"),
     ("(4)", "not a number"), ("١٢٨", "not a number")],
)  # fmt: skip
def test_cells_that_are_no_number_above_0(cell: object, reason: str) -> None:
    with pytest.raises(RowError, match=f"its TP is.*{reason}"):
        cells.number({"TP": cell}, "TP")


def test_a_whole_number_has_a_default_only_where_nothing_is_stated() -> None:
    assert cells.whole({"TP": "N/A"}, "TP", 1.0) == 1
    assert cells.whole({}, "TP", 2.0) == 2
    for cell in ("eight", "1.5", "0"):
        with pytest.raises(RowError, match="its TP is"):
            cells.whole({"TP": cell}, "TP", 1.0)


@pytest.mark.parametrize(
    "cell", ["", " N/A ", "?", "Undisclosed", "not stated", "none stated", "not published", "Not reported"]
)
def test_words_that_say_nothing_is_stated(cell: str) -> None:
    assert cells.blank(cell)
    assert not cells.blank(f"{cell} 8")


def test_zero_states_nothing_where_it_may() -> None:
    assert [cells.stated({"fsdp": cell}, "fsdp") for cell in ("0", "0.0", "", "n/a", "64", "64 (0)")] == [
        None, None, None, None, 64, 64,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "layers", "attention"),
    [("full", 1, 1), ("Full (assumed)", 1, 1), ("uniform", 1, 1), ("selective(attn)+SP", 0, 1), ("selective", 0, 1),
     ("attention", 0, 1), ("none (per strategy defaults; not in table)", 0, 0), ("none stated", 0, 0), ("null", 0, 0),
     ("", 0, 0), ("no", 0, 0)],
)  # fmt: skip
def test_words_for_recompute(cell: str, layers: float, attention: float) -> None:
    assert cells.recompute(cell) == {"recomputed_layers": layers, "recomputed_attention": attention}


def test_words_that_are_not_known_are_refused() -> None:
    with pytest.raises(RowError, match="recompute 'sometimes'"):
        cells.recompute("sometimes")


def test_every_stated_number_is_finite() -> None:
    assert math.isfinite(cells.number({"x": "1e300"}, "x"))
