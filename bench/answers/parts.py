"""What a kind of question makes of an engine's result, from which an answer is put together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .column import Column


@dataclass(frozen=True)
class Nearest:
    """The decisions that miss the conditions by least, where none meets them; every array is over the answer's dimensions.

    Attributes
    ----------
    at
        Where each lies along the axes that are decided; NaN or None where there is an answer.
    values
        The statistics that conditions are about, the quantities that others are, and the shares of the draws that meet them.
    excess
        By how much each misses: the greatest over its conditions, as a share of the bound; of a share of the draws the plain
        difference.
    failed
        How many decisions fail a condition, by the condition as a study writes it; 0 where there is an answer.
    considered
        Over how many decisions those are counted.
    """

    at: Mapping[str, Column]
    values: Mapping[str, Column]
    excess: Column
    failed: Mapping[str, Column]
    considered: Column

    def columns(self, place: str = "") -> dict[str, Column]:
        """List every column by a name of its own; ``place`` goes before the names of coordinates."""
        where = {f"{place}{name}": column for name, column in self.at.items()}
        failed = {f"failed({name})": column for name, column in self.failed.items()}
        return {**where, **self.values, "excess": self.excess, **failed, "considered": self.considered}


@dataclass(frozen=True)
class Parts:
    """The coordinates of an answer's own dimensions, its values, and where they lie along the axes that are not kept.

    Attributes
    ----------
    coords, values, at
        Columns by name.
    nearest
        The nearest decisions, where one is asked for and some group has none.
    """

    coords: Mapping[str, Column]
    values: Mapping[str, Column]
    at: Mapping[str, Column] = field(default_factory=dict)
    nearest: Nearest | None = None
