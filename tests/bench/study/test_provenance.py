"""What a study rests on: defaults that nothing else gives, and facts whose lack alone leaves an answer out."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.study.bindings import BindingError
from flopwatt.bench.study.loader import load_study
from flopwatt.bench.study.planned_axis import AxisColumns
from flopwatt.bench.study.provenance import Assumption, MissingFact, find_assumptions, find_missing_facts, note_methods
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Best, Problem, Question
from flopwatt.kernels.quantities import MODEL


def test_an_input_that_nothing_gives_takes_its_default() -> None:
    default = configs.defaults()["pue"]
    (assumed,) = find_assumptions(MODEL, ["energy", "pue", "mfu", "load"], {"mfu": 0.4}, ["load"])
    assert assumed == Assumption("pue", default.value, default.unit, default.source, default.note)


def test_an_input_without_a_default_is_asked_for_with_what_is_near() -> None:
    with pytest.raises(
        BindingError, match=r"given: tokens \(.*\) has no value and no default; .*did you mean 'tokns'"
    ) as error:
        find_assumptions(MODEL, ["tokens"], {"tokns": 1.0}, [])
    assert "tokens = ... under [given]" in str(error.value)


def facts(columns: dict[str, list[float]]) -> AxisColumns:
    table = configs.load("hardware")
    arrays = {name: np.array(values) for name, values in columns.items()}
    rows = tuple(table.find(key) for key in ("h100", "b200-sxm"))
    return AxisColumns("chip", arrays, facts=True, rows=rows, table="hardware", renamed={"peak_flops": "peak_fp8"})


def missing(columns: dict[str, list[float]], *questions: Question, **given: float) -> tuple[MissingFact, ...]:
    axis = facts(columns)
    held: dict[str, Any] = {"training_flops": 1e24, "goodput": 1.0, "chip_count": 1000.0, "mfu": 0.4} | given
    problem = Problem(MODEL, Grid((Axis("chip", axis.columns),)), held)
    return find_missing_facts(problem, questions, [axis])


TIME = Best(name="time", objective="run_time")
HOURS = Best(name="hours", objective="chip_hours")


def test_a_fact_is_missed_by_every_question_that_needs_it() -> None:
    (fact,) = missing({"peak_flops": [1e15, math.nan], "tdp": [700.0, math.nan]}, TIME, HOURS)
    assert fact == MissingFact("peak_flops", "peak_fp8", "hardware", "b200-sxm", "chip", ("time", "hours"))
    assert str(fact) == "hardware: peak_fp8 of b200-sxm is not published; time, hours cannot answer for it"


def test_a_fact_that_no_answer_goes_without_is_not_missed() -> None:
    """The FP8 peak of a study in BF16 changes nothing."""
    peaks = {"peak_bf16": [1e15, 2e15], "peak_fp8": [math.nan, math.nan]}
    assert missing(peaks, TIME, precision_bits=16.0, peak_fp4=1.0) == ()
    assert [fact.row for fact in missing(peaks, TIME, precision_bits=8.0, peak_fp4=1.0)] == ["h100-sxm-80gb", "b200-sxm"]


def test_a_fact_counts_for_itself_where_others_lack_too() -> None:
    both = {"peak_bf16": [1e15, math.nan], "peak_fp8": [2e15, math.nan]}
    (fact,) = missing(both, TIME, precision_bits=16.0, peak_fp4=1.0)
    assert fact.quantity == "peak_bf16"


def test_conditions_need_facts_too() -> None:
    question = Best(name="hot", objective="run_time", where=(Condition("tdp", "<=", 800.0),))
    columns = {"peak_flops": [1e15, 2e15], "tdp": [700.0, math.nan]}
    assert [fact.quantity for fact in missing(columns, TIME, question)] == ["tdp"]
    assert missing(columns, TIME) == ()


def places(*names: str, **columns: list[float]) -> tuple[AxisColumns, Grid]:
    rows = tuple(configs.load(table).find(name) for table, name in (text.split(":") for text in names))
    axis = AxisColumns("grid", {q: np.array(v) for q, v in columns.items()}, facts=True, rows=rows, table="mine")
    return axis, Grid((Axis("grid", {"carbon_intensity": axis.columns["carbon_intensity"]}),))


def test_rows_that_were_counted_in_two_ways_are_told() -> None:
    states = [f"grids_direct:{name}" for name in ("ohio", "texas", "iowa", "nevada")]
    axis, grid = places("grids:france", *states, carbon_intensity=[1.0, 2.0, 3.0, 4.0, 5.0])
    assert note_methods([axis], grid) == (
        "axes.grid: rows count carbon_intensity in ways that do not compare (life cycle: france; direct: ohio, texas, iowa and "
        "1 more)",
    )


def test_of_rates_that_are_counted_in_several_ways_the_one_is_told() -> None:
    axis, grid = places("grids_direct:ohio", "grids_direct:texas", carbon_intensity=[1.0, 2.0])
    assert note_methods([axis], grid) == ("axes.grid: carbon_intensity of every row is counted alike (direct)",)


def test_unknown_rows_and_columns_that_nobody_needs_are_not() -> None:
    axis, grid = places("grids:france", "grids:usa", carbon_intensity=[1.0, 2.0], electricity_price=[1.0, 2.0])
    (note,) = note_methods([axis], grid)  # Eurostat's price beside EIA's, which no question needs
    assert "life cycle" in note
    axis, grid = places("grids:france", "grids_direct:ohio", carbon_intensity=[1.0, math.nan])
    assert note_methods([axis], grid) == ("axes.grid: carbon_intensity of every row is counted alike (life cycle)",)
    stated = AxisColumns("grid", axis.columns)
    assert note_methods([stated], grid) == ()


def test_a_study_tells_its_reader(tmp_path: Path) -> None:
    table = tmp_path / "mine.toml"
    table.write_text(
        """[columns]
carbon_intensity = "kgCO2e/kWh"
[rows.one]
carbon_intensity = 0.4
source = "a paper"
methods.carbon_intensity = "life cycle"
[rows.two]
carbon_intensity = 0.3
source = "a paper"
methods.carbon_intensity = "direct"
"""
    )
    study = tmp_path / "study.toml"
    study.write_text(
        """title = "t"
[given]
energy = "1 MWh"
[axes.place]
from = "mine.toml"
[[questions]]
minimize = "carbon"
by = ["place"]
"""
    )
    notes = load_study(study).notes
    assert "axes.place: rows count carbon_intensity in ways that do not compare (life cycle: one; direct: two)" in notes


def test_a_grid_without_a_price_has_no_cost_and_the_study_says_so(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        """title = "t"
[given]
site_energy = "5 TWh"
[axes.grid]
from = "grids"
rows = ["norway", "usa"]
[[questions]]
name = "price"
minimize = "site_electricity_cost"
by = ["grid"]
[[questions]]
name = "carbon"
minimize = "site_carbon"
by = ["grid"]
"""
    )
    (fact,) = load_study(study).missing
    assert (fact.row, fact.quantity, fact.questions) == ("norway", "electricity_price", ("price",))


def test_a_fact_of_an_axis_that_is_only_summed_over_is_missed_for_itself(tmp_path: Path) -> None:
    """Of two phases of chips whose FP8 peak is not published, each leaves the sum without an answer."""
    unknown = [key for key, row in configs.load("hardware").rows.items() if math.isnan(row.values.get("peak_fp8", 0.0))][:2]
    path = tmp_path / "s.toml"
    path.write_text(
        f"""title = "t"
quantities = ["q.py"]
[given]
precision_bits = 8
[axes.phase]
summed = true
from = "hardware"
rows = ["h100", {", ".join(repr(key) for key in unknown)}]
columns.phase_date = [2026, 2027, 2028]
[axes.pue]
values = [1.1, 1.2]
[[questions]]
name = "peaks"
table = ["all_peaks"]
"""
    )
    (tmp_path / "q.py").write_text(
        """from flopwatt import quantity, total


@quantity(unit="FLOP/s", source="definition")
def all_peaks(phase_peak, phase_date):
    '''Peaks of all phases.'''
    return total(phase_peak, phase_date)


@quantity(unit="FLOP/s", source="definition")
def phase_peak(peak_flops, pue):
    '''Peak of a phase.'''
    return peak_flops / pue
"""
    )
    study = load_study(path, allow_code=True)
    assert [(fact.row, fact.questions) for fact in study.missing] == [(key, ("peaks",)) for key in unknown]
