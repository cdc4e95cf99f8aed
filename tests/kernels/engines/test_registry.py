"""The engines by name: what is here, what is not and why, and that only the axes that matter reach an engine."""

from dataclasses import replace

import numpy as np
import pytest
from small_problems import KINDS, asked, problem_of

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings, driver, registry
from flopwatt.kernels.engines.engine import Availability
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.questions import Problem, Question, Result
from flopwatt.kernels.plan.sharing import SharedPass


def test_the_cpu_engines_are_here_and_the_order_is_by_speed() -> None:
    names = engines.available()
    assert {"numpy", "numba"} <= set(names)
    assert names == [name for name in registry.FASTEST_FIRST if name in names]
    assert set(registry.FASTEST_FIRST) == set(engines.NAMES) == set(registry.MODULES) - {engines.REFERENCE}
    assert engines.get(engines.REFERENCE).name == "reference"


def test_an_engine_that_cannot_run_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match=r"no engine 'nunba'; there are .*numba"):
        engines.get("nunba")
    monkeypatch.setattr(registry, "availability", lambda name: Availability(name, False, "no driver"))
    with pytest.raises(EngineError, match="the engine cupy cannot run here: no driver"):
        engines.get("cupy")


def test_without_a_driver_no_gpu_package_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "LIBRARY", "no-such-library.so")
    driver.present.cache_clear()
    assert not driver.present()
    driver.present.cache_clear()
    assert driver.first_line(ValueError("  one\ntwo")) == "one"
    assert driver.first_line(ValueError()) == "ValueError"


class Noting:
    """An engine that notes the axes that it is handed."""

    name, shares = "noting", False

    def __init__(self) -> None:
        self.axes = list[tuple[str, ...]]()

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> object:
        self.axes.append(tuple(axis.name for axis in problem.grid.axes))
        return registry.get(registry.REFERENCE).engine.prepare(problem, question, settings)


@KINDS
def test_axes_that_do_not_matter_are_left_out_and_counted(kind: str) -> None:
    problem, question = problem_of(3, 4, 5, 6), replace(asked(kind, ("a",), quantity="z"), by=())
    noting = Noting()
    result: Result = registry.Collapsing(noting).prepare(problem, question, Settings()).run()  # type: ignore[arg-type]
    assert noting.axes == [("b", "c", "d") if kind == "pareto" else ("b", "c")]
    whole = registry.get(registry.REFERENCE).engine.prepare(problem, question, Settings()).run()
    assert result.evaluated == (4 * 5 * 6 if kind == "pareto" else 4 * 5)  # what was computed, and not what that stands for
    for name, values in whole.values.items():
        np.testing.assert_allclose(result.values[name], values, rtol=1e-15 if name == "mean" else 0, err_msg=name)
