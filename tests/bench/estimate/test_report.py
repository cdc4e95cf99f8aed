"""An estimate as a person reads it: sentences first, few rows, what drives a spread where it is above its error."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from flopwatt.bench.errors import Parameter
from flopwatt.bench.estimate.estimate_result import EstimateResult
from flopwatt.bench.estimate.estimation import Drawing, estimate_request
from flopwatt.bench.estimate.report import HEADLINES, MOVERS, Extent, print_estimate
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.estimate.result_sentences import movers, natural_of, words
from flopwatt.bench.prior.drawn_inputs import TARGETS

REQUEST = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "256"})


def spell(parameter: Parameter) -> str:
    return f"--{parameter.name}"


@pytest.fixture(scope="module")
def result() -> EstimateResult:
    return estimate_request(REQUEST, Drawing(1024))[0]


def printed(result: EstimateResult, width: int = 120, extent: Extent | None = None) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    print_estimate(console, result, spell, extent or Extent())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def row(lines: list[str], name: str) -> str:
    return next(line for line in lines if line.startswith(f"{name}  "))


def test_the_result_stands_in_a_sentence_behind_what_was_read(result: EstimateResult) -> None:
    text = " ".join(" ".join(printed(result)).split())
    read, sentence, expected, table, moves = (
        text.index(start)
        for start in (
            "Read: Llama 3.1 8B, ",
            result.sentence,
            "Expected: an MFU of ",
            "P10 to P90 MFU ",
            "What moves the result most",
        )
    )
    assert read < sentence < expected < table < text.index("Own cost: capital recovery") < moves
    assert "Best strategy could reach: " in text
    assert "by the step-time model of NeMo; expected is " in text


@pytest.mark.parametrize("width", [44, 60])
def test_numbers_are_whole_on_a_narrow_screen(result: EstimateResult, width: int) -> None:
    lines = printed(result, width)
    assert not any("…" in line for line in lines)
    for name in ("cost", "capital", "energy"):
        assert any(f" {natural_of(result.estimate.spreads[name])} " in line for line in lines)


@pytest.mark.parametrize(("width", "most"), [(80, 37), (110, 31), (200, 30)])
def test_a_plain_estimate_is_about_a_screen_and_nothing_is_cut(result: EstimateResult, width: int, most: int) -> None:
    lines = printed(result, width)
    assert len(lines) <= most
    assert max(map(len, lines)) <= width
    assert not any("…" in line for line in lines)
    rows = lines[lines.index("") + 2 : lines.index(next(line for line in lines if line.startswith("Own cost:")))]
    assert len(rows) == 11
    assert sum(line.startswith(f"{words('capital')}  ") for line in rows) == 1


def test_full_prints_every_quantity(result: EstimateResult) -> None:
    lines = printed(result, extent=Extent(full=True))
    for name in ("training_flops", "goodput", "capital_cost", "rental_price"):
        assert row(lines, words(name))
    assert any("Monte-Carlo standard error" in line for line in lines)


def test_the_inputs_that_move_it_most_are_a_line_each_and_assumptions_prints_all_with_their_sources(
    result: EstimateResult,
) -> None:
    order = [name for name, _ in movers(result.estimate, result.scenario, HEADLINES)]
    few, every = (
        [line for line in printed(result, extent=extent) if line.startswith("- ")]
        for extent in (Extent(), Extent(assumptions=True))
    )
    assert re.fullmatch(r"- MFU [\d.]+% \([\d.]+% to [\d.]+%\): time 9\d%, energy .*", few[0])
    assert 0 < len(few) <= MOVERS < len(every) == len(order)
    assert f"--assumptions prints {len(order) - len(few)} more and all sources:" in " ".join(printed(result))
    source = result.to_dict()["drawn"]["mfu"]
    assert source not in " ".join(" ".join(printed(result, 80)).split())
    assert source in " ".join(" ".join(printed(result, 80, Extent(assumptions=True))).split())


def test_a_share_below_its_error_is_in_the_document_and_not_in_the_table(result: EstimateResult) -> None:
    unsure = {"mfu": 0.1, **dict.fromkeys(list(result.estimate.shares["energy"])[1:], 2.0)}
    errors = {
        **result.estimate.share_errors,
        "run_time": dict.fromkeys(result.estimate.shares["run_time"], 2.0),
        "energy": unsure,
    }
    doubted = replace(result, estimate=replace(result.estimate, share_errors=errors))
    lines = printed(doubted, extent=Extent(full=True))
    driven = [line for line in lines[lines.index("What drives the spread, by shares of it:") :] if line.startswith("- ")]
    assert not any(re.match(r"- (.*, )?time[,:]", line) for line in driven)
    (energy,) = [line for line in driven if re.match(r"- (.*, )?energy[,:]", line)]
    assert re.fullmatch(r"- (.*, )?energy: MFU \d+%", energy)
    document = doubted.to_dict()
    assert document["variance_shares"]["run_time"] == result.estimate.shares["run_time"]
    assert document["variance_share_errors"]["energy"] == unsure


@pytest.mark.parametrize("width", [60, 90, 200])
def test_what_drives_a_spread_is_told_of_all_quantities_at_any_width_and_not_by_default(
    result: EstimateResult, width: int
) -> None:
    text = " ".join(" ".join(printed(result, width, Extent(full=True))).split())
    told = text.partition("What drives the spread, by shares of it: ")[2]
    assert "MFU 9" in told
    assert f"{words('capital')}: {words('chip_price')} " in told
    assert "What drives the spread" not in " ".join(printed(result, width))


def test_every_quantity_has_words_that_are_no_key(result: EstimateResult) -> None:
    assert tuple(result.estimate.spreads) == TARGETS
    lines = printed(result, extent=Extent(full=True))
    table = lines[lines.index("") + 2 :][: len(TARGETS)]
    assert not any("_" in line for line in table)
