"""Hand-written decisions have the reference's answers, the groups without any too."""

from dataclasses import replace

import numpy as np
import pytest

from flopwatt.bench.suites.choices import DRAWS, choices
from flopwatt.bench.suites.hand import hand
from flopwatt.bench.suites.peers import DECIDING_PEERS, Peer
from flopwatt.bench.verify.tolerance import TOLERANCE, relative
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("peer", DECIDING_PEERS, ids=lambda peer: peer.name)
def test_peers_answer_as_numpy_does(peer: Peer, dtype: str) -> None:
    if peer.reason():
        pytest.skip(peer.reason())
    shape = choices(2e3)
    tokens, chip, chip_count, draws = shape.problem.grid.axes
    axes = (tokens.take([0, 7, 15]), chip, chip_count.take(range(5)), draws)  # the most tokens need more chips than that
    problem = replace(shape.problem, grid=replace(shape.problem.grid, axes=axes))
    expected = engines.get("reference").prepare(problem, shape.questions["median"], Settings(dtype)).run()
    assert sorted(expected.values["index"] < 0) == [False, False, True]
    result = peer.make(hand(problem, dtype), 2)()
    np.testing.assert_array_equal(result.values["index"], expected.values["index"])
    answered = expected.values["index"] >= 0
    error = relative(result.values["objective"][answered], expected.values["objective"][answered])
    assert error.max() <= TOLERANCE[dtype]
    assert np.isnan(result.values["objective"][~answered]).all()
    assert result.evaluated == problem.grid.size == 3 * 8 * 5 * DRAWS
