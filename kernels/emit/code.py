"""What emitters write with: typed values, variables and arrays, and the operations that every language has on them.

An emitter calls operations while it walks a plan; the language (see `source_text` and `llvm.ir`) writes each down at once.
A value's kind is ``real`` (the dtype), ``double``, ``bool``, ``int`` or ``wide`` (a whole number that may pass 2^31). An
array's may also be ``count`` or ``total`` (unsigned, of 32 and 64 bits) or ``flag`` (a byte), which are read as an ``int``.
"""

import abc
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ..model.comparisons import COMPARING

READ_AS = {"count": "int", "total": "wide", "flag": "int"}  # kinds of elements that are another kind once they are read
ATOM = 9  # the strength of what never needs parentheses


def _operator(op: str, *, swap: bool = False) -> Callable[["Value", "Operand"], "Value"]:
    """Make the method of an operator, which writes the operation down."""

    def write(value: "Value", other: "Operand") -> "Value":
        lifted = value.code.lift(other, value.kind)
        return value.code.binary(op, lifted, value) if swap else value.code.binary(op, value, lifted)

    return write


class Value:
    """A value in a language: an expression of source text, or a register or constant of LLVM's.

    ``strength`` is how tightly the text's outermost operator binds. The operators write the operation down; ``==`` is left
    as Python's own, see `equals`.
    """

    __slots__ = ("code", "kind", "strength", "text")

    def __init__(self, code: "Code", kind: str, text: str, strength: int = ATOM):
        self.code, self.kind, self.text, self.strength = code, kind, text, strength

    __add__ = _operator("add")
    __radd__ = _operator("add", swap=True)
    __sub__ = _operator("sub")
    __rsub__ = _operator("sub", swap=True)
    __mul__ = _operator("mul")
    __truediv__ = _operator("div")
    __floordiv__ = _operator("quotient")
    __mod__ = _operator("remainder")
    __and__ = _operator("and")
    __or__ = _operator("or")
    __xor__ = _operator("xor")
    __lshift__ = _operator("shl")
    __rshift__ = _operator("shr")
    __lt__ = _operator("lt")
    __le__ = _operator("le")
    __gt__ = _operator("gt")
    __ge__ = _operator("ge")

    def __neg__(self) -> "Value":
        return self.code.unary("neg", self)

    def __invert__(self) -> "Value":
        return self.code.unary("not", self)

    def equals(self, other: "Operand") -> "Value":
        """Compare with ``==``."""
        return self.code.binary("eq", self, self.code.lift(other, self.kind))

    def differs(self, other: "Operand") -> "Value":
        """Compare with ``!=``; a NaN differs from itself."""
        return self.code.binary("ne", self, self.code.lift(other, self.kind))

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
        """Read the variable."""
        return self.code.read(self)

    def set(self, value: Operand) -> None:
        """Give the variable a new value."""
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


class Code(abc.ABC):
    """A language being written; ``dtype`` is that of real numbers."""

    def __init__(self, dtype: str):
        self.dtype = dtype

    # --- what is made of the operations below ---

    def lift(self, value: Operand, kind: str) -> Value:
        """Make a constant, of the kind that goes with values of this one, of a Python number; leave a value as it is."""
        if isinstance(value, Value):
            return value
        if kind == "real":
            return self.literal(float(value))
        if kind == "bool":
            return self.truth(bool(value))
        return self.double(float(value)) if kind == "double" else self.whole(int(value))

    def result_kind(self, op: str, a: Value, b: Value) -> str:
        """Find the kind of an operation's result.

        Parameters
        ----------
        op : str
            A key of the language's operators.
        a, b : Value
            The operands.
        """
        if op in COMPARING:
            return "bool"
        return a.kind if a.kind == b.kind else "double" if "double" in (a.kind, b.kind) else "wide"

    def apply(self, op: str, args: Sequence[Value], nan_free: bool) -> Value:
        """Write an operation of a formula.

        Parameters
        ----------
        op : str
            A node's ``op``.
        args : Sequence[Value]
            The values of the node's arguments.
        nan_free : bool
            Whether the first argument cannot be NaN.
        """
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
        """Choose as `select` does, in the form that accumulators want.

        Parameters
        ----------
        condition, yes, no : Value
            As for `select`; numbers are constants.
        """
        return self.select(condition, yes, no)

    def extreme(self, merge: str, value: Value, best: Value) -> Value:
        """Take the lesser or greater of a number and the best so far; pass a NaN over.

        Parameters
        ----------
        merge : str
            ``min`` or ``max``.
        value, best : Value
            The number, and the best so far, which is never NaN.
        """
        return self.select(value < best if merge == "min" else value > best, value, best)

    def least(self, a: Value, b: Value) -> Value:
        """Take the smaller of two whole numbers."""
        return self.select(a < b, a, b)

    # --- values ---

    @abc.abstractmethod
    def literal(self, value: float) -> Value:
        """Give a real constant."""

    @abc.abstractmethod
    def double(self, value: float) -> Value:
        """Give a constant in float64."""

    @abc.abstractmethod
    def whole(self, value: int, kind: str = "int") -> Value:
        """Give a whole constant."""

    @abc.abstractmethod
    def truth(self, value: bool) -> Value:
        """Give true or false."""

    @abc.abstractmethod
    def unary(self, op: str, value: Value) -> Value:
        """Write ``neg`` or ``not``."""

    @abc.abstractmethod
    def binary(self, op: str, a: Value, b: Value) -> Value:
        """Write an operation on two values.

        Parameters
        ----------
        op : str
            add, sub, mul, div (of reals), quotient and remainder (of whole numbers), and, or, xor, shl, shr, or one of
            COMPARING.
        a, b : Value
            The operands, of one kind but for int beside wide.
        """

    @abc.abstractmethod
    def both(self, *conditions: Value) -> Value:
        """Write whether all of some conditions hold."""

    @abc.abstractmethod
    def select(self, condition: Value, yes: Operand, no: Operand) -> Value:
        """Choose one of two values, both of which are worked out.

        Parameters
        ----------
        condition : Value
            What decides.
        yes, no : Value or number
            What is chosen where the condition holds, and where not; a number is a constant of the other's kind.
        """

    @abc.abstractmethod
    def call(self, function: str, args: Sequence[Value]) -> Value:
        """Write a call of an elementary function of real numbers."""

    @abc.abstractmethod
    def cast(self, value: Value, kind: str) -> Value:
        """Convert a value to another kind."""

    @abc.abstractmethod
    def bits(self, value: Value) -> Value:
        """Take the bits of a real number as a whole number, with its sign."""

    @abc.abstractmethod
    def unbits(self, value: Value) -> Value:
        """Make the real number whose bits are a whole number's: the other way round of `bits`."""

    # --- names and memory ---

    @abc.abstractmethod
    def let(self, name: str, value: Operand, kind: str = "") -> Value:
        """Name a value that does not change.

        Parameters
        ----------
        name : str
            The name, where the language has any.
        value : Value or number
            What it names.
        kind : str
            Its kind, where that is another than the value's.
        """

    @abc.abstractmethod
    def var(self, name: str, value: Value, kind: str = "") -> Variable:
        """Begin a variable.

        Parameters
        ----------
        name : str
            The name; one that was there before begins anew.
        value : Value
            Its first value.
        kind : str
            Its kind, where that is another than the value's.
        """

    @abc.abstractmethod
    def read(self, variable: Variable) -> Value:
        """Read a variable."""

    @abc.abstractmethod
    def set(self, variable: Variable, value: Value) -> None:
        """Give a variable a new value."""

    @abc.abstractmethod
    def load(self, array: Array, index: Value) -> Value:
        """Read an element of an array."""

    @abc.abstractmethod
    def store(self, array: Array, index: Value, value: Value) -> None:
        """Change an element of an array.

        Parameters
        ----------
        array, index : Array, Value
            Which element.
        value : Value
            What it becomes.
        """

    # --- blocks ---

    @abc.abstractmethod
    def loop(
        self, name: str, start: Operand, stop: Operand, step: Operand = 1, *, wide: bool = False
    ) -> AbstractContextManager[Value]:
        """Write a loop; the `with` statement's body is the loop's.

        Parameters
        ----------
        name : str
            The counter's name.
        start, stop, step : Value or number
            It counts from ``start`` to before ``stop``.
        wide : bool
            Whether the counter may pass 2^31.

        Returns
        -------
        AbstractContextManager[Value]
            Gives the counter.
        """

    @abc.abstractmethod
    def when(self, condition: Value) -> AbstractContextManager[None]:
        """Write a block under a condition."""

    @abc.abstractmethod
    def otherwise(self) -> AbstractContextManager[None]:
        """Write what is done where the condition of the `when` just before does not hold."""
