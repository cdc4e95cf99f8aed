"""An estimate in sentences."""

from dataclasses import replace

import pytest

from flopwatt.bench.errors import named
from flopwatt.bench.estimate.estimate_result import EstimateResult
from flopwatt.bench.estimate.estimation import Drawing, estimate_request
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.estimate.result_sentences import bound_sentence, driver_sentence, movers, natural_of, result_sentence, words
from flopwatt.bench.prior.drawn_inputs import TARGETS, shown_name

LARGE = Request(model="llama-3.1-405b", chip="h100", stated={"chip_count": "16384"})


def asked(request: Request = LARGE, draws: int = 2048, **changes: object) -> EstimateResult:
    return estimate_request(replace(request, **changes), Drawing(draws))[0]  # type: ignore[arg-type]


def bound(result: EstimateResult) -> str:
    parts = bound_sentence(result.estimate, result.scenario)
    return "".join(part if isinstance(part, str) else named(part) for part in parts)


def test_the_result_is_one_sentence_with_the_numbers_of_the_table() -> None:
    result = asked()
    spreads = result.estimate.spreads
    text = result_sentence(result.estimate, result.scenario)
    assert text.startswith(f"Training Llama 3.1 405B on 16,384 H100 takes {natural_of(spreads['run_time'])} (P10 to P90: ")
    assert f", {natural_of(spreads['energy'])} and {natural_of(spreads['cost'])} of own cost (" in text
    assert text.endswith(f"), or {natural_of(spreads['rental_cost'])} rented; {natural_of(spreads['carbon'])}.")


def test_chips_that_are_solved_for_are_the_result() -> None:
    text = asked(stated={"run_time": "90"}).sentence
    assert text.startswith("Training Llama 3.1 405B in 90 days takes 13,")
    assert " H100 (P10 to P90: " in text


def test_what_has_no_answer_is_left_out() -> None:
    text = asked(country="norway").sentence
    assert "own cost" not in text
    assert "; " in text
    assert " rented" in text


def test_a_model_of_which_the_size_alone_is_known_is_named_by_it() -> None:
    request = Request(parameters="7e9", chip="h100", stated={"tokens": "2e12", "chip_count": "256"})
    assert asked(request).sentence.startswith("Training a model of 7 billion parameters on 256 H100 takes ")


def test_what_drives_the_spread_is_said_of_time_cost_and_carbon() -> None:
    text = driver_sentence(asked().estimate)
    assert text.startswith("MFU explains 9")
    assert " of the spread of the time; MFU 7" in text
    assert f" of that of the {words('carbon')}." in text
    assert driver_sentence(asked(draws=64).estimate) == ""  # too few to tell


def test_the_best_possible_stands_beside_the_expected() -> None:
    text = bound(asked())
    assert text.startswith("Expected: an MFU of 4")
    assert "Best possible: no strategy beats 51.2 days, " in text
    assert "at the 61% that large matrix products sustain" in text
    assert text.endswith("; strategy auto finds the best strategy by the step-time model.")


def test_a_stated_mfu_is_held_against_published_runs_and_the_bound() -> None:
    text = bound(asked(stated={"chip_count": "16384", "mfu": "0.4"}))
    assert text.startswith(
        "Expected: at the stated MFU of 40%; published runs lead to expect 43.8% (30.1% to 61%). Best possible: "
    )
    assert "strategy auto" not in text
    above = bound(asked(stated={"chip_count": "16384", "mfu": "0.7"}))
    assert above.endswith("That MFU is above the 61% that large matrix products sustain, by published step times.")


@pytest.mark.parametrize(
    ("request_of", "place"),
    [
        (LARGE, "below that, within the interval"),
        (Request(model="llama-3.1-405b", chip="gb200", stated={"chip_count": "131072"}), "below that interval"),
        (Request(model="llama-3.1-8b", chip="h100", stated={"chip_count": "512"}), "above that interval"),
        (Request(model="llama-3.1-8b", chip="b200", stated={"chip_count": "512"}), "above that, within the interval"),
    ],
)
def test_the_best_strategy_says_where_it_lies_among_published_runs(request_of: Request, place: str) -> None:
    text = bound(asked(replace(request_of, strategy="auto"), draws=256))
    assert text.startswith("Expected: an MFU of ")
    assert "The best strategy that the step-time model finds reaches " in text
    assert text.endswith(f", which is {place}: the model predicts this very run, and is no bound.")
    assert "est possible" not in text  # the bound alone is that


def test_inputs_are_ranked_by_what_they_move() -> None:
    result = asked()
    order = movers(result.estimate, result.scenario, ("run_time", "energy", "cost"))
    assert shown_name(order[0][0]) == "mfu"
    assert order[0][1] == max(result.estimate.shares[name]["mfu"] for name in ("run_time", "energy", "cost"))
    carbon = movers(result.estimate, result.scenario, ("carbon",))
    assert carbon[0][0] == "carbon_intensity"
    assert {name for name, _ in order} == {name for name, _ in carbon}
    assert set(result.estimate.spreads) == set(TARGETS)


def test_a_strategy_s_run_reads_as_any_other() -> None:
    result = asked(strategy="auto")
    assert driver_sentence(result.estimate).startswith("The step-time model's error explains ")
    mfu, plain = (of.estimate.spreads["mfu"].quantity for of in (result, asked(draws=16)))
    assert (mfu.show, mfu.wording) == (plain.show, plain.wording)
