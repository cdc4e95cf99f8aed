"""A request estimated as it is asked to be."""

import math
from dataclasses import replace

import numpy as np
import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.estimation import Drawing, estimate_request, explained
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.prior.drawn_inputs import PROGRAMME_TARGETS, TARGETS
from flopwatt.bench.validate import cases
from flopwatt.bench.validate.rows import shipped

REQUEST = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "256"})


def test_the_targets_are_of_what_is_asked() -> None:
    assert Drawing().targets == TARGETS
    assert Drawing(programme=True).targets == TARGETS + PROGRAMME_TARGETS


def test_the_figures_are_the_same_with_the_strategy_and_without() -> None:
    plain, shown = (estimate_request(replace(REQUEST, strategy=how), Drawing(512))[0] for how in (None, "auto"))
    assert {name: shown.quantiles[name] for name in plain.quantiles} == plain.quantiles
    assert shown.sentences == plain.sentences
    assert set(shown.quantiles) - set(plain.quantiles) == {"step_time", "memory_per_chip"}


def test_several_searches_are_of_one_run() -> None:
    """The expected figures and what the best strategy could reach are of the same draws, but for the MFU."""
    result = estimate_request(REQUEST, Drawing(2048))[0]
    reach, own = result.outlook.reach, result.estimate.spreads
    best = result.outlook.best
    assert best is not None
    assert reach["mfu"].median == pytest.approx(best.mfu, rel=1e-3)
    ratio = own["run_time"].median / reach["run_time"].median  # type: ignore[operator]
    assert ratio == pytest.approx(best.mfu / own["mfu"].median, rel=0.01)  # type: ignore[operator]


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


def test_published_runs_lie_inside_what_is_expected_of_them_with_a_strategy() -> None:
    """Of their sizes alone, without their developers' names: 80% of them between P10 and P90 would be as it should."""
    inside = []
    for row in shipped("training_runs").rows:
        hours, chips, tokens = cases.chip_hours_of(row), row.positive("num_chips"), row.positive("tokens_t")
        if math.isnan(hours + chips + tokens) or cases.uncounted(row):
            continue
        stated = {"tokens": f"{tokens * 1e12:g}", "chip_count": f"{chips:g}"}
        sizes = {"parameters": row.positive("total_params_b"), "active_parameters": row.positive("active_params_b")}
        asked = Request(
            **{name: f"{size * 1e9:g}" for name, size in sizes.items() if not math.isnan(size)},
            chip=cases.chip_of(row).key,
            precision=cases.precision_of(row).name.lower(),
            stated=stated,
            sets=[f"year={row.number('year'):.0f}"],
            strategy="auto",
            unusual=True,
        )
        run = run_of(asked, ["chip_hours"])
        spread = estimate(run.scenario, ["chip_hours"], 256).spreads["chip_hours"]
        inside.append(spread.low < hours < spread.high)  # type: ignore[operator]
    assert len(inside) > 20
    assert 0.7 <= np.mean(inside) <= 0.95
