"""Statistics where a quantity can stand: read as quantities that are named as they are asked for."""

from fractions import Fraction

import pytest

from flopwatt.bench.study.statistic_text import StatisticError
from flopwatt.bench.study.statistics_asked import quantities_in, read_condition, read_quantity
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.statistic_quantity import StatisticQuantity
from flopwatt.kernels.model.statistics import Measure, ShareOfDraws, Statistic
from flopwatt.kernels.quantities import MODEL

DAY = Condition("run_time", "<=", 86400.0)


def test_a_quantity_is_itself() -> None:
    assert read_quantity("cost", MODEL) is MODEL["cost"]


@pytest.mark.parametrize(
    ("text", "name", "taken"),
    [
        (" p80 ( cost )", "P80(cost)", Statistic("cost", Measure.QUANTILE, Fraction(4, 5))),
        ("mean(cost)", "mean(cost)", Statistic("cost", Measure.MEAN)),
        ("max(cost)", "max(cost)", Statistic("cost", Measure.QUANTILE, Fraction(1))),
        ("share( run_time  <= 1 day )", "share(run_time <= 1 day)", ShareOfDraws((DAY,))),
        (
            "share(run_time <= 1 day and cost < 2 USD)",
            "share(run_time <= 1 day and cost < 2 USD)",
            ShareOfDraws((DAY, Condition("cost", "<", 2.0))),
        ),
    ],
)
def test_a_statistic_is_a_quantity(text: str, name: str, taken: Statistic | ShareOfDraws) -> None:
    quantity = read_quantity(text, MODEL)
    assert isinstance(quantity, StatisticQuantity)
    assert (quantity.name, quantity.taken) == (name, taken)
    assert quantity.unit == ("" if isinstance(taken, ShareOfDraws) else "USD")


@pytest.mark.parametrize("text", ["P50(P80(cost))", "share(P50(cost) <= 1 USD)", "P50(cots)", "P50(cost) x", "share()", "cots"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(StatisticError):
        read_quantity(text, MODEL)
    assert quantities_in([text], [], MODEL) == {}


def test_conditions_are_on_quantities() -> None:
    assert read_condition("run_time <= 1 day", MODEL) == (DAY, None)
    condition, statistic = read_condition("P80(run_time) <= 1 day", MODEL)
    assert condition == Condition("P80(run_time)", "<=", 86400.0)
    assert statistic == read_quantity("P80(run_time)", MODEL) or statistic is not None
    condition, share = read_condition("share(run_time <=  1 day) >= 95%", MODEL)
    assert condition == Condition("share(run_time <= 1 day)", ">=", 0.95)
    assert share is not None
    assert share.taken == ShareOfDraws((DAY,))


def test_all_statistics_of_a_question_are_listed_once() -> None:
    where = ["P80(cost) <= 1 USD", "share(cost <= 1 USD) > 1%", "cost <= 2 USD", "P80(cost) <"]
    quantities = quantities_in(["cost", "P80(cost)", "min(run_time)"], where, MODEL)
    assert list(quantities) == ["P80(cost)", "min(run_time)", "share(cost <= 1 USD)"]
