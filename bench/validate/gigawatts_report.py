"""Published counts of chips in 10 GW as text: sentences, and a table for a terminal or in Markdown."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..terminal import markdown as md
from .gigawatts import ASKED, BASES, Claim, sentences, span

HEAD = f"Chips in {ASKED}, in millions: what was published, and what the power of a chip allows, P5 to P95."
_COLUMNS = ("said by", "of", "published", *(f"{basis}: P5, median, P95" for basis in BASES))


def print_claims(console: Console, said: Sequence[Claim]) -> None:
    """Print which published counts fit which basis of the gigawatts, and the counts."""
    for sentence in (HEAD, *sentences(said)):
        console.print(Text(sentence), highlight=False, soft_wrap=False)
    console.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, column in enumerate(_COLUMNS):
        table.add_column(column, justify="left" if i < 2 else "right")
    for cells in _rows(said):
        table.add_row(*map(Text, cells))
    console.print(table, highlight=False)


def markdown(said: Sequence[Claim]) -> str:
    """Write the counts as a Markdown table."""
    rows = [[md.plain(cell) for cell in cells] for cells in _rows(said)]
    return "\n".join(md.table(_COLUMNS, 2, rows)) + "\n"


def _rows(said: Sequence[Claim]) -> Iterator[tuple[str, ...]]:
    for claim in said:
        dies = ", dies" if claim.counted == "dies" else ""
        cells = [
            f"{count.low / 1e6:.2f}, {count.median / 1e6:.2f}, {count.high / 1e6:.2f} {claim.places()[basis].value}"
            for basis, count in claim.counts.items()
        ]
        yield (f"{claim.who}, {claim.date[:7]}", f"{claim.chip.name}{dies}", span(claim.least, claim.most), *cells)
