"""Each kind of question on small studies, on every engine and in both dtypes."""

import functools
from typing import Any

import pytest

from flopwatt.bench.study.loader import Study, load_study

SIZES = {"2e6": (1302, 512), "1e8": (1302, 25600)}  # points of the study `quick` with so many chip counts and draws
QUESTIONS = [each.name for each in load_study("quick").questions]


@functools.cache
def sized(size: str) -> Study:
    counts, draws = SIZES[size]
    return load_study("quick", [f"axes.chip_count.num={counts}", f"axes.assumptions.draws={draws}"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("size", ["2e6"] if metafunc.config.getoption("--quick") else list(SIZES))


@pytest.mark.parametrize("question", QUESTIONS)
def test_question(ask: Any, size: str, question: str, engine: str, dtype: str) -> None:
    """Evaluate one question of the study `quick`; the answer is checked against NumPy's."""
    study = sized(size)
    result = ask(study, question, engine, dtype)
    assert result.evaluated + result.pruned == study.points
