"""Read which modules of flopwatt a file uses: by import statements, by loaders such as `import_module`, and by texts.

A text that names a module (``flopwatt.kernels.emit.gpu.cuda_math`` in a module that an emitter writes) counts as an import;
docstrings do not.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LOADERS = ("import_module", "__import__", "resolve_name")
UNREADABLE = ("run_module", "run_path", "spec_from_file_location", "exec", "eval", "sys.modules")  # they take no name
NAMED = re.compile(r"\bflopwatt((?:\.\w+)+)")
ANOTHER_PROJECT = re.compile(r"(?!flopwatt\.)\w+\.")


@dataclass(frozen=True)
class Known:
    """What there is to import.

    Parameters
    ----------
    modules
        The modules, by dotted names without ``flopwatt``.
    lazy
        The module of each name that the top package loads when it is asked for it.
    """

    modules: frozenset[str]
    lazy: Mapping[str, str]


def used_modules(tree: ast.AST, package: str, known: Known) -> set[str]:
    """List the modules of flopwatt that a file within a package uses."""
    names, nodes = set[str](), list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            names |= _from(node, package, known)
        elif isinstance(node, ast.Import):
            whole = any(alias.name == "flopwatt" for alias in node.names)
            names |= {_absolute(alias.name, package) or "" for alias in node.names} | (
                set(known.lazy.values()) if whole else set()
            )
        elif isinstance(node, ast.Call) and _name(node.func) in LOADERS:
            argument = _argument(node)
            if isinstance(argument, ast.Constant):
                names.add(_absolute(str(argument.value).partition(":")[0], package) or "")
    for text in texts(nodes):
        names |= {_longest(name, known) for name in NAMED.findall(text)}
    return names & known.modules


def unreadable_lines(tree: ast.AST) -> list[int]:
    """List the lines that load a module whose name cannot be read there, other projects' apart."""
    callees = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name in LOADERS and alias.asname for alias in node.names):
            found.add(node.lineno)
        elif isinstance(node, (ast.Name, ast.Attribute)):
            call = callees.get(id(node))
            if _name(node) in LOADERS and not (call and _is_readable(call)):
                found.add(node.lineno)
            if _name(node) in UNREADABLE or ast.unparse(node) in UNREADABLE:
                found.add(node.lineno)
    return sorted(found)


def texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Find the strings among a file's nodes, docstrings apart."""
    nodes = list(nodes)
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    first = (node.body[0] for node in nodes if isinstance(node, holders) and node.body)
    docstrings = {id(line.value) for line in first if isinstance(line, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _from(node: ast.ImportFrom, package: str, known: Known) -> set[str]:
    base = _absolute("." * node.level + (node.module or ""), package)
    if base is None:
        return set()
    names = set[str]()
    for alias in node.names:
        full = f"{base}.{alias.name}".lstrip(".")
        if alias.name == "*":
            names |= {base, *(name for name in known.modules if name.rpartition(".")[0] == base)}
        else:
            names.add(full if full in known.modules else base or known.lazy.get(alias.name, ""))
    return names


def _absolute(name: str, package: str) -> str | None:
    """Return a module's name without ``flopwatt``, empty for flopwatt itself and None for another project's."""
    dots = len(name) - len(name.lstrip("."))
    if dots:
        parts = package.split(".")[: len(package.split(".")) - dots + 1]
        return ".".join([*parts, *filter(None, [name.lstrip(".")])])
    return name.removeprefix("flopwatt").lstrip(".") if name.partition(".")[0] == "flopwatt" else None


def _longest(name: str, known: Known) -> str:
    """Return the longest part of a dotted name that is a module's: the rest names something in it."""
    name = name.lstrip(".")
    while name and name not in known.modules:
        name = name.rpartition(".")[0]
    return name


def _argument(call: ast.Call) -> Any:
    """Return what a loader's call says that is to be loaded, None where it says nothing."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "name"]
    return next(iter([*call.args, *named]), None)


def _is_readable(call: ast.Call) -> bool:
    """Tell whether a loader's call says which module it loads, or at least that it is another project's."""
    argument = _argument(call)
    if isinstance(argument, ast.JoinedStr) and argument.values and isinstance(argument.values[0], ast.Constant):
        return ANOTHER_PROJECT.match(str(argument.values[0].value)) is not None
    if not isinstance(argument, ast.Constant):
        return False
    rest = [*call.args[1:], *(keyword.value for keyword in call.keywords if keyword.arg != "name")]
    return not rest or (len(rest) == 1 and ast.unparse(rest[0]) == "__package__")


def _name(node: ast.AST) -> str:
    """Return the last part of a dotted name, empty for another expression."""
    return str(getattr(node, "attr", getattr(node, "id", "")))
