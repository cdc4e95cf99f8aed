"""Which passes each kind takes, and the accumulators of its reduction."""

from collections.abc import Sequence

import pytest
from small_problems import LIMIT, asked, problem_of

from flopwatt.kernels.emit.passes import PASSES, Pass, reductions, signed
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Best, Problem, Question, Sensitivity, Summary, Table
from flopwatt.kernels.plan.planner import make

POSITIVE = problem_of(3, 4, 5)
MIXED = problem_of(3, 4, 5, low=-2.0, nan=True)


def kept(problem: Problem, question: Question, family: Sequence[Question] = ()) -> dict[str, list[str]]:
    """What each reduction accumulates, by the name of its pass."""
    found = reductions(make(problem, question, "float64"), family)
    return {name: [each.name for each in reducer.accumulators] for name, reducer in found.items()}


@pytest.mark.parametrize(
    ("kind", "name", "further"),
    [
        ("least", "best", (Pass.WHERE,)),
        ("summary", "summary", ()),
        ("quantiles", "range", (Pass.COUNTS,)),
        ("histogram", "range", (Pass.COUNTS,)),
        ("pareto", "range", (Pass.LEAST, Pass.FRONT)),
    ],
)
def test_a_kind_s_passes(kind: str, name: str, further: tuple[Pass, ...]) -> None:
    question = asked(kind)
    assert list(kept(POSITIVE, question)) == [name]
    assert PASSES.of(question).further == further


def test_a_table_reduces_nothing() -> None:
    table = Table(name="", quantities=("x",))
    assert kept(POSITIVE, table) == {}
    assert PASSES.of(table).further == (Pass.TABLE,)


def test_a_sensitivity_has_no_passes_of_its_own() -> None:
    with pytest.raises(EngineError, match=r"^a sensitivity question is composed of summaries, which have the passes$"):
        PASSES.of(Sensitivity(name="", quantity="x"))


def test_the_greatest_is_kept_by_a_maximum() -> None:
    merges = {
        kind: [a.merge for a in reductions(make(POSITIVE, asked(kind), "float64"))["best"].accumulators]
        for kind in ("least", "greatest")
    }
    assert merges == {"least": ["min"], "greatest": ["max"]}


def test_a_summary_counts_only_what_may_be_missing() -> None:
    assert kept(POSITIVE, asked("summary")) == {"summary": ["low", "high", "total"]}
    assert kept(POSITIVE, asked("summary", where=LIMIT)) == {"summary": ["low", "high", "total", "feasible"]}
    assert kept(MIXED, asked("summary")) == {"summary": ["low", "high", "total", "feasible", "nan"]}


def test_a_range_has_sides_only_where_values_may_be_zero_or_negative() -> None:
    assert kept(POSITIVE, asked("quantiles")) == {"range": ["low", "high"]}
    assert kept(MIXED, asked("quantiles")) == {"range": ["low", "high", "positive", "negative", "nan"]}
    assert not signed(make(POSITIVE, asked("quantiles"), "float64"))
    assert signed(make(MIXED, asked("quantiles"), "float64"))


def test_a_family_s_pass_keeps_every_accumulator_once_and_none_for_the_best() -> None:
    family = [asked("least"), asked("summary"), asked("histogram"), asked("greatest")]
    assert kept(POSITIVE, family[1], family) == {"shared": ["low", "high", "total"]}
    family = [asked("quantiles", quantity="z"), asked("least", quantity="z"), asked("summary", quantity="z")]
    assert kept(POSITIVE, family[0], family) == {"shared": ["low", "high", "positive", "negative", "total"]}


def test_a_condition_that_guards_leaves_no_flag() -> None:
    far_out = (Condition("a", "<=", 2.0),)
    plan = make(problem_of(6, 40, 50), Summary(name="", quantity="x", by=("a",), where=far_out), "float64")
    assert plan.guards
    assert [a.name for a in reductions(plan)["summary"].accumulators] == ["low", "high", "total"]
    best = make(POSITIVE, Best(name="", objective="x", where=LIMIT), "float64")
    assert [a.name for a in reductions(best)["best"].accumulators] == ["best"]
