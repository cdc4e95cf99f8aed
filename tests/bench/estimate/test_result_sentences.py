"""An estimate in sentences."""

from dataclasses import replace

from flopwatt.bench.estimate.estimate_result import EstimateResult
from flopwatt.bench.estimate.estimation import Drawing, estimate_request
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.estimate.result_sentences import driver_sentence, movers, natural_of, result_sentence, words
from flopwatt.bench.prior.drawn_inputs import TARGETS, shown_name

LARGE = Request(model="llama-3.1-405b", chip="h100", stated={"chip_count": "16384"})


def asked(request: Request = LARGE, draws: int = 2048, **changes: object) -> EstimateResult:
    return estimate_request(replace(request, **changes), Drawing(draws))[0]  # type: ignore[arg-type]


def test_the_result_is_one_sentence_with_the_numbers_of_the_table() -> None:
    result = asked()
    spreads = result.estimate.spreads
    text = result_sentence(result.estimate, result.scenario)
    assert text.startswith(f"Training Llama 3.1 405B on 16,384 H100 takes {natural_of(spreads['run_time'])} (P10 to P90: ")
    assert f", {natural_of(spreads['energy'])} and {natural_of(spreads['cost'])} of own cost (" in text
    assert text.endswith(f"), or {natural_of(spreads['rental_cost'])} rented; {natural_of(spreads['carbon'])}.")


def test_chips_that_are_solved_for_are_the_result() -> None:
    text = asked(stated={"run_time": "90"}).sentence
    assert text.startswith("Training Llama 3.1 405B in 90 days takes 1")
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
    assert " of the spread of the time; MFU " in text
    assert f" of that of the {words('carbon')}." in text
    assert driver_sentence(asked(draws=64).estimate) == ""  # too few to tell


def test_inputs_are_ranked_by_what_they_move() -> None:
    result = asked()
    order = movers(result.estimate, result.scenario, ("run_time", "energy", "cost"))
    assert shown_name(order[0][0]) == "mfu"
    assert order[0][1] == max(result.estimate.shares[name]["mfu"] for name in ("run_time", "energy", "cost"))
    carbon = movers(result.estimate, result.scenario, ("carbon",))
    assert carbon[0][0] == "carbon_intensity"
    assert {name for name, _ in order} == {name for name, _ in carbon}
    assert set(result.estimate.spreads) == set(TARGETS)
