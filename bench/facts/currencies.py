"""Money in another currency than the dollar that everything is computed in: a rate, its date and its source."""

from dataclasses import dataclass, replace

from ... import configs
from ...kernels.model.quantity import Quantity
from ...kernels.text import nearest
from ..errors import InputError, Parameter
from ..terminal import numbers

DOLLAR = "USD"


@dataclass(frozen=True)
class Currency:
    """A currency that money is shown in.

    Parameters
    ----------
    code
        Its three letters.
    dollars
        What one unit of it is in dollars.
    source, date
        Where the rate comes from, and of when it is.
    """

    code: str
    dollars: float
    source: str = ""
    date: str = ""

    def unit(self, unit: str) -> str:
        """Write a unit of money, such as ``USD/h``, in this currency; other units as they are."""
        return unit.replace(DOLLAR, self.code)

    def value(self, value: float, unit: str) -> float:
        """Convert a value that is in a unit of money; a value in another unit as it is."""
        return value / self.dollars if DOLLAR in unit else value

    def quantity(self, item: Quantity) -> Quantity:
        """Return a quantity whose values are shown in this currency, once `value` converted them."""
        return replace(item, unit=self.unit(item.unit), show=self.unit(item.show)) if DOLLAR in item.unit else item

    def words(self) -> str:
        """Word the rate, its date and its source in one line."""
        rate = numbers.number(self.dollars, 5)
        return f"Money is in {self.code}, at {rate} {DOLLAR} for one {self.code} ({self.date}; {self.source})."


DOLLARS = Currency(DOLLAR, 1.0)


def find_currency(name: str | None) -> Currency:
    """Find a currency by its letters or its name; dollars where no name is given.

    Raises
    ------
    InputError
        Where no rate of it is known; it lists those that are.
    """
    if name is None or name.strip().upper() == DOLLAR:
        return DOLLARS
    table = configs.load("currencies")
    try:
        row = table.find(name)
    except configs.FactError:
        known = [DOLLAR, *(row.name for row in table.rows.values())]
        hint = nearest(name.strip().upper(), known)
        message = f"no rate of {name!r} is known{hint}; there are {', '.join(known)}"
        raise InputError(message, where=Parameter("currency")) from None
    source = row.fact_source("exchange_rate")
    return Currency(row.name, row.values["exchange_rate"], source.text, source.date)
