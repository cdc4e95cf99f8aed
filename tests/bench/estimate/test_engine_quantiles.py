"""An estimate's quantiles from an engine: within its bins of the exact ones, for what varies alone."""

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.engine_quantiles import on_engine
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.kernels.reductions.bins import RELATIVE_ERROR

TARGETS = ("run_time", "energy", "chip_count")
REQUEST = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "256"})
DRAWS = 2048


def test_quantiles_of_an_engine_are_within_its_bins_of_the_exact_ones() -> None:
    scenario = run_of(REQUEST, TARGETS).scenario
    exact = estimate(scenario, TARGETS, DRAWS)
    binned, seconds = on_engine(exact, scenario.problem(DRAWS, 0), "numpy")
    assert seconds > 0
    for name in ("run_time", "energy"):
        a, b = exact.spreads[name], binned.spreads[name]
        assert (b.low, b.median, b.high) == pytest.approx((a.low, a.median, a.high), rel=RELATIVE_ERROR)
        assert b.low != a.low  # a bin's middle
    assert binned.spreads["chip_count"] is exact.spreads["chip_count"]  # stated: it does not vary
    assert binned.shares is exact.shares


def test_an_engine_that_is_not_there_is_refused() -> None:
    scenario = run_of(REQUEST, TARGETS).scenario
    exact = estimate(scenario, TARGETS, 128)
    with pytest.raises(InputError, match="engine"):
        on_engine(exact, scenario.problem(128, 0), "abacus")
