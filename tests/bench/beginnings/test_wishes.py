"""What a planner says is refused by name before anything is written."""

import pytest

from flopwatt.bench.beginnings.wishes import Wishes, read_wishes, size_wish
from flopwatt.bench.errors import InputError
from flopwatt.kernels.model import unit_spellings, units


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        (Wishes(power="600"), "power: has no unit; write for example '600 MW'"),
        (Wishes(power="600 USD"), "power: .*'600 USD' has the wrong unit"),
        (Wishes(power="0 MW"), "power: site_power must be above 0"),
        (Wishes(power="1 GW", budget="2 billion USD"), "power: says how large the site is, as the argument budget does"),
        (Wishes(chip_count="ten"), "chip_count: 'ten' is not a number"),
        (Wishes(chips=("h1000",)), "chip: .*did you mean"),
        (Wishes(chips=("h100", "H100 SXM")), "chip: names H100-SXM-80GB twice"),
        (Wishes(model="lama-3.1-405b"), "model: .*did you mean"),
        (Wishes(model="llama-3.1-405b", parameters="7B"), "model: says what is trained, as the argument parameters does"),
        (Wishes(parameters="7B"), "tokens: say how many the model is trained on"),
        (Wishes(active_parameters="7B"), "active_parameters: goes with the argument parameters"),
        (Wishes(parameters="7B", active_parameters="8B", tokens="2T"), "active_parameters: are more than all parameters, 7B"),
        (Wishes(country="Atlantis"), "country: "),
        (Wishes(days="90 MW"), "days: .*wrong unit"),
        (Wishes(days="-1"), "days: "),
    ],
)
def test_what_will_not_do_is_named(wishes: Wishes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_wishes(wishes)


def test_a_size_is_power_chips_or_money() -> None:
    assert size_wish("600 MW") == {"power": "600 MW"}
    assert size_wish("20,000 chips") == {"chip_count": "20,000 chips"}
    size = read_wishes(Wishes(**size_wish("20,000 chips"))).size
    assert size is not None
    assert size.value == 20000
    assert size_wish("$2 billion") == {"budget": "$2 billion"}
    with pytest.raises(InputError, match="is no size of a site; write '600 MW'"):
        size_wish("large")
    with pytest.raises(InputError, match="'600' has no unit; write '600 MW', '600 chips' or '600 million USD'"):
        size_wish("600")


def test_without_a_word_it_is_a_run_of_a_known_model() -> None:
    plan = read_wishes(Wishes())
    assert (plan.size, plan.trained.words, plan.days, len(plan.chips)) == (None, "Llama 3.1 405B", "90 days", 3)


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        (
            Wishes(budget="2 billion EUR"),
            "^budget: '2 billion EUR' is in EUR; write dollars, such as '2 billion USD' .1.13 USD ",
        ),
        (Wishes(chip_count="1e12"), "^chip_count: chip_count is 1e12; what is known lies between [^;]*$"),
    ],
)
def test_no_parameter_is_named_that_a_first_study_has_not(
    wishes: Wishes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "_defined", {})  # euros are known once they were asked for in this process
    monkeypatch.delitem(units._KNOWN, "EUR", raising=False)
    for cached in (units.registry, units._base, unit_spellings.spelled):
        cached.cache_clear()
    with pytest.raises(InputError, match=message):
        read_wishes(wishes)


@pytest.mark.parametrize(
    ("text", "days"), [("90", "90 days"), ("1e3", "1000 days"), ("1", "1 day"), ("2 weeks", "2 weeks"), ("36 h", "36 h")]
)
def test_days_read_as_people_write_them(text: str, days: str) -> None:
    assert read_wishes(Wishes(days=text)).days == days


def test_a_size_is_named_as_a_model() -> None:
    assert read_wishes(Wishes(parameters="7e10", tokens="15e12")).trained.words == "a model of 70 billion parameters"
