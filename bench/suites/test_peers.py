"""What a user would write instead, on the same study in the same run: NumPy, numexpr, JAX and DuckDB by hand."""

from typing import Any

import pytest

from flopwatt.bench.records.record import Reading
from flopwatt.bench.suites import shapes
from flopwatt.bench.suites.hand import hand, threads_of
from flopwatt.bench.suites.peers import PEERS, Peer
from flopwatt.bench.suites.timing import ask
from flopwatt.bench.timing.case import Case, describe
from flopwatt.bench.timing.speeds import annotate
from flopwatt.bench.verify.agreement import agreement
from flopwatt.bench.verify.tolerance import TOLERANCE, relative
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.questions import Result

POINTS = {True: 2e7, False: 5.4e8}  # quick or not
_reference: dict[tuple[str, str], Result] = {}
_calls: dict[tuple[str, str, str], Any] = {}


def study(request: pytest.FixtureRequest) -> shapes.Shape:
    """Make the study that peers and engines answer."""
    return shapes.shallow(9, POINTS[request.config.getoption("--quick")])


def test_engine(benchmark: Any, request: pytest.FixtureRequest, engine: str, dtype: str) -> None:
    """Time flopwatt's own engines on the peers' study."""
    ask(benchmark, study(request), "best", engine, Settings(dtype, request.config.getoption("--threads")))


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_peer(benchmark: Any, request: pytest.FixtureRequest, peer: Peer, dtype: str) -> None:
    """Time the cheapest run per (model, tokens, chip), written by hand; the answer is the engines'."""
    if peer.reason():
        pytest.skip(f"{peer.name} is not available: {peer.reason()}")
    shape, threads = study(request), threads_of(request.config.getoption("--threads"))
    key = (peer.name, shape.name, dtype)
    if key not in _calls:
        _calls[key] = peer.make(hand(shape.problem, dtype), threads)
    call = _calls[key]
    case = describe(benchmark, Case("", dtype, shape.points, threads=threads))
    benchmark.group = f"{shape.name}: best, {dtype}"
    annotate(benchmark, role=peer.role, name=peer.name, shape=shape.name, question="best")
    call()  # compiled and loaded before anything is timed
    result = benchmark(call)
    case.max_relative_error = Reading(_error(shape, result, dtype))


def _error(shape: shapes.Shape, result: Result, dtype: str) -> float:
    """Assert that a peer's answer is the engines' (checked against NumPy by their own test)."""
    question, key = shape.questions["best"], (shape.name, dtype)
    if key not in _reference:
        _reference[key] = engines.get(engines.available()[0]).prepare(shape.problem, question, Settings(dtype)).run()
    if "index" in result.values:
        agreed = agreement(shape.problem, question, result, _reference[key], dtype)
        assert not agreed.wrong, agreed.wrong
        return agreed.error
    error = float(relative(result.values["objective"], _reference[key].values["objective"]).max())
    assert error <= TOLERANCE[dtype]
    return error
