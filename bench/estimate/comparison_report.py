"""Several chips side by side as a person reads them: a sentence, a column for each chip, who is left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from ..errors import Spelling, named
from ..terminal.tables import Column, count_fitting, wrap_text
from .chip_comparison import ChipComparison
from .estimate_result import EstimateResult
from .natural_units import cell_text, join_words
from .outlook_sentences import outlook_sentences
from .report import PLAIN, Extent, print_drawn, print_lines, said_of_run, worded
from .result_sentences import table_words, unseen_sentences
from .said_inputs import inputs_lines
from .scenario import Scenario

Result = TypeVar("Result", bound=EstimateResult)
_LABEL = 20  # characters of a row's name where its cells have two lines


def print_comparison(
    console: Console, comparison: ChipComparison, spell: Spelling = named, extent: Extent | None = None
) -> None:
    """Print what was read, which chip is best at what, a table with a column for each, and what was left out.

    Parameters
    ----------
    console
        Where to print; its width decides how the table is laid out.
    comparison
        What the run takes on each chip.
    spell
        Words the parameters that could be stated.
    extent
        How much of it is printed.
    """
    extent, results = extent or Extent(), comparison.results
    first = next(iter(results.values()))
    print_lines(console, inputs_lines(of_all_chips(first.scenario, [result.chip for result in results.values()])))
    print_lines(console, [comparison.sentence], style="bold")
    print_lines(console, [f"{chip.words(spell)}." for chip in comparison.left_out])
    for columns in comparison_tables(comparison, extent, console.width):
        console.print()
        console.print(laid_columns(columns), highlight=False)
    print_lines(
        console,
        [
            *unseen_sentences([result.scenario for result in results.values()]),
            *comparison.mfu_notes,
            *notes_of_chips(results, (lambda one: _beside(one, spell), lambda one: said_of_run(one, spell, extent))),
        ],
    )
    if extent.assumptions:
        for name, result in results.items():
            console.print()
            print_lines(console, [f"On {name}"], style="bold")
            print_drawn(console, result.estimate, result.scenario, spell, extent)


def of_all_chips(scenario: Scenario, chips: Sequence[str]) -> Scenario:
    """Return a run of which all chips are named."""
    names = join_words(chips).replace(" and ", " or ")
    return replace(scenario, subject=replace(scenario.subject, chip=names)) if scenario.subject is not None else scenario


def comparison_tables(comparison: ChipComparison, extent: Extent, width: int) -> list[list[Column]]:
    """Lay the quantities out in as few tables as the screen has room for: in one line a cell where that does.

    Parameters
    ----------
    comparison
        What is estimated on each chip.
    extent
        Whether all quantities are shown.
    width
        Of the screen, in characters.
    """
    results = list(comparison.results.values())
    rows = comparison.rows(comparison.shown(extent.full))
    labels: Column = ("", [table_words(name) for name in rows])

    def columns(joint: str) -> list[Column]:
        """Make a column for each chip, its medians and intervals joined so."""
        cells = [[cell_text(row[place], joint) for row in rows.values()] for place in range(len(results))]
        return list(zip(comparison.results, cells, strict=True))

    wide = [labels, *columns(" ")]
    if count_fitting(wide, width) == len(wide):
        return [wide]
    narrow = ["\n".join(wrap_text(label, _LABEL)) for label in labels[1]]
    return _split(("", narrow), columns("\n"), width)


def _split(labels: Column, columns: list[Column], width: int) -> list[list[Column]]:
    """Split the columns into as many tables, one below the other, as a screen of that width needs."""
    tables = []
    while columns:
        count = max(count_fitting([labels, *columns], width) - 1, 1)
        tables.append([labels, *columns[:count]])
        columns = columns[count:]
    return tables


def laid_columns(columns: Sequence[Column]) -> Table:
    """Make a table of columns of text: the first of names, the others of numbers."""
    table = Table(**PLAIN)
    for place, (heading, _) in enumerate(columns):
        table.add_column(heading, justify="right" if place else "left", no_wrap=True)
    for row in zip(*(cells for _, cells in columns), strict=True):
        table.add_row(*row)
    return table


def notes_of_chips(results: Mapping[str, Result], lines_of: Sequence[Callable[[Result], list[str]]]) -> list[str]:
    """Collect what is to be said of the chips, once where it holds for all.

    Parameters
    ----------
    results
        By the chip's name.
    lines_of
        Say it of one, in the order in which it is said.
    """
    said: dict[str, list[str]] = {}
    for lines in lines_of:
        for name, result in results.items():
            for line in lines(result):
                said.setdefault(line, []).append(name)
    return [line if len(chips) == len(results) else f"{', '.join(chips)}: {line}" for line, chips in said.items()]


def _beside(result: EstimateResult, spell: Spelling) -> list[str]:
    """Say what the best strategy could reach on one chip, and what is expected where that is not in the table alone."""
    beside = outlook_sentences(result.estimate, result.scenario, result.outlook)
    told = 0 if result.outlook.before else 1  # what is expected stands in the table
    return [line for parts in beside[told:] for line in worded(parts, spell)]
