"""Draws: what is left of uncertain axes, and statistics over them against NumPy's own."""

from fractions import Fraction

import numpy as np
import pytest

from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Decision
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic
from flopwatt.kernels.reductions import draws as module
from flopwatt.kernels.reductions.draws import Draws, possible

GRID = Grid(
    (
        Axis("u", {"u": np.arange(3.0)}, uncertain=True, weights=np.array([0.5, 0.0, 1.5])),
        Axis("a", {"a": np.arange(4.0)}),
        Axis("v", {"v": np.arange(2.0)}, uncertain=True),
    )
)


def question(by: tuple[str, ...] = ()) -> Decision:
    return Decision(name="", objective=Statistic("x"), by=by)


def test_points_of_weight_0_are_left_out_and_weights_multiply() -> None:
    draws = Draws.of(GRID, question())
    assert [axis.columns[axis.name].tolist() for axis in draws.axes] == [[0.0, 2.0], [0.0, 1.0]]
    assert draws.weights.tolist() == [1, 1, 3, 3]
    assert (draws.count, draws.total) == (4, 8)
    assert possible(GRID.axes[2]) is GRID.axes[2]


def test_axes_that_are_kept_have_no_draws() -> None:
    assert [axis.name for axis in Draws.of(GRID, question(("v", "a"))).axes] == ["u"]
    assert Draws.of(GRID, question(("v", "u"))).weights.tolist() == [1]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("heaviest", [1, 4])
def test_quantiles_are_numpy_s_inverted_cdf(dtype: str, heaviest: int) -> None:
    random = np.random.default_rng(1)
    values = np.round(random.uniform(0, 8, (5, 40)), 1).astype(dtype)
    weights = random.integers(1, heaviest, 40, endpoint=True)
    draws = Draws((), weights)
    for share in (Fraction(0), Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(1)):
        expected = np.quantile(values, float(share), axis=1, weights=weights, method="inverted_cdf")
        ours = draws.statistic(Statistic("x", Measure.QUANTILE, share), {"x": values})
        np.testing.assert_array_equal(ours, expected.astype(dtype))
        assert ours.dtype == dtype
    mean = draws.statistic(Statistic("x", Measure.MEAN), {"x": values})
    np.testing.assert_allclose(
        mean, np.average(values.astype(float), axis=1, weights=weights), rtol=1e-14 if dtype == "float64" else 1e-7
    )


def test_a_nan_makes_a_statistic_unknown_and_misses_a_share() -> None:
    draws, values = Draws((), np.array([1, 2, 1])), {"x": np.array([[1.0, np.nan, 3.0], [1.0, 2.0, np.inf]])}
    half = Statistic("x", Measure.QUANTILE, Fraction(1, 2))
    np.testing.assert_array_equal(draws.promised(Promise(half, "<=", 1.0), values), [np.nan, 2.0])
    np.testing.assert_array_equal(draws.statistic(Statistic("x", Measure.MEAN), values), [np.nan, np.inf])
    different = SharePromise((Condition("x", "!=", 1.0),), ">=", Fraction(1, 2))
    np.testing.assert_array_equal(draws.promised(different, values), [0.25, 0.75])


def test_values_are_arranged_by_decision() -> None:
    draws = Draws.of(GRID, question())
    block = {
        "x": np.arange(16.0).reshape(4, 2, 2),
        "y": np.arange(4.0).reshape(4, 1, 1),
        "z": np.float64(7),
        "v": np.ones((1, 1, 2)),
    }
    shapes = {name: array.shape for name, array in draws.arranged(block, (4,)).items()}
    assert shapes == {"x": (4, 4), "y": (4, 1), "z": (4, 1), "v": (4, 4)}


def test_too_many_draws_are_refused_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "shortage", lambda needed: "1 GB")
    with pytest.raises(EngineError, match=r"the draws of one decision take .* of memory, and 1 GB are free; use fewer draws"):
        Draws.of(GRID, question())
