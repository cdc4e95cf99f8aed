"""Several chips as a person reads them."""

import io

import pytest
from rich.console import Console

from flopwatt.bench.estimate.chip_comparison import ChipComparison, compare_chips
from flopwatt.bench.estimate.comparison_report import print_comparison
from flopwatt.bench.estimate.estimation import Drawing
from flopwatt.bench.estimate.report import Extent
from flopwatt.bench.estimate.request import Request


@pytest.fixture(scope="module")
def compared() -> ChipComparison:
    request = Request(model="llama-3.1-405b", stated={"chip_count": "128"})
    return compare_chips(request, ("h100", "b200", "v100", "gb200"), Drawing(512))


def printed(comparison: ChipComparison, width: int, extent: Extent | None = None) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    print_comparison(console, comparison, lambda parameter: f"--{parameter.name}", extent)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_nothing_is_cut_at_any_width(compared: ChipComparison, width: int) -> None:
    lines = printed(compared, width)
    assert max(map(len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    for name, result in compared.results.items():
        assert name in text
        middle, ends = compared.rows(["cost"])["cost"][list(compared.results).index(name)]
        assert middle in text
        assert ends.partition(" ")[0] in text
        assert result.scenario.subject is not None
    assert compared.sentence in text
    assert "V100 32GB is left out: " in text
    assert "128 H100-SXM-80GB, B200-SXM or GB200-NVL72, BF16" in text


def test_eighty_columns_hold_three_chips_in_one_table(compared: ChipComparison) -> None:
    heading = next(line for line in printed(compared, 80) if line.strip().startswith("H100 "))
    assert heading.split() == ["H100", "B200", "GB200", "NVL72"]


def test_what_holds_for_all_chips_is_said_once(compared: ChipComparison) -> None:
    lines = printed(compared, 120)
    assert sum(line.startswith("Own cost: ") for line in lines) == 1
    assert sum(": Best strategy could reach: " in line for line in lines) >= 2


def test_assumptions_are_those_of_each_chip(compared: ChipComparison) -> None:
    lines = printed(compared, 120, Extent(assumptions=True))
    assert [line for line in lines if line.startswith("On ")] == [f"On {name}" for name in compared.results]
    assert not any(line.startswith("- ") for line in printed(compared, 120))


def test_what_one_chip_alone_would_be_told_is_told_of_several() -> None:
    """Draws that no number of chips ends in time, an MFU above what products sustain, and the strategy."""
    text = words_of(Request(model="llama-3.1-405b", stated={"run_time": "30"}, sets=("chip_mtbf=1 year",)), "h100", "b200")
    assert "of the draws no number of chips meets the stated time; they count as infinite." in text
    text = words_of(Request(model="llama-3.1-405b", stated={"chip_count": "16384", "mfu": "0.9"}), "h100", "b200")
    assert "That MFU is above the" in text
    text = words_of(Request(model="llama-3.1-8b", stated={"chip_count": "256"}, strategy="auto"), "h100", "b200")
    assert text.count("Strategy of highest MFU: ") in (1, 2)
    assert text.count("Best strategy could reach: ") == 2
    text = words_of(Request(model="llama-3.1-8b", stated={"chip_count": "4096"}), "h100", "b200", "h200")
    assert "Expected: " not in text
    assert (
        "MFU of B200 and H200: predicted from published runs on other chips; there are none on them, only step times." in text
    )
    assert "The expected MFU of H100 and H200 differs at the same peak" in text
    assert "bought for this run alone" in text


def words_of(request: Request, *chips: str) -> str:
    return " ".join(" ".join(printed(compare_chips(request, chips, Drawing(512)), 120)).split())
