"""The public tables that configs/ can be held against: which columns tell them apart, and what their columns mean here."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ... import configs
from ...kernels.errors import FlopwattError
from ...kernels.model import units
from ..errors import InputError
from .chips import match_chip
from .models import match_model
from .public_csv import PublicFile, PublicHeading, PublicRow

AGREES = 0.01  # relative: closer figures are the same, rounded
# Makers sell decimal gigabytes and drivers count bytes, of which a "GB" of 2^30 has 7.4% more: no other memory.
SAME_MEMORY = 0.08

Finder = Callable[[str], configs.FactRow | None]


@dataclass(frozen=True)
class ComparedColumn:
    """What a public table's column is called here.

    Attributes
    ----------
    quantity
        The column of the facts table.
    headings
        What it is called in the file, by release; the first that is not empty holds.
    unit
        Its unit.
    tolerance
        The relative difference up to which the figures agree.
    upper
        The column of the greatest value where ``quantity`` is the least of a range; empty where it is no range.
    """

    quantity: str
    headings: tuple[str, ...]
    unit: str
    tolerance: float = AGREES
    upper: str = ""


@dataclass(frozen=True)
class PublicKind:
    """A table that others publish.

    Attributes
    ----------
    title
        Whose it is and of what.
    table
        The facts table that has the like.
    names
        The columns that name a row, one after the other until one is known here.
    needed
        Headings that a file of this kind has: of each group one.
    columns
        What is compared.
    find
        Finds the row here that a name there means.
    year
        The columns with the year, where the file has several of a row: the last that has a figure is taken.
    only
        What a line must hold to be read, by column.
    unit_column
        The column that tells the unit of a line's numbers, where there is one.
    """

    title: str
    table: str
    names: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    columns: tuple[ComparedColumn, ...]
    find: Finder
    year: tuple[str, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict)
    unit_column: str = ""

    def fits(self, columns: tuple[str, ...]) -> bool:
        """Tell whether a file with these columns is of this kind."""
        meant = {*columns, *(heading for heading, _ in self._renamed(columns).values())}
        return all(any(name in meant for name in group) for group in self.needed)

    def _renamed(self, columns: tuple[str, ...]) -> dict[str, tuple[str, str]]:
        """Find headings that are the publisher's but for the unit, as ``TDP (kW)``: by them, the publisher's and the unit."""
        own = {heading: column for column in self.columns for heading in column.headings}
        stems = {stem: heading for heading, column in own.items() if (stem := _stem(heading, column.unit))}
        split = {name: _split(name) for name in columns if name not in own}
        return {
            name: (stems[stem], unit) for name, (stem, unit) in split.items() if stem in stems and stems[stem] not in columns
        }

    def rows(self, file: PublicFile) -> tuple[PublicRow, ...]:
        """Read the lines of a file of this kind.

        Raises
        ------
        InputError
            Where a heading's unit does not convert into its column's, two headings mean one column, or the numbers contradict
            each other about the decimal sign.
        """
        headings: dict[str, PublicHeading] = {}
        for name, (heading, unit) in self._renamed(file.columns).items():
            twice = next((other for other, meant in headings.items() if meant.name == heading), None)
            if twice is not None:
                raise InputError(f"has two columns of one quantity, {twice!r} and {name!r}", where=str(file.path))
            column = next(column for column in self.columns if heading in column.headings)
            told = f"has a column {name[:60]!r}"
            headings[name] = PublicHeading(heading, _size(unit, column.unit, told, str(file.path)) if unit else math.nan)
        return file.rows([heading for column in self.columns for heading in column.headings], headings, whole=self.year)

    def unit_of(self, row: PublicRow, column: ComparedColumn) -> float:
        """Tell what a 1 of a line is in a column's unit. Raises InputError where its unit does not convert into that."""
        text = row.text([self.unit_column]) if self.unit_column else ""
        return _size(text, column.unit, f"{self.unit_column} holds {text[:60]!r}", row.place) if text else 1.0

    def takes(self, row: PublicRow) -> bool:
        """Tell whether a line is of what is compared."""
        return all(row.text([column]).lower() == text.lower() for column, text in self.only.items())

    def row_of(self, row: PublicRow) -> configs.FactRow | None:
        """Find the row here that a line there is of, or None."""
        names = (row.text([column]) for column in self.names)
        return next((fact for name in names if name and (fact := self.find(name)) is not None), None)

    def __str__(self) -> str:
        return f"{self.title} ({', '.join(' or '.join(group) for group in self.needed)})"


_HEADING = re.compile(r"(?P<stem>.*?)\s*(?:\((?P<round>[^()]+)\)|\[(?P<square>[^\[\]]+)\]|\s-\s(?P<dash>\S+))")


def _split(heading: str) -> tuple[str, str]:
    """Split a heading into what it is of, in lower case, and its unit, empty where it has none."""
    match = _HEADING.fullmatch(heading)
    unit = (match["round"] or match["square"] or match["dash"]) if match else ""
    return (match["stem"] if match else heading).lower(), unit


def _stem(heading: str, unit: str) -> str:
    """Return what a publisher's heading is of; empty where what stands behind it is no unit, but says which of several."""
    stem, written = _split(heading)
    if not written:
        return stem
    try:
        units.parse(f"1 {written}", unit)
    except FlopwattError:
        return ""
    return stem


def _size(written: str, unit: str, told: str, where: str) -> float:
    """Return what a 1 of a written unit is in another. Raises InputError where it does not convert."""
    try:
        return float(units.from_base(units.parse(f"1 {written}", unit), unit))
    except FlopwattError as error:
        raise InputError(f"{told}, a unit that is not read: {error}; write {unit}", where=where) from None


def _chip(name: str) -> configs.FactRow | None:
    """Find the row of the table that a name means; what is scaled from a row stands in no table."""
    row = match_chip(name).row
    return None if row is None or row.scaled_from else row


def _grid(name: str) -> configs.FactRow | None:
    try:
        return configs.load("grids").find(name)
    except configs.FactError:
        return None


_OWID_CARBON = (
    "Carbon intensity of electricity per kWh",
    "Lifecycle carbon intensity of electricity - gCO2/kWh",
    "Carbon intensity of electricity - gCO2/kWh",
    "Carbon intensity",
    "carbon_intensity_elec",
)
_TOKENS = tuple(f"Training dataset size ({what})" for what in ("gradients", "datapoints", "total"))
_GRAMS = "gCO2e/kWh"
_AREA, _YEAR = ("Area", "Country or region"), ("Year", "year")
KINDS = (
    PublicKind(
        "Epoch AI, machine-learning hardware",
        "hardware",
        ("Hardware name",),
        (("Hardware name",), ("TDP (W)",)),
        (
            ComparedColumn("peak_bf16", ("Tensor-FP16/BF16 performance (FLOP/s)",), "FLOP/s"),
            ComparedColumn("peak_fp8", ("FP8 performance (FLOP/s)",), "FLOP/s"),
            ComparedColumn("peak_fp4", ("FP4 performance (FLOP/s)",), "FLOP/s"),
            ComparedColumn("memory_capacity", ("Memory (bytes)", "Memory size per board (Byte)"), "byte", SAME_MEMORY),
            ComparedColumn("memory_bandwidth", ("Memory bandwidth (byte/s)",), "byte/s"),
            ComparedColumn("tdp", ("TDP (W)",), "W"),
            ComparedColumn("chip_price_low", ("Release price (USD)",), "USD", upper="chip_price_high"),
        ),
        _chip,
    ),
    PublicKind(
        "Epoch AI, models",
        "models",
        ("Model", "System"),
        (("Model", "System"), ("Parameters",), ("Training compute (FLOP)",)),
        (
            ComparedColumn("published_parameters", ("Parameters",), "parameter"),
            ComparedColumn("published_tokens", _TOKENS, "token"),
        ),
        match_model,
    ),
    PublicKind(
        "Our World in Data, carbon intensity of electricity",
        "grids",
        ("Entity", "country", "Code", "iso_code"),
        (("Entity", "country"), _YEAR, _OWID_CARBON),
        (ComparedColumn("carbon_intensity", _OWID_CARBON, _GRAMS),),
        _grid,
        _YEAR,
    ),
    PublicKind(
        "Ember, yearly electricity data",
        "grids",
        (*_AREA, "ISO 3 code", "Country code"),
        (_AREA, ("Year",), ("Variable",), ("Unit",), ("Value",)),
        (ComparedColumn("carbon_intensity", ("Value",), _GRAMS),),
        _grid,
        ("Year",),
        {"Variable": "CO2 intensity"},
        "Unit",
    ),
)


def kind_of(file: PublicFile) -> PublicKind:
    """Tell which kind a file is by its columns.

    Raises
    ------
    InputError
        Where it is none of them, with the kinds and the columns that each has.
    """
    fitting = next((kind for kind in KINDS if kind.fits(file.columns)), None)
    if fitting is None:
        kinds = "; ".join(map(str, KINDS))
        raise InputError(f"has columns of no table that is known here; those are {kinds}", where=str(file.path))
    return fitting
