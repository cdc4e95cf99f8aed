"""LLVM IR as text: values, arrays, basic blocks, and the expressions of emitted Python."""

import ast
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# How an array's elements are stored, and what one is once it is read
STORED = {
    "float64": ("double", "double"), "float32": ("float", "float"), "int64": ("i64", "i64"), "uint32": ("i32", "i64"),
    "uint8": ("i8", "i64"), "bool": ("i8", "i1"),
}  # fmt: skip
SIZES = {"double": 8, "float": 4, "i64": 8, "i32": 4, "i8": 1}
_REAL = {"double": "f64", "float": "f32"}
_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("fadd nsz", "add nsw"), ast.Sub: ("fsub nsz", "sub nsw"), ast.Mult: ("fmul nsz", "mul nsw"),
    ast.Div: ("fdiv nsz", ""), ast.FloorDiv: ("", "sdiv"), ast.Mod: ("", "srem"), ast.BitAnd: ("", "and"),
    ast.BitOr: ("", "or"), ast.LShift: ("", "shl"), ast.RShift: ("", "ashr"),
}  # fmt: skip
_COMPARED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("olt", "slt"), ast.LtE: ("ole", "sle"), ast.Gt: ("ogt", "sgt"), ast.GtE: ("oge", "sge"), ast.Eq: ("oeq", "eq"),
    ast.NotEq: ("une", "ne"),
}  # fmt: skip
_INTRINSIC = ("ceil", "floor", "sqrt")


class LoweringError(NotImplementedError):
    """Emitted source uses what is not lowered: an emitter and this module do not fit."""


class IrValue(NamedTuple):
    """A constant or a register."""

    type: str
    text: str


@dataclass(frozen=True)
class Array:
    """Where elements lie. ``length`` is how many there are; where it has ``rows``, how many one has."""

    element: str  # a key of STORED
    pointer: str
    length: str
    rows: bool = False


@dataclass(frozen=True)
class Slot:
    """Where a name's value is kept; of an array, its address and its length."""

    type: str  # a value's, or an array's element
    array: bool = False


def real(kind: str, number: float) -> IrValue:
    """A floating-point constant: LLVM writes a float as the double of the same value."""
    exact = float(np.float32(number)) if kind == "float" else number
    return IrValue(kind, f"0x{struct.unpack('>Q', struct.pack('>d', exact))[0]:016X}")


class Expressions:
    """Writes the instructions of one function; ``callee`` gives a function's LLVM name and the type of its result."""

    def __init__(self, constants: Mapping[str, IrValue], callee: Callable[[str, Sequence[IrValue | Array]], tuple[str, str]]):
        self.constants, self.callee = constants, callee
        self.lines, self.slots, self.count = list[str](), list[str](), 0
        self.names: dict[str, IrValue | Array | Slot] = {}
        self.block = "start"
        self.declared: set[str] = set()

    # --- instructions ---

    def put(self, line: str) -> None:
        self.lines.append(f"  {line}")

    def new(self, kind: str, instruction: str) -> IrValue:
        self.count += 1
        self.put(f"%r{self.count} = {instruction}")
        return IrValue(kind, f"%r{self.count}")

    def label(self) -> str:
        self.count += 1
        return f"b{self.count}"

    def open(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self.block = label

    def intrinsic(self, name: str, result: str, *args: IrValue) -> IrValue:
        self.declared.add(f"declare {result} @{name}({', '.join(arg.type for arg in args)})")
        return self.new(result, f"call {result} @{name}({', '.join(f'{arg.type} {arg.text}' for arg in args)})")

    # --- names ---

    def keep(self, name: str, value: IrValue | Array) -> None:
        """Give a name a value; the same type every time."""
        array = isinstance(value, Array)
        kind = value.element if isinstance(value, Array) else value.type
        slot = self.names.setdefault(name, Slot(kind, array))
        if slot != Slot(kind, array):
            raise LoweringError(f"{name} changes its type")
        parts = [("ptr", value.pointer), ("i64", value.length)] if isinstance(value, Array) else [(kind, value.text)]
        for number, (stored, text) in enumerate(parts):
            place = f"%v.{name}.{number}"
            if f"  {place} = alloca {stored}" not in self.slots:
                self.slots.append(f"  {place} = alloca {stored}")
            self.put(f"store {stored} {text}, ptr {place}")

    def named(self, name: str) -> IrValue | Array:
        found = self.names.get(name) or self.constants.get(name)
        if found is None:
            raise LoweringError(f"{name} has no value")
        if not isinstance(found, Slot):
            return found
        if found.array:
            pointer, length = (self.new(kind, f"load {kind}, ptr %v.{name}.{i}") for i, kind in enumerate(("ptr", "i64")))
            return Array(found.type, pointer.text, length.text)
        return self.new(found.type, f"load {found.type}, ptr %v.{name}.0")

    # --- arrays ---

    def array(self, node: ast.expr) -> Array:
        """An array by its name, a row of one, or a stretch of one."""
        match node:
            case ast.Name(id=name):
                found = self.named(name)
                if isinstance(found, Array):
                    return found
            case ast.Subscript(value=value, slice=ast.Slice(lower=ast.expr() as low, upper=ast.expr() as high)):
                whole, first, last = self.array(value), self.value(low), self.value(high)
                length = self.new("i64", f"sub nsw i64 {last.text}, {first.text}")
                return Array(whole.element, self.address(whole, first), length.text)
            case ast.Subscript(value=value, slice=index):
                whole = self.array(value)
                if whole.rows:
                    start = self.new("i64", f"mul nsw i64 {self.value(index).text}, {whole.length}")
                    return Array(whole.element, self.address(whole, start), whole.length)
        raise LoweringError(f"{ast.unparse(node)} is no array")

    def address(self, array: Array, index: IrValue) -> str:
        return self.new("ptr", f"getelementptr inbounds {STORED[array.element][0]}, ptr {array.pointer}, i64 {index.text}").text

    def element(self, array: Array, index: IrValue) -> IrValue:
        """A value that is read."""
        stored, kind = STORED[array.element]
        value = self.new(stored, f"load {stored}, ptr {self.address(array, index)}")
        if kind == "i1":
            return self.new("i1", f"icmp ne i8 {value.text}, 0")
        return value if stored == kind else self.new(kind, f"zext {stored} {value.text} to {kind}")

    def store(self, array: Array, index: IrValue, value: IrValue) -> None:
        stored = STORED[array.element][0]
        if stored != value.type:
            value = self.new(stored, f"{'zext' if value.type == 'i1' else 'trunc'} {value.type} {value.text} to {stored}")
        self.put(f"store {stored} {value.text}, ptr {self.address(array, index)}")

    # --- expressions ---

    def value(self, node: ast.expr) -> IrValue:
        """An expression as a number or a truth value."""
        match node:
            case ast.Name(id=name):
                found = self.named(name)
                if isinstance(found, IrValue):
                    return found
            case ast.Constant(value=bool() as truth):
                return IrValue("i1", str(truth).lower())
            case ast.Constant(value=int() as number):
                return IrValue("i64", str(number))
            case ast.Constant(value=float() as number):
                return real("double", number)
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(op, self.value(left), self.value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.negative(self.value(operand))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.new("i1", f"xor i1 {self.value(operand).text}, true")
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                a, b = self.alike(self.value(left), self.value(right))
                of_reals, of_whole = _COMPARED[type(op)]
                return self.new(
                    "i1", f"{f'fcmp {of_reals}' if a.type in _REAL else f'icmp {of_whole}'} {a.type} {a.text}, {b.text}"
                )
            case ast.IfExp(test=test, body=yes, orelse=no):
                return self.either(self.value(test), yes, no)
            case ast.Subscript(value=value, slice=index):
                return self.element(self.array(value), self.value(index))
            case ast.Attribute(value=ast.Name(id="np"), attr=attr) if attr in ("inf", "nan"):
                return real("double", getattr(np, attr))
            case ast.Attribute(value=value, attr="size"):
                return IrValue("i64", self.array(value).length)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=kind), args=[arg]):
                return self.cast(kind, self.value(arg))
            case ast.Call(func=ast.Name(id=name), args=args):
                return self.function(name, args)
        raise LoweringError(ast.unparse(node))

    def alike(self, a: IrValue, b: IrValue) -> tuple[IrValue, IrValue]:
        """Two values of one type: a float beside a double becomes one."""
        if a.type != b.type:
            if {a.type, b.type} != {"float", "double"}:
                raise LoweringError(f"{a.type} beside {b.type}")
            a, b = (x if x.type == "double" else self.cast("float64", x) for x in (a, b))
        return a, b

    def binary(self, op: ast.operator, a: IrValue, b: IrValue) -> IrValue:
        a, b = self.alike(a, b)
        if isinstance(op, ast.Pow):
            return self.intrinsic(f"llvm.pow.{_REAL[a.type]}", a.type, a, b)
        name = _ARITHMETIC[type(op)][a.type not in _REAL]
        if not name:
            raise LoweringError(f"{type(op).__name__} of {a.type}")
        return self.new(a.type, f"{name} {a.type} {a.text}, {b.text}")

    def negative(self, a: IrValue) -> IrValue:
        return self.new(a.type, f"fneg nsz {a.type} {a.text}" if a.type in _REAL else f"sub nsw i64 0, {a.text}")

    def either(self, test: IrValue, yes: ast.expr, no: ast.expr) -> IrValue:
        """A conditional expression, as a branch: LLVM makes masked operations of it, which are faster than a select."""
        labels, end, found = (self.label(), self.label()), self.label(), []
        self.put(f"br i1 {test.text}, label %{labels[0]}, label %{labels[1]}")
        for label, node in zip(labels, (yes, no), strict=True):
            self.open(label)
            value = self.value(node)
            found.append((value, self.block))
            self.put(f"br label %{end}")
        self.open(end)
        (a, after_a), (b, after_b) = found
        if a.type != b.type:
            raise LoweringError(f"{a.type} or {b.type}")
        return self.new(a.type, f"phi {a.type} [{a.text}, %{after_a}], [{b.text}, %{after_b}]")

    def cast(self, kind: str, value: IrValue) -> IrValue:
        """``np.float64(x)`` and the like. Whole numbers stay 64 bits wide until they are stored."""
        if kind in ("float64", "float32"):
            to = STORED[kind][0]
            if value.type == to:
                return value
            if value.type not in _REAL:
                return self.new(to, f"sitofp {value.type} {value.text} to {to}")
            if value.text.startswith("0x"):
                return real(to, struct.unpack(">d", bytes.fromhex(value.text[2:]))[0])
            return self.new(to, f"{'fpext' if to == 'double' else 'fptrunc'} {value.type} {value.text} to {to}")
        if kind not in ("int64", "int32", "uint32", "uint8"):
            raise LoweringError(f"np.{kind}")
        return self.new("i64", f"fptosi {value.type} {value.text} to i64") if value.type in _REAL else value

    def function(self, name: str, nodes: Sequence[ast.expr]) -> IrValue:
        if name in ("select", "min"):
            values = [self.value(node) for node in nodes]
            if name == "min":
                values = [self.new("i1", f"icmp slt i64 {values[0].text}, {values[1].text}"), *values]
            test, (a, b) = values[0], self.alike(values[1], values[2])
            return self.new(a.type, f"select i1 {test.text}, {a.type} {a.text}, {b.type} {b.text}")
        if name in _INTRINSIC:
            value = self.value(nodes[0])
            return self.intrinsic(f"llvm.{name}.{_REAL[value.type]}", value.type, value)
        if name == "bits":  # of a float, with its sign
            value = self.value(nodes[0])
            if value.type == "double":
                return self.new("i64", f"bitcast double {value.text} to i64")
            return self.new("i64", f"sext i32 {self.new('i32', f'bitcast float {value.text} to i32').text} to i64")
        if name in ("unbits_float64", "unbits_float32"):
            value = self.value(nodes[0])
            if name == "unbits_float64":
                return self.new("double", f"bitcast i64 {value.text} to double")
            return self.new("float", f"bitcast i32 {self.new('i32', f'trunc i64 {value.text} to i32').text} to float")
        return self.call(name, nodes)

    def call(self, name: str, nodes: Sequence[ast.expr]) -> IrValue:
        """A call of another function of the module."""
        args = [self.argument(node) for node in nodes]
        full, result = self.callee(name, args)
        texts = [f"ptr {a.pointer}, i64 {a.length}" if isinstance(a, Array) else f"{a.type} {a.text}" for a in args]
        if result == "void":
            self.put(f"call void @{full}({', '.join(texts)})")
            return IrValue("void", "")
        return self.new(result, f"call {result} @{full}({', '.join(texts)})")

    def argument(self, node: ast.expr) -> IrValue | Array:
        """A number or an array: a row or a stretch of one is an array."""
        if isinstance(node, ast.Name):
            return self.named(node.id)
        if isinstance(node, ast.Subscript) and (isinstance(node.slice, ast.Slice) or self.array(node.value).rows):
            return self.array(node)
        return self.value(node)
