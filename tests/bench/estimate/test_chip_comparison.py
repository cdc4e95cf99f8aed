"""One run on several chips."""

import math
from dataclasses import replace

import pytest

from flopwatt.bench.errors import InputError, UnknownNameError
from flopwatt.bench.estimate.chip_comparison import ChipComparison, chip_names, compare_chips
from flopwatt.bench.estimate.estimation import Drawing, estimate_request
from flopwatt.bench.estimate.request import Request

REQUEST = Request(model="llama-3.1-405b", stated={"chip_count": "16384"})
DRAWING = Drawing(512)


@pytest.fixture(scope="module")
def compared() -> ChipComparison:
    return compare_chips(REQUEST, ("h100", "b200", "gb200"), DRAWING)


def test_every_chip_has_the_estimate_that_it_has_alone(compared: ChipComparison) -> None:
    for name, result in compared.results.items():
        alone, _ = estimate_request(replace(REQUEST, chip=name), DRAWING)
        assert result.to_dict() == alone.to_dict()
    assert compared["h100"] is compared.results["H100"]
    with pytest.raises(UnknownNameError, match="there is no result on H200"):
        _ = compared["h200"]


def test_the_sentence_names_the_cheapest_and_the_fastest(compared: ChipComparison) -> None:
    cost = {name: result.quantiles["cost"].p50 for name, result in compared.results.items()}
    first, second, _ = sorted(cost, key=lambda name: cost[name])
    assert compared.sentence.startswith(f"Training Llama 3.1 405B, by the medians: {first} is cheapest")
    assert f"% below {second}" in compared.sentence
    less = round(100 * (1 - cost[first] / cost[second]))
    assert f"{less}%" in compared.sentence
    solved = compare_chips(replace(REQUEST, stated={"run_time": "90"}), ("h100", "gb200"), DRAWING)
    assert "GB200 NVL72 is cheapest and needs the fewest chips: " in solved.sentence
    costs = [solved[name].quantiles["cost"].p50 for name in ("gb200", "h100")]
    chips = [solved[name].quantiles["chip_count"].p50 for name in ("gb200", "h100")]
    cheaper, fewer = (f"{round(100 * (1 - first / second))}%" for first, second in (costs, chips))
    assert f"), {cheaper} below H100, and " in solved.sentence
    assert solved.sentence.endswith(f"), {fewer} below H100.")


def test_chips_whose_figures_read_the_same_are_said_to_be_alike() -> None:
    """H100 and H200 have one peak, so they are as fast at one MFU; what they cost differs."""
    stated = {"chip_count": "256", "mfu": "0.4"}
    compared = compare_chips(Request(model="llama-3.1-8b", stated=stated), ("h200", "h100", "b200"), DRAWING)
    assert "B200 is " in compared.sentence
    alike = compare_chips(Request(model="llama-3.1-8b", stated=stated), ("h200", "h100"), DRAWING)
    times = [alike[name].quantiles["run_time"].p50 for name in ("h100", "h200")]
    assert times[0] == pytest.approx(times[1], rel=5e-3)
    assert "fastest" not in alike.sentence
    assert " 0% below" not in alike.sentence
    assert "H100 is cheapest: " in alike.sentence


def test_an_mfu_that_differs_at_one_peak_is_said_to_be_so_by_the_regression() -> None:
    """Of a small model the regression takes memory bandwidth to tell more than of a large one."""
    small = compare_chips(replace(REQUEST, model="llama-3.1-8b"), ("h100", "b200", "h200"), DRAWING)
    assert small.notes == (
        "The expected MFU of H100 and H200 differs at the same peak: by published runs it falls with the operations for each "
        "byte of memory bandwidth, and the best strategies differ too.",
    )
    assert compare_chips(REQUEST, ("h100", "h200"), DRAWING).notes == ()
    stated = replace(REQUEST, model="llama-3.1-8b", stated={"chip_count": "256", "mfu": "0.4"})
    assert compare_chips(stated, ("h100", "h200"), DRAWING).notes == ()


def test_a_chip_that_cannot_hold_the_model_is_left_out_and_named() -> None:
    compared = compare_chips(replace(REQUEST, stated={"chip_count": "128"}), ("h100", "v100", "gb200"), DRAWING)
    assert list(compared.results) == ["H100", "GB200 NVL72"]
    (note,) = compared.notes
    assert note.startswith("V100 32GB is left out: Llama 3.1 405B needs at least 241 V100-SXM2-32GB, not 128")
    (entry,) = compared.to_dict()["left_out"]
    assert (entry["chip"], entry["chip_key"]) == ("V100 32GB", "v100-sxm2-32gb")
    assert entry["reason"].startswith("Llama 3.1 405B needs")


def test_where_one_is_left_its_own_sentence_stands() -> None:
    compared = compare_chips(replace(REQUEST, stated={"chip_count": "128"}), ("gb200", "v100"), DRAWING)
    assert compared.sentence == compared["gb200"].sentence


def test_where_none_can_do_it_all_reasons_are_one_error() -> None:
    with pytest.raises(InputError, match=r"^chip: none of the chips can do it: H100: .*; V100 32GB: "):
        compare_chips(replace(REQUEST, stated={"chip_count": "8"}), ("h100", "v100"), DRAWING)


def test_what_is_wrong_on_every_chip_is_said_once() -> None:
    with pytest.raises(InputError) as error:
        compare_chips(replace(REQUEST, stated={}), ("h100", "b200"), DRAWING)
    assert str(error.value).startswith("chip_count: give the number of chips")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("h100,", "a name is missing"),
        ("h100,,b200", "a name is missing"),
        ("h100,nope", "'nope' names no chip"),
        ("h100, H100", "twice"),
    ],
)
def test_names_that_are_wrong_are_refused(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        chip_names(text)


def test_names_are_split_at_commas() -> None:
    assert chip_names("h100") == ("h100",)
    assert chip_names("H100 500W, b200") == ("H100 500W", "b200")


def test_frames_and_html_hold_every_chip(compared: ChipComparison) -> None:
    frame = compared.to_frame()
    assert frame.loc[("GB200 NVL72", "cost"), "P50"] == compared["gb200"].quantiles["cost"].p50
    assert len(frame) == 3 * len(compared["h100"].quantiles)
    html = compared._repr_html_()
    assert all(f"{name}</th>" in html for name in compared.results)
    assert repr(compared) == f"ChipComparison: {compared.sentence}"


def test_the_sentence_says_of_which_chips_it_does_not_know() -> None:
    """No price of a TPU is published, so it may be the cheapest."""
    compared = compare_chips(Request(model="llama-3.1-8b", stated={"chip_count": "256"}), ("h100", "b200", "tpu-v5p"), DRAWING)
    assert math.isnan(compared["tpu-v5p"].quantiles["cost"].p50)
    assert compared.sentence.endswith("; the own cost of TPU v5p is not known.")
