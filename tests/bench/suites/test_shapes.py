"""The benchmark's studies are what their names say, peers answer as the engines do, and a wrong answer is caught."""

import math
from dataclasses import replace

import numpy as np
import pytest

from flopwatt.bench.suites import shapes, timing
from flopwatt.bench.suites.hand import hand
from flopwatt.bench.suites.peers import PEERS, Peer
from flopwatt.bench.timing.speeds import Speed, lines
from flopwatt.bench.verify.agreement import agreement
from flopwatt.bench.verify.tolerance import TOLERANCE, relative
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings


@pytest.mark.parametrize(("axes", "points"), [(3, 1e8), (6, 1e10), (9, 1e8), (9, 1e10), (12, 1e10)])
def test_shallow_shapes_have_their_axes_and_points(axes: int, points: float) -> None:
    shape = shapes.shallow(axes, points)
    assert len(shape.problem.grid.axes) == axes
    assert shape.points == pytest.approx(points, rel=0.1)
    assert {kind: question.kind for kind, question in shape.questions.items()} == {kind: kind for kind in shapes.TIMED}


def test_deep_shapes_are_deep() -> None:
    for shape in (shapes.deep(2e9), shapes.deep(1e8, priced=False)):
        problem, question = shape.problem, next(iter(shape.questions.values()))
        computed = [item for item in problem.model.order(question.targets(), problem.held()) if item.name not in problem.held()]
        assert len(computed) >= 60
        assert len(shape.problem.grid.axes) >= 12
        assert shape.points >= 5e7


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
@pytest.mark.parametrize("axes", [3, 9, 12])
def test_peers_answer_as_numpy_does(peer: Peer, dtype: str, axes: int) -> None:
    if peer.reason():
        pytest.skip(peer.reason())
    shape = small(axes)
    question = shape.questions["best"]
    expected = engines.get("reference").prepare(shape.problem, question, Settings(dtype)).run()
    result = peer.make(hand(shape.problem, dtype), 2)()
    if peer.partial:
        error = relative(result.values["objective"], expected.values["objective"]).max()
        assert error <= TOLERANCE[dtype]
    else:
        assert agreement(shape.problem, question, result, expected, dtype).wrong == ""


def small(axes: int) -> shapes.Shape:
    """The shape with every axis cut to three points at most."""
    shape = shapes.shallow(axes, 1e6)
    cut = tuple(
        replace(axis, columns={name: values[:: max(len(values) // 3, 1)][:3] for name, values in axis.columns.items()})
        for axis in shape.problem.grid.axes
    )
    problem = replace(shape.problem, grid=replace(shape.problem.grid, axes=cut))
    return replace(shape, name=f"small {axes}", problem=problem)


@pytest.mark.parametrize("kind", shapes.TIMED)
def test_a_wrong_answer_is_caught_on_a_sample_of_groups(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = replace(shapes.shallow(9, 2e7), name=f"sampled {kind}")
    monkeypatch.setattr(timing, "CHECKED_IN_FULL", 1e6)
    question = shape.questions[kind]
    result = engines.get("numba").prepare(shape.problem, question, Settings()).run()
    assert timing.check(shape, question, result, "numba", "float64") <= TOLERANCE["float64"]
    name = {"best": "objective", "summary": "max", "quantiles": "quantiles"}[kind]
    wrong = replace(result, values={**result.values, name: np.asarray(result.values[name]) * 1.05})
    with pytest.raises(AssertionError, match="numba"):
        timing.check(shape, question, wrong, "numba", "float64")


def test_one_group_of_a_result_has_its_own_flat_indices() -> None:
    shape = small(9)
    question = shape.questions["best"]
    whole = engines.get("reference").prepare(shape.problem, question, Settings()).run()
    lengths = [len(shape.problem.grid.axes[shape.problem.grid.position(name)]) for name in question.by]
    assert math.prod(lengths) > 3
    for group in ((0, 0, 0), tuple(n - 1 for n in lengths)):
        part = (
            engines.get("reference").prepare(timing.slice_problem(shape.problem, question, group), question, Settings()).run()
        )
        result = timing.slice_result(shape.problem, question, whole, group)
        for name, values in part.values.items():
            np.testing.assert_array_equal(result.values[name], values, err_msg=name)


def test_lines_give_ratios_to_peers_and_shares_of_limits() -> None:
    common = {"shape": "s", "question": "best", "dtype": "float64"}
    speeds = [
        Speed("fma float64", "limit", 1.0, 1e11, unit="multiply-add"),
        Speed("C loop float64", "limit", 1.0, 2e10, unit="scenario"),
        Speed("numba", "engine", 0.5, 1e10, work=4.0, **common),
        Speed("numpy", "peer", 10.0, 1e9, **common),
        Speed("slow", "peer", 100.0, 1e9, **common),
        Speed("jax", "tuned peer", 1.0, 1e9, **common),
    ]
    speeds += [
        Speed("device write", "limit", 1.0, 4e12, unit="byte"),
        Speed("cupy", "engine", 1.0, 1e9, "t", "table", "float64", written=16.0, kernel_seconds=0.005),
    ]
    text = "\n".join(lines(speeds))
    assert "cupy: 1e+09 points/s, 80% of the write bandwidth in its kernels" in text
    assert "200 times the best peer (numpy)" in text
    assert "20 times the best tuned peer (jax)" in text
    assert "40% of the vector units" in text
    assert "1.00 of the C loop" in text
