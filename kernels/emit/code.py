"""What emitters write with: typed values, variables and arrays, and the operations that every language has on them.

An emitter calls operations while it walks a plan; the language (see `source_text` and `llvm.ir`) writes each down at once.
A value's kind is ``real`` (the dtype), ``double``, ``bool``, ``int`` or ``wide`` (a whole number that may pass 2^31). An
array's may also be ``count`` (unsigned, 32 bits), ``total`` (unsigned, 64 bits) or ``flag`` (a byte); what is read of those
is an ``int``.
"""

import abc
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

COMPARED = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
READ_AS = {"count": "int", "total": "wide", "flag": "int"}  # kinds of elements that are another kind once they are read
ATOM = 9  # the strength of what never needs parentheses


class Value:
    """A value in a language: an expression of source text, or a register or constant of LLVM's.

    ``strength`` is how tightly the text's outermost operator binds. The operators write the operation down; ``==`` is left
    as Python's own, see `equals`.
    """

    __slots__ = ("code", "kind", "strength", "text")

    def __init__(self, code: "Code", kind: str, text: str, strength: int = ATOM):
        self.code, self.kind, self.text, self.strength = code, kind, text, strength

    def _binary(self, op: str, other: "Operand", swap: bool = False) -> "Value":
        lifted = self.code.lift(other, self.kind)
        return self.code.binary(op, lifted, self) if swap else self.code.binary(op, self, lifted)

    def __add__(self, other: "Operand") -> "Value":
        return self._binary("add", other)

    def __radd__(self, other: "Operand") -> "Value":
        return self._binary("add", other, swap=True)

    def __sub__(self, other: "Operand") -> "Value":
        return self._binary("sub", other)

    def __rsub__(self, other: "Operand") -> "Value":
        return self._binary("sub", other, swap=True)

    def __mul__(self, other: "Operand") -> "Value":
        return self._binary("mul", other)

    def __truediv__(self, other: "Operand") -> "Value":
        return self._binary("div", other)

    def __floordiv__(self, other: "Operand") -> "Value":
        return self._binary("quotient", other)

    def __mod__(self, other: "Operand") -> "Value":
        return self._binary("remainder", other)

    def __and__(self, other: "Operand") -> "Value":
        return self._binary("and", other)

    def __or__(self, other: "Operand") -> "Value":
        return self._binary("or", other)

    def __xor__(self, other: "Operand") -> "Value":
        return self._binary("xor", other)

    def __lshift__(self, other: "Operand") -> "Value":
        return self._binary("shl", other)

    def __rshift__(self, other: "Operand") -> "Value":
        return self._binary("shr", other)

    def __lt__(self, other: "Operand") -> "Value":
        return self._binary("lt", other)

    def __le__(self, other: "Operand") -> "Value":
        return self._binary("le", other)

    def __gt__(self, other: "Operand") -> "Value":
        return self._binary("gt", other)

    def __ge__(self, other: "Operand") -> "Value":
        return self._binary("ge", other)

    def equals(self, other: "Operand") -> "Value":
        return self._binary("eq", other)

    def differs(self, other: "Operand") -> "Value":
        return self._binary("ne", other)

    def __neg__(self) -> "Value":
        return self.code.unary("neg", self)

    def __invert__(self) -> "Value":
        return self.code.unary("not", self)

    def __bool__(self) -> bool:
        raise TypeError("a value of emitted code is known only when the code runs: use select or when")


Operand = Value | int | float


@dataclass(frozen=True)
class Variable:
    """A name whose value changes."""

    code: "Code"
    kind: str
    name: str

    @property
    def value(self) -> Value:
        return self.code.read(self)

    def set(self, value: Operand) -> None:
        self.code.set(self, self.code.lift(value, self.kind))


@dataclass(frozen=True)
class Array:
    """Elements of one kind. ``length`` is how many there are, where the language knows it; of ``rows``, in each."""

    code: "Code"
    kind: str
    text: str
    length: str = ""
    rows: bool = False

    def __getitem__(self, index: Operand) -> Value:
        return self.code.load(self, self.code.lift(index, "int"))

    def __setitem__(self, index: Operand, value: Operand) -> None:
        self.code.store(self, self.code.lift(index, "int"), self.code.lift(value, READ_AS.get(self.kind, self.kind)))


Argument = Value | Array
Place = tuple[Array, Value]  # an element of an array


class Arguments:
    """A kernel's arguments by their names: what emitters of kernels have in common."""

    arguments: Mapping[str, Argument]

    def array(self, name: str) -> Array:
        """An argument that is an array."""
        argument = self.arguments[name]
        assert isinstance(argument, Array)
        return argument

    def number(self, name: str) -> Value:
        """An argument that is a number."""
        argument = self.arguments[name]
        assert isinstance(argument, Value)
        return argument


class Code(abc.ABC):
    """A language being written; ``dtype`` is that of real numbers."""

    def __init__(self, dtype: str):
        self.dtype = dtype

    # --- what is made of the operations below ---

    def lift(self, value: Operand, kind: str) -> Value:
        """A value, or a Python number as a constant that goes with values of that kind."""
        if isinstance(value, Value):
            return value
        if kind == "real":
            return self.literal(float(value))
        if kind == "bool":
            return self.truth(bool(value))
        return self.double(float(value)) if kind == "double" else self.whole(int(value))

    def result_kind(self, op: str, a: Value, b: Value) -> str:
        """The kind of an operation's result."""
        if op in COMPARED:
            return "bool"
        return a.kind if a.kind == b.kind else "double" if "double" in (a.kind, b.kind) else "wide"

    def apply(self, op: str, args: Sequence[Value], nan_free: bool) -> Value:
        """An operation of a formula (a node's ``op``); ``nan_free`` if the first argument cannot be NaN."""
        if op in ("neg", "not"):
            return self.unary(op, args[0])
        if op == "where":
            return self.select(*args)
        if op in ("minimum", "maximum"):
            # As a select: it becomes one vector instruction, and hands a NaN on as NumPy does.
            a, b = args
            better = a < b if op == "minimum" else a > b
            return self.select(better if nan_free else better | a.differs(a), a, b)
        return self.call(op, args) if op in ("ceil", "floor", "sqrt", "exp", "log2", "pow") else self.binary(op, *args)

    def pick(self, condition: Value, yes: Operand, no: Operand) -> Value:
        """As `select`, in the form that accumulators want."""
        return self.select(condition, yes, no)

    def extreme(self, merge: str, value: Value, best: Value) -> Value:
        """The lesser (``merge`` is min) or greater of a number and the best so far; a NaN is passed over."""
        return self.select(value < best if merge == "min" else value > best, value, best)

    def least(self, a: Value, b: Value) -> Value:
        """The smaller of two whole numbers."""
        return self.select(a < b, a, b)

    # --- values ---

    @abc.abstractmethod
    def literal(self, value: float) -> Value:
        """A real number."""

    @abc.abstractmethod
    def double(self, value: float) -> Value:
        """A number in float64."""

    @abc.abstractmethod
    def whole(self, value: int, kind: str = "int") -> Value:
        """A whole number."""

    @abc.abstractmethod
    def truth(self, value: bool) -> Value:
        """True or false."""

    @abc.abstractmethod
    def unary(self, op: str, value: Value) -> Value:
        """``neg`` or ``not``."""

    @abc.abstractmethod
    def binary(self, op: str, a: Value, b: Value) -> Value:
        """An operation on two values."""

    @abc.abstractmethod
    def both(self, *conditions: Value) -> Value:
        """Whether all of some conditions hold."""

    @abc.abstractmethod
    def select(self, condition: Value, yes: Operand, no: Operand) -> Value:
        """``yes`` where the condition holds, else ``no``."""

    @abc.abstractmethod
    def call(self, function: str, args: Sequence[Value]) -> Value:
        """An elementary function of real numbers."""

    @abc.abstractmethod
    def cast(self, value: Value, kind: str) -> Value:
        """A value as another kind."""

    @abc.abstractmethod
    def bits(self, value: Value) -> Value:
        """The bits of a real number as a whole number, with its sign."""

    # --- names and memory ---

    @abc.abstractmethod
    def let(self, name: str, value: Operand, kind: str = "") -> Value:
        """Name a value that does not change; ``kind`` where it is another than the value's."""

    @abc.abstractmethod
    def var(self, name: str, value: Value, kind: str = "") -> Variable:
        """Name a variable, with its first value."""

    @abc.abstractmethod
    def read(self, variable: Variable) -> Value:
        """What a variable is now."""

    @abc.abstractmethod
    def set(self, variable: Variable, value: Value) -> None:
        """Give a variable a new value."""

    @abc.abstractmethod
    def load(self, array: Array, index: Value) -> Value:
        """An element of an array."""

    @abc.abstractmethod
    def store(self, array: Array, index: Value, value: Value) -> None:
        """Change an element of an array."""

    # --- blocks ---

    @abc.abstractmethod
    def loop(
        self, name: str, start: Operand, stop: Operand, step: Operand = 1, *, wide: bool = False
    ) -> AbstractContextManager[Value]:
        """Count from ``start`` to before ``stop``; ``wide`` where the variable may pass 2^31."""

    @abc.abstractmethod
    def when(self, condition: Value) -> AbstractContextManager[None]:
        """A block under a condition."""

    @abc.abstractmethod
    def otherwise(self) -> AbstractContextManager[None]:
        """What is done where the condition of the `when` just before does not hold."""


Parameter = tuple[str, str]  # a name and a kind, which ends in * for an array and in ** for one of rows


class CpuCode(Code):
    """A language for the CPU: it also has memory of its own, rows of arrays, and functions that a kernel calls."""

    @abc.abstractmethod
    def parameters(self, *parameters: Parameter) -> list[Any]:
        """Begin the kernel: its arguments, each a `Value` or an `Array`."""

    @abc.abstractmethod
    def unbits(self, value: Value) -> Value:
        """The real number whose bits are a whole number's: the other way round of `bits`."""

    @abc.abstractmethod
    def alloc(self, kind: str, length: Operand, fill: Operand | None = None) -> Array:
        """Memory that is freed when the function ends, with ``fill`` in each element unless that is None."""

    @abc.abstractmethod
    def fill(self, array: Array, value: Operand) -> None:
        """Set every element."""

    @abc.abstractmethod
    def row(self, array: Array, index: Value) -> Array:
        """One row of an array of rows."""

    @abc.abstractmethod
    def part(self, array: Array, first: Value) -> Array:
        """An array from one of its elements on."""

    @abc.abstractmethod
    def function(self, name: str, parameters: Sequence[Parameter], write: Callable[..., Value | None]) -> None:
        """Define a function: ``write(code, *arguments)`` writes it, and gives its result if it has one."""

    @abc.abstractmethod
    def run(self, name: str, *arguments: Argument) -> Value | None:
        """Call a function that was defined."""
