"""What is said beside an estimate: what is expected, what the best strategy could reach, what a pilot narrows."""

from dataclasses import replace

import pytest

from flopwatt.bench.errors import named
from flopwatt.bench.estimate.estimate_result import EstimateResult
from flopwatt.bench.estimate.estimation import Drawing, estimate_request
from flopwatt.bench.estimate.natural_units import spread_words
from flopwatt.bench.estimate.outlook_sentences import outlook_sentences
from flopwatt.bench.estimate.request import Request

LARGE = Request(model="llama-3.1-405b", chip="h100", stated={"chip_count": "16384"})
SMALL = Request(model="llama-3.1-8b", chip="h100", stated={"chip_count": "256", "tokens": "1e12"})


def asked(request: Request = LARGE, draws: int = 512, **changes: object) -> EstimateResult:
    return estimate_request(replace(request, **changes), Drawing(draws))[0]  # type: ignore[arg-type]


def said(result: EstimateResult) -> list[str]:
    lines = outlook_sentences(result.estimate, result.scenario, result.outlook)
    return ["".join(part if isinstance(part, str) else named(part) for part in parts) for parts in lines]


def test_expected_and_the_best_strategy_are_two_lines_of_one_answer() -> None:
    result = asked(SMALL)
    expected, best = said(result)
    mfu = result.estimate.spreads["mfu"]
    assert expected == f"Expected: an MFU of {spread_words(mfu)}, by published runs and the best strategy."
    assert best.startswith(f"Best strategy could reach: {spread_words(result.outlook.reach['run_time'])} and ")
    assert best.endswith("% of that.")
    assert result.outlook.best is not None
    share = mfu.median / result.outlook.best.mfu  # type: ignore[operator]
    assert f"; expected is {100 * share:.0f}% of that." in best


def test_a_stated_mfu_is_held_against_what_is_expected_without_it() -> None:
    expected, best = said(asked(stated={"chip_count": "16384", "mfu": "0.3"}))
    drawn = asked(draws=2**14).estimate.spreads["mfu"]
    assert expected.startswith("Expected: at the stated MFU of 30%; published runs and the best strategy lead to expect ")
    assert expected.endswith(f"{spread_words(drawn)}.")
    assert best.startswith("Best strategy could reach: ")
    assert "; stated is " in best


def test_without_chips_facts_published_runs_stand_alone_and_it_is_said_why() -> None:
    expected, why, bound = said(asked(SMALL, chip="tpu-v5p"))
    assert expected.endswith(", by published runs.")
    assert why.startswith("No best strategy was found: the step-time model needs facts of TPU v5p that are not published: ")
    assert "sets NAME=VALUE" in why
    assert "large matrix products sustain" in bound


def test_where_nothing_fits_it_is_said() -> None:
    lines = said(asked(stated={"chip_count": "100"}))
    assert "No best strategy was found: of " in lines[1]
    assert " none fits: the smallest needs " in lines[1]
    assert lines[2].startswith("For comparison: ")


def test_an_mfu_above_what_products_sustain_is_said_to_be_so() -> None:
    result = asked(SMALL, chip="tpu-v5p", stated={**SMALL.stated, "mfu": "0.9"})
    above = said(result)[-1]
    assert above.startswith("That MFU is above the 6")
    assert above.endswith("% that large matrix products sustain, by published step times.")
    assert said(asked(SMALL, stated={**SMALL.stated, "mfu": "0.9"}))[-1].endswith(f"; the stated MFU is above that. {above}")


def test_chips_that_are_solved_for_are_searched_near_their_median() -> None:
    result = asked(stated={"run_time": "90"})
    _, best = said(result)
    assert " chips (" in best
    assert result.outlook.best is not None
    chips, median = result.outlook.best.chips, result.estimate.spreads["chip_count"].median
    assert median is not None
    assert 0.6 < chips / median < 1.7
    assert f", searched on {chips:,.0f} chips" in best


def test_chips_that_divide_badly_stay_idle() -> None:
    result = asked(stated={"chip_count": "16381"})  # a prime number
    assert ", on 15,872 of the 16,381 chips" in said(result)[1]
    best = result.outlook.best
    assert best is not None
    assert best.mfu == pytest.approx(best.strategy.mfu * 15872 / 16381)


def test_a_pilot_narrows_the_interval_and_it_is_said_by_how_much() -> None:
    before = asked(SMALL).estimate.spreads["run_time"]
    with_pilot = asked(SMALL, stated={**SMALL.stated, "pilot_mfu": "0.4"})
    now = with_pilot.estimate.spreads["run_time"]
    assert now.high / now.low < before.high / before.low  # type: ignore[operator]
    expected = said(with_pilot)[0]
    assert ", by the pilot's 40%, published runs and the best strategy. The pilot narrows the time to " in expected
    assert with_pilot.outlook.before["run_time"] == before


def test_a_step_that_is_slower_than_expected_is_said_to_be_so() -> None:
    lines = said(asked(SMALL, stated={**SMALL.stated, "pilot_mfu": "0.6", "recomputed_layers": "full"}))
    assert lines[1].startswith("Best strategy: ")
    assert lines[1].endswith("; the pilot leads to expect more.")


def test_a_pilot_far_from_what_is_expected_moves_the_interval() -> None:
    expected = said(asked(SMALL, stated={**SMALL.stated, "pilot_mfu": "0.03"}))[0]
    assert " The pilot moves the time to " in expected


def test_published_runs_count_up_to_the_best_strategy() -> None:
    lines = said(asked(SMALL, stated={**SMALL.stated, "batch_size": "8"}))
    assert lines[1].endswith("; published runs lead to expect no less.")


def test_a_strategy_that_is_asked_for_and_not_known_leaves_the_rest_an_answer() -> None:
    plain, shown = asked(SMALL, chip="tpu-v5p"), asked(SMALL, chip="tpu-v5p", strategy="auto")
    assert said(shown) == said(plain)
    assert shown.quantiles == plain.quantiles


def test_a_pilots_rate_is_none_of_the_strategys() -> None:
    by_option, by_name = (
        asked(SMALL, stated={**SMALL.stated, "chip_token_rate": "9000"}),
        asked(SMALL, sets=["chip_token_rate=9000"]),
    )
    assert said(by_option) == said(by_name)
    assert by_name.outlook.best is not None
