"""What is known of those who will train: a pilot's units, a developer's name, and what contradicts each other."""

from dataclasses import replace

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.practice import Practice
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.prior.developers import developers
from flopwatt.bench.prior.drawn_inputs import TARGETS

REQUEST = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "64"})


def practice(like: str | None = None, unusual: bool = False, **stated: str) -> Practice:
    request = replace(REQUEST, like=like, unusual=unusual, stated={**REQUEST.stated, **stated})
    return run_of(request, TARGETS).practice


def test_tokens_per_second_are_an_mfu() -> None:
    told = practice(chip_token_rate="8000")
    assert told.rate == 8000
    assert told.pilot == pytest.approx(8000 * 5.15e10 / 989e12, rel=0.01)
    assert told.inputs["pilot_mfu"].value == told.pilot
    assert practice(pilot_mfu=str(told.pilot)).inputs["pilot_mfu"].value == pytest.approx(told.pilot)


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"chip_token_rate": "512000"}, "times its peak; if that is what 64 chips do together, give 8,000, that of one"),
        ({"chip_token_rate": "8"}, "would be an MFU of 0.04"),
        ({"chip_token_rate": "8e9"}, "would be 40%"),
        ({"pilot_mfu": "0.95"}, "that large matrix products sustain"),
        ({"pilot_mfu": "0.002"}, "is less than any training reaches; it is a share of the chip's dense peak"),
        ({"pilot_mfu": "0.4", "chip_token_rate": "8000"}, "says again what the argument chip_token_rate says of the pilot"),
        ({"pilot_mfu": "0.4", "mfu": "0.4"}, "holds the MFU of the whole run, which the argument pilot_mfu would tell"),
    ],
)
def test_a_pilot_that_cannot_be_is_refused_in_one_line(stated: dict[str, str], says: str) -> None:
    with pytest.raises(InputError) as error:
        practice(**stated)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unusual_pilot_is_taken_where_it_is_meant() -> None:
    assert practice(pilot_mfu="0.95", unusual=True).pilot == 0.95


def test_a_developer_is_found_however_the_name_is_written() -> None:
    name = next(iter(developers()))
    told = practice(like=name.upper())
    assert told.developer is not None
    assert told.developer.name == name
    assert {held.value for held in told.inputs.values()} == {told.developer.mean, told.developer.known}
    with pytest.raises(InputError, match="no published run of 'Nobody' is known; there are runs of "):
        practice(like="Nobody")
    with pytest.raises(InputError, match="mfu: holds the MFU of the whole run, which the argument like would tell"):
        practice(like=name, mfu="0.4")


def test_both_narrow_together() -> None:
    name = next(iter(developers()))
    told = practice(like=name, pilot_mfu="0.4")
    assert told.words.startswith("the pilot and ")
    assert told.words.endswith(f" of {name}")
