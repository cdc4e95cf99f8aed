"""``where`` clauses: what is understood, what is refused, and that nothing is ever run."""

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from flopwatt.bench.study import conditions
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Best
from flopwatt.kernels.quantities import MODEL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run_time <= 120 day", Condition("run_time", "<=", 120 * 86400.0)),
        ("run_time<=120 day", Condition("run_time", "<=", 120 * 86400.0)),
        ("  facility_power  >  10 GW ", Condition("facility_power", ">", 1e10)),
        ("mfu >= 0.3", Condition("mfu", ">=", 0.3)),
        ("chip_count != 1_024", Condition("chip_count", "!=", 1024.0)),
        ("cost < 1.5e9 USD", Condition("cost", "<", 1.5e9)),
        ("facility_power <= peak_facility_power", Condition("facility_power", "<=", "peak_facility_power")),
        ("electricity_price == 0.08 USD/kWh", Condition("electricity_price", "==", 0.08 / 3.6e6)),
    ],
)
def test_understood(text: str, expected: Condition) -> None:
    condition = conditions.parse(text, MODEL)
    assert (condition.quantity, condition.op) == (expected.quantity, expected.op)
    if isinstance(expected.value, str):
        assert condition.value == expected.value
    else:
        assert condition.value == pytest.approx(expected.value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("run_tme <= 1 day", "did you mean 'run_time'"),
        ("run_time <= run_tme", "did you mean 'run_time'"),
        ("run_time <= 120 GW", "wrong unit"),
        ("run_time <= 120 fortnightz", "unknown unit"),
        ("run_time <= cost", "compares run_time"),
        ("run_time =< 1 day", "not understood"),
        ("run_time = 1 day", "not understood"),
        ("1 day >= run_time", "not understood"),
        ("1 day <= run_time <= 2 day", "not understood"),
        ("run_time", "not understood"),
        ("", "not understood"),
        ("run_time <= nan", "not a number"),
        ("run_time <= inf", "infinite"),
        ("run_time <= 1 day and mfu > 0.3", "not understood"),
        ("run_time <= (1) day", "not a number"),
        ("run_time.real <= 1", "not understood"),
    ],
)
def test_refused(text: str, says: str) -> None:
    with pytest.raises(conditions.ConditionError) as error:
        conditions.parse(text, MODEL)
    assert says in str(error.value)


@pytest.mark.slow
@drawn(st.text(max_size=60))
def test_any_text_is_a_condition_or_a_condition_error(text: str) -> None:
    try:
        condition = conditions.parse(text, MODEL)
    except conditions.ConditionError:
        return
    assert condition.quantity in MODEL


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("run_time<=120 day", "run_time <= 120 days"),
        ("facility_power > 10000 MW", "facility_power > 10 GW"),
        ("mfu >= 0.3", "mfu >= 0.3"),
        ("facility_power  <=  peak_facility_power", "facility_power <= peak_facility_power"),
    ],
)
def test_shown_in_a_unit_for_people(text: str, shown: str) -> None:
    assert conditions.show(conditions.parse(text, MODEL), MODEL) == shown


def test_what_is_asked_is_followed_by_its_conditions() -> None:
    where = (Condition("run_time", "<=", 864000.0), Condition("cost", ">", "energy_cost"))
    question = Best(name="q", objective="cost", where=where)
    assert (
        conditions.with_conditions("least cost", question, MODEL) == "least cost where run_time <= 10 days, cost > energy_cost"
    )
    assert conditions.with_conditions("least cost", Best(name="q", objective="cost"), MODEL) == "least cost"
