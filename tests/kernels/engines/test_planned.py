"""Questions about one quantity share their first pass, and answer as they do alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_problems import problem_of
from strategies import problems, questions

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings, cpu_numba
from flopwatt.kernels.model.questions import Best, Histogram, Quantiles, Question, Summary
from flopwatt.kernels.plan.sharing import families


def kin(question: Question, quantity: str) -> Sequence[Question]:
    """Every kind of question that shares, with the axes and conditions of one."""
    common: dict[str, Any] = {"by": question.by, "where": question.where}
    return (
        Best(name="least", objective=quantity, **common),
        Best(name="most", objective=quantity, maximize=True, **common),
        Summary(name="summary", quantity=quantity, **common),
        Quantiles(name="quantiles", quantity=quantity, **common),
        Histogram(name="histogram", quantity=quantity, bins=8, **common),
    )


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
@given(data=st.data(), dtype=st.sampled_from(["float64", "float32"]))
def test_shared_answers_have_the_bits_of_those_alone(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=5000))
    family = kin(data.draw(questions(drawn)), drawn.quantities[-1])
    assert families(family) == (tuple(family),)
    engine, alone = engines.get("numba"), Settings(dtype=dtype)
    runs = engine.prepare_together(drawn.problem, family, Settings(dtype=dtype, threads=2, chunk=data.draw(st.integers(1, 9))))
    for _ in range(2):
        for question, run in zip(family, runs, strict=True):
            expected, result = engine.prepare(drawn.problem, question, alone).run(), run.run()
            assert (result.evaluated, result.nan, result.pruned) == (expected.evaluated, expected.nan, expected.pruned)
            for name, values in expected.values.items():
                np.testing.assert_array_equal(result.values[name], values, err_msg=f"{question.name} {name}")


def test_one_reduction_is_compiled_and_run(monkeypatch: pytest.MonkeyPatch) -> None:
    reduced: list[str] = []
    original = cpu_numba.NumbaRun.reduce

    def reduce(self: Any, name: str, share: tuple[float, float] = (0.0, 1.0)) -> Any:
        reduced.append(name)
        return original(self, name, share)

    monkeypatch.setattr(cpu_numba.NumbaRun, "reduce", reduce)
    family = kin(Best(name="b", objective="x", by=("a",)), "x")
    runs: list[Any] = engines.get("numba").prepare_together(problem_of(6, 5, 4), family, Settings())
    for run in runs:
        run.run()
    assert reduced == ["shared"]
    assert [sorted(run.inner.kernels) for run in runs] == [["where"], ["where"], ["shared"], ["counts"], ["counts"]]
