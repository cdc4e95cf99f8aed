"""Whether a value that a user states can be meant: the range that facts hold of its quantity, and the slip that it looks like.

The facts are the columns of the tables, the defaults, the supports of what an estimate draws, and the published runs. They are
read one after the other, and no further than it takes to hold a value: most values lie in the first.
"""

import functools
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ... import configs
from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ...kernels.quantities import MODEL
from ..errors import MessageError, Parameter
from ..terminal import numbers

FAR = 100.0  # so many times below the least or above the greatest is not meant
FAR_SLIPPED = 10.0  # the same, where the number fits in what is easily left out: per MWh, grams, percent, thousands
MEANT = 3.0  # so many times outside the range a number in another unit may still be meant
_LEAST_PERCENT = 2.0  # of a share: what is above 1 and less may be any slip
_PER_ENERGY, _PER_YEAR = "/kWh", "1/year"
_TAIL = 3.0  # standard deviations of a normal distribution that count as its support
_BARE = {"run_time": "day"}  # units of bare numbers, where those are not the quantity's own
MAX_LETTERED = 1e6  # of a number that a letter for thousands may stand behind
_LETTERS = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "%": 0.01}
_AMOUNTS = {"thousand": 1e3, "million": 1e6, "billion": 1e9}  # of money

# Columns of facts tables that hold another quantity's values too.
_COLUMNS = {
    "tokens": ("published_tokens",),
    "parameters": ("published_parameters",),
    "active_parameters": ("published_active_parameters",),
    "phase_power": ("site_power",),
    "site_chips": ("reported_chips",),
    "site_capital": ("reported_capital",),
}
_AS_SMALL = ("queries_per_day",)  # quantities of which facts hold the greatest alone: most services are far smaller
_ENDS = "_low", "_high"  # of a range whose two columns are of one kind

_OF_RUNS = {  # keys of published runs, by quantity, and the unit of their numbers
    "tokens": ("tokens_t", 1e12, ""),
    "parameters": ("total_params_b", 1e9, ""),
    "active_parameters": ("active_params_b", 1e9, ""),
    "chip_count": ("num_chips", 1.0, ""),
    "chip_hours": ("gpu_hours", 1.0, "h"),
    "mfu": ("mfu", 1.0, ""),
    "training_flops": ("reported_flops", 1.0, ""),
    "energy": ("energy_mwh", 1.0, "MWh"),
    "carbon": ("tco2e", 1.0, "tCO2e"),
    "pue": ("pue", 1.0, ""),
    "run_time": ("wall_days", 1.0, "day"),
    "sequence_length": ("seq_len", 1.0, ""),
    "cost": ("cost_usd", 1.0, "USD"),
    "carbon_intensity": ("grid_kg_per_kwh", 1.0, "kgCO2e/kWh"),
}


class ImplausibleError(MessageError, ValueError):
    """A value lies so far from all that is known of its quantity that another one must be meant."""


@dataclass(frozen=True)
class KnownRange:
    """What facts hold of a quantity.

    Attributes
    ----------
    low, high
        The least and the greatest, in base units; zeros are left out.
    sources
        The facts, by what they are called.
    """

    low: float
    high: float
    sources: tuple[str, ...]

    def with_more(self, name: str, values: Iterable[float]) -> "KnownRange":
        """Return the range that holds further values too, where there are any above zero."""
        sizes = [abs(value) for value in values if value and math.isfinite(value)]
        if not sizes:
            return self
        return KnownRange(min(self.low, *sizes), max(self.high, *sizes), (*self.sources, name))


_NOTHING = KnownRange(math.inf, 0.0, ())


def known_range(name: str) -> KnownRange | None:
    """Return the range that facts hold of a quantity; None where they hold nothing."""
    *_, last = _growing(name)
    return last if last.sources else None


def check_plausible(name: str, value: float, unusual: bool = False, as_small: bool = False) -> None:
    """Check that a stated value is not far from all that is known of its quantity.

    Parameters
    ----------
    name
        The quantity.
    value
        In base units. A zero is taken as it is, and so is a value of which facts hold nothing.
    unusual
        Whether to take any value.
    as_small
        Whether it may be as small as it likes, since what is known of it is of something larger.

    Raises
    ------
    ImplausibleError
        Where it is far below the least or above the greatest; the message says that range and where it comes from.
    """
    item = MODEL.quantities.get(name)
    if unusual or item is None or item.words or value == 0 or not math.isfinite(value):
        return
    held, near = _NOTHING, FAR_SLIPPED if _may_slip(item) else FAR
    for held in _growing(name):
        if _is_within(abs(value), held, near):
            return
    if (as_small or name in _AS_SMALL) and abs(value) < held.high:
        return
    if held.sources and _is_far(item, abs(value), held):
        raise ImplausibleError(_told(item, value, held), Parameter("unusual"), " takes it as it is")


def slip(name: str, value: float) -> str:
    """Say what a value (base units) that its quantity cannot have seems to mean: ``; did you mean 40%?``, or nothing."""
    item, held = MODEL.quantities.get(name), known_range(name) if name in MODEL else None
    if not item or value < 0 <= item.low:  # a sign is no slip of the unit
        return ""
    if not held:  # a share of which nothing is known, and percent without their sign
        share = _is_share(item) and item.show == units.PERCENT
        return f"; did you mean {value:g}%?" if share and _LEAST_PERCENT <= value <= 100 * item.high else ""
    if item.whole and not value.is_integer():  # 1.024 chips, as much of Europe writes thousands
        thousands = round(value * 1000, 6)
        return f"; did you mean {thousands:,.0f}?" if thousands.is_integer() and 1 < value < 1000 else ""
    return f"; did you mean {_joined(item, value, held)}?" if _meant(item, abs(value), held) else ""


def _growing(name: str) -> Iterator[KnownRange]:
    """Give the range of what has been read so far, again and again while more is read."""
    held = _NOTHING
    yield held
    for source, values in _facts(name):
        held = held.with_more(source, values)
        yield held


def _is_within(size: float, held: KnownRange, times: float) -> bool:
    return held.low / times <= size <= held.high * times


def _is_far(item: Quantity, size: float, held: KnownRange) -> bool:
    if not _is_within(size, held, FAR) and not (size < held.low and _is_share(item)):
        return True
    return _may_slip(item) and not _is_within(size, held, FAR_SLIPPED) and bool(_meant(item, size, held))


def _may_slip(item: Quantity) -> bool:
    """Tell whether people often leave out what the number of a quantity is in: percent, per MWh, thousands of dollars."""
    return item.unit.endswith((_PER_ENERGY, _PER_YEAR, "USD")) or (not item.unit and not item.whole)


def _is_share(item: Quantity) -> bool:
    """Tell whether a quantity is a share, which may be as small as one likes."""
    return not units.dimension(item.unit) and item.low >= 0 and item.high <= 1


# --- what facts hold --------------------------------------------------------------------------------------------------


def _facts(name: str) -> Iterator[tuple[str, list[float]]]:
    """Read the facts about a quantity, each kind by what it is called, in base units; those read quickest come first."""
    default = configs.defaults().get(name)
    if default is not None and not MODEL[name].whole:  # of a count it is a choice, such as one of its kind
        yield "defaults", [default.value]
    if name in _OF_RUNS:
        key, size, unit = _OF_RUNS[name]
        yield "published runs", [units.to_base(value * size, unit) for value in numbers_of_runs(key)]
    yield "draws", [end for entry in _draws() if entry.get("quantity") == name for end in _support(entry)]
    columns = _columns_of(name)
    for table in configs.tables():
        own = columns & table_columns(table)
        if own:
            rows = configs.load(table).rows.values()
            yield table, [row.values[column] for row in rows for column in own if column in row.values]


def _columns_of(name: str) -> frozenset[str]:
    stem = next((name.removesuffix(end) for end in _ENDS if name.endswith(end)), name)
    return frozenset((name, *_COLUMNS.get(name, ()), *(f"{stem}{end}" for end in _ENDS)))


@functools.cache
def table_columns(table: str) -> frozenset[str]:
    """Name the columns of a facts table, of which only the beginning is read."""
    head, _, _ = (configs.FOLDER / f"{table}.toml").read_text(encoding="utf-8").partition("\n[rows")
    return frozenset(tomllib.loads(head)["columns"])


@functools.cache
def _draws() -> list[Mapping[str, Any]]:
    entries: list[Mapping[str, Any]] = configs.read_toml(configs.FOLDER / "prior" / "draws.toml")["draws"]
    return entries


def numbers_of_runs(key: str) -> list[float]:
    """Read the numbers that the published runs have under a key, each on its line: all of their TOML takes long to read."""
    return [float(number) for number in re.findall(rf"^{key} = ([0-9][0-9_.eE+-]*)$", _runs(), re.MULTILINE)]


@functools.cache
def _runs() -> str:
    return (configs.FOLDER / "published" / "training_runs.toml").read_text(encoding="utf-8")


def _support(entry: Mapping[str, Any]) -> list[float]:
    """Return the ends of a distribution in base units; of one without ends, what lies within some standard deviations."""
    kind = next(kind for kind in ("uniform", "triangular", "normal", "lognormal") if kind in entry)
    first, *_, last = ends = [float(number) for number in entry[kind]]
    if kind == "normal":
        ends = [first - _TAIL * last, first + _TAIL * last]
    elif kind == "lognormal":
        ends = [first * math.exp(-_TAIL * last), first * math.exp(_TAIL * last)]
    return [units.to_base(end, entry["unit"]) for end in ends]


# --- what is said -----------------------------------------------------------------------------------------------------


def _told(item: Quantity, value: float, held: KnownRange) -> str:
    bare = _BARE.get(item.name, item.unit)
    unit = f" {bare}{'s' if bare in ('day', 'year') else ''}" if units.dimension(bare) else ""
    meant = _joined(item, value, held)
    hint = f"; did you mean {meant}?" if meant else ";"
    stated = numbers.number(units.from_base(value, bare))
    return f"{item.name} is {stated}{unit}; what is known {_shown(item, held)} ({_listed(held.sources)}){hint} "


def _joined(item: Quantity, value: float, held: KnownRange) -> str:
    sign = "-" if value < 0 else ""
    return " or ".join(f"{sign}{text}" for text in _meant(item, abs(value), held))


def _shown(item: Quantity, held: KnownRange) -> str:
    """Write a range, its unit once where both ends have the same."""
    low, high = (numbers.show(units.from_base(end, item.unit), item) for end in (held.low, held.high))
    if low == high:
        return f"is {low}"
    (first, _, unit), (_, _, other) = low.partition(" "), high.partition(" ")
    return f"lies between {first if unit == other else low} and {high}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _meant(item: Quantity, size: float, held: KnownRange) -> list[str]:
    """Say the same number in the units that put it within the range, at most two: those nearest to what is written."""
    number = units.from_base(size, _BARE.get(item.name, item.unit))
    if units.dimension(item.unit):
        scales = {f" {unit}": units.factor(unit) for unit in units.alike(item.unit) if unit != units.PERCENT_A_YEAR}
        scales |= {"%": units.to_base(0.01, _PER_YEAR)} if item.unit == _PER_YEAR else {}
        scales |= {f" {word} USD": scale for word, scale in _AMOUNTS.items()} if item.unit == "USD" and number >= 1 else {}
    else:
        letters = _LETTERS if number < MAX_LETTERED else {}
        scales = {letter: scale for letter, scale in letters.items() if (letter == "%") == (item.unit == "")}
    fitting = {scale: unit for unit, scale in reversed(scales.items()) if _is_within(number * scale, held, MEANT)}
    nearest = [fitting[scale] for scale in sorted(fitting, key=lambda scale: abs(math.log(scale * number / size)))][:2]
    written = [f"{numbers.number(number)}{unit.replace('UScent', '¢')}" for unit in nearest]
    return written or _in_bare_unit(item, size, held)


def _in_bare_unit(item: Quantity, size: float, held: KnownRange) -> list[str]:
    """Say a whole number in the unit that people leave out where it is in the quantity's own: 90 s of a run are 90 days."""
    bare, number = _BARE.get(item.name, ""), units.from_base(size, item.unit)
    is_meant = bare and number.is_integer() and _is_within(units.to_base(number, bare), held, MEANT)
    return [f"{numbers.number(number)} {bare}s"] if is_meant else []
