"""What a question means on its grid: medians of bare quantities, promises, confidences, and what is said and refused."""

from fractions import Fraction
from pathlib import Path

import pytest
from uncertain_studies import DAY, HALF, HEAD, MINE, asked, loaded

from flopwatt.bench.errors import InputError
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Best, Decision
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic


def quantile(quantity: str, share: Fraction = HALF) -> Statistic:
    return Statistic(quantity, Measure.QUANTILE, share)


# --- what is taken of a bare quantity -----------------------------------------------------------------------------------


def test_a_bare_quantity_that_draws_change_means_its_median_and_that_is_said(tmp_path: Path) -> None:
    question, notes = asked(tmp_path, 'minimize = "cost"\nwhere = ["run_time <= 120 day", "chip_count <= 2048"]')
    assert question == Decision(
        name="q",
        objective=quantile("cost"),
        where=(Condition("chip_count", "<=", 2048.0),),
        promises=(Promise(quantile("run_time"), "<=", 120 * DAY),),
        chosen=frozenset(("chip_count",)),
    )
    assert notes == ("q: cost and run time depend on what is uncertain (assumptions and price); their medians are taken (P50)",)


def test_one_median_is_said_of_the_axes_that_change_it(tmp_path: Path) -> None:
    question, notes = asked(tmp_path, 'maximize = "chip_count"\nwhere = ["run_time < limit", "run_time >= 1 day"]')
    assert question == Decision(
        name="q",
        objective=Statistic("chip_count"),
        maximize=True,
        promises=(Promise(quantile("run_time"), "<", "limit"), Promise(quantile("run_time"), ">=", DAY)),
    )
    assert notes == ("q: run time depends on what is uncertain (assumptions); its median is taken (P50)",)


def test_nothing_is_said_of_explicit_statistics(tmp_path: Path) -> None:
    joint = "share(run_time <= drawn_limit and cost <= 1e6 USD) >= 90%"
    question, notes = asked(tmp_path, f'minimize = "mean(cost)"\nwhere = ["P80(run_time) <= limit", "{joint}"]')
    assert notes == ()
    assert question == Decision(
        name="q",
        objective=Statistic("cost", Measure.MEAN),
        promises=(
            Promise(quantile("run_time", Fraction(4, 5)), "<=", "limit"),
            SharePromise((Condition("run_time", "<=", "drawn_limit"), Condition("cost", "<=", 1e6)), ">=", Fraction(9, 10)),
        ),
    )


@pytest.mark.parametrize("clause", ["run_time <= drawn_limit", "limit <= drawn_limit"])
def test_a_bare_condition_whose_right_side_draws_change_holds_in_half_of_the_draws(tmp_path: Path, clause: str) -> None:
    left, op, right = clause.split()
    question, notes = asked(tmp_path, f'minimize = "chip_count"\nwhere = ["{clause}"]')
    promise = SharePromise((Condition(left, op, right),), ">=", HALF)
    assert question == Decision(name="q", objective=Statistic("chip_count"), promises=(promise,))
    assert notes == (f"q: {clause.replace('_', ' ')} holds in at least half of the draws",)


def test_what_depends_on_nothing_uncertain_is_a_best(tmp_path: Path) -> None:
    question, notes = asked(tmp_path, 'minimize = "chip_count"\nwhere = ["chip_count >= 2000", "limit > 1 day"]')
    where = (Condition("chip_count", ">=", 2000.0), Condition("limit", ">", DAY))
    assert question == Best(name="q", objective="chip_count", where=where)
    assert notes == ()


def test_an_axis_that_is_kept_is_not_uncertain_any_more(tmp_path: Path) -> None:
    question, _ = asked(tmp_path, 'minimize = "cost"\nby = ["price", "assumptions"]')
    assert question == Best(name="q", objective="cost", by=("price", "assumptions"))
    question, notes = asked(tmp_path, 'minimize = "cost"\nwhere = ["run_time <= 1 day"]\nby = ["assumptions"]')
    assert question == Decision(
        name="q", objective=quantile("cost"), by=("assumptions",), where=(Condition("run_time", "<=", DAY),)
    )
    assert notes == ("q: cost depends on what is uncertain (price); its median is taken (P50)",)


# --- confidences --------------------------------------------------------------------------------------------------------


def test_a_question_is_asked_at_confidences_which_say_what_bare_conditions_mean(tmp_path: Path) -> None:
    question, notes = asked(
        tmp_path, 'minimize = "cost"\nwhere = ["run_time <= 120 day", "run_time <= drawn_limit"]\nat = [0.5, "80%", 0.95]'
    )
    assert question == Decision(
        name="q",
        objective=quantile("cost"),
        promises=(
            Promise(quantile("run_time"), "<=", 120 * DAY),
            SharePromise((Condition("run_time", "<=", "drawn_limit"),), ">=", HALF),
        ),
        confidences=(HALF, Fraction(4, 5), Fraction(19, 20)),
    )
    assert notes == ("q: cost depends on what is uncertain (assumptions and price); its median is taken (P50)",)


# --- what is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            'minimize = "P50(chip_count)"',
            "questions[1].minimize: P50(chip_count): chip_count depends on no uncertain axis that is not kept; write "
            "chip_count",
        ),
        (
            'maximize = "mean(run_time)"\nby = ["assumptions"]',
            "questions[1].maximize: mean(run_time): run_time depends on no uncertain axis that is not kept; write run_time",
        ),
        (
            'minimize = "cost"\nwhere = ["max(limit) <= 1 day"]',
            "questions[1].where: max(limit): limit depends on no uncertain axis that is not kept; write limit",
        ),
        (
            'minimize = "cost"\nwhere = ["share(limit <= 2 day) >= 95%"]',
            "questions[1].where: share(...): limit <= 2 days depends on no uncertain axis that is not kept; leave "
            "share(...) out",
        ),
        (
            'minimize = "cost"\nwhere = ["share(limit <= 2 day and chip_count > 8) >= 95%"]',
            "questions[1].where: share(...): limit <= 2 days and chip_count > 8 chips depend on no uncertain axis that is not "
            "kept; leave share(...) out",
        ),
        (
            'minimize = "cost"\nwhere = ["P80(run_time) <= drawn_limit"]',
            "questions[1].where: P80(run_time): drawn_limit on the right depends on what is uncertain (assumptions); write "
            "share(run_time <= drawn_limit) >= 80%, which compares them draw by draw",
        ),
        (
            'minimize = "cost"\nwhere = ["P20(run_time) > drawn_limit"]',
            "questions[1].where: P20(run_time): drawn_limit on the right depends on what is uncertain (assumptions); write "
            "share(run_time > drawn_limit) >= 80%, which compares them draw by draw",
        ),
        (
            'minimize = "cost"\nwhere = ["mean(run_time) < drawn_limit"]',
            "questions[1].where: mean(run_time): drawn_limit on the right depends on what is uncertain (assumptions); write "
            "share(run_time < drawn_limit) >= 50%, which compares them draw by draw",
        ),
        (
            'minimize = "cost"\nwhere = ["chip_count <= 2048"]\nat = [0.5]',
            "questions[1].at: asks the conditions at several confidences, and none depends on an uncertain axis",
        ),
        (
            'minimize = "chip_count"\nat = [0.5]',
            "questions[1].at: asks the conditions at several confidences, and none depends on an uncertain axis",
        ),
        (
            'minimize = "cost"\nwhere = ["mean(run_time) <= 1 day"]\nat = [0.5]',
            "questions[1].at: asks the conditions at several confidences, and a mean has none",
        ),
        (
            'minimize = "cost"\nwhere = ["share(run_time > 1 day) <= 5%"]\nat = [0.5]',
            "questions[1].at: asks for shares that are at least so large, and share(...) <= 5% bounds one otherwise; write the "
            "opposite condition",
        ),
    ],
)
def test_one_line_says_why_a_statistic_is_refused(tmp_path: Path, question: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        loaded(tmp_path, question)
    assert str(error.value) == f"{tmp_path / 'test.toml'}: {says}"


def test_the_question_is_named_by_its_place_in_the_file_where_only_some_are_asked(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    path = tmp_path / "some.toml"
    path.write_text(f'{HEAD}[[questions]]\nsummary = "cost"\n[[questions]]\nname = "b"\nminimize = "P50(chip_count)"\n')
    with pytest.raises(InputError, match=r"questions\[2\]\.minimize: P50\(chip_count\)"):
        load_study(path, only=("b",), allow_code=True)


# --- what an override holds ---------------------------------------------------------------------------------------------

HELD = "q: run time depends on nothing uncertain now that MFU is held; its value is taken"


def test_a_statistic_of_what_an_override_made_certain_is_its_value(tmp_path: Path) -> None:
    question, notes = asked(tmp_path, 'minimize = "P50(run_time)"\nwhere = ["P80(run_time) <= 1 day"]', "mfu=0.4")
    assert question == Best(name="q", objective="run_time", where=(Condition("run_time", "<=", DAY),))
    assert notes == (HELD,)
    question, notes = asked(tmp_path, 'minimize = "P50(cost)"\nwhere = ["share(run_time <= 1 day) >= 80%"]', "mfu=0.4")
    assert question == Decision(name="q", objective=quantile("cost"), where=(Condition("run_time", "<=", DAY),))
    assert notes == (HELD,)


def test_confidences_of_what_an_override_made_certain_are_not_asked(tmp_path: Path) -> None:
    text = 'minimize = "P50(cost)"\nwhere = ["P80(run_time) <= 1 day"]\nat = [0.5, 0.8]'
    question, notes = asked(tmp_path, text, "mfu=0.4")
    assert question == Decision(name="q", objective=quantile("cost"), where=(Condition("run_time", "<=", DAY),))
    assert notes == (HELD,)


def test_an_override_of_something_else_makes_nothing_certain(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="chip_count depends on no uncertain axis that is not kept; write chip_count"):
        asked(tmp_path, 'minimize = "P50(chip_count)"', "mfu=0.4")


# --- questions of other kinds -------------------------------------------------------------------------------------------


def test_questions_that_count_scenarios_alike_say_so_where_weights_are_reduced(tmp_path: Path) -> None:
    text = 'summary = "cost"\n[[questions]]\nname = "r"\nquantiles = "cost"\n[[questions]]\nname = "s"\nminimize = "P50(cost)"'
    assert loaded(tmp_path, text).notes == (
        "q and r: every scenario counts alike; the weights of price count in statistics (P50, mean, share)",
    )


@pytest.mark.parametrize("text", ['summary = "run_time"', 'summary = "cost"\nby = ["price"]'])
def test_weights_that_a_question_does_not_reduce_are_not_spoken_of(tmp_path: Path, text: str) -> None:
    assert asked(tmp_path, text)[1] == ()


# --- overrides ----------------------------------------------------------------------------------------------------------


def test_statistics_confidences_and_clauses_may_be_set(tmp_path: Path) -> None:
    question, _ = asked(
        tmp_path,
        'minimize = "cost"',
        "questions.q.minimize=P90(cost)",
        'questions.q.where=["P80(run_time) <= 1 day"]',
        'questions.q.at=[0.5, "80%"]',
    )
    assert question == Decision(
        name="q",
        objective=quantile("cost", Fraction(9, 10)),
        promises=(Promise(quantile("run_time", Fraction(4, 5)), "<=", DAY),),
        confidences=(HALF, Fraction(4, 5)),
    )


def test_an_axis_may_be_made_uncertain_and_certain(tmp_path: Path) -> None:
    question, notes = asked(tmp_path, 'minimize = "run_time"\nby = ["assumptions"]', "axes.chip_count.uncertain=true")
    assert question == Decision(name="q", objective=quantile("run_time"), by=("assumptions",))
    assert notes == ("q: run time depends on what is uncertain (chip_count); its median is taken (P50)",)
    question, _ = asked(
        tmp_path, 'minimize = "electricity_price"', "axes.price={quantity='electricity_price', values=[0.06, 0.1]}"
    )
    assert isinstance(question, Best)


# --- what a decision needs ----------------------------------------------------------------------------------------------


def test_facts_that_only_a_promise_needs_are_needed_and_missed(tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(
        'title = "Sites"\n[columns]\npue = ""\nwue = "L/kWh"\n'
        '[rows.known]\nname = "known"\nsource = "us"\npue = 1.1\nwue = 0.2\n'
        '[rows.dry]\nname = "dry"\nsource = "us"\npue = 1.2\n'
    )
    sites = '[axes.site]\nfrom = "sites.toml"\ncolumns = ["wue"]\n[axes.price]'
    text = 'minimize = "run_time"\nwhere = ["P80(water) <= 1e9 L"]'
    result = loaded(tmp_path, text, head=HEAD.replace("[axes.price]", sites))
    assert "wue" in result.problem.grid.column_axis
    assert [str(fact) for fact in result.missing] == ["sites: wue of dry is not published; q cannot answer for it"]


def test_at_in_place_of_a_written_confidence_is_said(tmp_path: Path) -> None:
    where = 'where = ["P95(run_time) <= 120 day", "share(cost <= 1e9 USD) >= 99%", "run_time <= 100 day"]'
    _, notes = asked(tmp_path, f'minimize = "P50(cost)"\n{where}\nat = [0.5, 0.8]')
    (said,) = (note for note in notes if "takes the place" in note)
    assert said == (
        "q: at takes the place of the confidence that is written: P95 of run time <= 120 days and "
        "cost <= 1 billion USD in at least 99% of draws"
    )


def test_the_choice_of_what_nobody_chooses_is_said(tmp_path: Path) -> None:
    path = tmp_path / "luck.toml"
    path.write_text(
        'title = "t"\n[given]\ntokens = 1e12\nmfu = 0.4\n[axes.model]\nfrom = "models"\nrows = ["llama-3.1-8b"]\n'
        '[axes.chip]\nfrom = "hardware"\nrows = ["h100-sxm-80gb"]\n[axes.chip_count]\nvalues = [64, 128]\n'
        '[axes.pue]\nlinspace = [1.1, 1.3]\nnum = 3\n[axes.price]\nquantity = "electricity_price"\n'
        'values = ["0.06 USD/kWh", "0.1 USD/kWh"]\nlabels = ["here", "there"]\n'
        '[[questions]]\nname = "q"\nminimize = "cost"\n[[questions]]\nname = "kept"\nminimize = "cost"\nby = ["pue"]\n',
        encoding="utf-8",
    )
    notes = [note for note in load_study(path).notes if "as if somebody could" in note]
    assert notes == ["q: chooses pue, as if somebody could; `uncertain = true` on an axis takes statistics over it instead"]
