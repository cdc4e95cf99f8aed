"""What statistics beside other quantities are over, medians of fronts, and what is said and refused."""

from pathlib import Path

import pytest
from uncertain_studies import DAY, HALF, asked, loaded

from flopwatt.bench.errors import InputError
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Pareto, Quantiles, Summary, Table
from flopwatt.kernels.model.statistics import Measure, ShareOfDraws, Statistic
from flopwatt.kernels.reductions.over_draws import OverDraws

P80 = "P80(run_time)"


def over(folder: Path, question: str, *sets: str) -> dict[str, tuple[object, tuple[str, ...]]]:
    """By name the statistics of a study of one question or several: what is taken, and over which axes."""
    result = {}
    for name, statistic in loaded(folder, question, *sets).problem.statistics.items():
        assert isinstance(statistic, OverDraws)
        result[name] = statistic.taken, tuple(axis.name for axis in statistic.axes_drawn)
    return result


def test_bare_quantities_of_a_front_mean_their_medians(tmp_path: Path) -> None:
    text = 'pareto = ["run_time", "chip_count"]\nwhere = ["cost <= 5e6 USD", "run_time <= drawn_limit", "chip_count >= 2000"]'
    question, notes = asked(tmp_path, text)
    late = "share(run_time <= drawn_limit)"
    conditions = (Condition("P50(cost)", "<=", 5e6), Condition(late, ">=", 0.5), Condition("chip_count", ">=", 2000.0))
    assert question == Pareto(name="q", quantities=("P50(run_time)", "chip_count"), where=conditions)
    assert notes == (
        "q: run time and cost depend on what is uncertain (assumptions and price); their medians are taken (P50); "
        "run time <= drawn limit holds in at least half of the draws",
    )
    assert over(tmp_path, text) == {
        "P50(run_time)": (Statistic("run_time", Measure.QUANTILE, HALF), ("assumptions",)),
        "P50(cost)": (Statistic("cost", Measure.QUANTILE, HALF), ("assumptions", "price")),
        late: (ShareOfDraws((Condition("run_time", "<=", "drawn_limit"),)), ("assumptions",)),
    }


def test_a_front_that_keeps_its_draws_is_of_them(tmp_path: Path) -> None:
    question, notes = asked(tmp_path, 'pareto = ["run_time", "chip_count"]\nby = ["assumptions"]')
    assert question == Pareto(name="q", quantities=("run_time", "chip_count"), by=("assumptions",))
    assert notes == ()


def test_elsewhere_bare_quantities_are_those_of_single_points(tmp_path: Path) -> None:
    text = f'quantiles = "energy"\nwhere = ["{P80} <= 1 day", "run_time <= 2 day"]\nby = ["price"]'
    question, notes = asked(tmp_path, text)
    conditions = (Condition(P80, "<=", DAY), Condition("run_time", "<=", 2 * DAY))
    assert question == Quantiles(name="q", quantity="energy", where=conditions, by=("price",))
    assert notes == ()
    assert list(over(tmp_path, text)) == [P80]


def test_a_table_is_over_all_that_is_uncertain(tmp_path: Path) -> None:
    text = 'table = ["chip_count", "mean(cost)", "share(run_time <= 1 day)"]'
    question, _ = asked(tmp_path, text)
    assert question == Table(name="q", quantities=("chip_count", "mean(cost)", "share(run_time <= 1 day)"))
    axes = {name: axes for name, (_, axes) in over(tmp_path, text).items()}
    assert axes == {"mean(cost)": ("assumptions", "price"), "share(run_time <= 1 day)": ("assumptions",)}


def test_one_statistic_over_other_draws_has_a_name_of_its_own(tmp_path: Path) -> None:
    text = 'summary = "P50(cost)"\n[[questions]]\nname = "r"\nsummary = "P50(cost)"\nby = ["price"]'
    study = loaded(tmp_path, text)
    assert study.questions[1] == Summary(name="r", quantity="P50(cost) over assumptions", by=("price",))
    axes = {name: axes for name, (_, axes) in over(tmp_path, text).items()}
    assert axes == {"P50(cost)": ("assumptions", "price"), "P50(cost) over assumptions": ("assumptions",)}
    assert study.problem.model["P50(cost) over assumptions"].name == "P50(cost) over assumptions"
    alone = loaded(tmp_path, 'summary = "P50(cost)"\nby = ["price"]')
    assert alone.questions[0] == Summary(name="q", quantity="P50(cost)", by=("price",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('summary = "P50(chip_count)"', "questions[1].summary: P50(chip_count): chip_count depends on no uncertain axis"),
        (
            'table = ["cost", "max(limit)"]',
            "questions[1].table: max(limit): limit depends on no uncertain axis that is not kept",
        ),
        (f'summary = "{P80}"\nby = ["assumptions"]', "depends on no uncertain axis that is not kept; write run_time"),
        (f'summary = "cost"\nwhere = ["{P80} <= drawn_limit"]', "write share(run_time <= drawn_limit) >= 80%, which compares"),
        ('histogram = "share(chip_count >= 2000)"', "share(...): chip_count >= 2,000 chips depends on no uncertain axis"),
        ('pareto = ["cost", "P50(cost)"]', "questions[1].pareto: cost and P50(cost) both mean P50(cost); name two quantities"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        asked(tmp_path, text)
    assert says in str(error.value)


def test_an_override_leaves_a_statistic_of_one_value(tmp_path: Path) -> None:
    text = f'table = ["chip_count", "{P80}", "share(run_time <= 1 day)"]\nwhere = ["mean(cost) <= 5e6 USD"]'
    question, notes = asked(tmp_path, text, "mfu=0.4")
    assert question.targets() == ("chip_count", P80, "share(run_time <= 1 day)", "mean(cost)")
    assert notes == ("q: run time depends on nothing uncertain now that MFU is held; its value is taken",)
    axes = {name: axes for name, (_, axes) in over(tmp_path, text, "mfu=0.4").items()}
    assert axes == {P80: (), "share(run_time <= 1 day)": (), "mean(cost)": ("assumptions", "price")}


def test_weights_count_in_statistics_and_are_not_spoken_of(tmp_path: Path) -> None:
    assert asked(tmp_path, 'summary = "P50(cost)"')[1] == ()
    assert len(asked(tmp_path, 'summary = "cost"\nwhere = ["P50(cost) <= 5e6 USD"]')[1]) == 1
