"""Measure how the code is housed: rooms, imports between them, places that dispatch on a question's kind, long files.

``python tests/house.py [CHECKOUT]`` prints it for a checkout (default: this one), so that two commits can be compared.
``test_house.py`` holds this checkout to the order below. It reads files and imports nothing of flopwatt.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import dispatches
from imports import Known, unreadable_lines, used_modules

ROOT = Path(__file__).resolve().parents[1]

# A room imports only from itself and from rooms that stand above it. `configs` stands between the two halves. Each half has
# its own `__init__` as its first room, which imports nothing; nobody imports a half as a whole, since all of it hangs on that.
ORDER = (
    "kernels", "kernels.errors", "kernels.text", "kernels.validation", "kernels.files", "kernels.ownership", "kernels.reading",
    "kernels.host_memory", "kernels.cache_folder", "kernels.model", "kernels.quantities", "kernels.reductions", "kernels.graph",
    "kernels.plan", "kernels.emit", "kernels.llvm", "kernels.engines", "kernels.analysis",
    "configs",
    "bench", "bench.errors", "bench.stats", "bench.terminal", "bench.facts", "bench.prior", "bench.machine", "bench.records",
    "bench.answers", "bench.study", "bench.verify", "bench.runner", "bench.drivers", "bench.timing", "bench.compare",
    "bench.history", "bench.plans", "bench.step_time", "bench.serving_fit", "bench.calibration", "bench.estimate",
    "bench.serving", "bench.validate",
    "bench.differences", "bench.pictures", "bench.export", "bench.spread", "bench.pages", "bench.reports", "bench.beginnings",
    "bench.commands", "bench.cli", "bench.suites",
)  # fmt: skip

HALVES = ("kernels", "bench")
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
        return {name: _parse(path.read_text(encoding="utf-8")) for name, path in self.modules.items()}

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """Module to modules: imports inside functions and under TYPE_CHECKING too."""
        return {name: self.imported(tree, name) for name, tree in self.trees.items()}

    def imported(self, tree: ast.Module, name: str = "") -> set[str]:
        """The modules that a file uses, as `used_modules` reads them."""
        is_package = bool(name) and self.modules[name].name == "__init__.py"
        return used_modules(tree, name if is_package else name.rpartition(".")[0], self.known) - {name}

    @cached_property
    def known(self) -> Known:
        """What there is to import; the top package says where its names come from in imports for type checkers."""
        top = self.root / "src" / "flopwatt" / "__init__.py"
        tree = ast.parse(top.read_text(encoding="utf-8") if top.exists() else "")
        lines = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
        return Known(frozenset(self.modules), {alias.name: str(line.module) for line in lines for alias in line.names})

    def unreadable(self) -> dict[str, list[int]]:
        """The lines of each module that load a module by a name that is not written there."""
        lines = {name: unreadable_lines(tree) for name, tree in self.trees.items()}
        return {name: numbers for name, numbers in lines.items() if numbers}

    def room(self, module: str) -> str | None:
        """The entry of ORDER that a module stands in, None where there is none."""
        return next((room for room in ORDER if module == room or (module.startswith(f"{room}.") and room not in HALVES)), None)

    def unknown(self) -> list[str]:
        """Modules that stand in no room."""
        return [name for name in self.modules if self.room(name) is None]

    def upward(self) -> list[str]:
        """Imports of a room that stands further down, or of a half as a whole, as ``importer -> imported``."""
        place = {room: number for number, room in enumerate(ORDER)}
        return [
            f"{name} -> {target}"
            for name, targets in self.imports.items()
            for target in sorted(targets)
            if (a := self.room(name)) and (b := self.room(target)) and (target in HALVES or place[b] > place[a])
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

    def dispatches(self) -> dict[str, list[int]]:
        """The lines of each module that tell a question's kinds apart outside a table at a module's top."""
        lines = {name: dispatches.lines(tree) for name, tree in self.trees.items()}
        return {name: numbers for name, numbers in lines.items() if numbers}

    def shared_constants(self, half: str) -> dict[str, list[str]]:
        """Public constants that several modules of a half define, each with those modules; tables of kinds apart."""
        modules: dict[str, list[str]] = {}
        for name, tree in self.trees.items():
            if name.startswith(f"{half}."):
                for constant in _constants(tree) - set(dispatches.tables(tree)):
                    modules.setdefault(constant, []).append(name)
        return {constant: names for constant, names in sorted(modules.items()) if len(names) > 1}

    def lines(self) -> dict[str, int]:
        return {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in self.modules.items()}


def _constants(tree: ast.Module) -> set[str]:
    """List the public constants that a module assigns at its top."""
    assigned = [node for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    targets = [target for node in assigned for target in (node.targets if isinstance(node, ast.Assign) else [node.target])]
    names = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return {name for name in names if re.fullmatch("[A-Z][A-Z0-9_]+", name)}


@cache
def _parse(source: str) -> ast.Module:
    """Parse a module's text; several test files measure the same checkout, so each text is parsed once."""
    return ast.parse(source)


def _listed(places: Mapping[str, list[str]]) -> str:
    return f"{len(places)}" + "".join(f", {name} {len(modules)}" for name, modules in places.items())


def report(house: House) -> str:
    """What a person compares before and after a change of the house."""
    lines, places = house.lines(), {name: len(numbers) for name, numbers in house.dispatches().items()}
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
            f"places that dispatch on a question's kind: {sum(places.values())} in {len(places)} modules",
            *(f"  {name} {count}" for name, count in sorted(places.items(), key=lambda item: -item[1])[:8]),
            *(f"constants of {half} defined in several modules: " + _listed(house.shared_constants(half)) for half in HALVES),
            f"files above {LONG} lines: {sum(count > LONG for count in lines.values())}; the longest: "
            + ", ".join(f"{name} {count}" for name, count in longest),
        ]
    )


HOUSE = House(ROOT)  # this checkout's, read once for all tests

if __name__ == "__main__":
    print(report(House(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)))
