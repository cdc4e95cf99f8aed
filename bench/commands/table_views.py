"""What a person looks for in a list of chips or models: a few columns, in words and in one unit each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ... import configs
from ...kernels.model import units
from ..terminal import numbers
from ..terminal.listing import Cell

_DIGITS = 4


@dataclass(frozen=True)
class FactsView:
    """The columns of a table that a person is shown first, in their order.

    Attributes
    ----------
    titles
        What stands above a column, by its heading.
    texts
        How its cells are written, by its heading.
    narrow, essential
        The heading of the column that goes first where the screen has no room for so many of the columns, from the first.
    """

    titles: Mapping[str, str]
    texts: Mapping[str, Callable[[configs.FactRow], str]] = field(default_factory=dict)
    narrow: str = ""
    essential: int = 0

    def shown(self, heading: str, cell: Cell, row: configs.FactRow) -> Cell:
        """Write a cell as the view has it; what it says nothing of stays as it is.

        Parameters
        ----------
        heading, cell
            The column's heading, and its cell.
        row
            The row of the table.
        """
        return (cell[0], self.texts[heading](row)) if heading in self.texts else cell


def _in(column: str, size: float, unit: str = "") -> Callable[[configs.FactRow], str]:
    """Return what writes a row's value in so many of a unit."""

    def text(row: configs.FactRow) -> str:
        return numbers.number(units.from_base(row.values[column], unit) / size, _DIGITS)

    return text


def _price(row: configs.FactRow) -> str:
    low, high = (row.values[f"chip_price_{end}"] / 1e3 for end in ("low", "high"))
    return numbers.number(low) if not low < high else f"{numbers.number(low)} to {numbers.number(high)}"


def _rent(row: configs.FactRow) -> str:
    low, high = (units.from_base(row.values[f"rental_price_{end}"], "USD/h") for end in ("low", "high"))
    return numbers.number(low) if not low < high else f"{numbers.number(low)} to {numbers.number(high)}"


def _name(row: configs.FactRow) -> str:
    return row.shown


def _year(row: configs.FactRow) -> str:
    year = row.values["architecture_date"]
    return "-" if year != year else f"{int(year)}"


def _active(row: configs.FactRow) -> str:
    values = row.values
    active = values["published_active_parameters"]
    return numbers.number((values["published_parameters"] if active != active else active) / 1e9, _DIGITS)


VIEWS: Mapping[str, FactsView] = {
    "hardware": FactsView(
        {
            "key": "key",
            "name": "name",
            "architecture_date": "year",
            "memory_capacity": "memory\nGB",
            "peak_bf16": "BF16\nTFLOP/s",
            "peak_fp8": "FP8\nTFLOP/s",
            "tdp": "TDP\nW",
            "chip_price_low": "price\nthousand\nUSD",
            "memory_bandwidth": "memory\nTB/s",
            "peak_fp4": "FP4\nTFLOP/s",
            "rental_price_low": "rent\nUSD/h",
        },
        {
            "name": _name,
            "architecture_date": _year,
            "memory_capacity": _in("memory_capacity", 1e9, "byte"),
            "peak_bf16": _in("peak_bf16", 1.0, "TFLOP/s"),
            "peak_fp8": _in("peak_fp8", 1.0, "TFLOP/s"),
            "tdp": _in("tdp", 1.0, "W"),
            "chip_price_low": _price,
            "memory_bandwidth": _in("memory_bandwidth", 1.0, "TB/s"),
            "peak_fp4": _in("peak_fp4", 1.0, "TFLOP/s"),
            "rental_price_low": _rent,
        },
        narrow="name",
        essential=8,
    ),
    "models": FactsView(
        {
            "key": "key",
            "name": "name",
            "published_parameters": "parameters\nbillion",
            "published_active_parameters": "active\nbillion",
            "published_tokens": "tokens\ntrillion",
            "date": "published",
            "layers": "layers",
            "sequence_length": "sequence\nlength",
        },
        {
            "name": _name,
            "published_parameters": _in("published_parameters", 1e9),
            "published_active_parameters": _active,
            "published_tokens": _in("published_tokens", 1e12),
            "date": lambda row: row.date[:7],
            "layers": _in("layers", 1.0),
            "sequence_length": _in("sequence_length", 1.0),
        },
        narrow="name",
        essential=6,
    ),
}
