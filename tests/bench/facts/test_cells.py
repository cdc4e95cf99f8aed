"""Cells of published steps: numbers and words as people write them, and what is refused with the reason."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt.bench.facts import cells
from flopwatt.bench.facts.case_columns import COLUMNS, CaseColumn
from flopwatt.bench.facts.cells import RowError
from flopwatt.kernels.errors import FlopwattError


@pytest.mark.parametrize(
    ("cell", "value"),
    [("8", 8), (8, 8), ("1,536", 1536), ("51200 (unverified)", 51200), ("5632[^note]", 5632), ("1.5e3", 1500),
     (" 2048 ", 2048), ("32000; a default", 32000), (".5", 0.5), ("4.8k", 4800), ("~12", 12), ("7 [1]", 7), ("8*", 8),
     ("32000 (Mixtral-8x22B tokenizer per submission README; 32000 = mock default)", 32000), ("8 (TP8; as launched)", 8),
     ("50257 [padded to 51200]", 50257), ("5 (from config_64x8x32.sh)", 5), ("1024 (GBS 1204 read as 1024)", 1024),
     ("8192; as in the launch script", 8192), ("96 (default (see notes))", 96), ("3 (median of 5)", 3)],
)  # fmt: skip
def test_numbers(cell: object, value: float) -> None:
    assert cells.number({"x": cell}, "x") == value


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("", "not stated"), (None, "not stated"), ("n/a", "not stated"), ("nan", "not stated"),
     ("12x", "unknown unit 'x'"), ("inf", "not a number"), ("1e999", "too large"), ("1.2.3", "not a number"),
     ("eight", "not a number"), (True, "not a number"), ("1,53", "decimal comma; write 1.53"),
     ("0", "above 0"), ("-4", "above 0"),
     ("(4)", "not a number"), ("١٢٨", "not a number")],
)  # fmt: skip
def test_cells_that_are_no_number_above_0(cell: object, reason: str) -> None:
    with pytest.raises(RowError, match=f"its TP is.*{reason}"):
        cells.number({"TP": cell}, "TP")


@pytest.mark.parametrize(
    ("key", "cell", "value"),
    [("measured_step_s", "14.4 s", 14.4), ("measured_step_s", "1,200 ms (measured)", 1.2),
     ("measured_step_s", "1.2 (ms)", 0.0012),
     ("time_to_train_min", "2 h", 120),
     ("total_params_b", "405B", 405), ("total_params_b", "6740 M", 6.74), ("total_params_b", "7e9 parameters", 7),
     ("total_params_b", 7.5, 7.5), ("tokens_t", "15 T", 15), ("tokens_t", "300B tokens", 0.3),
     ("num_chips", "2,048 GPUs", 2048),
     ("gpu_hours", "1.2 million", 1.2e6), ("gpu_hours", "2.8M GPU-hours", 2.8e6),
     ("gpu_hours", "2.788M", 2.788e6), ("gpu_hours", "184 k", 184e3), ("gpu_hours", "1 h", 1), ("energy_mwh", "1.2 GWh", 1200),
     ("energy_mwh", "9.5e-05", 9.5e-5), ("energy_mwh", "6E-5", 6e-5), ("energy_mwh", "2e-3 GWh", 2),
     ("mfu", "40%", 0.4), ("cost_usd", "$3.1 million", 3.1e6), ("wall_days", "36 h", 1.5)],
)  # fmt: skip
def test_units_are_converted_into_the_columns(key: str, cell: object, value: float) -> None:
    assert cells.column_number(cell, COLUMNS[key]) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("key", "cell", "reason"),
    [("gpus", "12 (of 16)", "(of"), ("measured_step_s", "12 h/d", "12 h/d"),
     ("measured_step_s", "3 kWh", "wrong unit; one that converts to 's'"), ("gpus", "8 per node", "unit"),
     ("gpus", "8; 16 later", "not a number"), ("gpus", "about 2000", "write 2000 or ~2000"), ("gpus", "> 1000", "a bound"),
     ("gpus", "at least 8", "a bound"), ("gpus", "1-2", "a range"), ("gpus", "1 to 2", "a range"), ("gpus", "1e3-2e3", "range"),
     ("gpus", "1e-3-2e-3", "range"), ("gpus", "2e-3 kWh", "unit"),
     ("gpus", "2k \u2013 3k", "a range"), ("gpus", "5 or 6", "a range"), ("gpus", "8±1", "a range"),
     ("gpus", "2 (estimate of 3)", "(estimate"), ("gpus", "8 (2 nodes)", "not a number"), ("gpus", "8 (nodes)", "(nodes)"),
     ("gpus", "8 (per node)", "(/node)"), ("gpus", "8 (x2)", "(x2)"), ("tp", "4 (k)", "wrong unit"),
     ("gpu_hours", "1.2 (million)", "(million)"), ("tokens_t", "1.4 (5 epochs of 250B)", "not a number"),
     ("gbs", "1024 (1204 as published)", "not a number")],
)  # fmt: skip
def test_what_says_more_than_its_number_is_never_half_read(key: str, cell: str, reason: str) -> None:
    with pytest.raises(RowError, match=f"its {key} is not read: .*{re.escape(reason)}"):
        cells.number({key: cell}, key)


@pytest.mark.parametrize(
    ("cell", "remark"),
    [("51200 (unverified)", "unverified"), ("8 (TP8; as launched)", "TP8; as launched"), ("8", ""), ("12 (of 16)", ""),
     ("5632[^note]", "note"), ("32000; a default", "a default"), ("1.2 (ms)", "")],
)  # fmt: skip
def test_the_remark_behind_a_number(cell: str, remark: str) -> None:
    assert cells.remark(cell) == remark


def test_a_whole_number_has_a_default_only_where_nothing_is_stated() -> None:
    assert cells.whole({"TP": "N/A"}, "TP", 1.0) == 1
    assert cells.whole({}, "TP", 2.0) == 2
    for cell in ("eight", "1.5", "0"):
        with pytest.raises(RowError, match="its TP is"):
            cells.whole({"TP": cell}, "TP", 1.0)


@pytest.mark.parametrize(
    "cell",
    ["", " N/A ", "#N/A", "\u2013", "n.a.", "?", "Undisclosed", "not stated", "none stated", "not published", "Not reported"],
)
def test_words_that_say_nothing_is_stated(cell: str) -> None:
    assert cells.blank(cell)
    assert not cells.blank(f"{cell} 8")


def test_zero_states_nothing_where_it_may() -> None:
    assert [cells.stated({"fsdp": cell}, "fsdp") for cell in ("0", "0.0", "", "n/a", "64", "64*")] == [
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


def written_out(text: str) -> float | None:
    """Read a number by the stated rule, written again: groups of three, a letter for thousands, a mark or words behind."""
    said = r"(?=[^\W\d])(?=.*[^\W\d_]{2})"  # behind a number, in brackets or after a semicolon
    text = re.sub(rf"\s*(\({said}[^;]*\)|\[{said}[^;]*\]|;\s*{said}[^;]*)$", "", text.strip())
    plain = re.sub(r"\s*(\*+|\[\d{1,3}\])\s*$", "", text.strip().lstrip("~ ")).strip()
    power = 0
    for mark in (r"\s*(%)$", r"\s*([kMBT]|[MBT]n)$"):
        if scale := re.search(mark, plain):
            power += {"k": 3, "M": 6, "B": 9, "T": 12, "%": -2}[scale[1][0]]
            plain = plain[: scale.start()]
    try:
        digits, _, exponent = re.sub(r"(?<=\d)([, ])(?=\d{3}(?!\d))|_", "", plain).lower().partition("e")
        return float(f"{digits}e{int(exponent or 0) + power}")
    except ValueError:
        return None


@settings(max_examples=2000, deadline=None)
@given(st.text("0123456789012345678901234567890.,eE+-_ ~*()[]kMBT%;n#'", min_size=1, max_size=9))
def test_no_cell_is_read_to_another_number(text: str) -> None:
    try:
        value = cells.column_number(text, CaseColumn("tp"))
    except FlopwattError:
        return
    assert value == pytest.approx(written_out(text), rel=1e-15)
