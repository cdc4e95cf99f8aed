"""``where`` clauses: what is understood, what is refused, and that nothing is ever run."""

from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from flopwatt.bench.study import conditions
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic
from flopwatt.kernels.quantities import MODEL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run_time <= 120 day", Condition("run_time", "<=", 120 * 86400.0)),
        ("run_time<=120 day", Condition("run_time", "<=", 120 * 86400.0)),
        ("  facility_power  >  10 GW ", Condition("facility_power", ">", 1e10)),
        ("mfu >= 0.3", Condition("mfu", ">=", 0.3)),
        ("mfu >= 30%", Condition("mfu", ">=", 0.3)),
        ("pue < 120 %", Condition("pue", "<", 1.2)),
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
        ("mfu >= 40", "'mfu >= 40': mfu must be at most 1; did you mean 40%?"),
        ("mfu <= 40", "'mfu <= 40': mfu must be at most 1; did you mean 40%?"),
        ("run_time <= nan", "not a number"),
        ("run_time <= inf", "infinite"),
        ("run_time <= 1 day and mfu > 0.3", "not understood"),
        ("run_time <= 1 day and mfu > 0.3", "where takes a list of clauses, which all hold"),
        ("mfu <= P80(load)", "'mfu <= P80(load)': a statistic stands on the left; on the right stands a number or a quantity"),
        ("run_time <= 95%", "'95%' has the wrong unit; one that converts to 's' is needed"),
        ("run_time <= (1) day", "not a number"),
        ("run_time.real <= 1", "not understood"),
    ],
)
def test_refused(text: str, says: str) -> None:
    with pytest.raises(conditions.ConditionError) as error:
        conditions.parse(text, MODEL)
    assert says in str(error.value)


DAY, P80 = 86400.0, Statistic("run_time", Measure.QUANTILE, Fraction(4, 5))
IN_TIME, CHEAP = Condition("run_time", "<=", 120 * DAY), Condition("cost", "<", 5e6)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("run_time <= 180", "the number is in s, and far from all that is known of run_time; did you mean 180 days?"),
        ("P80(run_time) <= 90", "the number is in s, and far from all that is known of run_time; did you mean 90 days?"),
        ("cost <= 5", "the number is in USD, and far from all that is known of cost; did you mean 5 million USD?"),
        ("share(energy <= 5 and run_time <= 9 day) >= 95%", "is in kWh, and far from .* of energy; did you mean 5 GWh?"),
    ],
)
def test_a_number_without_a_unit_is_refused_where_it_is_far_from_all_that_is_known(text: str, says: str) -> None:
    with pytest.raises(conditions.ConditionError, match=f"{says.replace('?', chr(92) + '?')}$"):
        conditions.parse_clause(text, MODEL)


@pytest.mark.parametrize(
    "text", ["run_time <= 180 s", "cost <= 5e6", "cost <= 5 million", "chip_count >= 3", "P80(mfu) >= 0.001"]
)
def test_a_number_with_its_unit_or_of_a_count_is_taken(text: str) -> None:
    assert conditions.parse_clause(text, MODEL)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("run_time <= 120 day", IN_TIME),
        ("P80(run_time) <= 120 day", Promise(P80, "<=", 120 * DAY)),
        (" p80 ( run_time )<=120 day ", Promise(P80, "<=", 120 * DAY)),
        ("P80(run_time) > time_lost_per_failure", Promise(P80, ">", "time_lost_per_failure")),
        ("P80(run_time) <= 3600", Promise(P80, "<=", 3600.0)),
        ("mean(cost) != 5e6 USD", Promise(Statistic("cost", Measure.MEAN), "!=", 5e6)),
        ("max(mfu) < 60%", Promise(Statistic("mfu", Measure.QUANTILE, Fraction(1)), "<", 0.6)),
        ("share(run_time <= 120 day) >= 95%", SharePromise((IN_TIME,), ">=", Fraction(19, 20))),
        ("share(run_time<=120 day and cost<5e6 USD)>=0.9", SharePromise((IN_TIME, CHEAP), ">=", Fraction(9, 10))),
        (
            "share(run_time <= 120 (day)) == 1",
            SharePromise((IN_TIME,), "==", Fraction(1)),
        ),
        (
            "share(facility_power <= peak_facility_power) < 5 %",
            SharePromise((Condition("facility_power", "<=", "peak_facility_power"),), "<", Fraction(1, 20)),
        ),
    ],
)
def test_clauses_of_every_form(text: str, clause: conditions.Clause) -> None:
    assert conditions.parse_clause(text, MODEL) == clause


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("P50(P80(cost)) <= 1 USD", "statistics do not nest; P50(...) takes a quantity, as P50(cost)"),
        ("P0(cost) <= 1 USD", "P is above 0 and below 100; min(...) and max(...) are the ends"),
        ("P100(cost) <= 1 USD", "P is above 0 and below 100; min(...) and max(...) are the ends"),
        ("median(cost) <= 1 USD", "there is no statistic 'median'; write P50(...)"),
        ("P95 (cost <= 1 USD", "the parentheses do not match"),
        ("P95(cost)) <= 1 USD", "the parentheses do not match"),
        ("share((cost <= 1 USD) >= 95%", "the parentheses do not match"),
        ("P50(cst) <= 1 USD", "unknown quantity 'cst'; did you mean 'cost'?"),
        ("P50(cost)", "it is compared with nothing; write it as P50(cost) <= ..."),
        ("P50(cost) =< 1 USD", "'=< 1 USD' is no comparison; write it as P50(cost) <= ..."),
        ("P50(cost) <= 1 day", "'1 day' has the wrong unit; one that converts to 'USD' is needed"),
        ("P50(cost) <= 1%", "'1%' has the wrong unit; one that converts to 'USD' is needed"),
        ("P50(cost) <= inf", "the number is infinite; leave the clause out instead"),
        (
            "P50(cost) <= P80(energy_cost)",
            "a statistic stands on the left; on the right stands a number or a quantity",
        ),
        ("share() >= 95%", "a share is of draws that meet a condition; write share(run_time <= 120 day) >= 95%"),
        ("share( ) >= 95%", "a share is of draws that meet a condition; write share(run_time <= 120 day) >= 95%"),
        ("share(run_time) >= 95%", "share(...) takes conditions such as run_time <= 120 day, not 'run_time'"),
        ("share(cost <= 1 USD and) >= 95%", "share(...) takes conditions such as run_time <= 120 day, not ''"),
        ("share(cost <= 1 USD or mfu > 0.3) >= 95%", "only 'and' joins conditions in share(...), not 'or'"),
        ("share(not cost <= 1 USD) >= 95%", "only 'and' joins conditions in share(...), not 'not'"),
        ("share(cost <= 1 USD AND mfu > 0.3) >= 95%", "only 'and' joins conditions in share(...), not 'AND'"),
        ("share(cost <= 1 USD && mfu > 0.3) >= 95%", "only 'and' joins conditions in share(...), not '&'"),
        ("share(P80(cost) <= 1 USD) >= 95%", "statistics do not nest; share(...) takes conditions of quantities on one draw"),
        ("share(share(cost <= 1 USD) > 0.1) >= 95%", "statistics do not nest; share(...) takes conditions of quantities on"),
        ("share(cost <= 1 USD)", "it is compared with nothing; write it as share(...) >= 95%"),
        ("share(cost <= 1 USD) >= 95", "95 is not between 0 and 1; write 95% or 0.95"),
        ("share(cost <= 1 USD) >= 120%", "120% is not between 0 and 1"),
        ("share(cost <= 1 USD) >= -1", "-1 is not between 0 and 1"),
        ("share(cost <= 1 USD) >= half", "'half' is not a number"),
        ("share(cost <= 1 USD) >= 1 day", "'1 day' has the wrong unit; a plain number is needed"),
        ("share(cost <= 1 USD) >= 0.9 and share(mfu > 0.3) >= 0.5", "is no comparison; write it as share(...) >= 95%"),
    ],
)
def test_clauses_that_are_refused(text: str, says: str) -> None:
    with pytest.raises(conditions.ConditionError) as error:
        conditions.parse_clause(text, MODEL)
    assert says in str(error.value)
    assert str(error.value).startswith(repr(text))
    assert "\n" not in str(error.value)


@pytest.mark.slow
@drawn(st.text(max_size=60) | st.text("P5(share cost and mfu)<>=!0.1%", max_size=60))
def test_any_text_is_a_condition_or_a_condition_error(text: str) -> None:
    try:
        clause = conditions.parse_clause(text, MODEL)
    except conditions.ConditionError:
        return
    assert set(clause.names()) <= set(MODEL.quantities)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("run_time<=120 day", "run time <= 120 days"),
        ("facility_power > 10000 MW", "average power of the facility > 10 GW"),
        ("mfu >= 0.3", "MFU >= 30%"),
        ("facility_power  <=  peak_facility_power", "average power of the facility <= peak power of the facility"),
        ("model_divides == 1", "strategy divides the model"),
        ("model_divides == 0", "not: strategy divides the model"),
        ("model_divides < 1", "strategy divides the model < 1"),
    ],
)
def test_shown_in_a_unit_for_people(text: str, shown: str) -> None:
    assert conditions.show(conditions.parse(text, MODEL), MODEL) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("P80(run_time)<=120 day", "P80 of run time <= 120 days"),
        ("mean(energy) < 20000 MWh", "mean energy < 20 GWh"),
        ("max(run_time) <= 120 day", "greatest run time <= 120 days"),
        (
            "P99.5(facility_power) <= peak_facility_power",
            "P99.5 of average power of the facility <= peak power of the facility",
        ),
        ("share(run_time <= 120 day) >= 0.95", "run time <= 120 days in at least 95% of draws"),
        (
            "share(run_time <= 120 day and mfu > 0.3) > 99.9%",
            "run time <= 120 days and MFU > 30% in more than 99.9% of draws",
        ),
        ("share(mfu > 0.3) <= 5%", "MFU > 30% in at most 5% of draws"),
        ("share(mfu > 0.3) < 5%", "MFU > 30% in less than 5% of draws"),
        ("share(mfu > 0.3) == 5%", "MFU > 30% in exactly 5% of draws"),
        ("share(mfu > 0.3) != 5%", "MFU > 30% in other than 5% of draws"),
    ],
)
def test_promises_are_shown_in_words(text: str, shown: str) -> None:
    clause = conditions.parse_clause(text, MODEL)
    assert not isinstance(clause, Condition)
    assert conditions.show_promise(clause, MODEL) == shown


def test_statistics_are_shown_in_words() -> None:
    assert conditions.show_statistic(P80, MODEL) == "P80 of run time"
    assert conditions.show_statistic(Statistic("cost", Measure.MEAN), MODEL) == "mean cost"
    assert conditions.show_statistic(Statistic("cost"), MODEL) == "cost"


def test_a_number_that_is_never_reached_may_bound_from_above() -> None:
    assert conditions.parse("mfu_evidence < 2", MODEL) == Condition("mfu_evidence", "<", 2.0)
    assert conditions.parse("mfu <= 100%", MODEL) == Condition("mfu", "<=", 1.0)
    with pytest.raises(conditions.ConditionError, match=r"^'P80\(mfu\) >= 40': mfu must be at most 1; did you mean 40%\?$"):
        conditions.parse_clause("P80(mfu) >= 40", MODEL)
