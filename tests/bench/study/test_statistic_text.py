"""Statistics as a study writes them: what is understood, what is refused in which words, and that nothing is ever run."""

from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from flopwatt.bench.study.statistic_text import StatisticError, parse_objective, parse_share
from flopwatt.kernels.model.statistics import Measure, Statistic
from flopwatt.kernels.model.units import UnitError
from flopwatt.kernels.quantities import MODEL

QUANTILE = Measure.QUANTILE


@pytest.mark.parametrize(
    ("text", "statistic"),
    [
        ("cost", Statistic("cost")),
        ("P50(cost)", Statistic("cost", QUANTILE, Fraction(1, 2))),
        ("p50(cost)", Statistic("cost", QUANTILE, Fraction(1, 2))),
        ("  P80  ( run_time ) ", Statistic("run_time", QUANTILE, Fraction(4, 5))),
        ("P99.5(cost)", Statistic("cost", QUANTILE, Fraction(199, 200))),
        ("P0.1(cost)", Statistic("cost", QUANTILE, Fraction(1, 1000))),
        ("P99.9999(cost)", Statistic("cost", QUANTILE, Fraction(999999, 1000000))),
        ("P80.00000(cost)", Statistic("cost", QUANTILE, Fraction(4, 5))),
        ("P05(cost)", Statistic("cost", QUANTILE, Fraction(1, 20))),
        ("mean(cost)", Statistic("cost", Measure.MEAN)),
        ("min(cost)", Statistic("cost", QUANTILE, Fraction(0))),
        ("max(cost)", Statistic("cost", QUANTILE, Fraction(1))),
    ],
)
def test_understood(text: str, statistic: Statistic) -> None:
    assert parse_objective(text, MODEL) == statistic


def test_a_statistic_is_written_as_it_is_read() -> None:
    for text in ("P50(cost)", "P99.5(cost)", "P99.9999(cost)", "mean(cost)", "min(cost)", "max(cost)", "cost"):
        assert str(parse_objective(text, MODEL)) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cst", "unknown quantity 'cst'; did you mean 'cost'?"),
        ("P50(cst)", "'P50(cst)': unknown quantity 'cst'; did you mean 'cost'?"),
        ("P50(P80(cost))", "'P50(P80(cost))': statistics do not nest; P50(...) takes a quantity, as P50(cost)"),
        ("mean((cost))", "'mean((cost))': statistics do not nest; mean(...) takes a quantity, as mean(cost)"),
        ("P0(cost)", "'P0(cost)': P is above 0 and below 100; min(...) and max(...) are the ends"),
        ("P100(cost)", "'P100(cost)': P is above 0 and below 100; min(...) and max(...) are the ends"),
        ("P101(cost)", "'P101(cost)': P is above 0 and below 100; min(...) and max(...) are the ends"),
        ("P99.99999(cost)", "'P99.99999(cost)': P takes at most 4 decimals"),
        ("median(cost)", "'median(cost)': there is no statistic 'median'; write P50(...)"),
        ("P(cost)", "'P(cost)': there is no statistic 'P'; write P50(...)"),
        ("avg(cost)", "'avg(cost)': there is no statistic 'avg'; write mean(...)"),
        ("Mean(cost)", "'Mean(cost)': there is no statistic 'Mean'; did you mean 'mean'?"),
        ("MAX(cost)", "'MAX(cost)': there is no statistic 'MAX'; did you mean 'max'?"),
        ("Share(cost)", "'Share(cost)': there is no statistic 'Share'; did you mean 'share'?"),
        (
            "std(cost)",
            "'std(cost)': there is no statistic 'std'; write it as P50(cost), mean(cost), min(cost), max(cost) or "
            "share(run_time <= 120 day)",
        ),
        ("P95 (cost", "'P95 (cost': the parentheses do not match"),
        ("P95(cost))", "'P95(cost))': the parentheses do not match"),
        ("P95)cost(", "'P95)cost(': the parentheses do not match"),
        ("P50()", "'P50()': P50(...) takes a quantity, and has none; write P50(cost)"),
        ("P50(cost, run_time)", "'P50(cost, run_time)': P50(...) takes a quantity, not 'cost, run_time'; write P50(cost)"),
        ("mean(cost <= 3)", "'mean(cost <= 3)': mean(...) takes a quantity; share(...) takes conditions"),
        ("P50(cost) + 3", "'P50(cost) + 3': nothing goes behind P50(cost), but '+ 3' does"),
        (
            "share(run_time <= 1 day)",
            "'share(run_time <= 1 day)': share(...) is a condition; ask it under where, as share(run_time <= 120 day) >= 95%",
        ),
    ],
)
def test_refused(text: str, says: str) -> None:
    with pytest.raises(StatisticError) as error:
        parse_objective(text, MODEL)
    assert str(error.value).startswith(says)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "share"),
    [
        (0.8, Fraction(4, 5)),
        ("80%", Fraction(4, 5)),
        ("80 %", Fraction(4, 5)),
        ("0.8", Fraction(4, 5)),
        ("99.9%", Fraction(999, 1000)),
        ("33.3%", Fraction(333, 1000)),
        (0, Fraction(0)),
        ("100%", Fraction(1)),
    ],
)
def test_a_share_is_what_its_digits_say(value: float | str, share: Fraction) -> None:
    assert parse_share(value) == share


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (95, "95 is not between 0 and 1; write 95% or 0.95"),
        ("95", "95 is not between 0 and 1; write 95% or 0.95"),
        ("120%", "120% is not between 0 and 1"),
        (-0.1, "-0.1 is not between 0 and 1"),
        (float("nan"), "nan is not between 0 and 1"),
        ("inf", "inf is not between 0 and 1"),
    ],
)
def test_a_share_is_from_0_to_1(value: float | str, says: str) -> None:
    with pytest.raises(StatisticError) as error:
        parse_share(value)
    assert str(error.value).startswith(says)


def test_a_share_is_a_plain_number() -> None:
    with pytest.raises(UnitError, match="'half' is not a number"):
        parse_share("half")


@pytest.mark.slow
@drawn(st.text(max_size=40) | st.text("Pp05mean().<>=% costhr", max_size=40))
def test_any_text_is_a_statistic_or_a_statistic_error(text: str) -> None:
    try:
        statistic = parse_objective(text, MODEL)
    except StatisticError:
        return
    assert statistic.quantity in MODEL
