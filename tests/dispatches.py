"""Find where a module tells kinds of questions apart outside the tables that ``test_kinds.py`` lists.

A kind's class may be imported, annotate something, be called, be a base, and be a key of a table (a ``ByKind`` at a module's
top). Any other mention of it is a dispatch, and so is a kind's word (``best``) that meets what was read of a question:
its ``kind``, or the name of its type.
"""

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("kind", "__name__", "__qualname__")  # attributes that say which kind a question is of
BY_NAME = ("getattr", "hasattr", "attrgetter", "methodcaller", "import_module")  # they look up what a text names
BY_TYPE = ("singledispatch", "singledispatchmethod", "__subclasses__")  # they tell types apart by themselves
Node = Any  # an ast node, whose fields depend on its type


def _kinds() -> dict[str, str]:
    """Read each kind's class and word from the module that defines them."""
    kinds: dict[str, str] = {}
    for node in ast.parse((ROOT / "kernels" / "model" / "questions.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & {"Question", *kinds}:
            fields = {ast.unparse(line.target): line.value for line in node.body if isinstance(line, ast.AnnAssign)}
            kinds[node.name] = ast.literal_eval(ast.unparse(fields["kind"]))  # type: ignore[arg-type]
    return kinds


KINDS = _kinds()
WORDS = frozenset(KINDS.values())


def tables(tree: ast.Module) -> dict[str, ast.Call]:
    """Find the tables at a module's top, by name: whatever is a call of ``ByKind``."""
    return {
        ast.unparse(target): node.value
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func).rpartition(".")[2] == "ByKind"
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }


def lines(tree: ast.Module) -> list[int]:
    """List the lines of the statements, and of the cases of a match, that tell kinds apart."""
    source = _Source(tree)
    return sorted({source.place(node) for node in source.parents if source.tells_kinds_apart(node)})


@dataclass(frozen=True)
class _Source:
    """A module's tree, and what is read of it once."""

    tree: ast.Module

    @cached_property
    def parents(self) -> dict[Node, Node]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def annotations(self) -> set[Node]:
        roots = (getattr(node, field, None) for node in self.parents for field in ("annotation", "returns"))
        return {node for root in roots if root for node in ast.walk(root)}

    @cached_property
    def keys(self) -> set[Node]:
        """The keys of the module's tables."""
        return {key for table in tables(self.tree).values() for entry in table.args[1:] for key in getattr(entry, "keys", ())}

    @cached_property
    def imported(self) -> dict[str, tuple[str, bool]]:
        """What each imported name was called where it is defined, and whether another project defines it."""
        names: dict[str, tuple[str, bool]] = {}
        for node in self.parents:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    module = alias.name if isinstance(node, ast.Import) else "." * node.level + (node.module or "")
                    foreign = module.partition(".")[0] not in ("", "flopwatt")
                    name = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
                    names[name] = (alias.name, foreign and names.get(name, ("", True))[1])
        return names

    @cached_property
    def constants(self) -> dict[str, Node]:
        """The values of the names at the module's top, tables apart."""
        return {
            ast.unparse(target): node.value
            for node in self.tree.body
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if ast.unparse(target) not in tables(self.tree)
        }

    @cached_property
    def variables(self) -> set[tuple[Node, str]]:
        """The functions' variables that hold what was read of a question, each with its function."""
        return {
            (self._function(node), target.id)
            for node in self.parents
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None
            if any(self._reads_directly(inner) for inner in ast.walk(node.value))
            for root in (node.targets if isinstance(node, ast.Assign) else [node.target])
            for target in (root.elts if isinstance(root, (ast.Tuple, ast.List)) else [root])
            if isinstance(target, ast.Name)
        }

    def tells_kinds_apart(self, node: Node) -> bool:
        """Tell whether a node does."""
        if node in self.annotations:
            return False
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._mentions(node) or _last(node) in BY_TYPE
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str) and node.value in KINDS
        if isinstance(node, (ast.Dict, ast.Set, ast.List, ast.Tuple)):
            items = node.keys if isinstance(node, ast.Dict) else node.elts
            words = {item.value for item in items if isinstance(item, ast.Constant)} & WORDS
            return len(words) > 1 and not self._is_all(node)
        if isinstance(node, ast.Compare):
            return self._reads(node) and self._has_words(node)
        if isinstance(node, ast.match_case):
            return self._reads(self.parents[node].subject) and self._has_words(node.pattern)
        if isinstance(node, ast.Subscript):
            return (self._reads(node.slice) and self._has_words(node.value)) or self._builds_name(node.slice)
        return isinstance(node, ast.Call) and self._calls_by_kind(node)

    def _calls_by_kind(self, call: ast.Call) -> bool:
        """Tell whether a call looks something up by what was read, or holds it against a word or a part of one."""
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if _last(call.func) in BY_NAME:
            return any(self._reads(item) and not self._is_unknown(item) for item in arguments)
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if owner is not None and self._reads(owner):
            texts = {inner.value for item in arguments for inner in ast.walk(item) if isinstance(inner, ast.Constant)}
            return any(isinstance(text, str) and text and any(text in word for word in WORDS) for text in texts)
        return any(map(self._reads, arguments)) and any(map(self._has_words, [*arguments, *filter(None, [owner])]))

    def _mentions(self, node: Node) -> bool:
        """Tell whether a name is a kind's, and stands where none need be."""
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        original, foreign = self.imported.get(getattr(root, "id", ""), (getattr(root, "id", ""), False))
        name = original if node is root else node.attr
        parent = self.parents[node]
        is_called = isinstance(parent, ast.Call) and parent.func is node
        is_base = isinstance(parent, ast.ClassDef) and node in parent.bases
        return name in KINDS and not foreign and not (is_called or is_base or node in self.keys)

    def _reads(self, root: Node) -> bool:
        """Tell whether an expression reads which kind a question is of, now or in a variable."""
        return any(self._reads_directly(node) or self._is_variable(node) for node in ast.walk(root))

    def _reads_directly(self, node: Node) -> bool:
        parent = self.parents[node]
        if isinstance(node, ast.Attribute):
            return node.attr in NAMES and not (isinstance(parent, ast.Call) and parent.func is node)
        return (
            isinstance(node, ast.Constant)
            and node.value == "kind"
            and (
                isinstance(parent, ast.Subscript) or (isinstance(parent, ast.Call) and _last(parent.func) in ("get", "getattr"))
            )
        )

    def _is_variable(self, node: Node) -> bool:
        return _is_kind(node) or (isinstance(node, ast.Name) and (self._function(node), node.id) in self.variables)

    def _is_unknown(self, node: Node) -> bool:
        """Tell whether a node is a variable called ``kind``, of which it is not known what it is the kind of."""
        return _is_kind(node) and (self._function(node), "kind") not in self.variables

    def _builds_name(self, root: Node) -> bool:
        """Tell whether an expression makes a longer text of what was read, such as a function's name."""
        return any(isinstance(node, (ast.JoinedStr, ast.BinOp)) and self._reads(node) for node in ast.walk(root))

    def _has_words(self, root: Node) -> bool:
        """Tell whether an expression has a kind's word in it, or names a constant of the module that has."""
        for node in ast.walk(root):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in WORDS:
                return True
            if isinstance(node, ast.Name) and node.id in self.constants:
                constant = self.constants[node.id]
                if any(isinstance(inner, ast.Constant) and inner.value in WORDS for inner in ast.walk(constant)):
                    return True
        return False

    def _is_all(self, node: Node) -> bool:
        parent = self.parents[node]
        return isinstance(parent, ast.Assign) and ast.unparse(parent.targets[0]) == "__all__"

    def _function(self, node: Node) -> Node:
        """Return the function that a node stands in, the module where it stands in none."""
        while node in self.parents and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node = self.parents[node]
        return node

    def place(self, node: Node) -> int:
        """Return the line of the statement, or of the case, that a node stands in."""
        while not isinstance(node, (ast.stmt, ast.match_case)):
            node = self.parents[node]
        return int(node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno)


def _is_kind(node: Node) -> bool:
    return isinstance(node, ast.Name) and node.id == "kind"


def _last(node: Node) -> str:
    """Return the last part of a dotted name, empty for another expression."""
    return str(getattr(node, "attr", getattr(node, "id", "")))
