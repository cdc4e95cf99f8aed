"""Estimates as a workbook: a sheet each, one that compares them, what was stated and what was assumed."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ... import __version__
from ..errors import Spelling, named
from ..estimate.chip_comparison import ChipComparison
from ..estimate.estimate_result import EstimateResult
from ..study.names import quantity_words
from .basis_sheets import Row, table_sheet
from .estimate_rows import (
    ASSUMPTION_HEADINGS,
    DRIVER_HEADINGS,
    INPUT_HEADINGS,
    QUANTITY_HEADINGS,
    assumption_rows,
    driver_rows,
    ends,
    input_rows,
    quantity_rows,
)
from .file_names import sheet_names
from .reading_units import number_format, reading_unit
from .sheets import ChartSeries, FrontSheet, Sheet, SheetChart, SheetColumn
from .workbook import write_workbook

_FRONT = "Answer"
_COMPARED = ("cost", "energy", "carbon", "run_time", "chip_count")  # the first that all know is drawn


def write_estimate_workbook(whole: ChipComparison, path: Path, spell: Spelling = named) -> None:
    """Write estimates as a workbook, whole or not at all.

    Parameters
    ----------
    whole
        The estimates by what tells them apart, such as the chip's name, and the chips that were left out.
    path
        Where to.
    spell
        Words the parameters that values were stated with.

    Raises
    ------
    OSError, InputError
        Where it could not be written.
    """
    results = whole.results
    wanted = [*results, "Inputs", "Assumptions", "Drivers", *(["Comparison"] if len(results) > 1 else [])]
    *own, inputs, assumptions, drivers = sheet_names(wanted, [_FRONT])[: len(results) + 3]
    sheets = [
        table_sheet(sheet, f"What {name} takes: P10, median and P90", QUANTITY_HEADINGS, quantity_rows(result, spell))
        for sheet, (name, result) in zip(own, results.items(), strict=True)
    ]
    if len(results) > 1:
        sheets.insert(0, _comparison(results, sheet_names(wanted, [_FRONT])[-1]))
    sheets += [
        _joined(inputs, "What was stated, and what facts say", INPUT_HEADINGS, results, lambda one: input_rows(one, spell)),
        _joined(assumptions, "What was assumed", ASSUMPTION_HEADINGS, results, lambda one: assumption_rows(one, spell)),
        _joined(drivers, "What explains the spread of each quantity", DRIVER_HEADINGS, results, driver_rows),
    ]
    write_workbook(path, _front(whole, spell), sheets)


def _joined(
    name: str,
    title: str,
    headings: tuple[str, ...],
    results: Mapping[str, EstimateResult],
    rows: Callable[[EstimateResult], list[Row]],
) -> Sheet:
    """Put the rows of all estimates on one sheet; of several, each row says whose it is."""
    if len(results) == 1:
        (only,) = results.values()
        return table_sheet(name, title, headings, rows(only))
    listed = [(own, *row) for own, result in results.items() for row in rows(result)]
    return table_sheet(name, title, ("estimate", *headings), listed)


def _comparison(results: Mapping[str, EstimateResult], name: str) -> Sheet:
    """Put the estimates side by side: a row for each, medians and the ends of their intervals in one unit a column."""
    targets = dict.fromkeys(target for result in results.values() for target in result.estimate.spreads)
    columns = [SheetColumn("estimate", list(results), is_label=True)]
    places: dict[str, int] = {}
    for target in targets:
        spreads = [result.estimate.spreads.get(target) for result in results.values()]
        known = [ends(spread) if spread is not None else (None, None, None) for spread in spreads]
        first = next(spread for spread in spreads if spread is not None)
        medians = [median for _, median, _ in known if median is not None]
        if not medians:
            continue
        reading = reading_unit(medians, first.quantity.unit, first.quantity)
        words = quantity_words(next(iter(results.values())).scenario.model, target)
        places[target] = len(columns)
        varies = any(low != median for low, median, _ in known)
        for place, head in enumerate(("P10", "P50", "P90")):
            if varies or head == "P50":
                heading = reading.heading(f"{head} {words}" if varies else words)
                values = [None if end is None else end / reading.size for end in (one[place] for one in known)]
                numbers = number_format((value for value in values if value is not None), is_share=reading.is_share)
                columns.append(SheetColumn(heading, values, numbers))
    sheet = Sheet(name, "The estimates side by side", tuple(columns))
    return Sheet(name, sheet.title, sheet.columns, _chart(sheet, places))


def _chart(sheet: Sheet, places: Mapping[str, int]) -> SheetChart | None:
    target = next((target for target in _COMPARED if target in places), None)
    if target is None:
        return None
    first = places[target]
    varies = sheet.columns[first].heading.startswith("P10 ")
    middle = first + varies
    words = sheet.columns[middle].heading.removeprefix("P50 ")
    series = ChartSeries(words, middle, (0, sheet.length), *((first, first + 2) if varies else ()))
    ends_text = ", P10 to P90" if varies else ""
    return SheetChart("bars", f"{words.partition(' [')[0]}{ends_text}", "estimate", words, (0, 0), (series,))


def _front(whole: ChipComparison, spell: Spelling) -> FrontSheet:
    results = whole.results
    first = next(iter(results.values()))
    most = 2 if len(results) == 1 else 1  # what it takes, and of one alone what drives it
    sentences = [whole.sentence] if len(results) > 1 else []
    sentences += [sentence for result in results.values() for sentence in result.sentences[:most]]
    sentences += [f"{chip.words(spell)}." for chip in whole.left_out]
    notes = [note for result in results.values() if result.scenario.subject for note in result.scenario.subject.notes]
    small_print = (
        f"P10 to P90 of {first.estimate.draws:,} joint draws: in one of ten cases it is less than P10, in one of ten more "
        "than P90. ∞ stands for infinity; an empty cell has no answer.",
        *dict.fromkeys(notes),
        *([] if first.currency.code == "USD" else [first.currency.words()]),
        f"flopwatt {__version__}",
    )
    return FrontSheet(_FRONT, f"A training run on {', '.join(results)}", tuple(sentences), small_print)
