"""What a first study is to be of, every name and number of it read."""

import math
from dataclasses import dataclass

from ... import configs


@dataclass(frozen=True)
class Size:
    """How large a site is.

    Attributes
    ----------
    kind
        What says it: ``power``, ``chip_count`` or ``budget``.
    text
        As it was written.
    value
        In base units: W, chips or USD.
    """

    kind: str
    text: str
    value: float


@dataclass(frozen=True)
class Trained:
    """What a run trains.

    Attributes
    ----------
    words
        What people call it.
    tokens
        That it is trained on.
    row
        Of the models table; None where only the size is known.
    parameters, active_parameters, flops
        All parameters, those that a token uses, and the run's operations; 0 where the row has them.
    own_tokens
        The tokens as they were written; empty where the row's own are meant.
    """

    words: str
    tokens: float
    row: configs.FactRow | None
    parameters: float = 0.0
    active_parameters: float = 0.0
    flops: float = 0.0
    own_tokens: str = ""


@dataclass(frozen=True)
class FirstPlan:
    """What a first study is of.

    Attributes
    ----------
    size
        Of the site; None where it is of one run.
    chips
        Rows of the hardware table that are compared.
    trained
        What a run trains.
    place
        The table and the row of where the electricity comes from; None where that is not said.
    days
        Within which a run must be done, with the unit.
    """

    size: Size | None
    chips: tuple[configs.FactRow, ...]
    trained: Trained
    place: tuple[str, configs.FactRow] | None
    days: str

    @property
    def where(self) -> str:
        """Where the site is, as it stands behind what is there: `` in France``; empty where that is not said."""
        if self.place is None:
            return ""
        shown = self.place[1].shown
        return f" in {'the ' if shown.startswith('United ') else ''}{shown}"

    @property
    def place_columns(self) -> tuple[str, ...]:
        """What the place's row tells of its electricity."""
        if self.place is None:
            return ()
        values = self.place[1].values
        return tuple(name for name in ("carbon_intensity", "electricity_price") if not math.isnan(values.get(name, math.nan)))
