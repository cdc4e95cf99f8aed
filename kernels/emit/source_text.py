"""Source text in any of the `languages`: the operations of emitters, and those that only a GPU has, as lines."""

import contextlib
from collections.abc import Iterator, Sequence

from ..model.comparisons import COMPARING
from .code import ATOM, READ_AS, Array, Code, Operand, Value, Variable
from .languages import ALSO, COMPARISON, SIGN, SUM, Language

_KIND = {
    "real": "real",
    "double": "double",
    "int": "int",
    "long long": "wide",
    "unsigned long long": "total",
    "unsigned char": "flag",
}


class SourceText(Code):
    """Lines of source in a language."""

    indent = "    "

    def __init__(self, language: Language, dtype: str):
        super().__init__(dtype)
        self.language, self.lines, self.depth = language, list[str](), 0
        self.constants: dict[str, str] = {}  # names of constants by their values

    def _put(self, line: str) -> None:
        self.lines.append(self.indent * self.depth + line)

    def source(self) -> str:
        """Give the whole file."""
        constants = "".join(f"{name} = {value}\n" for value, name in self.constants.items())
        head = self.language.header.format(constants=constants, dtype=self.dtype, real=self.language.reals[self.dtype])
        return head + "\n".join(self.lines) + "\n"

    # --- values ---

    def literal(self, value: float) -> Value:
        return Value(self, "real", self.language.literal(self.dtype, self.constants, value))

    def double(self, value: float) -> Value:
        return Value(self, "double", repr(value))

    def whole(self, value: int, kind: str = "int") -> Value:
        return Value(self, kind, self.language.whole[kind].format(value))

    def truth(self, value: bool) -> Value:
        return Value(self, "bool", self.language.truths[value])

    def unary(self, op: str, value: Value) -> Value:
        text = self._within(value, SIGN)
        return Value(self, value.kind, self.language.negations[op].format(text), SIGN)

    def binary(self, op: str, a: Value, b: Value) -> Value:
        kind = self.result_kind(op, a, b)
        if kind in ("real", "double") and op in self.language.functions:
            name = self.language.call.format(op, dtype=kind if kind == "double" else self.dtype)
            return Value(self, kind, f"{name}({a.text}, {b.text})")
        sign, strength = self.language.infix[op]
        if strength < SUM:
            needed = SUM if op in COMPARING else COMPARISON if strength == ALSO else ATOM
            left, right = self._within(a, needed), self._within(b, needed)
        else:
            left, right = self._within(a, strength), self._within(b, strength + (op != "add"))
        return Value(self, kind, f"{left} {sign} {right}", strength)

    def both(self, *conditions: Value) -> Value:
        if len(conditions) == 1:
            return conditions[0]
        sign, strength = self.language.infix["and"]
        return Value(self, "bool", f" {sign} ".join(self._within(condition, ATOM) for condition in conditions), strength)

    def also(self, first: Value, second: Value) -> Value:
        """Write whether two conditions hold; the second is looked at only where the first does."""
        return self.binary("also", first, second)

    @staticmethod
    def _within(value: Value, strength: int) -> str:
        return value.text if value.strength >= strength else f"({value.text})"

    def select(self, condition: Value, yes: Operand, no: Operand) -> Value:
        kind = next((arm.kind for arm in (yes, no) if isinstance(arm, Value)), "int")
        a, b = self.lift(yes, kind), self.lift(no, kind)
        return Value(self, kind, self.language.select.format(condition=condition.text, yes=a.text, no=b.text))

    def call(self, function: str, args: Sequence[Value]) -> Value:
        name = self.language.call.format(function, dtype=self.dtype)
        return Value(self, "real", f"{name}({', '.join(arg.text for arg in args)})")

    def cast(self, value: Value, kind: str) -> Value:
        casts = self.language.casts
        template = casts.get(f"{kind} {self.dtype}", casts[kind])
        return Value(self, kind, template.format(value.text), ATOM if template != "{}" else value.strength)

    def bits(self, value: Value) -> Value:
        name = self.language.functions[f"bits {self.dtype}"]
        return Value(self, "wide" if self.dtype == "float64" else "int", f"{name}({value.text})")

    def unbits(self, value: Value) -> Value:
        name = self.language.functions[f"unbits {self.dtype}"]
        return Value(self, "real", f"{name}({value.text})")

    def extreme(self, merge: str, value: Value, best: Value) -> Value:
        # One instruction in float32; in float64 a GPU has none.
        name = self.language.functions.get(f"{merge} {self.dtype}")
        return Value(self, "real", f"{name}({value.text}, {best.text})") if name else super().extreme(merge, value, best)

    # --- names and memory ---

    def _type(self, kind: str) -> str:
        return self.language.types[kind].format(dtype=self.dtype)

    def let(self, name: str, value: Operand, kind: str = "") -> Value:
        lifted = self.lift(value, kind or "int")
        kind = kind or lifted.kind
        self._put(self.language.let.format(type=self._type(kind), name=name, value=lifted.text))
        return Value(self, kind, name)

    def var(self, name: str, value: Value, kind: str = "") -> Variable:
        kind = kind or value.kind
        self._put(self.language.var.format(type=self._type(kind), name=name, value=value.text))
        return Variable(self, kind, name)

    def read(self, variable: Variable) -> Value:
        return Value(self, variable.kind, variable.name)

    def set(self, variable: Variable, value: Value) -> None:
        self._put(self.language.set.format(place=variable.name, value=value.text))

    def load(self, array: Array, index: Value) -> Value:
        return Value(self, READ_AS.get(array.kind, array.kind), f"{array.text}[{index.text}]")

    def store(self, array: Array, index: Value, value: Value) -> None:
        self._put(self.language.set.format(place=f"{array.text}[{index.text}]", value=value.text))

    # --- blocks ---

    @contextlib.contextmanager
    def loop(self, name: str, start: Operand, stop: Operand, step: Operand = 1, *, wide: bool = False) -> Iterator[Value]:
        first, last, by = (self.lift(bound, "int").text for bound in (start, stop, step))
        with self._block(self.language.loop(name, first, last, by, wide)):
            yield Value(self, "wide" if wide else "int", name)

    def when(self, condition: Value) -> contextlib.AbstractContextManager[None]:
        return self._block(self.language.when.format(condition=condition.text))

    def otherwise(self) -> contextlib.AbstractContextManager[None]:
        return self._block(self.language.otherwise)

    @contextlib.contextmanager
    def _block(self, head: str) -> Iterator[None]:
        self._put(head)
        self.depth += 1
        before = len(self.lines)
        yield
        if self.language.empty and len(self.lines) == before:
            self._put(self.language.empty)
        self.depth -= 1
        if self.language.end:
            self._put(self.language.end)

    # --- what only GPUs have ---

    @contextlib.contextmanager
    def kernel(self, block: int, arguments: Sequence[tuple[str, str]]) -> Iterator[dict[str, Value | Array]]:
        """Write the kernel in the `with` statement's body, which is given its arguments' handles by name.

        Arguments as (name, C++ type), a type ending in * is an array.
        """
        with self._block(self.language.head(block, arguments)):
            yield {
                name: Array(self, _KIND[kind.removeprefix("const ")[:-1]], name)
                if kind.endswith("*")
                else Value(self, _KIND[kind], name)
                for name, kind in arguments
            }

    def thread(self) -> Value:
        """Give the number of the thread in its block."""
        return Value(self, "int", self.language.thread)

    def block(self) -> Value:
        """Give the number of the thread's block."""
        return Value(self, "int", self.language.block)

    def blocks(self) -> Value:
        """Give how many blocks there are."""
        return Value(self, "int", self.language.blocks)

    def shared(self, name: str, length: int, kind: str) -> Array:
        """Declare an array that a block's threads share.

        Parameters
        ----------
        name : str
            Its name.
        length : int
            How many elements it has.
        kind : str
            Their kind.
        """
        self._put(self.language.shared.format(type=self._type(kind), name=name, length=length))
        return Array(self, kind, name)

    def barrier(self) -> None:
        """Wait until all of a block's threads are here."""
        self._put(self.language.barrier)

    def add(self, array: Array, index: Value, value: Operand) -> None:
        """Add to a whole number atomically: the order does not change the sum.

        Parameters
        ----------
        array, index : Array, Value
            Where it stands.
        value : Value or number
            What is added.
        """
        self._atomic(self.language.add, array, index, value)

    def lower(self, array: Array, index: Value, value: Operand) -> None:
        """Lower a whole number atomically: the order does not change the minimum.

        Parameters
        ----------
        array, index : Array, Value
            Where it stands.
        value : Value or number
            What it is lowered to, if that is less.
        """
        self._atomic(self.language.lower, array, index, value)

    def _atomic(self, template: str, array: Array, index: Value, value: Operand) -> None:
        text = self.lift(value, "int").text
        self._put(template.format(array=array.text, index=index.text, type=self._type(array.kind), value=text))

    def unroll(self, times: int) -> None:
        """Ask, before a loop, for so many of its passes to be written out."""
        if self.language.unroll:
            self._put(self.language.unroll.format(times))
