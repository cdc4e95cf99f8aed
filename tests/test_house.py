"""The house: rooms in their order, no circles, every module tested or reached, and one name for one thing."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest
from house import HOUSE, LONG, ORDER, ROOT, House

from flopwatt.bench.cli import COMMANDS
from flopwatt.kernels.engines.registry import MODULES

# Modules that stand in several rooms under one name, as the same part of each room; every other name is there once.
SAME_PART = {
    "report": "what a room prints",
    "bins": "what keeps something for each bin",
    "decide": "what decides between decisions, by lanes and by threads",
    "fit": "fitting a model's parameters",
    "gpu": "what is done on a GPU",
    "merge": "putting together what was done apart",
    "record": "a record, and a run as one",
    "rows": "rows of published tables",
    "run": "doing it",
    "kinds": "a room's table of the kinds of question",
    "conditions": "`where`: as written, and as planned",
    "questions": "what is asked, and how it is written",
    "plan": "a plan, and the command that shows one",
    "compare": "a package and its command",
    "history": "a package and its command",
    "validate": "a package and its command",
    "estimate": "a package and its command",
    "summary": "the question of that name",
    "best": "the question of that name",
    "table": "the question of that name",
    "step_times": "published step times as cases",
    "errors": "each half's own errors",
    "intervals": "of arithmetic, and of an estimate",
    "store": "what keeps things on disk",
}

LOADERS = {  # modules that load others by a name that is not written where they do
    "kernels.engines.registry",  # the engines, by MODULES
    "kernels.engines.cache",  # emitted modules
    "kernels.model.named_number",  # of a pickled formula, its own
    "bench.cli",  # the commands, by COMMANDS
    "bench.study.user_quantities",  # the user's files
    "bench.timing.import_guard",  # none: it looks at what others loaded
    "kernels.analysis.choice",  # none: it looks at which engines have started
}


def _reached_by_tests() -> set[str]:
    """Modules that the tests import, and what those import; commands and engines are loaded by tables of names."""
    imports = {name: set(targets) for name, targets in HOUSE.imports.items()}
    imports["bench.cli"] |= {f"bench.commands.{module}" for module, _ in COMMANDS.values()}
    imports["kernels.engines.registry"] |= {f"kernels.engines.{module}" for module in MODULES.values()}
    trees = [ast.parse(path.read_text()) for folder in ("tests", "bench/suites") for path in (ROOT / folder).rglob("test_*.py")]
    starts = {module for tree in trees for module in HOUSE.imported(tree)}
    starts |= {f"bench.suites.{path.stem}" for path in (ROOT / "bench" / "suites").glob("*.py")}  # tests run the suites
    return House.reached(sorted(starts), imports)


def test_every_module_stands_in_a_room_of_the_order() -> None:
    assert HOUSE.unknown() == []


def test_every_room_is_there() -> None:
    assert {HOUSE.room(name) for name in HOUSE.modules} - {None} == set(ORDER)


def test_no_import_goes_against_the_order() -> None:
    assert HOUSE.upward() == []


def test_kernels_never_import_bench() -> None:
    kernels = [name for name in HOUSE.modules if name.startswith("kernels")]
    assert [name for name in kernels if any(target.startswith("bench") for target in HOUSE.imports[name])] == []


def test_what_is_loaded_by_a_name_that_is_made_there_is_known() -> None:
    assert set(HOUSE.unreadable()) == LOADERS


def test_no_circle_of_modules() -> None:
    assert HOUSE.circles() == []


def test_every_module_is_tested_or_reached_by_a_test() -> None:
    packages = {name for name, path in HOUSE.modules.items() if path.name == "__init__.py"}
    assert set(HOUSE.modules) - packages - _reached_by_tests() == set()


def test_a_name_is_that_of_one_module() -> None:
    places = defaultdict(list)
    for name, path in HOUSE.modules.items():
        if not name.startswith("bench.suites.") and path.name not in ("__init__.py", "__main__.py"):
            places[path.stem].append(name)
    twice = {stem: names for stem, names in places.items() if len(names) > 1 and stem not in SAME_PART}
    assert twice == {}


def test_a_public_class_has_a_name_of_its_own() -> None:
    places = defaultdict(list)
    for name, tree in HOUSE.trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(name)
    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}


@pytest.mark.parametrize("package", [name for name, path in HOUSE.modules.items() if path.name == "__init__.py"])
def test_a_package_says_what_it_is_and_what_is_in_it(package: str) -> None:
    tree = HOUSE.trees[package]
    assert ast.get_docstring(tree)
    assert any(isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__" for node in tree.body), package


REEXPORTING = {"kernels.engines", "kernels.quantities", "configs"}  # their names are theirs, and modules are behind them


@pytest.mark.parametrize("package", [name for name, path in HOUSE.modules.items() if path.name == "__init__.py"])
def test_a_package_names_its_modules(package: str) -> None:
    (names,) = (
        ast.literal_eval(node.value)
        for node in HOUSE.trees[package].body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
    )
    own = {name.rpartition(".")[2] for name in HOUSE.modules if name.rpartition(".")[0] == package}
    assert package in REEXPORTING or set(names) == own


def test_a_long_file_says_why() -> None:
    long = [name for name, count in HOUSE.lines().items() if count > LONG]
    assert [name for name in long if "lines because" not in (ast.get_docstring(HOUSE.trees[name]) or "")] == []


def test_no_test_file_is_long() -> None:
    assert [
        path.name for path in (ROOT / "tests").rglob("*.py") if len(path.read_text(encoding="utf-8").splitlines()) > LONG
    ] == []


# --- the measure itself finds what it is for --------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path):
    """A small checkout from file names and sources."""

    def make(**files: str) -> House:
        for name, source in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        for folder in [path for path in tmp_path.rglob("*") if path.is_dir()]:
            (folder / "__init__.py").touch()
        return House(tmp_path)

    return make


def test_an_import_against_the_order_is_found_inside_a_function(made) -> None:
    house = made(kernels__model__grid="def f():\n    from ..plan import order\n", kernels__plan__order="")
    assert house.upward() == ["kernels.model.grid -> kernels.plan.order"]


def test_a_circle_is_found_under_type_checking(made) -> None:
    house = made(
        kernels__plan__a="from . import b\n",
        kernels__plan__b="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from flopwatt.kernels.plan.c import x\n",
        kernels__plan__c="def f():\n    import importlib\n    importlib.import_module('.a', __package__)\n",
    )
    assert house.circles() == [["kernels.plan.a", "kernels.plan.b", "kernels.plan.c"]]


def test_a_package_that_nobody_knows_is_found(made) -> None:
    assert made(kernels__attic__a="").unknown() == ["kernels.attic", "kernels.attic.a"]


def test_an_init_that_imports_a_child_is_found(made) -> None:
    house = made(kernels__plan__a="", bench__stats__a="")
    (house.root / "kernels" / "__init__.py").write_text("from .plan import a")
    (house.root / "bench" / "__init__.py").write_text("def f():\n    from .stats import a")
    assert house.upward() == ["kernels -> kernels.plan.a", "bench -> bench.stats.a"]


def test_an_import_of_a_half_as_a_whole_is_found(made) -> None:
    house = made(kernels__plan__a="from flopwatt import kernels", bench__stats__a="from ... import bench")
    assert house.upward() == ["kernels.plan.a -> kernels", "bench.stats.a -> bench"]


def test_an_import_through_the_top_package_is_found(made) -> None:
    house = made(kernels__plan__a="from flopwatt import Study", kernels__plan__b="import flopwatt", bench__study__loader="")
    (house.root / "src" / "flopwatt").mkdir(parents=True)
    (house.root / "src" / "flopwatt" / "__init__.py").write_text("from .bench.study.loader import Study")
    assert house.upward() == ["kernels.plan.a -> bench.study.loader", "kernels.plan.b -> bench.study.loader"]


def test_constants_of_one_name_are_reported(made) -> None:
    house = made(
        bench__stats__a="MAX, MIN = 1, 2\n_MAX = 3", bench__stats__b="MAX: int = 2\nKINDS = 1", kernels__plan__a="MIN = 1"
    )
    (house.root / "bench" / "stats" / "c.py").write_text("KINDS = ByKind('', {})")
    assert house.shared_constants("bench") == {"MAX": ["bench.stats.a", "bench.stats.b"]}


def test_places_are_reported_by_module(made) -> None:
    house = made(kernels__plan__a="\nisinstance(q, Best)\nimport_module(name)", kernels__plan__b="")
    assert house.dispatches() == {"kernels.plan.a": [2]}
    assert house.unreadable() == {"kernels.plan.a": [3]}
