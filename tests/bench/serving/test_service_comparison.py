"""One service on several chips."""

import io

import pytest
from rich.console import Console

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.estimation import Drawing
from flopwatt.bench.estimate.report import Extent
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.serving.service_comparison import ServiceComparison, compare_services
from flopwatt.bench.serving.service_screen import print_services
from flopwatt.bench.serving.serving_request import ServingRequest


@pytest.fixture(scope="module")
def compared() -> ServiceComparison:
    request = ServingRequest(Request(model="llama-3.1-70b", stated={"chip_count": "4"}), {"interactivity": "10"})
    return compare_services(request, ("h200", "v100", "b200", "a100-sxm-80gb"), Drawing(256))


def test_the_best_is_said_by_what_is_asked_first(compared: ServiceComparison) -> None:
    best = min(compared.results, key=lambda chip: compared.results[chip].quantiles["cost_per_query"].p50)
    most = max(compared.results, key=lambda chip: compared.results[chip].quantiles["served_queries_per_day"].p50)
    assert compared.sentence.startswith("Serving Llama 3.1 70B, by the medians: ")
    assert f"{best} is cheapest" in compared.sentence
    assert f"{most} " in compared.sentence
    assert "serves the most" in compared.sentence
    assert " above " in compared.sentence


def test_a_chip_that_cannot_is_left_out_with_the_reason(compared: ServiceComparison) -> None:
    (unable,) = compared.left_out
    assert unable.chip == "V100 32GB"
    assert "needs at least" in unable.words() or "tokens a second" in unable.words()


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_cut_on_any_screen(compared: ServiceComparison, width: int) -> None:
    console = Console(file=io.StringIO(), width=width)
    print_services(console, compared, lambda parameter: f"--{parameter.name}", Extent(assumptions=True))
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    assert compared.sentence in text
    for name, one in compared.results.items():
        assert name in text
        assert one.strategy.sentences[0] in text


def test_what_is_read_is_said_once_where_it_is_the_same(compared: ServiceComparison) -> None:
    console = Console(file=io.StringIO(), width=200)
    print_services(console, compared)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert text.count("Read: Llama 3.1 70B") == 2  # A100 serves in BF16
    assert "4 H200 or B200, FP8" in text


def test_where_no_chip_can_all_reasons_are_said() -> None:
    request = ServingRequest(Request(model="llama-3.1-405b", stated={"chip_count": "1"}))
    with pytest.raises(InputError, match=r"none of the chips can do it: H100: .*; V100 32GB: "):
        compare_services(request, ("h100", "v100"), Drawing(64))


def test_chips_of_generations_that_nobody_measured_are_named_once(compared: ServiceComparison) -> None:
    screen = io.StringIO()
    print_services(Console(file=screen, width=200), compared)
    text = screen.getvalue()
    assert text.count("Nobody measured serving on chips of the generation of A100") == 1
    assert "of the generation of H200" not in text
