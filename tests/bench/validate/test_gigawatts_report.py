"""The published counts of chips in 10 GW as a person reads them."""

import io

import pytest
from rich.console import Console

from flopwatt.bench.validate.gigawatts import claims
from flopwatt.bench.validate.gigawatts_report import markdown, print_claims


@pytest.mark.parametrize("width", [80, 120])
def test_sentences_come_first_and_lines_fit(width: int) -> None:
    console = Console(file=io.StringIO(), width=width)
    said = claims(128)
    print_claims(console, said)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("Chips in 10 GW, in millions: what was published")
    assert max(map(len, lines)) <= width
    assert sum("Bernstein" in line for line in lines) == 2  # a sentence and a row


def test_the_markdown_has_a_row_of_each_count() -> None:
    said = claims(128)
    lines = markdown(said).splitlines()
    assert len(lines) == 2 + len(said)
    assert {line.count("|") for line in lines} == {6}
    assert any(line.startswith("| Barclays, 2025-09 | GB200-NVL72 | 5.00 | ") for line in lines)
