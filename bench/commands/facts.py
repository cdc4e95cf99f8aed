"""``flopwatt facts``: what a person needs who brings the facts of configs/ up to date."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..terminal.json import print_json
from ..terminal.tables import wrap_text
from .option_types import FILE_PATH

if TYPE_CHECKING:
    from ..facts.facts_diff import FactsDiff, FigurePair

MAX_NAMES = 8  # of rows that are listed; --json has all


@click.group(name="facts", no_args_is_help=False, short_help="Hold public tables against the facts in configs/.")
def command() -> None:
    """Bring the facts of chips, models and grids up to date: see what public tables have that differs."""


@command.command(name="diff", short_help="Print what a public table has that differs.")
@click.argument("file", type=FILE_PATH, metavar="FILE.csv")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def diff(file: Path, as_json: bool) -> None:
    """Hold a public table that you downloaded against the facts that come with flopwatt, and print what differs.

    FILE.csv (- is the standard input) is Epoch AI's machine-learning hardware or models, or the carbon intensity of
    electricity of Our World in Data or Ember; its columns tell which. Figures within 1% agree, and memories within 8%: makers
    sell decimal gigabytes, drivers count bytes. A price agrees within the range that stands here. Nothing is downloaded, and
    nothing is written.

    \b
    flopwatt facts diff ml_hardware.csv
    flopwatt facts diff carbon-intensity-electricity.csv --json

    Exit codes: 0 compared, whatever differs; 2 bad input.
    """
    from ..facts.facts_diff import compare_file

    result = compare_file(file)
    if as_json:
        from ..terminal.json import jsonable

        print_json(jsonable(result.plain()))
    else:
        _print(result)


def _print(result: "FactsDiff") -> None:
    from rich.text import Text

    from ..terminal.console import console

    screen = console()
    screen.print(Text(f"{result.kind.title}: {result.path} beside configs/{result.kind.table}.toml", style="bold"))
    for line in _lines(result, screen.width):
        screen.print(Text(line), soft_wrap=True)


def _lines(result: "FactsDiff", width: int) -> Iterator[str]:
    agreeing, differing = len(result.agreeing), len(result.differing)
    yield f"{agreeing} figure{'s agree' if agreeing != 1 else ' agrees'} within 1%, {differing} differ{'s' * (differing == 1)}."
    for (name, theirs), pairs in itertools.groupby(result.differing, key=lambda pair: (pair.name, pair.their_name)):
        yield ""
        yield name if name == theirs else f"{name}, there {theirs}"
        for pair in pairs:
            yield from _pair_lines(pair, width)
    for title, names in _lists(result):
        if names:
            yield ""
            yield from wrap_text(f"{title}, {len(names)}: {_listed(names)}", width)


def _pair_lines(pair: "FigurePair", width: int) -> Iterator[str]:
    more = f"{abs(100 * pair.change):.3g}% {'more' if pair.change > 0 else 'less'}"
    yield from wrap_text(f"{pair.words()}: {pair.ours_text()} here, {pair.their_text()} there, {more}", width, "  ")
    date, whose = pair.source.date or "without a date", "" if pair.source.primary else "; secondary"
    yield from wrap_text(f"here from {pair.source.text} ({date}{whose})", width, "      ")


def _lists(result: "FactsDiff") -> tuple[tuple[str, Sequence[str]], ...]:
    lacking = [f"{pair.words()} of {pair.name} {pair.their_text()}" for pair in result.lacking]
    return (
        ("Given there and not published here", lacking),
        ("There and in no row here", result.unknown),
        ("Here and not there", result.absent),
    )


def _listed(names: Sequence[str]) -> str:
    hidden = len(names) - MAX_NAMES
    return f"{', '.join(names[:MAX_NAMES])}" + (f" and {hidden} more (--json has all)" if hidden > 0 else "")
