"""What published chip-hours stand for: steady training, the pre-training run, all that was trained, or access to chips."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..estimate.scenario import StatedValue
from ..estimate.source import AS_PUBLISHED
from ..prior import store
from .rows import CaseRow, UnpredictableError

COLUMN = "hours_basis"
STEADY, PRE_TRAINING, EVERYTHING, ACCESS = "steady", "pre-training", "everything", "access"
# words of gpu_hours_basis, the first that are there: a share of pre-training alone is one, whatever else was reported
_WORDS = {
    PRE_TRAINING: r"^(reported )?pre-?training\b",
    ACCESS: r"\baccess\b|\bupper bound\b",
    STEADY: r"\bmfu\b|tokens/s|throughput|iteration time|step time",
    EVERYTHING: r"\bwhole\b|long[- ]context|post-?training|all stages",
}


@dataclass(frozen=True)
class HoursBasis:
    """What chip-hours stand for.

    Attributes
    ----------
    name
        A key of ``[hours]`` in configs/prior/draws.toml.
    factor
        The published hours over those of a run of the stated tokens.
    """

    name: str
    factor: float

    def note(self) -> str:
        """Say what the hours stand for, where it is not the pre-training run."""
        return "" if self.name == PRE_TRAINING else f"hours: {self.name}"

    def stated(self) -> Mapping[str, StatedValue]:
        """Return what it says of the run: steady training has no losses."""
        return {"goodput": StatedValue(1.0, AS_PUBLISHED)} if self.name == STEADY else {}


def hours_basis(row: CaseRow) -> HoursBasis:
    """Read what a row's chip-hours stand for, of its column, else of the words about them; a run's pre-training without any.

    Raises
    ------
    UnpredictableError
        Where the column names none that is known.
    """
    factors = store.stated().hours
    told = row.text(COLUMN).lower().replace(" ", "-")
    words = row.text("gpu_hours_basis").lower()
    name = told or next((name for name, pattern in _WORDS.items() if re.search(pattern, words)), PRE_TRAINING)
    if name not in factors:
        raise UnpredictableError(f"its {COLUMN} {row.text(COLUMN)!r} is not known; known are {', '.join(factors)}")
    return HoursBasis(name, factors[name].factor)
