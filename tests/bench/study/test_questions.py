"""One ``[[questions]]`` to a Question: what each kind's keys make, what goes with which, and what is refused."""

from fractions import Fraction
from typing import Any, get_type_hints

import pytest

from flopwatt.bench.study.questions import KIND_OF_KEY, KINDS, OPTIONS, QuestionError, QuestionSpec, build_question
from flopwatt.bench.study.spec_forms import read_form
from flopwatt.kernels.model import questions as q
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic
from flopwatt.kernels.quantities import MODEL

AXES = ["chip", "mfu"]


def built(**keys: Any) -> q.Question:
    return build_question(read_form(QuestionSpec, keys), 1, MODEL, AXES)


def refused(**keys: Any) -> str:
    with pytest.raises(QuestionError) as error:
        built(**keys)
    assert str(error.value).startswith("questions[2]")
    return str(error.value)


DAY = q.Condition("run_time", "<=", 86400.0)
P50_OF_COST = Statistic("cost", Measure.QUANTILE, Fraction(1, 2))


@pytest.mark.parametrize(
    ("keys", "question"),
    [
        ({"minimize": "cost"}, q.Decision(name="minimize cost", objective=Statistic("cost"))),
        ({"maximize": "cost", "name": "dear"}, q.Decision(name="dear", objective=Statistic("cost"), maximize=True)),
        ({"minimize": " p50 ( cost )"}, q.Decision(name="minimize P50(cost)", objective=P50_OF_COST)),
        (
            {"minimize": "cost", "at": [0.5, "80%", "0.95"]},
            q.Decision(
                name="minimize cost",
                objective=Statistic("cost"),
                confidences=(Fraction(1, 2), Fraction(4, 5), Fraction(19, 20)),
            ),
        ),
        (
            {"minimize": "mean(cost)", "where": ["run_time <= 1 day", "P80(run_time) <= 1 day", "share(cost < 1 USD) > 10%"]},
            q.Decision(
                name="minimize mean(cost)",
                objective=Statistic("cost", Measure.MEAN),
                where=(DAY,),
                promises=(
                    Promise(Statistic("run_time", Measure.QUANTILE, Fraction(4, 5)), "<=", 86400.0),
                    SharePromise((q.Condition("cost", "<", 1.0),), ">", Fraction(1, 10)),
                ),
            ),
        ),
        ({"quantiles": "cost", "at": ["5%", "95 %"]}, q.Quantiles(name="quantiles cost", quantity="cost", at=(0.05, 0.95))),
        ({"summary": "cost", "by": ["mfu", "chip"]}, q.Summary(name="summary cost", quantity="cost", by=("mfu", "chip"))),
        (
            {"quantiles": "cost", "where": ["run_time <= 1 day"]},
            q.Quantiles(name="quantiles cost", quantity="cost", where=(DAY,)),
        ),
        ({"quantiles": "cost", "at": [0, "0.5", 1]}, q.Quantiles(name="quantiles cost", quantity="cost", at=(0, 0.5, 1))),
        ({"histogram": "cost"}, q.Histogram(name="histogram cost", quantity="cost", bins=64)),
        ({"histogram": "cost", "bins": 1}, q.Histogram(name="histogram cost", quantity="cost", bins=1)),
        ({"sensitivity": "cost"}, q.Sensitivity(name="sensitivity cost", quantity="cost")),
        ({"pareto": ["cost", "run_time"]}, q.Pareto(name="pareto cost, run_time", quantities=("cost", "run_time"))),
        (
            {"pareto": ["cost", "run_time"], "better": ["more", "less"]},
            q.Pareto(name="pareto cost, run_time", quantities=("cost", "run_time"), more=(True, False)),
        ),
        ({"table": ["cost"]}, q.Table(name="table cost", quantities=("cost",))),
    ],
)
def test_what_a_question_is(keys: dict[str, Any], question: q.Question) -> None:
    assert built(**keys) == question
    assert type(built(**keys)) is type(question)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({}, "questions[2]: asks nothing; give one of minimize, maximize, summary, quantiles, histogram, sensitivity, pareto,"),
        ({"minimize": "cost", "table": ["cost"]}, "questions[2]: asks minimize and table at once"),
        ({"minimize": "cst"}, "questions[2].minimize: unknown quantity 'cst'; did you mean 'cost'"),
        ({"pareto": ["cost", "run_tme"]}, "questions[2].pareto: unknown quantity 'run_tme'"),
        ({"pareto": ["cost"]}, "questions[2].pareto: takes two quantities, not 1"),
        ({"pareto": []}, "questions[2].pareto: is empty"),
        (
            {"pareto": ["cost", "run_time"], "better": ["most", "less"]},
            'questions[2].better: say "more" or "less" of each of the two, such as ["more", "less"]',
        ),
        ({"pareto": ["cost", "run_time"], "better": ["more"]}, 'questions[2].better: say "more" or "less" of each'),
        ({"table": ["cost", "cost"]}, "questions[2].table: names a quantity twice"),
        ({"table": ["cost"], "by": ["chip"]}, "questions[2].by: does not go with table, which has a row for each scenario"),
        ({"minimize": "cost", "by": ["chp"]}, "questions[2].by: there is no axis 'chp'; did you mean 'chip'"),
        ({"minimize": "cost", "by": ["x"]}, "there are chip, mfu"),
        ({"minimize": "cost", "by": ["chip", "chip"]}, "questions[2].by: names an axis twice"),
        ({"minimize": "cost", "where": ["run_tme <= 1 day"]}, "questions[2].where: "),
        ({"quantiles": "cost", "at": []}, "questions[2].at: is empty"),
        ({"quantiles": "cost", "at": [0.5, 1.5]}, "questions[2].at: 1.5 is not between 0 and 1"),
        ({"quantiles": "cost", "at": [0.5, "0.5"]}, "questions[2].at: names a share twice"),
        ({"quantiles": "cost", "at": ["half"]}, "questions[2].at: "),
        ({"minimize": "cost", "at": []}, "questions[2].at: is empty; give confidences such as [0.5, 0.8, 0.95]"),
        ({"minimize": "cost", "at": [0.5, 1]}, "questions[2].at: a confidence is above 0 and below 1, such as 0.95 or 95%"),
        ({"minimize": "cost", "at": [0]}, "questions[2].at: a confidence is above 0 and below 1, such as 0.95 or 95%"),
        ({"minimize": "cost", "at": [80]}, "questions[2].at: 80 is not between 0 and 1; write 80% or 0.8"),
        ({"minimize": "cost", "at": [0.8, "80%"]}, "questions[2].at: names a confidence twice"),
        ({"minimize": "cost", "at": ["1 day"]}, "questions[2].at: '1 day' has the wrong unit; a plain number is needed"),
        ({"minimize": "P50(P80(cost))"}, "questions[2].minimize: 'P50(P80(cost))': statistics do not nest"),
        ({"maximize": "P0(cost)"}, "questions[2].maximize: 'P0(cost)': P is above 0 and below 100"),
        ({"minimize": "cost", "where": ["share() > 1"]}, "questions[2].where: 'share() > 1': a share is of draws that meet a"),
        ({"quantiles": "P0(cost)"}, "questions[2].quantiles: 'P0(cost)': P is above 0 and below 100"),
        ({"summary": "mean(P50(cost))"}, "questions[2].summary: 'mean(P50(cost))': statistics do not nest"),
        ({"table": ["cost", "max(cots)"]}, "questions[2].table: 'max(cots)': unknown quantity 'cots'; did you mean 'cost'?"),
        (
            {"table": ["share(cost)"]},
            "questions[2].table: 'share(cost)': share(...) takes conditions such as run_time <= 120 day",
        ),
        (
            {"histogram": "share(cost <= 1 USD) >= 5%"},
            "nothing goes behind share(...), but '>= 5%' does; a condition stands under",
        ),
        (
            {"sensitivity": "median(cost)"},
            "questions[2].sensitivity: 'median(cost)': there is no statistic 'median'; write P50",
        ),
        ({"pareto": ["P50(cost)", "P50( cost )"]}, "questions[2].pareto: names a quantity twice"),
        (
            {"pareto": ["cost", "run_time"], "where": ["cost <= 1 USD", "P80(run_time) <= 1 kg"]},
            "questions[2].where: 'P80(run_time) <= 1 kg'",
        ),
        ({"histogram": "cost", "bins": 0}, "questions[2].bins: must be from 1 to 4096, not 0"),
        ({"histogram": "cost", "bins": 4097}, "questions[2].bins: must be from 1 to 4096, not 4097"),
    ],
)
def test_what_is_refused(keys: dict[str, Any], says: str) -> None:
    assert says in refused(**keys)


OPTION_VALUES: dict[str, Any] = {"at": [0.5], "bins": 8, "better": ["more", "less"]}


@pytest.mark.parametrize("key", KIND_OF_KEY)
@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_goes_with_its_kind_alone(key: str, option: str) -> None:
    hints = get_type_hints(QuestionSpec)
    several = "list" in str(hints[key])
    keys: dict[str, Any] = {key: ["cost", "run_time"] if several else "cost", option: OPTION_VALUES[option]}
    if option in KIND_OF_KEY[key].options:
        assert type(built(**keys)) is next(kind for kind, entry in KINDS.items() if entry is KIND_OF_KEY[key])
    else:
        assert refused(**keys) == f"questions[2].{option}: does not go with {key}"


def test_a_study_without_axes_has_none_to_keep() -> None:
    with pytest.raises(QuestionError, match="there is no axis 'chip'; the study has none"):
        build_question(QuestionSpec(minimize="cost", by=["chip"]), 1, MODEL, [])


def test_every_key_and_option_of_the_table_is_a_key_of_the_file() -> None:
    keys = [*KIND_OF_KEY, *OPTIONS]
    assert len(set(keys)) == len(keys)
    assert set(keys) | {"name", "where", "by", "title", "say", "show"} == set(QuestionSpec.keys())
