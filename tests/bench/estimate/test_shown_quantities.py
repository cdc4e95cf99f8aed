"""Which quantities of an estimate are shown."""

from flopwatt.bench.estimate.estimation import Drawing, estimate_request
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.estimate.shown_quantities import SHOWN, shown_quantities
from flopwatt.bench.prior.drawn_inputs import PROGRAMME_TARGETS, TARGETS


def shown(full: bool = False, programme: bool = False, **stated: str) -> list[str]:
    request = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", **stated})
    result, _ = estimate_request(request, Drawing(64, programme=programme))
    return shown_quantities(result.estimate, result.scenario, full)


def test_about_ten_are_what_people_ask_for() -> None:
    names = shown(chip_count="256")
    assert len(names) == 11
    assert set(names) < SHOWN
    assert {"run_time", "energy", "peak_facility_power", "cost", "capital", "rental_cost", "carbon", "water"} < set(names)


def test_what_was_stated_is_not_told_back() -> None:
    assert "chip_count" not in shown(chip_count="256")
    solved = shown(run_time="30", mfu="0.4")
    assert "chip_count" in solved
    assert not {"run_time", "mfu"} & set(solved)


def test_all_are_shown_in_full_and_the_programme_where_it_is_asked_for() -> None:
    assert shown(full=True, chip_count="256") == list(TARGETS)
    assert set(PROGRAMME_TARGETS) < set(shown(programme=True, chip_count="256"))
