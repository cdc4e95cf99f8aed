"""Figures of cases that no run has: a column in another magnitude, figures of a row that contradict one another."""

import functools
import math
import re
from collections.abc import Callable, Mapping, Sequence

from ..errors import InputError, Parameter
from ..facts.case_columns import COLUMNS, CaseColumn
from ..facts.chips import match_chip
from ..facts.plausible import FAR, FAR_SLIPPED, known_range
from .cases import uncounted
from .hours_basis import STEADY, hours_basis
from .results import LeftOut
from .rows import CaseRow, CellError, shipped

PUBLISHED = ("training_runs", "fleets", "step_times", "bridge_perf")
# Columns that are no sizes, or have bounds of their own below.
_UNRANGED = ("year", "mfu", "hfu", "pue", "error_pct", "grid_kg_per_kwh", "tco2e", "fsdp", "least", "most")
# What is judged by one another where a row states both, whatever their size: a benchmark's energy is 5 kWh in 5 chip-hours.
_JUDGED_TOGETHER = (frozenset(("energy_mwh", "gpu_hours")), frozenset(("power_mw", "chips")))
ALL = "all figures"  # of a row that is left out whole
_QUANTITIES = {
    "total_params_b": "parameters",
    "active_params_b": "active_parameters",
    "tokens_t": "tokens",
    "seq_len": "sequence_length",
    "num_chips": "chip_count",
    "gpu_hours": "chip_hours",
    "reported_flops": "training_flops",
    "energy_mwh": "energy",
    "wall_days": "run_time",
}
_AS_IT_IS = (Parameter("unusual"), " takes it as it is")
_YEARS = (1950, 2100)
_SAME = 1.01  # active over total parameters, rounded
_MOST_CARBON = 3.0  # kgCO2e/kWh; beyond it a number is in other units
_SHORTER = 20.0  # of all chips in all days over published chip-hours, which may be those of the run alone
_LONGER = 2.0  # published chip-hours over those of all chips in all days, which are rounded and may leave out pauses
_SHARES = (1e-3, 1.0)  # of the chip's greatest peak; published runs reach 0.025 to 0.8, steps 0.018 to 0.46
_PEAKS = ("peak_bf16", "peak_fp8", "peak_fp4")


def check_rows(rows: Sequence[CaseRow]) -> None:
    """Check what rows state; what is no number is left to who reads it.

    Raises
    ------
    InputError
        Where a figure is ``FAR`` times outside what is published, or figures of a row contradict one another.
    """
    for row in rows:
        stated = dict(_stated(row))
        for name, value in stated.items():
            if not any(name in pair and stated.keys() >= pair for pair in _JUDGED_TOGETHER):
                _check_magnitude(row, COLUMNS[name], value)
        _check_ratios(row, stated)
        _check_together(row, stated)
        _check_power(row, stated)
        _check_operations(row, stated)


def sound_rows(rows: Sequence[CaseRow]) -> tuple[tuple[CaseRow, ...], list[LeftOut]]:
    """Part rows into those that `check_rows` lets pass and the others, with the reason: no row costs the others.

    Raises
    ------
    InputError
        Where none passes: a column is in another unit.
    """
    sound: list[CaseRow] = []
    wrong: list[InputError] = []
    left_out: list[LeftOut] = []
    for row in rows:
        try:
            check_rows([row])
        except InputError as error:
            wrong.append(error)
            told = InputError(*(part for part in error.parts if part not in _AS_IT_IS), where=error.where)
            name = row.text("model") or row.text("project") or row.where
            left_out.append(LeftOut(name, ALL, str(told).rstrip("; "), row.where))
        else:
            sound.append(row)
    if wrong and not sound:
        raise wrong[0]
    return tuple(sound), left_out


def unread_cell(rows: Sequence[CaseRow]) -> CellError | None:
    """Find the first cell of a column of numbers that is none; None where there is no such cell."""
    for row in rows:
        for heading in row.cells:
            if heading.lower() in COLUMNS:
                try:
                    row.number(heading)
                except CellError as error:
                    return error
    return None


def _stated(row: CaseRow) -> list[tuple[str, float]]:
    values = []
    for heading in row.cells:
        name = heading.lower()
        if name in COLUMNS:
            try:
                value = row.number(heading)
            except InputError:  # who needs it says so
                continue
            values += [(name, value)] if value > 0 else []
    return values


@functools.cache
def published_ranges() -> Mapping[str, tuple[float, float]]:
    """Return the least and the greatest figure above 0 of each column of the cases that come with flopwatt."""
    ranges: dict[str, tuple[float, float]] = {}
    for table in PUBLISHED:
        for row in shipped(table).rows:
            for name, value in _stated(row):
                low, high = ranges.get(name, (value, value))
                ranges[name] = min(low, value), max(high, value)
    return ranges


def _check_magnitude(row: CaseRow, column: CaseColumn, value: float) -> None:
    ends = published_ranges().get(column.name) if column.name not in _UNRANGED else None
    if ends is None or _is_near(value, ends):
        return
    ends = _with_facts(column, ends)
    if _is_near(value, ends):
        return
    unit, likely = column.counted_in(), value / column.scale
    things = f"{column.unit}s" if column.unit in ("parameter", "token") else column.unit
    hint = f"; {_short(value)} {things} are {likely:g} here" if column.scale != 1 and ends[0] <= likely <= ends[1] else ""
    counted = f", in {unit}" if column.scale != 1 or column.unit else ""
    raise InputError(
        f"{column.name} is {_short(value)}{counted}; known are {_short(ends[0])} to {_short(ends[1])}{hint}; ",
        *_AS_IT_IS,
        where=row.where,
    )


def _is_near(value: float, ends: tuple[float, float]) -> bool:
    return ends[0] / FAR <= value <= ends[1] * FAR


def _with_facts(column: CaseColumn, ends: tuple[float, float]) -> tuple[float, float]:
    """Widen a range by what other facts hold of the column's quantity."""
    known = known_range(_QUANTITIES[column.name]) if column.name in _QUANTITIES else None
    return ends if known is None else (min(ends[0], known.low / column.size), max(ends[1], known.high / column.size))


def _short(value: float) -> str:
    """Write a number as people type it: 7e9."""
    return re.sub(r"e\+?(-?)0?", r"e\1", f"{value:g}")


def _check_ratios(row: CaseRow, stated: Mapping[str, float]) -> None:
    """Check figures that cannot be beyond a bound, whatever is published."""
    for name in ("mfu", "hfu"):
        if stated.get(name, 0.0) > 1:
            percent = f", and {stated[name]:g}% as {stated[name] / 100:g}" if stated[name] <= 100 else ""
            raise InputError(f"{name} is {stated[name]:g}; it is a share, at most 1{percent}", where=row.where)
        low, high = published_ranges()[name]
        if stated.get(name, 1.0) < low / FAR_SLIPPED:
            told = f"{name} is {_short(stated[name])}; published are {low:g} to {high:g}"
            raise InputError(f"{told}; write 40% or 0.4; ", *_AS_IT_IS, where=row.where)
    if stated.get("pue", 1.0) < 1:
        raise InputError(f"pue is {stated['pue']:g}; it is at least 1", where=row.where)
    if stated.get("pue", 1.0) > 10:
        raise InputError(f"pue is {stated['pue']:g}; write 110% as 1.1", where=row.where)
    grid = stated.get("grid_kg_per_kwh", 0.0)
    if grid > _MOST_CARBON:
        grams = f"; {grid:g} g are {grid / 1000:g} here" if grid <= 1000 * _MOST_CARBON else ""
        raise InputError(f"grid_kg_per_kwh is {grid:g}, in kgCO2e/kWh; coal has about 1{grams}", where=row.where)
    year = stated.get("year", 2000.0)
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise InputError(f"year is {year:g}; write it whole, such as 2026", where=row.where)


def _check_together(row: CaseRow, stated: Mapping[str, float]) -> None:
    """Check figures of a row against one another."""
    total, active = stated.get("total_params_b", math.inf), stated.get("active_params_b", 0.0)
    if active > total * _SAME:
        raise InputError(f"active_params_b is {active:g}, more than total_params_b, {total:g}", where=row.where)
    hours, chips, days = (stated.get(name, math.nan) for name in ("gpu_hours", "num_chips", "wall_days"))
    whole = not uncounted(row) and hours_basis(row).name != STEADY
    if hours > chips * days * 24 * _LONGER or (hours * _SHORTER < chips * days * 24 and whole):
        raise InputError(
            f"gpu_hours is {hours:g}, and num_chips {chips:g} x wall_days {days:g} x 24 h is {chips * days * 24:g}; one of "
            "them is in another unit; ",
            *_AS_IT_IS,
            where=row.where,
        )


def _check_power(row: CaseRow, stated: Mapping[str, float]) -> None:
    """Check the power of a chip that energy and chip-hours, or power and chips, give."""
    low, high = published_ranges()["avg_w_per_chip"]
    for energy, over in (("energy_mwh", "gpu_hours"), ("power_mw", "chips")):
        watts = 1e6 * stated.get(energy, math.nan) / stated.get(over, math.nan)
        if watts < low / FAR or watts > high * FAR:
            raise InputError(
                f"{energy} {_short(stated[energy])} over {over} {_short(stated[over])} is {watts:.3g} W a chip, and published "
                f"are {low:g} to {high:g} W; one of them is in another unit than {COLUMNS[energy].counted_in()} and "
                f"{COLUMNS[over].counted_in()}; ",
                *_AS_IT_IS,
                where=row.where,
            )


def _check_operations(row: CaseRow, stated: Mapping[str, float]) -> None:
    """Check that the chip can do a run's or a step's operations in its time, and does a thousandth of what it can."""
    for hardware, names, operations in _OPERATIONS:
        chip = match_chip(row.text(hardware)).row if all(name in stated for name in names) and not uncounted(row) else None
        if chip is None:
            continue
        peak = max((chip.values[peak] for peak in _PEAKS if not math.isnan(chip.values[peak])), default=math.nan)
        share = operations(*(stated[name] * COLUMNS[name].size for name in names)) / peak
        if share < _SHARES[0] or share > _SHARES[1]:
            told = ", ".join(f"{name} {_short(stated[name])}" for name in names)
            right = ", ".join(f"{name} in {COLUMNS[name].counted_in()}" for name in names if COLUMNS[name].unit)
            raise InputError(
                f"{told} are {share:.3g} times the peak of {chip.name}, and what is published reaches 0.02 to 0.8; one of them "
                f"is in another unit ({right}); ",
                *_AS_IT_IS,
                where=row.where,
            )


def _run_rate(active: float, tokens: float, seconds: float) -> float:
    """Return a run's operations (FLOP/s) on each chip, by 6ND."""
    return 6 * active * tokens / seconds


def _step_rate(
    hidden: float, ffn: float, layers: float, tokens: float, sequences: float, chips: float, seconds: float
) -> float:
    """Return a step's operations (FLOP/s) on each chip, by 6ND of the least parameters that a model of its sizes has."""
    return 6 * layers * 2 * hidden * (hidden + ffn) * tokens * sequences / (seconds * chips)


# What a chip does by the figures of a row: the column that names it, the figures, and the operations per second from them.
_OPERATIONS: tuple[tuple[str, tuple[str, ...], Callable[..., float]], ...] = (
    ("hardware", ("active_params_b", "tokens_t", "gpu_hours"), _run_rate),
    ("accelerator", ("hidden", "ffn", "layers", "seq", "global_batch", "gpus", "measured_step_s"), _step_rate),
)
