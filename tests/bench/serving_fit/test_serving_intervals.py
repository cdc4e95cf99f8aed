"""Spreads of serving: as the model's own quantity, and wide enough to hold what they should."""

from collections.abc import Callable

import numpy as np
import pytest

from flopwatt.bench.serving_fit import serving_constants, serving_intervals
from flopwatt.bench.serving_fit.serving_constants import SEQUENCE, ConstantFit
from flopwatt.bench.serving_fit.serving_rows import ServingCase
from flopwatt.bench.stats.distributions import P90

PARTS = {
    "serving_step_spread": 0.1, "serving_spread_source": 0.05, "serving_spread_experts": 0.3, "serving_spread_bits": 0.2,
    "serving_power_spread": 0.12,
}  # fmt: skip


@pytest.fixture(scope="module")
def fit(as_predicted: Callable[[dict[str, float]], list[ServingCase]]) -> ConstantFit:
    known = serving_constants.beliefs()
    found = {name: belief.guess for name, belief in known.parameters.items()}
    return ConstantFit(as_predicted(found | {f"{SEQUENCE}.{key}": one.guess for key, one in known.software.items()}))


def test_spreads_are_the_models_own(fit: ConstantFit) -> None:
    held = {**fit.served.given, **PARTS}
    from flopwatt.kernels.quantities import MODEL

    own = MODEL.compute(["serving_time_spread"], held)["serving_time_spread"]
    assert serving_intervals.spreads(fit, PARTS) == pytest.approx(np.broadcast_to(own, len(fit.cases)))


def test_parts_hold_as_many_as_they_should(fit: ConstantFit) -> None:
    rng = np.random.default_rng(5)
    off = [serving_intervals.spreads(fit, PARTS) * rng.standard_normal(len(fit.cases)) for _ in range(2)]
    parts = serving_intervals.spread_parts(fit, off)
    time = serving_intervals.of_kind(fit, serving_intervals.TIMES)
    for own in off:
        inside = np.abs(own[time]) <= P90 * serving_intervals.spreads(fit, parts)[time]
        assert 0.6 < inside.mean() < 0.9
    assert parts["serving_spread_experts"] > parts["serving_spread_source"]


def test_held_tells_errors_and_coverage_of_each_source(fit: ConstantFit) -> None:
    off = np.where(serving_intervals.of_kind(fit, serving_intervals.POWERS), 0.1, 5.0)
    (every, *sources) = serving_intervals.held(fit, off, PARTS, serving_intervals.POWERS)
    assert (every.group, every.n, every.inside) == ("all", len(fit.cases) // 3, 1.0)
    assert every.median == pytest.approx(1 - np.exp(-0.1))
    assert sum(row.n for row in sources) == every.n
    assert serving_intervals.held(fit, off, PARTS, serving_intervals.TIMES)[0].inside == 0
