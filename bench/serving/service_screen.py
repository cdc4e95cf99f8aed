"""A service as a person reads it: sentences, the rows that most people ask for, and what it rests on; several side by side."""

from collections.abc import Mapping
from dataclasses import replace

from rich.console import Console

from ..errors import Spelling, named
from ..estimate.comparison_report import comparison_tables, laid_columns, notes_of_chips, of_all_chips
from ..estimate.report import Extent, print_drawn, print_lines, print_spreads, said_of_draws, said_of_money
from .service_comparison import ServiceComparison
from .service_result import ServiceResult
from .service_said import read_lines, unseen_lines
from .service_sentences import DRIVEN, NEEDED, RENT, SERVED

PLAIN_EXTENT = Extent()
HEADLINES = (SERVED, NEEDED, *DRIVEN, RENT)  # what inputs are said to move


def print_service(console: Console, result: ServiceResult, spell: Spelling = named, extent: Extent = PLAIN_EXTENT) -> None:
    """Print what was read, the result in sentences, the quantities with their intervals, then what was assumed.

    Parameters
    ----------
    console
        Where to print.
    result
        What serving takes.
    spell
        Words the parameters that could be stated.
    extent
        How much of it is printed.
    """
    print_lines(console, [*read_lines(result.scenario, result.service, spell), *unseen_lines(result.scenario)])
    sentence, *others = result.sentences
    print_lines(console, [sentence], style="bold")
    print_lines(console, others)
    print_spreads(console, result, extent)
    print_lines(console, _said(result, spell, extent))
    if result.scenario.drawn:
        print_drawn(console, result.estimate, result.scenario, spell, extent, HEADLINES)


def _read(results: Mapping[str, ServiceResult], spell: Spelling) -> list[str]:
    """Say what was read, of all chips at once where nothing but their names differs."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, result in results.items():
        nameless = of_all_chips(result.scenario, [""])
        groups.setdefault(tuple(read_lines(replace(result.scenario, subject=nameless.subject), result.service)), []).append(
            name
        )
    lines = []
    for names in groups.values():
        first = results[names[0]]
        scenario = replace(first.scenario, subject=of_all_chips(first.scenario, names).subject)
        lines += read_lines(scenario, first.service, spell)
    return lines


def _said(result: ServiceResult, spell: Spelling, extent: Extent) -> list[str]:
    """Word what is to be known of a service's numbers: its money, its draws."""
    return [*said_of_money(result, spell), *said_of_draws(result, full=extent.full or extent.assumptions)]


def print_services(
    console: Console, comparison: ServiceComparison, spell: Spelling = named, extent: Extent = PLAIN_EXTENT
) -> None:
    """Print what was read, which chip is best at what, a table with a column for each, and what was left out.

    Parameters
    ----------
    console
        Where to print; its width decides how the table is laid out.
    comparison
        What serving takes on each chip.
    spell
        Words the parameters that could be stated.
    extent
        How much of it is printed.
    """
    results = comparison.results
    print_lines(console, _read(results, spell))
    print_lines(console, [line for one in results.values() for line in unseen_lines(one.scenario)])
    print_lines(console, [comparison.sentence], style="bold")
    print_lines(console, [f"{chip.words(spell)}." for chip in comparison.left_out])
    for columns in comparison_tables(comparison, extent, console.width):
        console.print()
        console.print(laid_columns(columns), highlight=False)
    told = [lambda one: list(one.strategy.sentences), lambda one: _said(one, spell, extent)]
    print_lines(console, notes_of_chips(results, told))
    if extent.assumptions:
        for name, result in results.items():
            console.print()
            print_lines(console, [f"On {name}"], style="bold")
            print_drawn(console, result.estimate, result.scenario, spell, extent, HEADLINES)
