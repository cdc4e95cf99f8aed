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
    REACH_HEADINGS,
    assumption_rows,
    driver_rows,
    ends,
    input_rows,
    quantity_rows,
    reach_rows,
)
from .file_names import sheet_names
from .reading_units import number_format, reading_unit
from .sheets import ChartSeries, FrontSheet, Sheet, SheetChart, SheetColumn, SheetNumber
from .workbook import write_workbook

_FRONT = "Answer"
# The first that all know is drawn.
_COMPARED = ("cost", "cost_per_query", "energy", "energy_per_query", "carbon", "run_time", "chip_count")


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
    reached = any(result.outlook.reach for result in results.values())
    wanted = [*results, "Inputs", "Assumptions", "Drivers"]
    wanted += [*(["Best strategy"] if reached else []), *(["Comparison"] if len(results) > 1 else [])]
    *own, inputs, assumptions, drivers = sheet_names(wanted, [_FRONT])[: len(results) + 3]
    sheets = [
        table_sheet(sheet, f"What {name} takes: P10, median and P90", QUANTITY_HEADINGS, quantity_rows(result, spell))
        for sheet, (name, result) in zip(own, results.items(), strict=True)
    ]
    if reached:
        best = sheet_names(wanted, [_FRONT])[len(results) + 3]
        title = "What the run would take if practice met its best strategy by the step-time model"
        sheets.append(_joined(best, title, REACH_HEADINGS, results, reach_rows))
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
    """Put the estimates side by side: a row for each quantity, P10, median and P90 of each estimate in the row's unit."""
    targets = dict.fromkeys(target for result in results.values() for target in result.estimate.spreads)
    model = next(iter(results.values())).scenario.model
    words, units_read, cells, drawn = [], [], [], ""
    for target in targets:
        spreads = [result.estimate.spreads.get(target) for result in results.values()]
        known = [end for spread in spreads for end in (ends(spread) if spread is not None else (None, None, None))]
        first = next(spread for spread in spreads if spread is not None)
        medians = [median for median in known[1::3] if median is not None]
        if not medians:
            continue
        reading = reading_unit(medians, first.quantity.unit, first.quantity)
        look = number_format([median / reading.size for median in medians], is_share=reading.is_share)
        cells.append([None if end is None else SheetNumber(end / reading.size, look) for end in known])
        words.append(quantity_words(model, target))
        units_read.append(reading.name)
        if target in _COMPARED and (not drawn or _COMPARED.index(target) < _COMPARED.index(drawn)):
            drawn, place = target, len(words) - 1
    columns = [SheetColumn("quantity", words, is_label=True), SheetColumn("unit", units_read)]
    heads = [f"{own}: {head}" for own in results for head in ("P10", "median", "P90")]
    columns += [SheetColumn(head, [row[i] for row in cells]) for i, head in enumerate(heads)]
    chart = _chart(list(results), words[place], units_read[place], place) if drawn else None
    return Sheet(name, "The estimates side by side", tuple(columns), chart)


def _chart(names: list[str], words: str, unit: str, row: int) -> SheetChart:
    """Draw a row of the comparison: a bar for each estimate, from P10 to P90."""
    series = [ChartSeries(own, 3 + 3 * i, (row, row + 1), 2 + 3 * i, 4 + 3 * i) for i, own in enumerate(names)]
    up = f"{words} [{unit}]" if unit else words
    return SheetChart("bars", f"{words}, median and P10 to P90", "estimate", up, (0, 0), tuple(series))


def _front(whole: ChipComparison, spell: Spelling) -> FrontSheet:
    results = whole.results
    first = next(iter(results.values()))
    most = None if len(results) == 1 else 1  # of one alone what is expected and reached too, and what drives it
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
    return FrontSheet(_FRONT, f"{first.kind_words} on {', '.join(results)}", tuple(sentences), small_print)
