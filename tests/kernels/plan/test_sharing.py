"""Which questions share their first pass, and how often it is done."""

from typing import Any

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Best, Pareto, Quantiles, Summary, Table
from flopwatt.kernels.plan.sharing import SharedPass, families, leader, prepare_family

LEAST, MOST = Best(name="least", objective="cost"), Best(name="most", objective="cost", maximize=True)
SUMMARY, SPREAD = Summary(name="summary", quantity="cost"), Quantiles(name="spread", quantity="cost")
OTHER = Summary(name="other", quantity="energy")
UNDER = Summary(name="under", quantity="cost", where=(Condition("energy", "<=", 1.0),))
BY = Summary(name="by", quantity="cost", by=("chip",))
FRONT, ROWS = Pareto(name="front", quantities=("cost", "energy")), Table(name="rows", quantities=("cost",))


def test_families() -> None:
    assert families((LEAST, OTHER, SUMMARY, SPREAD)) == ((LEAST, SUMMARY, SPREAD), (OTHER,))
    assert families((UNDER, BY, FRONT, ROWS, SUMMARY)) == ((UNDER,), (BY,), (FRONT,), (ROWS,), (SUMMARY,))
    assert families((LEAST, MOST)) == ((LEAST,), (MOST,))  # each has a faster pass of its own
    assert families(()) == ()


def test_a_pass_is_done_once_for_all_and_again_for_a_second_round() -> None:
    done: list[tuple[float, float]] = []
    family = (LEAST, SUMMARY, SPREAD)
    shared = SharedPass(family)

    def reduce(share: tuple[float, float]) -> dict[str, Any]:
        done.append(share)
        return {"round": len(done)}

    shared.lead(reduce)
    for number in (1, 2):
        assert [shared.take(question, (0.0, 1.0))["round"] for question in family] == [number] * 3
    assert shared.take(SPREAD, (0.0, 0.4))["round"] == 3
    assert shared.take(SPREAD, (0.0, 0.4))["round"] == 4
    assert len(done) == 4


def test_the_leader_has_the_objective_as_it_is() -> None:
    assert leader((LEAST, SUMMARY)) is SUMMARY
    runs = prepare_family((LEAST, SUMMARY, SPREAD), lambda question, shared: (question, shared is not None))
    assert runs == [(LEAST, True), (SUMMARY, True), (SPREAD, True)]
    assert prepare_family((LEAST,), lambda question, shared: shared) == [None]
