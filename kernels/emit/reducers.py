"""What the innermost body does with a point, for each kind of pass: accumulators, their update, how two merge."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..model.questions import Best
from .code import Code, Value, Variable

COUNTS = ("feasible", "nan")  # accumulators that add one for a point


@dataclass(frozen=True)
class Accumulator:
    """A partial result of one lane; ``merge`` is min, max or sum. ``kind`` is real (the dtype), double, or int for a count.

    A count is kept as a double where that becomes vector code, and handed over as one.
    """

    name: str
    kind: str
    merge: str

    def empty(self, code: Code) -> Value:
        """Give what no points make."""
        if self.merge == "sum":
            return code.lift(0, self.kind)
        return code.literal(float("inf") if self.merge == "min" else float("-inf"))

    def merged(self, code: Code, a: Value, b: Value) -> Value:
        """Merge two partial results; no accumulator ever holds a NaN.

        Parameters
        ----------
        code : Code
            What is written with.
        a, b : Value
            The partial results.
        """
        if self.merge == "sum":
            return a + b
        return code.extreme(self.merge, b, a) if self.kind == "real" else code.pick(self.better(b, a), b, a)

    def better(self, a: Value, b: Value) -> Value:
        """Write whether ``a`` takes the place of ``b``."""
        return a < b if self.merge == "min" else a > b


@dataclass(frozen=True)
class Reducer:
    """A pass over the grid: what it keeps of each lane."""

    accumulators: tuple[Accumulator, ...]

    def counting(self) -> "Reducer":
        """Keep counts as whole numbers: what a GPU does faster."""
        return Reducer(tuple(replace(a, kind="int") if a.name in COUNTS else a for a in self.accumulators))

    def update(
        self,
        code: Code,
        kept: Mapping[str, Variable],
        value: Value,
        ok: Value | None,
        nan: Value | None,
        points: int = 1,
    ) -> None:
        """Take a point into the accumulators, or some that are alike but for the value.

        Parameters
        ----------
        code : Code
            What is written with.
        kept : Mapping[str, Variable]
            The accumulators by their names.
        value : Value
            The point's objective; of some points, their extreme or sum.
        ok, nan : Value or None
            Whether the point is feasible, and whether it is NaN; None where every point is, or none.
        points : int
            How many points they are.
        """
        for accumulator in self.accumulators:
            variable = kept[accumulator.name]
            variable.set(self._one(code, accumulator, variable.value, value, ok, nan, points))

    def _one(
        self, code: Code, accumulator: Accumulator, now: Value, value: Value, ok: Value | None, nan: Value | None, points: int
    ) -> Value:
        """Compute an accumulator's next value."""
        name = accumulator.name
        if accumulator.merge == "sum":
            return now + self._addend(code, accumulator, value, ok, nan, points)
        sided = name in ("positive", "negative")
        if ok is None and not sided:
            return code.extreme(accumulator.merge, value, now)
        better = accumulator.better(value, now)
        if ok is not None:
            better = code.both(better, ok)
        if sided:
            better = code.both(better, value > 0.0 if name == "positive" else value < 0.0)
        return code.pick(better, value, now)

    def _addend(
        self, code: Code, accumulator: Accumulator, value: Value, ok: Value | None, nan: Value | None, points: int
    ) -> Value:
        """Compute what points add to a sum; a NaN is added nowhere."""
        name = accumulator.name
        if name == "total":
            return code.cast(value if ok is None else code.pick(ok, value, 0.0), "double")
        flag = {"feasible": ok, "nan": nan}[name]
        if flag is None:
            return code.lift(points, accumulator.kind)
        return code.pick(flag, code.lift(points, accumulator.kind), code.lift(0, accumulator.kind))


_NAN = Accumulator("nan", "double", "sum")


def best(question: Best, *, nan: bool) -> Reducer:
    """Reduce to the least (or greatest) objective; the plan has made infeasible points infinitely bad."""
    merge = "max" if question.maximize else "min"
    return Reducer((Accumulator("best", "real", merge), *((_NAN,) if nan else ())))


def summary(*, flagged: bool, nan: bool) -> Reducer:
    """Reduce to min, max and sum, to how many points were feasible if some may not be, to how many were NaN if some may be."""
    return Reducer(
        (
            Accumulator("low", "real", "min"),
            Accumulator("high", "real", "max"),
            Accumulator("total", "double", "sum"),
            *((Accumulator("feasible", "double", "sum"),) if flagged else ()),
            *((_NAN,) if nan else ()),
        )
    )


def span(*, signed: bool, nan: bool) -> Reducer:
    """Reduce to the range of the feasible values; with ``signed`` also the values next to zero."""
    ends = (Accumulator("low", "real", "min"), Accumulator("high", "real", "max"))
    return Reducer((*ends, *(sides().accumulators if signed else ()), *((_NAN,) if nan else ())))


def sides() -> Reducer:
    """Reduce to the feasible values next to zero, on either side."""
    return Reducer((Accumulator("positive", "real", "min"), Accumulator("negative", "real", "max")))


def without_sides(reducer: Reducer) -> Reducer:
    """Leave the values next to zero out."""
    return Reducer(tuple(a for a in reducer.accumulators if a not in sides().accumulators))
