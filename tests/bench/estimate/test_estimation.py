"""A request estimated as it is asked to be."""

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.estimation import Drawing, estimate_request, explained
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.estimate.with_strategy import STEP_TARGETS
from flopwatt.bench.prior.drawn_inputs import PROGRAMME_TARGETS, TARGETS

REQUEST = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "256"})


def test_the_targets_are_of_what_is_asked() -> None:
    assert Drawing().targets(REQUEST) == TARGETS
    searching = Request(model="llama-3.1-8b", chip="h100", stated={"tensor_parallel": "1"})
    assert Drawing(programme=True).targets(searching) == STEP_TARGETS + PROGRAMME_TARGETS


def test_money_is_in_the_currency_asked_for() -> None:
    dollars, euros = (estimate_request(REQUEST, Drawing(256, currency=code))[0] for code in (None, "EUR"))
    assert euros.quantiles["cost"].unit == "EUR"
    assert dollars.quantiles["cost"].p50 / euros.quantiles["cost"].p50 == pytest.approx(euros.currency.dollars)


def test_an_engine_tells_its_seconds() -> None:
    exact, none = estimate_request(REQUEST, Drawing(256))
    binned, seconds = estimate_request(REQUEST, Drawing(256, engine="numpy"))
    assert none is None
    assert seconds is not None
    assert seconds > 0
    assert binned.quantiles["cost"].p50 == pytest.approx(exact.quantiles["cost"].p50, rel=0.01)


def test_the_steps_end_in_the_targets() -> None:
    names = [step.quantity.name for step in explained(estimate_request(REQUEST, Drawing(64))[0])]
    assert set(TARGETS) <= set(names)


@pytest.mark.parametrize(
    ("drawing", "says"), [(Drawing(0), "draws: must be from 1"), (Drawing(seed=-1), "seed: must be at least 0")]
)
def test_a_number_of_draws_out_of_range_is_refused(drawing: Drawing, says: str) -> None:
    with pytest.raises(InputError, match=says):
        estimate_request(REQUEST, drawing)
