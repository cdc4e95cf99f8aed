"""The best decisions so far, one at each confidence, and what is counted of all decisions: variables of a kernel."""

from collections.abc import Sequence

from ..plan.deciding import Deciding
from ..reductions.pareto import NOWHERE
from .code import Code, Value
from .tallies import Verdict


class BestDecisions:
    """What a kernel keeps of the decisions that it has seen.

    Parameters
    ----------
    code
        What is written with; the variables begin here.
    deciding
        What decides.
    limits
        At each confidence what a decision must be as good as.

    Attributes
    ----------
    best, flats
        At each confidence the value and the flat index of the best decision, NOWHERE where there is none yet.
    unknown
        How many decisions are not known.
    failed
        For the nearest decision, how many were considered, and how many of them fail each soft condition.
    """

    def __init__(self, code: Code, deciding: Deciding, limits: Sequence[Value]):
        self.code, self.deciding = code, deciding
        self.best = [code.var(f"best{c}", limit) for c, limit in enumerate(limits)]
        self.flats = [code.var(f"flat{c}", code.whole(int(NOWHERE), "wide"), "wide") for c in range(len(limits))]
        none, missed = code.cast(code.whole(0), "int"), len(deciding.missed)
        self.unknown = code.var("unknown", none)
        self.failed = [code.var(f"failed{j}", none) for j in range(missed + 1)] if deciding.nearest else []

    def count(self, verdict: Verdict) -> None:
        """Count a decision where it is not known, and what it fails where the nearest is looked for."""
        code, unknown = self.code, verdict.unknown_at_any()
        flags = [] if unknown is None else [(self.unknown, unknown)]
        if self.failed:
            considered = code.let("considered", verdict.considered(), "bool")
            failing = [considered & ~verdict.met(part) for part in self.deciding.missed]
            flags += zip(self.failed, [considered, *failing], strict=True)
        for counter, flag in flags:
            counter.set(code.cast(counter.value + code.select(flag, 1, code.whole(0)), "int"))

    def take(self, candidates: Sequence[Value], value: Value, flat: Value) -> None:
        """Make a decision the best where it is.

        Parameters
        ----------
        candidates : Sequence[Value]
            At each confidence, whether the decision keeps what must hold.
        value : Value
            Its objective; one that is infinite is no answer.
        flat : Value
            Its flat index.
        """
        code, finite = self.code, (value < float("inf")) & (value > float("-inf"))
        for candidate, best, first in zip(candidates, self.best, self.flats, strict=True):
            better = (value < best.value) | (value.equals(best.value) & (flat < first.value))
            with code.when(code.both(candidate, better, finite)):
                best.set(value)
                first.set(flat)
