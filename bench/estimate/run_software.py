"""The software that a run's steps are computed for: a training framework and its date, and what such a framework does."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ... import configs
from ..errors import InputError, Parameter
from ..step_time import habits
from .scenario import StatedValue
from .source import Source, SourceKind

_HALF = 0.5  # of a year: where only the year of a run is known


@dataclass(frozen=True)
class Software:
    """A training framework of a date.

    Attributes
    ----------
    framework
        Its key in configs/frameworks.toml.
    name
        What people call it.
    date
        The year of the software, with its fraction.
    stated
        Whether somebody named the framework.
    inputs
        What it does, as inputs of the step-time model.
    """

    framework: str
    name: str
    date: float
    stated: bool
    inputs: Mapping[str, StatedValue]

    @property
    def words(self) -> str:
        """The framework with the year: ``NeMo of 2026``."""
        return f"{self.name} of {math.floor(self.date)}"


def framework_row(name: str) -> configs.FactRow:
    """Find a framework by its name. Raises InputError, which names those that are known."""
    table = configs.load(habits.TABLE)
    try:
        return table.find(name)
    except configs.FactError:
        known = ", ".join(table.rows)
        raise InputError(f"must be one of {known}, not {name!r}", where=Parameter("framework")) from None


def software_of(framework: str | None, stated: Mapping[str, StatedValue]) -> Software:
    """Tell the software of a run: the framework that is stated or else the usual one, of its date or of the run's year.

    Parameters
    ----------
    framework
        A name of configs/frameworks.toml; None for the usual one.
    stated
        What is stated of the run, in base units: its ``software_date``, or its ``year``.

    Raises
    ------
    InputError
        Where there is no such framework.
    """
    row = framework_row(framework or habits.DEFAULT)
    date = _date(stated)
    source = Source(SourceKind.RULE, f"what {row.shown} of {date:.1f} does")
    does = habits.habits(row.key, date)
    if does["zero_stage"] < habits.WHOLE_SHARDING:  # which leave the stage to whoever trains
        del does["zero_stage"]
    return Software(
        row.key, row.shown, date, framework is not None, {name: StatedValue(value, source) for name, value in does.items()}
    )


def _date(stated: Mapping[str, StatedValue]) -> float:
    newest = configs.defaults()["software_date"].value
    if "software_date" in stated:
        return stated["software_date"].value
    year = stated["year"].value if "year" in stated else math.nan
    return newest if math.isnan(year) else min(year + _HALF, newest)
