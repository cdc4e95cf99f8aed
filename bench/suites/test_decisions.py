"""Decisions over joint draws, held against summaries of as many points and what a user would write, all in one run."""

from typing import Any

import numpy as np
import pytest

from flopwatt.bench.records.record import Reading
from flopwatt.bench.suites.choices import choices
from flopwatt.bench.suites.hand import hand, threads_of
from flopwatt.bench.suites.peers import DECIDING_PEERS, Peer
from flopwatt.bench.suites.shapes import Shape
from flopwatt.bench.suites.timing import MAX_FOR_NUMPY, ask
from flopwatt.bench.timing.case import Case, describe
from flopwatt.bench.timing.speeds import annotate
from flopwatt.bench.verify.tolerance import TOLERANCE, relative
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.questions import Result

DECISIONS = {True: 2e4, False: 1e6}  # quick or not
PEERS_DECISIONS = 2e4  # which take them about a second; a point more takes them as long as another
_reference: dict[str, Result] = {}
_calls: dict[tuple[str, str], Any] = {}


def study(request: pytest.FixtureRequest) -> Shape:
    """Make the study that engines answer."""
    return choices(DECISIONS[request.config.getoption("--quick")])


@pytest.mark.parametrize("question", choices(1.0).questions)
def test_decision(benchmark: Any, request: pytest.FixtureRequest, question: str, engine: str, dtype: str) -> None:
    """Time a decision, or a summary of the same points; the answer is checked against NumPy's, in full or on a sample."""
    shape = study(request)
    if engine == "numpy" and shape.points > MAX_FOR_NUMPY:
        pytest.skip(f"the numpy engine is timed on up to {MAX_FOR_NUMPY:.1e} points")
    ask(benchmark, shape, question, engine, Settings(dtype, request.config.getoption("--threads")))


@pytest.mark.parametrize("peer", DECIDING_PEERS, ids=lambda peer: peer.name)
def test_peer(benchmark: Any, request: pytest.FixtureRequest, peer: Peer, dtype: str) -> None:
    """Time the least median cost in time, written by hand; the answer is the engines'."""
    if peer.reason():
        pytest.skip(f"{peer.name} is not available: {peer.reason()}")
    shape, threads = choices(PEERS_DECISIONS), threads_of(request.config.getoption("--threads"))
    if (peer.name, dtype) not in _calls:
        _calls[peer.name, dtype] = peer.make(hand(shape.problem, dtype), threads)
    call = _calls[peer.name, dtype]
    case = describe(benchmark, Case("", dtype, shape.points, threads=threads))
    benchmark.group = f"{study(request).name}: median, {dtype}"
    annotate(benchmark, role=peer.role, name=peer.name, shape=study(request).name, question="median")
    call()  # compiled and loaded before anything is timed
    case.max_relative_error = Reading(_error(shape, benchmark(call), dtype))


def _error(shape: Shape, result: Result, dtype: str) -> float:
    """Assert that a peer's answer is the engines' (checked against NumPy by their own test)."""
    if dtype not in _reference:
        engine = engines.get(engines.available()[0])
        _reference[dtype] = engine.prepare(shape.problem, shape.questions["median"], Settings(dtype)).run()
    expected = _reference[dtype]
    np.testing.assert_array_equal(result.values["index"], expected.values["index"])
    error = relative(result.values["objective"], expected.values["objective"])
    assert error.max() <= TOLERANCE[dtype]
    return float(error.max())
