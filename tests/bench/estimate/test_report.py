"""An estimate as a person reads it: sentences first, few rows, what drives a spread where it is above its error."""

import io
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
    read, sentence, drives, expected, table = (
        text.index(start)
        for start in (
            "Read: Llama 3.1 8B, ",
            result.sentence,
            "MFU explains ",
            "Expected: an MFU of ",
            "own cost ",
        )
    )
    assert read < sentence < drives < expected
    assert table < text.index("Own cost: capital recovery")
    assert "Best possible: " in text
    assert "--strategy finds the best strategy." in text


@pytest.mark.parametrize("width", [44, 60])
def test_numbers_are_whole_on_a_narrow_screen(result: EstimateResult, width: int) -> None:
    lines = printed(result, width)
    assert not any("…" in line for line in lines)
    cost = next(line for line in lines if line.startswith(words("cost")))
    assert natural_of(result.estimate.spreads["cost"]) in cost


@pytest.mark.parametrize("width", [80, 120])
def test_a_plain_estimate_is_about_a_screen_and_nothing_is_cut(result: EstimateResult, width: int) -> None:
    lines = printed(result, width)
    assert len(lines) <= (48 if width == 80 else 38)
    assert max(map(len, lines)) <= width
    assert not any("…" in line for line in lines)
    rows = lines[lines.index("") + 2 : lines.index(next(line for line in lines if line.startswith("Own cost:")))]
    assert len(rows) == 10


def test_full_prints_every_quantity(result: EstimateResult) -> None:
    lines = printed(result, extent=Extent(full=True))
    for name in ("training_flops", "goodput", "capital_cost", "rental_price"):
        assert row(lines, words(name))
    assert any("Monte-Carlo standard error" in line for line in lines)


def test_the_inputs_that_move_it_most_have_their_sources_whole_and_assumptions_prints_all(result: EstimateResult) -> None:
    order = [name for name, _ in movers(result.estimate, result.scenario, HEADLINES)]
    few, every = (
        [line for line in printed(result, extent=extent) if line.startswith("- ")]
        for extent in (Extent(), Extent(assumptions=True))
    )
    assert few[0].startswith("- MFU ")
    assert 0 < len(few) <= MOVERS < len(every) == len(order)
    assert f"--assumptions prints the other {len(order) - len(few)}" in " ".join(printed(result))
    text = " ".join(" ".join(printed(result, 80)).split())
    assert result.to_dict()["drawn"]["mfu"] in text


def test_a_share_below_its_error_is_in_the_document_and_not_in_the_table(result: EstimateResult) -> None:
    unsure = {"mfu": 0.1, **dict.fromkeys(list(result.estimate.shares["energy"])[1:], 2.0)}
    errors = {
        **result.estimate.share_errors,
        "run_time": dict.fromkeys(result.estimate.shares["run_time"], 2.0),
        "energy": unsure,
    }
    doubted = replace(result, estimate=replace(result.estimate, share_errors=errors))
    lines = printed(doubted)
    assert row(lines, "time").count("%") == 0
    assert row(lines, "energy").count("%") == row(lines, "energy").count("MFU") == 1
    document = doubted.to_dict()
    assert document["variance_shares"]["run_time"] == result.estimate.shares["run_time"]
    assert document["variance_share_errors"]["energy"] == unsure


def test_what_drives_a_spread_is_left_out_where_it_has_no_room_on_its_line(result: EstimateResult) -> None:
    widest = "precision_bits"
    shares = {name: {widest: 0.9} for name in result.estimate.shares}
    errors = {name: {widest: 0.0} for name in shares}
    wide = replace(result, estimate=replace(result.estimate, shares=shares, share_errors=errors))
    for width, said in ((72, False), (120, True)):
        lines = printed(wide, width, Extent(full=True))
        table = lines[lines.index("") + 1 :]
        assert (f"{words(widest)} 90%" in row(table, "time")) is said
        assert any("columns have room for what drives the spread." in line for line in lines) is not said


def test_every_quantity_has_words_that_are_no_key(result: EstimateResult) -> None:
    assert tuple(result.estimate.spreads) == TARGETS
    lines = printed(result, extent=Extent(full=True))
    table = lines[lines.index("") + 2 :][: len(TARGETS)]
    assert not any("_" in line for line in table)
