"""The form of the documents that are held against each other: what of ``run --json`` and ``estimate --json`` is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Number = float | None


def growth(first: Number, second: Number) -> Number:
    """Return by which share a number grew; None where one is not there, or it grew from 0."""
    return second / first - 1 if first and second is not None else None


@dataclass(frozen=True)
class VersionForm:
    """Which flopwatt wrote a document."""

    version: str
    commit: str | None = None
    changed: bool = False

    def words(self) -> str:
        """Name the version, and the commit where it is known."""
        commit = f" ({self.commit[:12]}{' with changes' if self.changed else ''})" if self.commit else ""
        return f"flopwatt {self.version}{commit}"


@dataclass(frozen=True)
class HeldForm:
    """An input with one value, or with P10, P50 and P90 of its draws."""

    quantity: str
    unit: str = ""
    value: Number = None
    stated: bool = False
    assumed: bool = False
    P10: Number = None
    P50: Number = None
    P90: Number = None


@dataclass(frozen=True)
class AxisColumnForm:
    """A column of an axis: every value, or its ends, with P10, P50 and P90 of draws."""

    unit: str = ""
    data: tuple[Number, ...] | None = None
    least: Number = None
    greatest: Number = None
    P10: Number = None
    P50: Number = None
    P90: Number = None
    digest: str = ""


@dataclass(frozen=True)
class AxisForm:
    """An axis: what it and its points are called, and what it brings."""

    axis: str
    points: int
    words: str = ""
    uncertain: bool = False
    labels: tuple[str, ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, AxisColumnForm] = field(default_factory=dict)


@dataclass(frozen=True)
class AskedForm:
    """What a question is about, which axes it keeps, and its conditions as a study writes them."""

    of: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValuesForm:
    """A column of an answer: nested lists over its dimensions."""

    unit: str = ""
    data: Any = None


@dataclass(frozen=True)
class AnswerForm:
    """An engine's answer to a question."""

    question: str
    kind: str
    engine: str
    dims: tuple[str, ...]
    coords: Mapping[str, tuple[float | str | None, ...]]
    values: Mapping[str, ValuesForm]
    at: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SpeedForm:
    """An engine, and the points a second that it computed."""

    engine: str
    points_per_second: Number = None


@dataclass(frozen=True)
class RunForm:
    """What ``flopwatt run --json`` prints; older versions leave out what has a default here."""

    study: str
    dtype: str
    engines: tuple[SpeedForm, ...]
    answers: tuple[AnswerForm, ...]
    assumptions: tuple[HeldForm, ...] = ()
    given: tuple[HeldForm, ...] = ()
    axes: tuple[AxisForm, ...] | None = None
    questions: Mapping[str, AskedForm] = field(default_factory=dict)
    flopwatt: VersionForm | None = None


@dataclass(frozen=True)
class SpreadForm:
    """A quantity of an estimate: its median, P10 and P90."""

    unit: str = ""
    median: Number = None
    low: Number = None
    high: Number = None


@dataclass(frozen=True)
class MoneyForm:
    """The currency of an estimate."""

    code: str


@dataclass(frozen=True)
class EstimateForm:
    """What ``flopwatt estimate --json`` prints; older versions leave out what has a default here."""

    inputs: Mapping[str, Any]
    quantities: Mapping[str, SpreadForm]
    held: tuple[HeldForm, ...] | None = None
    currency: MoneyForm = MoneyForm("USD")
    flopwatt: VersionForm | None = None
