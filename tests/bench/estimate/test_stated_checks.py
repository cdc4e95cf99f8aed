"""What is stated twice, changes nothing or cannot be is refused."""

import pytest

from flopwatt import InputError
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.scenario import Scenario
from flopwatt.bench.prior.drawn_inputs import TARGETS

STATED = {"tokens": "1e12", "chip_count": "256"}


def run(*sets: str, stated: dict[str, str] | None = None, **others: str) -> Scenario:
    request = Request(model="llama-3.1-8b", chip="h100", stated=stated or STATED, sets=sets, **others)
    return run_of(request, TARGETS).scenario


@pytest.mark.parametrize(
    ("sets", "stated", "message"),
    [
        (("pue=1.1", "pue=1.3"), {}, "sets: pue is stated twice, 1.1 and 1.3; leave one out"),
        (("pue = 1.1", " pue=1.1"), {}, "sets: pue is stated twice, 1.1 and 1.1; leave one out"),
        (("pue=1.3",), {"pue": "1.1"}, "sets: pue=1.3 states pue again, beside the argument pue 1.1; leave one out"),
        (("tokens=2e12",), {}, "sets: tokens=2e12 states tokens again, beside the argument tokens 1e12; leave one out"),
    ],
)
def test_a_quantity_is_stated_once(sets: tuple[str, ...], stated: dict[str, str], message: str) -> None:
    with pytest.raises(InputError) as refused:
        run(*sets, stated=STATED | stated)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("sets", "stated", "name", "after"),
    [
        (("training_flops=1e24",), {}, "tokens", "training_flops"),
        (("flops_per_token=1e10",), {"sequence_length": "8192"}, "sequence_length", "flops_per_token"),
        (("flops_per_token=1e10", "sequence_length=4096"), {}, "sequence_length", "flops_per_token"),
    ],
)
def test_a_value_that_changes_nothing_is_refused(sets: tuple[str, ...], stated: dict[str, str], name: str, after: str) -> None:
    with pytest.raises(InputError, match=rf"{name} changes nothing, since {after}, which would follow from it, is stated too"):
        run(*sets, stated=STATED | stated)


def test_a_value_that_follows_may_be_stated_where_all_that_is_stated_counts() -> None:
    chips = {"chip_count": "256"}
    assert run("training_flops=1e24", stated=chips).fixed["training_flops"].value == 1e24  # the tokens are the model's own
    assert run("energy=1e6 kWh", stated=STATED | {"pue": "1.2"}).fixed["pue"].value == 1.2  # the power needs it
    assert run(stated={"tokens": "1e12", "run_time": "30"}).solve
    assert run("mfu=0.4", "year=2025", "parameters=9e9").fixed["year"].value == 2025  # the memory needs one, draws the other


def test_a_parameter_that_states_several_quantities_counts_where_any_of_them_does() -> None:
    asked = Request(parameters="7e9", chip="h100", stated=STATED | {"mfu": "0.4"})  # without the fit the total alone is idle
    assert run_of(asked, TARGETS).scenario.fixed["mfu"].value == 0.4


def test_no_more_parameters_are_active_than_there_are() -> None:
    with pytest.raises(
        InputError, match=r"^sets: active_parameters \(8\.03e\+09\) are above parameters \(1e\+09\), .*; set both$"
    ):
        run("parameters=1e9")
    assert run("parameters=1e9", "active_parameters=1e9").fixed["parameters"].value == 1e9
    assert run("active_parameters=7e9").fixed["active_parameters"].value == 7e9


def test_blanks_around_a_precision_are_none_of_it() -> None:
    assert run(precision=" FP8 ").fixed["precision_bits"].value == 8
