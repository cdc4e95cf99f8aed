"""What an input is tried at: the spread of its draws, what is known of it, its other choices, or a tenth around it."""

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.drivers.alternatives import (
    Alternative,
    assumed_alternative,
    drawn_alternative,
    spread_of_draws,
    within_ranges,
)
from flopwatt.bench.prior.drawn_inputs import distribution_of
from flopwatt.kernels.model.units import to_base
from flopwatt.kernels.quantities import MODEL


def default_of(name: str, drawn: bool = False) -> Alternative | None:
    return assumed_alternative(MODEL[name], configs.defaults()[name].value, distribution_of(name) if drawn else None)


def tried(alternative: Alternative | None) -> list[float]:
    assert alternative is not None
    return [value for values in alternative.tries for value in values.values()]


def test_a_drawn_input_goes_from_p10_to_p90() -> None:
    spread = spread_of_draws(np.arange(1.0, 101.0))
    assert spread == (10, 50, 90)
    alternative = drawn_alternative("pue", spread)
    assert (tried(alternative), alternative.base, alternative.basis) == ([10, 90], {"pue": 50}, "P10 to P90 of its draws")


def test_weights_count() -> None:
    assert spread_of_draws(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 0.0])) == (2, 2, 2)


def test_an_assumed_input_that_an_estimate_draws_takes_that_spread() -> None:
    distribution = distribution_of("pue")
    assert distribution is not None
    alternative = default_of("pue", drawn=True)
    assert alternative is not None
    assert alternative.kind == "assumed"
    assert tried(alternative) == pytest.approx(distribution.at(np.array([0.1, 0.9])))
    assert alternative.basis == "P10 to P90 of what an estimate draws"


def test_a_default_outside_of_that_spread_is_one_of_the_ends() -> None:
    alternative = default_of("other_losses", drawn=True)
    assert alternative is not None
    assert tried(alternative)[0] == 0
    assert alternative.basis == "up to P90 of what an estimate draws"


def test_facts_say_how_far_an_input_goes() -> None:
    alternative = default_of("capital_per_watt_low")
    assert alternative is not None
    assert alternative.basis == "the least and the greatest of site prices"
    prices = configs.load("site_prices").rows.values()
    known = [
        row.values[name] for row in prices for name in ("capital_per_watt_low", "capital_per_watt_high") if name in row.values
    ]
    assert tried(alternative) == [min(known), max(known)]


def test_without_any_it_is_a_tenth_either_way() -> None:
    alternative = default_of("facility_life")
    assert alternative is not None
    assert alternative.basis == "a tenth less and a tenth more"
    assert tried(alternative) == pytest.approx([to_base(12.6, "year"), to_base(15.4, "year")])


def test_a_tenth_stays_within_the_bounds_and_says_so() -> None:
    alternative = default_of("utilisation")
    assert alternative is not None
    assert (tried(alternative), alternative.basis) == ([0.9, 1.0], "a tenth less; it is the most that it can be")
    near = assumed_alternative(MODEL["utilisation"], 0.95)
    assert near is not None
    assert tried(near) == pytest.approx([0.855, 1.0])
    assert near.basis == "a tenth less and a tenth more, within its bounds"


def test_a_choice_is_tried_at_its_other_values() -> None:
    alternative = default_of("depreciation")
    assert alternative is not None
    assert alternative.chooses
    assert (tried(alternative), alternative.basis) == ([1, 2], "straight-line or declining-value in its place")
    assert tried(default_of("precision_bits")) == [4, 8]
    assert tried(default_of("overlap")) == [0]


@pytest.mark.parametrize(
    "name",
    [
        "staff_cost_per_year",  # a zero that stands for none
        "year",
        "software_date",
        "calendar_year",
        "element_bytes",
        "mtp_layers",
        "tied_values",  # the model's row says it
        "microbatch_size",
    ],
)
def test_what_has_no_other_sensible_value_is_not_varied(name: str) -> None:
    assert default_of(name) is None


def test_every_default_is_tried_within_its_bounds() -> None:
    for name, default in configs.defaults().items():
        alternative = assumed_alternative(MODEL[name], default.value)
        for value in tried(alternative) if alternative else []:
            assert MODEL[name].check(value) is None, name


def test_the_ends_of_a_said_range_do_not_cross() -> None:
    names = ("capital_per_watt_low", "capital_per_watt_high")
    given = {name: configs.defaults()[name].value for name in names}
    varied = [alternative for name in names if (alternative := default_of(name)) is not None]
    low, high = within_ranges(varied, given)
    assert tried(low)[1] == given[names[1]]
    assert tried(high)[0] == given[names[0]]
    assert within_ranges([default_of("utilisation") or low], given)[0] == default_of("utilisation")
