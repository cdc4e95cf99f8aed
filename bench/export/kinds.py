"""How answers to each kind of question are put into files."""

from dataclasses import dataclass
from typing import Literal

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import Best, Decision, Histogram, Pareto, Quantiles, Sensitivity, Summary, Table


@dataclass(frozen=True)
class FileKind:
    """What files hold of answers of a kind; a kind's entry says what differs from most.

    Attributes
    ----------
    chart
        What a sheet's chart shows: the value over what names the rows, a front's points, the counts of bins; empty for none.
    by_year
        Whether an answer is a value for each point of the kept axes, so that it has a place in tables by region and year.
    middle
        The value that a chart shows, and the ends of its spread, where that is not the first value.
    """

    chart: Literal["", "values", "front", "bins"] = "values"
    by_year: bool = True
    middle: tuple[str, ...] = ()


KINDS: ByKind[FileKind] = ByKind(
    "bench.export.kinds.KINDS",
    {
        Best: FileKind(),
        Decision: FileKind(),
        Summary: FileKind(middle=("mean", "min", "max")),
        Quantiles: FileKind(),
        Histogram: FileKind(chart="bins", by_year=False),
        Sensitivity: FileKind(by_year=False),
        Pareto: FileKind(chart="front", by_year=False),
        Table: FileKind(chart="", by_year=False),
    },
)
