"""One row of a facts table: its values, and where each comes from, of when, and how it was counted."""

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

DATE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def is_date(text: str) -> bool:
    """Tell whether text is a year, a month or a day: 2025, 2025-12 or 2025-12-18."""
    if DATE.fullmatch(text) is None:
        return False
    try:
        datetime.date.fromisoformat(text + "2000-01-01"[len(text) :])
    except ValueError:  # the 30th of February
        return False
    return True


@dataclass(frozen=True)
class FactSource:
    """Where one figure comes from.

    Attributes
    ----------
    text
        The document, and what was computed from it.
    date
        When the document was published, or of when the figure is: a year, month or day; empty where nobody said.
    primary
        Whether the document is by those who made or measured the thing; else others tell what they said.
    method
        How it was counted, where that is done in several ways, such as "life cycle" of carbon.
    """

    text: str
    date: str = ""
    primary: bool = True
    method: str = ""


@dataclass(frozen=True)
class FactRow:
    """One chip, model or place.

    Attributes
    ----------
    key
        Its name in the file.
    name, aliases
        What people call it.
    values
        By quantity, in base units; NaN where not published.
    source
        Where the values come from.
    sources
        Of single columns, where they differ from ``source``.
    notes
        Whatever else there is to say.
    date, dates
        When the source was published, and those of single columns.
    secondary
        The columns whose source is not by those who made or measured the thing.
    methods
        How single columns were counted.
    assumed
        The columns of which the row says nothing, and that have what the table's ``[otherwise]`` says.
    scaled_from
        The key of the table's row that this one was scaled from; empty where it stands in the table itself.
    label
        What tables and sentences call it; empty where that is its name.
    generation
        Of a chip what its maker calls the architecture, or the family where each chip has a name of its own.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    values: Mapping[str, float]
    source: str
    sources: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    date: str = ""
    dates: Mapping[str, str] = field(default_factory=dict)
    secondary: frozenset[str] = frozenset()
    methods: Mapping[str, str] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    scaled_from: str = ""
    label: str = ""
    generation: str = ""

    @property
    def shown(self) -> str:
        """What people read in tables and sentences: the label, else the name."""
        return self.label or self.name

    @property
    def base_key(self) -> str:
        """The key of the table's row that it is, or that it was scaled from."""
        return self.scaled_from or self.key

    def source_of(self, column: str) -> str:
        """Return the source of a column's value."""
        return self.sources.get(column, self.source)

    def fact_source(self, column: str) -> FactSource:
        """Return where a column's value comes from, of when, and how it was counted."""
        date = self.dates.get(column, self.date)
        return FactSource(self.source_of(column), date, column not in self.secondary, self.methods.get(column, ""))

    def figures(self) -> tuple[str, ...]:
        """List the columns of which the row itself states a value."""
        return tuple(name for name, value in self.values.items() if not math.isnan(value) and name not in self.assumed)

    def missing(self) -> tuple[str, ...]:
        """List the columns whose value is not published."""
        return tuple(column for column, value in self.values.items() if math.isnan(value))
