"""Find names and docstrings that tell a reader too little: ``python tests/words.py [ROOM ...]`` lists them by file.

What is asked of a public function, method or class: a docstring; of a function of three parameters or more a numpydoc section
``Parameters``; of one that raises an error of flopwatt's own the word ``Raises``. What is asked of every name: that it says
what it holds, which ``found``, ``each``, ``there`` and ``way`` do not. A method that overrides a documented one of the
project's own has that one's docstring, as `inspect.getdoc` gives it. A click command's docstring is its ``--help``, where its
options say what they take: it is asked for, but not for sections.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from house import ROOT, House

EMPTY = frozenset(("found", "each", "there", "way", "thing"))
PARAMETERS = 3  # a function of so many has them listed
EXEMPT = ("kernels.quantities.", "bench.suites.")  # formulas say their source; suites are tests

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Inherited:
    """Which methods classes of the project document, and their bases', by the classes' names."""

    def __init__(self, trees: Iterable[ast.Module]):
        classes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
        self.bases = {node.name: [base.id for base in node.bases if isinstance(base, ast.Name)] for node in classes}
        self.documented = {
            (node.name, inner.name)
            for node in classes
            for inner in node.body
            if isinstance(inner, ast.FunctionDef) and ast.get_docstring(inner)
        }

    def has(self, owner: str, method: str) -> bool:
        """Say whether a base of a class documents a method."""
        return any((base, method) in self.documented or self.has(base, method) for base in self.bases.get(owner, ()))


def complaints(tree: ast.Module, inherited: Inherited) -> Iterator[str]:
    """Say what is wanting in a module, as ``line: what``."""
    for node in ast.walk(tree):
        name = _named(node)
        if name in EMPTY:
            yield f"{node.lineno}: the name {name!r} says nothing of what it holds"  # type: ignore[attr-defined]
    for owner, node in _public(tree):
        text = ast.get_docstring(node) or ""
        name = f"{owner}{node.name}"
        if inherited.has(owner.rstrip("."), node.name):
            continue
        if not text:
            yield f"{node.lineno}: {name} has no docstring"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_command(node):
            if len(_parameters(node)) >= PARAMETERS and "Parameters\n" not in text:
                yield f"{node.lineno}: {name} has {len(_parameters(node))} parameters and no section that lists them"
            if _raises(node) and "Raise" not in text:
                yield f"{node.lineno}: {name} does not say what it raises ({', '.join(sorted(_raises(node)))})"


def _named(node: ast.AST) -> str:
    """The name that a node gives to a value, else nothing."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    return node.arg if isinstance(node, ast.arg) else ""


def _public(tree: ast.Module) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """A module's public functions and classes and their public methods, with the class's name; overloads left out."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield "", node
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.", inner


def _is_command(node: Function) -> bool:
    """Tell whether click makes a command of a function."""
    return any(ast.unparse(decorator).startswith("click.") for decorator in node.decorator_list)


def _parameters(node: Function) -> list[str]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [item.arg for item in every if item.arg not in ("self", "cls")]


def _raises(node: Function) -> set[str]:
    """The errors that a function's own lines raise."""
    calls = (inner.exc for inner in ast.walk(node) if isinstance(inner, ast.Raise) and isinstance(inner.exc, ast.Call))
    names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    return {name for name in names if name.endswith("Error") and name not in ("TypeError", "ValueError", "AttributeError")}


def of(house: House, *rooms: str) -> dict[str, list[str]]:
    """What is wanting, by module of some rooms (all of them if none is named)."""
    wanted = tuple(room.replace("/", ".").strip(".") for room in rooms)
    result, inherited = {}, Inherited(house.trees.values())
    for name, tree in house.trees.items():
        if not name.startswith(EXEMPT) and (not wanted or name.startswith(wanted)):
            lines = list(complaints(tree, inherited))
            if lines:
                result[name] = lines
    return result


if __name__ == "__main__":
    wanting = of(House(ROOT), *sys.argv[1:])
    house = House(ROOT)
    for module, lines in wanting.items():
        for line in lines:
            print(f"{Path(house.modules[module]).relative_to(ROOT)}:{line}")
    print(sum(map(len, wanting.values())))
