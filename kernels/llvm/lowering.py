"""The Python that plans are emitted in, as LLVM IR.

Numba's own front end infers types and lowers at some ten milliseconds a statement, which for a study of many questions is
nearly all of its time. Emitted kernels need little of Python: loops over ranges, conditions, names that keep one type,
numbers, arrays of one or two dimensions. That little is lowered here in one walk over the syntax tree, and what is not known
is refused. Names are stack slots, which LLVM turns into registers.

Whole numbers are 64 bits wide, and are never negative where they are divided. Arithmetic is as written but for the sign of
zero (``nsz``), so it has NumPy's bits. Arrays that are handed over do not overlap where they are written.
"""

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from .functions import SOURCES
from .ir import SIZES, STORED, Array, Expressions, IrValue, LoweringError, real

Argument = IrValue | Array
ALIGNED = 64  # bytes, a vector register's: so none straddles two cache lines
_ATTRIBUTES = 'nounwind "prefer-vector-width"="512"'


def lower(source: str, name: str, arguments: Sequence[Argument], prefix: str) -> tuple[str, str]:
    """A module's text, and the name in it of the function ``name``; its arguments' values are of no account, only types."""
    module = _Module(ast.parse(source), prefix)
    full, result = module.function(name, arguments, "weak_odr")  # weak: kept, and may be there twice
    assert result == "void", result
    return module.text(), full


class _Module:
    """Functions, each lowered when it is first called."""

    def __init__(self, tree: ast.Module, prefix: str):
        self.trees = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
        self.prefix = prefix
        self.constants: dict[str, IrValue] = {}
        for each in tree.body:
            match each:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute()) as value):
                    number = eval(compile(ast.Expression(value), "<constant>", "eval"), {"np": np, "float": float})
                    self.constants[name] = real(STORED[number.dtype.name][0], float(number))
        self.texts: dict[str, str] = {}
        self.results: dict[str, str] = {}
        self.declared: set[str] = set()

    def text(self) -> str:
        return "\n".join([*sorted(self.declared), *self.texts.values()])

    def function(self, name: str, args: Sequence[Argument], linkage: str = "internal") -> tuple[str, str]:
        """The LLVM name of a function and the type of its result."""
        full = f"{self.prefix}_{name}"
        if full not in self.results:
            if name not in self.trees:
                if name not in SOURCES:
                    raise LoweringError(f"there is no function {name}")
                (tree,) = ast.parse(SOURCES[name]).body
                assert isinstance(tree, ast.FunctionDef)
                self.trees[name] = tree
            function = _Function(self, self.trees[name], args)
            self.results[full] = function.lower()
            self.texts[full] = function.text(full, linkage)
            self.declared |= function.declared
        return full, self.results[full]


class _Function(Expressions):
    """One function: its statements to basic blocks."""

    def __init__(self, module: _Module, tree: ast.FunctionDef, args: Sequence[Argument]):
        super().__init__(module.constants, module.function)
        self.tree, self.result, self.owned = tree, "void", list[str]()
        self.signature: list[str] = []
        for name, arg in zip((a.arg for a in tree.args.args), args, strict=True):
            if isinstance(arg, Array):
                self.signature += [f"ptr noalias %a.{name}", f"i64 %n.{name}"]
                self.names[name] = Array(arg.element, f"%a.{name}", f"%n.{name}", arg.rows)
            else:
                self.signature.append(f"{arg.type} %a.{name}")
                self.names[name] = IrValue(arg.type, f"%a.{name}")

    def lower(self) -> str:
        self.statements(self.tree.body)
        if self.result == "void":
            self.release()
            self.put("ret void")
        return self.result

    def text(self, name: str, linkage: str) -> str:
        head = f"define {linkage} {self.result} @{name}({', '.join(self.signature)}) {_ATTRIBUTES} {{"
        return "\n".join([head, "entry:", *self.slots, "  br label %start", "start:", *self.lines, "}"])

    # --- statements ---

    def statements(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for name, value in zip(names, values, strict=True):
                    self.assign(name, value)
            case ast.Assign(targets=[target], value=value):
                self.assign(target, value)
            case ast.AugAssign(target=target, op=op, value=value):
                self.assign(target, ast.BinOp(target, op, value))
            case ast.For(target=ast.Name(id=name), iter=ast.Call(args=bounds), body=inner):
                self.loop(name, bounds, inner)
            case ast.If(test=test, body=inner, orelse=other):
                self.branch(self.value(test), inner, other)
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=args)):
                self.call(name, args)
            case ast.Return(value=ast.expr() as value):
                found = self.value(value)
                self.result = found.type
                self.release()
                self.put(f"ret {found.type} {found.text}")
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case _:
                raise LoweringError(ast.unparse(statement))

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Name(id=name), ast.Call(func=ast.Attribute(attr="empty" | "zeros" | "full" as made), args=args):
                self.allocate(name, made, args)
            case ast.Name(id=name), _:
                self.keep(name, self.argument(value))
            case ast.Subscript(value=array, slice=ast.Slice()), _:
                self.fill(self.array(array), self.value(value))
            case ast.Subscript(value=array, slice=index), _:
                self.store(self.array(array), self.value(index), self.value(value))
            case _:
                raise LoweringError(ast.unparse(target))

    def allocate(self, name: str, made: str, args: Sequence[ast.expr]) -> None:
        """An array of the function's own, which begins at a vector's boundary; it is freed at the end."""
        length, last = self.value(args[0]), args[-1]
        filled = self.value(last) if made == "full" else None
        if filled is not None:
            element = {"double": "float64", "float": "float32"}[filled.type]
        else:
            assert isinstance(last, ast.Attribute)
            element = last.attr.rstrip("_")
        stored, kind = STORED[element]
        size = self.new("i64", f"mul nsw i64 {length.text}, {SIZES[stored]}")
        room = self.new("i64", f"add nsw i64 {size.text}, {ALIGNED}")
        self.declared |= {
            "declare noalias ptr @malloc(i64)",
            "declare void @free(ptr)",
            "declare ptr @llvm.ptrmask.p0.i64(ptr, i64)",
        }
        whole = self.new("ptr", f"call noalias ptr @malloc(i64 {room.text})").text
        self.owned.append(whole)
        end = self.new("ptr", f"getelementptr inbounds i8, ptr {whole}, i64 {ALIGNED}").text
        pointer = self.new("ptr", f"call ptr @llvm.ptrmask.p0.i64(ptr {end}, i64 {-ALIGNED})").text
        self.names[name] = array = Array(element, pointer, length.text)
        if made == "zeros":
            filled = (
                IrValue("i1", "false")
                if kind == "i1"
                else real(kind, 0.0)
                if kind in ("double", "float")
                else IrValue("i64", "0")
            )
        if filled is not None:
            self.fill(array, filled)

    def release(self) -> None:
        for pointer in self.owned:
            self.put(f"call void @free(ptr {pointer})")

    def fill(self, array: Array, value: IrValue) -> None:
        self._counted("fill", IrValue("i64", "0"), IrValue("i64", array.length), 1, lambda i: self.store(array, i, value))

    def loop(self, name: str, bounds: Sequence[ast.expr], body: Sequence[ast.stmt]) -> None:
        values = [self.value(bound) for bound in bounds[:2]]
        step = bounds[2].value if len(bounds) > 2 and isinstance(bounds[2], ast.Constant) else 1
        start, stop = values if len(values) == 2 else (IrValue("i64", "0"), values[0])
        self._counted(name, start, stop, step, lambda _: self.statements(body))

    def _counted(self, name: str, start: IrValue, stop: IrValue, step: Any, inside: Any) -> None:
        """A loop; the stop is found out once, before it."""
        head, body, end = self.label(), self.label(), self.label()
        self.keep(name, start)
        self.put(f"br label %{head}")
        self.open(head)
        now = self.named(name)
        assert isinstance(now, IrValue)
        more = self.new("i1", f"icmp slt i64 {now.text}, {stop.text}")
        self.put(f"br i1 {more.text}, label %{body}, label %{end}")
        self.open(body)
        inside(now)
        self.keep(name, self.new("i64", f"add nsw i64 {now.text}, {step}"))
        self.put(f"br label %{head}")
        self.open(end)

    def branch(self, test: IrValue, body: Sequence[ast.stmt], other: Sequence[ast.stmt]) -> None:
        yes, no, end = self.label(), self.label(), self.label()
        self.put(f"br i1 {test.text}, label %{yes}, label %{no if other else end}")
        for label, statements in ((yes, body), (no, other)):
            if statements:
                self.open(label)
                self.statements(statements)
                self.put(f"br label %{end}")
        self.open(end)
