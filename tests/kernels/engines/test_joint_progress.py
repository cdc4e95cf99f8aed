"""One progress of several runs."""

import pytest
from small_problems import problem_of

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.engines.joint_progress import JointProgress
from flopwatt.kernels.model.questions import Sensitivity


def test_each_run_counts_as_much_as_the_others() -> None:
    told: list[float] = []
    progress = JointProgress(told.append)
    first, second = progress.part(), progress.part()
    assert first is not None
    assert second is not None
    first(0.5)
    first(1.0)
    second(0.5)
    first(0.2)  # a thread told it late
    second(1.0)
    assert told == [0.25, 0.5, 0.75, 0.75, 1.0]


def test_where_nobody_is_told_there_is_nothing_to_tell() -> None:
    assert JointProgress(None).part() is None


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_sensitivity_is_not_done_before_its_last_summary(engine: str) -> None:
    told: list[float] = []
    question = Sensitivity(name="", quantity="x")
    settings = Settings(threads=1, progress=told.append)
    engines.get(engine).prepare(problem_of(40, 30, 20, 10), question, settings).run()
    assert told == sorted(told)
    assert told.count(1.0) == 1
    assert told[-1] == pytest.approx(1.0)
