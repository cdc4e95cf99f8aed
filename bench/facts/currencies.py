"""Money in another currency than the dollar that everything is computed in: a rate, its date and its source."""

from dataclasses import dataclass, replace

from ... import configs
from ...kernels.model import units
from ...kernels.model.quantity import Model, Quantity
from ...kernels.text import nearest
from ..errors import InputError, Parameter
from ..terminal import numbers

DOLLAR = "USD"


@dataclass(frozen=True)
class Currency:
    """A currency that money is shown in, and may be stated in.

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

    def model(self, model: Model) -> Model:
        """Return a model whose amounts of money are in this currency; all that is computed stays in base units."""
        if self.code == DOLLAR:
            return model
        return Model({name: self._in(item) for name, item in model.quantities.items()})

    def _in(self, item: Quantity) -> Quantity:
        if DOLLAR not in item.unit:
            return item
        scale = units.factor(item.unit) / units.factor(unit := item.unit.replace(DOLLAR, self.code))
        return replace(item, unit=unit, low=item.low * scale, high=item.high * scale, show=item.show.replace(DOLLAR, self.code))

    def words(self) -> str:
        """Word the rate, its date and its source in one line."""
        rate = numbers.number(self.dollars, 5)
        return f"Money is in {self.code}, at {rate} {DOLLAR} for one {self.code} ({self.date}; {self.source})."


DOLLARS = Currency(DOLLAR, 1.0)


def find_currency(name: str | None) -> Currency:
    """Find a currency by its letters or its name; dollars where no name is given. Amounts may be stated in it from then on.

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
        hint = nearest(name.strip().upper(), known) or f"; there are {', '.join(known)}"
        raise InputError(f"no rate of {name!r} is known{hint}", where=Parameter("currency")) from None
    source = row.fact_source("exchange_rate")
    units.define(row.name, row.values["exchange_rate"], DOLLAR)
    return Currency(row.name, row.values["exchange_rate"], source.text, source.date)
