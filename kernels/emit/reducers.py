"""What the innermost body does with a point, for each kind of pass: accumulators, their update, how two merge."""

from dataclasses import dataclass, replace

from ..model.questions import Best
from .languages import Code


@dataclass(frozen=True)
class Accumulator:
    """A partial result of one lane; ``merge`` is min, max or sum. ``kind`` is real (the dtype), double, or int for a count.

    A count is kept as a double where that becomes vector code, and handed over as one.
    """

    name: str
    kind: str
    merge: str

    def empty(self, code: Code) -> str:
        if self.merge == "sum":
            return {"double": "0.0", "int": "0"}.get(self.kind) or code.literal(0.0)
        return code.literal(float("inf") if self.merge == "min" else float("-inf"))

    def merged(self, code: Code, a: str, b: str) -> str:
        """Two partial results as one; no accumulator ever holds a NaN."""
        if self.merge == "sum":
            return f"{a} + {b}"
        return code.extreme(self.merge, b, a) if self.kind == "real" else code.pick(self._better(b, a), b, a)

    def _better(self, a: str, b: str) -> str:
        return f"{a} {'<' if self.merge == 'min' else '>'} {b}"


@dataclass(frozen=True)
class Reducer:
    """A pass over the grid. ``value``, ``ok`` and ``nan`` name a point's objective and flags; the flags may be absent."""

    accumulators: tuple[Accumulator, ...]

    def counting(self) -> "Reducer":
        """With counts kept as whole numbers: what a GPU does faster."""
        counts = ("feasible", "nan")
        return Reducer(tuple(replace(a, kind="int") if a.name in counts else a for a in self.accumulators))

    def update(self, code: Code, value: str, ok: str | None, nan: str | None) -> None:
        for accumulator in self.accumulators:
            self._one(code, accumulator, value, ok, nan)

    def _one(self, code: Code, accumulator: Accumulator, value: str, ok: str | None, nan: str | None) -> None:
        name = accumulator.name
        if accumulator.merge == "sum":
            code.set(name, f"{name} + {self.addend(code, accumulator, value, ok, nan)}")
            return
        if ok is None and name not in ("positive", "negative"):
            code.set(name, code.extreme(accumulator.merge, value, name))
            return
        better = f"{value} {'<' if accumulator.merge == 'min' else '>'} {name}"
        if ok is not None:
            better = f"({better}) & {ok}"
        if name in ("positive", "negative"):
            better = f"({better}) & ({value} {'>' if name == 'positive' else '<'} {code.literal(0.0)})"
        code.set(name, code.pick(better, value, name))

    def addend(self, code: Code, accumulator: Accumulator, value: str, ok: str | None, nan: str | None) -> str:
        """What a point adds to a sum; a NaN is added nowhere."""
        name = accumulator.name
        if name == "total":
            return code.cast(value if ok is None else code.pick(ok, value, code.literal(0.0)), "double")
        flag = {"feasible": ok, "nan": nan}[name]
        assert flag is not None
        return code.pick(flag, "1", "0") if accumulator.kind == "int" else code.pick(flag, "1.0", "0.0")


_NAN = Accumulator("nan", "double", "sum")


def best(question: Best, *, nan: bool) -> Reducer:
    """The least (or greatest) objective; the plan has made infeasible points infinitely bad."""
    merge = "max" if question.maximize else "min"
    return Reducer((Accumulator("best", "real", merge), *((_NAN,) if nan else ())))


def summary(*, flagged: bool, nan: bool) -> Reducer:
    """min, max and sum; how many points were feasible, where some may not be; how many were NaN, where some may be."""
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
    """The range of the feasible values; with ``signed`` also the values next to zero."""
    sides = (Accumulator("positive", "real", "min"), Accumulator("negative", "real", "max")) if signed else ()
    ends = (Accumulator("low", "real", "min"), Accumulator("high", "real", "max"))
    return Reducer((*ends, *sides, *((_NAN,) if nan else ())))
