"""Columns of published cases: what each number is counted in, and the column that a heading of a table means."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...kernels.errors import FlopwattError
from ...kernels.model import units
from ..errors import InputError

_LIKE = 0.88  # of difflib's likeness, 0 to 1: a heading as near to a column's name is a slip of the pen
_NAME = 60  # characters of a heading that are compared
_LETTER = re.compile(r"[-+\d.,_eE\s]+[kKMbBT]")
_MOST_NAMED = 300  # columns; no table of cases has more, and comparing them takes time


@dataclass(frozen=True)
class CaseColumn:
    """A column of numbers.

    Attributes
    ----------
    name
        Its heading in lower case.
    unit
        What its numbers are counted in.
    scale
        How many of the unit a 1 in it is: 1e9 in a column of billions.
    stems
        What else a heading may call it, with a unit behind: ``tokens (T)``.
    whole
        Whether its numbers are whole.
    spelled
        What a letter for thousands counts in it, where the unit alone does not say so: 2.8M GPU-hours.
    """

    name: str
    unit: str = ""
    scale: float = 1.0
    stems: tuple[str, ...] = ()
    whole: bool = False
    spelled: str = ""

    def with_letter(self, text: str) -> str:
        """Write what a letter for thousands counts behind it, where nothing stands there."""
        return f"{text} {self.spelled}" if self.spelled and _LETTER.fullmatch(text) else text

    @property
    def size(self) -> float:
        """A 1 of the column in base units."""
        return self.scale * units.factor(self.unit)

    @property
    def plain(self) -> bool:
        """Whether it is a count or a ratio, whose unit nobody needs to be told."""
        return self.scale == 1 and self.unit in ("", "token", "chip")

    def counted_in(self) -> str:
        """Say what a number in it counts, for errors."""
        scale = {1.0: "", 1e9: "1e9 ", 1e12: "1e12 "}[self.scale]
        return f"{scale}{self.unit}{'s' if self.unit in _COUNTED else ''}" or "a plain number"


_COUNTED = ("parameter", "token", "chip")


def _counts(*names: str, unit: str = "") -> tuple[CaseColumn, ...]:
    return tuple(CaseColumn(name, unit, whole=True) for name in names)


COLUMNS: Mapping[str, CaseColumn] = {
    column.name: column
    for column in (
        *map(CaseColumn, ("mfu", "hfu", "pue", "error_pct", "tflops_gpu")),
        *_counts("year", "hidden", "ffn", "layers", "heads", "kv_heads", "vocab", "microbatch", "global_batch", "fsdp"),
        *_counts("tp", "pp", "vpp", "dp", "cp", "ep", "vp", "mbs", "gbs"),
        *_counts("gpus", "chips", "least", "most", unit="chip"),
        CaseColumn("total_params_b", "parameter", 1e9, ("total_params", "total_parameters", "params", "parameters")),
        CaseColumn("active_params_b", "parameter", 1e9, ("active_params", "active_parameters")),
        CaseColumn("tokens_t", "token", 1e12, ("tokens", "training_tokens")),
        CaseColumn("seq_len", "token", stems=("sequence_length", "context_length"), whole=True),
        CaseColumn("seq", "token", whole=True),
        CaseColumn("num_chips", "chip", stems=("num_gpus", "number_of_gpus", "number_of_chips"), whole=True),
        CaseColumn("gpu_hours", "h", stems=("chip_hours",), spelled="GPU-hours"),
        CaseColumn("wall_days", "day", stems=("wall", "wall_time")),
        CaseColumn("measured_step_s", "s", stems=("measured_step", "measured_step_time")),
        CaseColumn("predicted_step_s", "s", stems=("predicted_step", "predicted_step_time")),
        CaseColumn("derived_step_s", "s", stems=("derived_step", "derived_step_time")),
        CaseColumn("time_to_train_min", "min", stems=("time_to_train",)),
        CaseColumn("tokens_s_gpu", "token/s"),
        CaseColumn("reported_flops", "FLOP", stems=("flops", "training_flops", "training_compute")),
        CaseColumn("energy_mwh", "MWh", stems=("energy",)),
        CaseColumn("power_mw", "MW", stems=("power",)),
        CaseColumn("avg_w_per_chip", "W"),
        CaseColumn("implied_w_per_chip", "W"),
        CaseColumn("tco2e", "tCO2e", stems=("emissions",)),
        CaseColumn("grid_kg_per_kwh", "kgCO2e/kWh", stems=("carbon_intensity",)),
        CaseColumn("cost_usd", "USD", stems=("cost",)),
        CaseColumn("capex_usd_b", "USD", 1e9, ("capex",)),
        CaseColumn("usd_per_w", "USD/W"),
    )
}
# Columns of words that tell what a number is, or change what is predicted.
WORDS = frozenset(
    ("model", "hardware", "precision", "kind", "validation_use", "gpu_hours_basis", "flops_basis", "energy_scope",
     "energy_basis", "chip", "counted", "project", "chip_type", "power_basis", "accelerator", "system", "recompute", "zero",
     "release", "framework")
)  # fmt: skip
_STEMS = {stem: column for column in COLUMNS.values() for stem in column.stems}
_BRACKET = re.compile(r"(?P<stem>.*?)\s*(?:\((?P<round>[^()]+)\)|\[(?P<square>[^\[\]]+)\])")
_ENDINGS = {  # of headings in snake case, where no capital letter tells a milliwatt from a megawatt
    "k": "thousand", "m": "million", "b": "billion", "bn": "billion", "t": "trillion", "w": "W", "kw": "kW", "mw": "MW",
    "gw": "GW", "kwh": "kWh", "mwh": "MWh", "gwh": "GWh", "twh": "TWh", "s": "s", "ms": "ms", "min": "min", "h": "h",
    "hours": "h", "days": "day", "usd": "USD", "pct": "%", "percent": "%",
}  # fmt: skip
_PERCENT = ("pct", "percent")
_NO_UNIT = ("-", "#", "1", "count", "number", "ratio")
_DOLLARS = re.compile(r"(?:US)?\$ ?([kKMB]|bn|million|billion)")  # $M heads a column of millions
_POWER_OF_TEN = re.compile(r"(?:x ?)?(?:1e\+?|10\^|10\*\*)(?P<power>\d{1,2})(?: (?P<unit>.+))?")


@dataclass(frozen=True)
class CaseHeading:
    """What a heading of a table means.

    Attributes
    ----------
    name
        The column's name; the heading in lower case where it is none that is known.
    size
        A 1 below it in the column's own numbers: 0.001 where the column is in MWh and the heading in kWh; NaN where the
        heading has no unit and the column needs one.
    """

    name: str
    size: float = 1.0


def read_headings(headings: Iterable[str], where: str) -> dict[str, CaseHeading]:
    """Tell which columns the headings of a table mean.

    Parameters
    ----------
    headings
        As they stand in the file; empty ones are left out.
    where
        Names the file in errors.

    Returns
    -------
    dict
        By heading.

    Raises
    ------
    InputError
        Where a heading's unit is unknown or of the wrong kind, two mean one column, or one is misspelt.
    """
    meanings: dict[str, CaseHeading] = {}
    by_name: dict[str, str] = {}
    for heading in filter(None, headings):
        meaning = _heading(heading, where)
        if meaning.name in by_name:
            raise InputError(f"has two columns {meaning.name!r}: {by_name[meaning.name]!r} and {heading!r}", where=where)
        by_name[meaning.name] = heading
        meanings[heading] = meaning
    if len(meanings) <= _MOST_NAMED:
        _check_spelling(by_name, where)
    return meanings


def _check_spelling(by_name: Mapping[str, str], where: str) -> None:
    """Raise InputError for a heading that is nearly the name of a column which no heading has."""
    import difflib

    lacking = [name for name in (*COLUMNS, *sorted(WORDS)) if name not in by_name]
    for name in sorted(by_name.keys() - COLUMNS.keys() - WORDS):
        near = difflib.get_close_matches(name[:_NAME], lacking, n=1, cutoff=_LIKE)
        if near:
            raise InputError(
                f"has a column {by_name[name]!r}; did you mean {near[0]!r}? write that, or another name", where=where
            )


def _heading(heading: str, where: str) -> CaseHeading:
    name = _snake(heading)
    if name in COLUMNS or name in WORDS:
        return CaseHeading(name)
    bracket = _BRACKET.fullmatch(heading.strip())
    stem = _snake(bracket["stem"]) if bracket else name
    if bracket and stem in WORDS:
        raise InputError(f"has a column {heading!r}, which is words without a unit; write {stem}", where=where)
    column = COLUMNS.get(stem) or _STEMS.get(stem)
    if bracket and column is not None:
        size = _size(bracket["round"] or bracket["square"], column, heading, where)
        if stem == column.name and not (_is_power_of_ten(size) if column.name in _FREE else math.isclose(size, 1)):
            raise InputError(f"has a column {heading!r} of two units; write {stem} for {column.counted_in()}", where=where)
        return CaseHeading(column.name, size)
    if column is not None:
        return CaseHeading(column.name, 1.0 if column.plain else math.nan)
    stem, _, ending = name.replace("%", "_percent").replace("__", "_").rpartition("_")
    column = COLUMNS.get(stem) if ending in _PERCENT else _STEMS.get(stem)
    if column is not None and ending in _ENDINGS:
        return CaseHeading(column.name, _size(_ENDINGS[ending], column, heading, where))
    return CaseHeading(heading.strip().lower())


def _is_power_of_ten(value: float) -> bool:
    return value > 0 and math.isclose(math.log10(value), round(math.log10(value)), abs_tol=1e-12)


def _snake(heading: str) -> str:
    return re.sub(r"[\s-]+", "_", heading.strip().lower())


# Columns whose names have no unit, or one that a number of thousands may stand before: gpu_hours (millions).
_FREE = frozenset(name for name, column in COLUMNS.items() if column.plain or column.unit in ("h", "FLOP"))


def _size(unit: str, column: CaseColumn, heading: str, where: str) -> float:
    """Convert a 1 of a heading's unit into a column's own numbers. Raises InputError where it cannot be."""
    unit = re.sub(r"^in ", "", " ".join(unit.split()))
    if column.plain and unit.lower() in _NO_UNIT:
        return 1.0
    unit = _DOLLARS.sub(r"\1 USD", unit)
    power = _POWER_OF_TEN.fullmatch(unit)
    try:
        text = f"1e{power['power']} {power['unit'] or ''}" if power else column.with_letter(f"1 {unit}")
        base = units.parse(text, column.unit)
    except FlopwattError as error:
        right = f"write {column.name} for {column.counted_in()}, or a unit that converts to that"
        raise InputError(f"has a column {heading[:60]!r} of a unit that is not read ({error}); {right}", where=where) from None
    return base / column.size
