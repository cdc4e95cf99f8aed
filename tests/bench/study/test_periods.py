"""Periods that do not follow each other are refused where something accumulates over them."""

import re
from pathlib import Path

import pytest

from flopwatt import InputError
from flopwatt.bench.study.loader import load_study


def planned(tmp_path: Path, dates: str, years: float, question: str) -> tuple[str, ...]:
    """Load a study of two phases whose periods begin at some dates, and return its notes."""
    path = tmp_path / "s.toml"
    path.write_text(
        f"""title = "t"
[given]
period_years = {years}
schedule_date = 2026
site_power = "built_phase_power"
site_basis = 0
run_days_limit = "90 day"
[axes.chip]
from = "hardware"
rows = ["gb200-nvl72"]
[axes.phase]
summed = true
columns.phase_date = [2026, 2027]
columns.phase_power = ["100 MW", "100 MW"]
columns.phase_generation = [1, 1]
[axes.period]
quantity = "period_date"
values = {dates}
[[questions]]
name = "asked"
table = ["{question}"]
"""
    )
    return load_study(path).notes


@pytest.mark.parametrize(
    ("dates", "years", "says"),
    [
        ("[2026, 2026.5, 2027]", 0.25, "period 2 begins at 2026.5, and the one before it, at 2026, lasts period_years = 0.25: "
         "energy_so_far would miss what lies between; give periods that follow each other, or period_years = 0.5"),
        ("[2026, 2026.25, 2026.5]", 1, "energy_so_far would count what they share twice"),
        ("[2026, 2027, 2029]", 1, "period 3 begins at 2029, and the one before it, at 2027"),
        ("[2027, 2026]", 1, "period 2 begins at 2026, not after the one before it at 2027; give periods in the order of time"),
    ],
)  # fmt: skip
def test_gaps_and_overlaps_are_refused(tmp_path: Path, dates: str, years: float, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)) as error:
        planned(tmp_path, dates, years, "energy_so_far")
    assert "axes.period" in str(error.value)


@pytest.mark.parametrize("question", ["online_power", "year_energy"])
def test_what_does_not_accumulate_may_leave_periods_out(tmp_path: Path, question: str) -> None:
    planned(tmp_path, "[2026.75, 2027.75, 2029.75]", 0.25, question)


def test_periods_that_follow_each_other_are_taken(tmp_path: Path) -> None:
    assert not any("planned for" in note for note in planned(tmp_path, "[2025.9, 2026, 2026.1]", 0.1, "energy_so_far"))


def test_what_a_phase_had_before_the_first_period_is_told_to_be_left_out(tmp_path: Path) -> None:
    notes = planned(tmp_path, "[2026.1, 2026.2, 2026.3, 2026.4]", 0.1, "energy_so_far")
    assert (
        "axes.phase: a phase is planned for 2026, before the first period begins at 2026.1: sums over periods, such as energy "
        "so far, leave out what was before it"
    ) in notes


def test_what_was_paid_before_the_first_period_is_told_to_be_left_out(tmp_path: Path) -> None:
    said = (
        "axes.phase: a phase is planned for 2026 and paid from 2025.5 on, before the first period begins at 2025.9: sums over "
    )
    notes = planned(tmp_path, "[2025.9, 2026, 2026.1]", 0.1, "capital_so_far")
    assert any(note.startswith(said) for note in notes)
    assert not any("paid from" in note for note in planned(tmp_path, "[2025.5, 2026, 2026.5]", 0.5, "capital_so_far"))
    assert not any("paid from" in note for note in planned(tmp_path, "[2025.9, 2026, 2026.1]", 0.1, "energy_so_far"))
