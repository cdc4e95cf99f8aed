"""Each kind of question on small studies, on every engine and in both dtypes."""

import functools
from typing import Any

import pytest

from flopwatt.bench.study.loader import Study, load_study

SIZES = {"2e6": (1302, 512), "1e8": (1302, 25600)}  # points of the study `quick`: its chip counts and draws
QUESTIONS = [question.name for question in load_study("quick").questions]


@functools.cache
def load_sized(size: str) -> Study:
    """Load the study `quick` with about so many points."""
    counts, draws = SIZES[size]
    return load_study("quick", [f"axes.chip_count.num={counts}", f"axes.assumptions.draws={draws}"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("size", ["2e6"] if metafunc.config.getoption("--quick") else list(SIZES))


@pytest.mark.parametrize("question", QUESTIONS)
def test_question(ask: Any, size: str, question: str, engine: str, dtype: str) -> None:
    """Evaluate one question of the study `quick`; the answer is checked against NumPy's."""
    study = load_sized(size)
    result = ask(study, question, engine, dtype)
    assert result.evaluated + result.pruned == study.points
