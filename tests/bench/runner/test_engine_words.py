"""What is said of the engines that computed a run, in a line."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from flopwatt.bench.runner.engine_words import computed_sentence, engines_text
from flopwatt.kernels.analysis.choice import Choice, PredictedSeconds
from flopwatt.kernels.model.questions import Best

FAMILY = (Best(name="a", objective="cost"),)
WEIGHED = Choice(FAMILY, "numpy", {"numpy": PredictedSeconds(0.0, 0.2), "numba": PredictedSeconds(0.3, 0.0)})
ALONE = Choice(FAMILY, "numpy", {"numpy": PredictedSeconds(0.0, 0.2)})


def run_of(engines: Sequence[Any], choices: Sequence[Choice]) -> Any:
    return SimpleNamespace(engines=tuple(engines), choices=tuple(choices), shown_engines=lambda: tuple(engines))


def engine(name: str, prepare: float, seconds: float, questions: int = 1) -> Any:
    return SimpleNamespace(engine=name, prepare_seconds=prepare, seconds=seconds, questions=(None,) * questions)


NUMPY, NUMBA = engine("numpy", 0.05, 0.15, 3), engine("numba", 0.4, 1.6)


BOTH = "Computed by NumPy (3 questions in 200 ms) and numba (1 question in 2 s): whichever answers first."


@pytest.mark.parametrize(
    ("engines", "choices", "says"),
    [
        ([NUMPY], [], ""),  # it was named
        ([NUMPY], [WEIGHED], "Computed by NumPy in 200 ms: compiling first would have taken longer."),
        ([NUMPY], [ALONE], "Computed by NumPy in 200 ms."),  # nothing else was near
        ([NUMBA], [WEIGHED], "Computed by numba in 2 s, 400 ms of it compiling or loading."),
        ([NUMPY, NUMBA], [WEIGHED], BOTH),
    ],
)
def test_a_line_says_what_computed(engines: Sequence[Any], choices: Sequence[Choice], says: str) -> None:
    assert computed_sentence(run_of(engines, choices)) == says


def test_engines_are_named() -> None:
    assert engines_text(run_of([NUMPY], [])) == "engine numpy"
    assert engines_text(run_of([NUMBA, NUMPY], [])) == "engines numba and numpy"
