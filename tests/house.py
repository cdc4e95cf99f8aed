"""Measure how the code is housed: rooms, imports between them, places that dispatch on a question's kind, long files.

``python tests/house.py [CHECKOUT]`` prints it for a checkout (default: this one), so that two commits can be compared.
``test_house.py`` holds this checkout to the order below. It reads files and imports nothing of flopwatt.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# A room imports only from itself and from rooms that stand above it. `configs` stands between the two halves.
ORDER = (
    "kernels.errors", "kernels.text", "kernels.validation", "kernels.files", "kernels.cache_folder", "kernels.model",
    "kernels.quantities", "kernels.reductions", "kernels.graph", "kernels.plan", "kernels.emit", "kernels.llvm",
    "kernels.engines", "kernels.analysis",
    "configs",
    "bench.errors", "bench.stats", "bench.terminal", "bench.facts", "bench.machine", "bench.records",
    "bench.answers", "bench.study", "bench.verify", "bench.runner", "bench.timing", "bench.compare", "bench.plans",
    "bench.step_time", "bench.calibration", "bench.estimate", "bench.validate", "bench.commands", "bench.cli", "bench.suites",
)  # fmt: skip

KINDS = ("Best", "Summary", "Quantiles", "Histogram", "Sensitivity", "Pareto", "Table")
KIND_NAMES = tuple(name.lower() for name in KINDS)
LONG = 350  # lines; a longer file says why in its first lines


@dataclass(frozen=True)
class House:
    """The modules of a checkout, by dotted name without ``flopwatt``, and what each imports."""

    root: Path

    @cached_property
    def modules(self) -> dict[str, Path]:
        """Every module of kernels, configs and bench; a package stands for its ``__init__``."""
        paths = (path for top in ("kernels", "configs", "bench") for path in sorted((self.root / top).rglob("*.py")))
        return {self._name(path): path for path in paths}

    def _name(self, path: Path) -> str:
        parts = path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in self.modules.items()}

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """Module to modules: imports inside functions and under TYPE_CHECKING too."""
        return {name: self.imported(tree, name) for name, tree in self.trees.items()}

    def imported(self, tree: ast.Module, name: str = "") -> set[str]:
        """The modules that a file imports, and those that it loads by a name written in it (``import_module``)."""
        is_package = bool(name) and self.modules[name].name == "__init__.py"
        here = name if is_package else name.rpartition(".")[0]
        targets = set[str]()
        for node in _statements(tree):
            if isinstance(node, ast.ImportFrom):
                base = _absolute("." * node.level + (node.module or ""), here)
                targets |= {
                    full if (full := f"{base}.{alias.name}".lstrip(".")) in self.modules else base for alias in node.names
                }
            elif isinstance(node, ast.Import):
                targets |= {_absolute(alias.name, here) for alias in node.names}
                if any(alias.name == "importlib" for alias in node.names):
                    targets |= {_absolute(target, here) for target in _loaded(tree)}
        return {target for target in targets if target in self.modules and target != name}

    def room(self, module: str) -> str | None:
        """The entry of ORDER that a module stands in, None where there is none."""
        return next((room for room in ORDER if module == room or module.startswith(f"{room}.")), None)

    def unknown(self) -> list[str]:
        """Modules that stand in no room."""
        return [name for name in self.modules if self.room(name) is None and name not in ("kernels", "bench")]

    def upward(self) -> list[str]:
        """Imports of a room that stands further down, as ``importer -> imported``."""
        place = {room: number for number, room in enumerate(ORDER)}
        return [
            f"{name} -> {target}"
            for name, targets in self.imports.items()
            for target in sorted(targets)
            if (a := self.room(name)) and (b := self.room(target)) and place[b] > place[a]
        ]

    def circles(self) -> list[list[str]]:
        """Sets of modules that import one another, directly or not."""
        reach = {name: self.reached([name], self.imports) for name in self.modules}
        left, result = set(self.modules), []
        for name in self.modules:
            if name in left:
                circle = sorted(other for other in reach[name] if name in reach[other] and other in left)
                left -= {name, *circle}
                if len(circle) > 1 or name in self.imports[name]:
                    result.append(circle)
        return result

    @staticmethod
    def reached(starts: list[str], imports: Mapping[str, set[str]]) -> set[str]:
        """The modules that can be come to from some, those included."""
        found, ahead = set(starts), list(starts)
        while ahead:
            for target in imports.get(ahead.pop(), set()) - found:
                found.add(target)
                ahead.append(target)
        return found

    def dispatches(self) -> dict[str, int]:
        """How many places of each module tell a question's kinds apart; a table at a module's top is none."""
        counts = {name: sum(map(_dispatches, ast.walk(tree))) for name, tree in self.trees.items()}
        return {name: count for name, count in counts.items() if count}

    def lines(self) -> dict[str, int]:
        return {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in self.modules.items()}


def _absolute(name: str, here: str) -> str:
    """A module's dotted name without ``flopwatt``, from how it is imported within the package ``here``."""
    dots = len(name) - len(name.lstrip("."))
    if not dots:
        return name.removeprefix("flopwatt").lstrip(".") if name.partition(".")[0] == "flopwatt" else ""
    parts = here.split(".")[: len(here.split(".")) - dots + 1]
    return ".".join([*parts, *filter(None, [name.lstrip(".")])])


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk the statements alone, which is three times as fast as `ast.walk`: imports are statements."""
    ahead = [tree]
    while ahead:
        node = ahead.pop()
        yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, ())
            ahead += inner if isinstance(inner, list) else ()


def _loaded(tree: ast.AST) -> Iterator[str]:
    """Find the names, written as text, of modules that a file loads by `import_module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            yield from (str(name.value) for name in node.args[:1] if isinstance(name, ast.Constant))


def _names(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def _dispatches(node: ast.AST) -> bool:
    """Whether a place tells questions' kinds apart: isinstance, ``type(q) is``, a match, or a comparison of ``.kind``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
        return len(node.args) > 1 and bool(set(_names(node.args[1])) & set(KINDS))
    if isinstance(node, ast.MatchClass):
        return bool(set(_names(node.cls)) & set(KINDS))
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        of_kind = any(isinstance(side, ast.Attribute) and side.attr == "kind" for side in sides)
        words = {inner.value for side in sides for inner in ast.walk(side) if isinstance(inner, ast.Constant)}
        of_type = any(
            isinstance(side, ast.Call) and isinstance(side.func, ast.Name) and side.func.id == "type" for side in sides
        )
        return (of_kind and bool(words & set(KIND_NAMES))) or (
            of_type and any(set(_names(side)) & set(KINDS) for side in sides)
        )
    return False


def report(house: House) -> str:
    """What a person compares before and after a change of the house."""
    lines, dispatches = house.lines(), house.dispatches()
    folders = Counter(path.parent.relative_to(house.root).as_posix() for path in house.modules.values())
    circles, upward = house.circles(), house.upward()
    longest = sorted(lines.items(), key=lambda item: -item[1])[:8]
    return "\n".join(
        [
            "modules in a folder (__init__ counted): " + ", ".join(f"{name} {count}" for name, count in folders.items()),
            f"modules: {len(lines)}; lines: {sum(lines.values()):,}",
            f"modules in no room of the order: {len(house.unknown())}",
            f"imports against the order: {len(upward)}",
            f"circles of modules: {len(circles)}" + "".join(f"\n  {' '.join(circle)}" for circle in circles),
            f"places that dispatch on a question's kind: {sum(dispatches.values())} in {len(dispatches)} modules",
            *(f"  {name} {count}" for name, count in sorted(dispatches.items(), key=lambda item: -item[1])[:8]),
            f"files above {LONG} lines: {sum(count > LONG for count in lines.values())}; the longest: "
            + ", ".join(f"{name} {count}" for name, count in longest),
        ]
    )


if __name__ == "__main__":
    print(report(House(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)))
