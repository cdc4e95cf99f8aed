"""However a module of flopwatt is loaded, the reader of imports sees it, or that it cannot be seen."""

import ast

import pytest
from imports import Known, unreadable_lines, used_modules

KNOWN = Known(
    frozenset({"kernels", "kernels.plan", "kernels.plan.order", "bench", "bench.cli", "bench.study.loader"}),
    {"Study": "bench.study.loader"},
)


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("from ..plan import order", {"kernels.plan.order"}),
        ("from ..plan.order import cheapest", {"kernels.plan.order"}),
        ("def f():\n    from ... import bench", {"bench"}),
        ("if TYPE_CHECKING:\n    import flopwatt.bench.cli", {"bench.cli"}),
        ("from flopwatt import bench", {"bench"}),
        ("from flopwatt import Study", {"bench.study.loader"}),
        ("from ... import Study", {"bench.study.loader"}),
        ("import flopwatt", {"bench.study.loader"}),
        ("from ..plan import *", {"kernels.plan", "kernels.plan.order"}),
        ("import importlib\nimportlib.import_module('..plan.order', __package__)", {"kernels.plan.order"}),
        ("from importlib import import_module\nimport_module('flopwatt.bench.cli')", {"bench.cli"}),
        ("import_module(name='flopwatt.bench.cli')", {"bench.cli"}),
        ("__import__('flopwatt.bench.cli')", {"bench.cli"}),
        ("pkgutil.resolve_name('flopwatt.bench.cli:cli')", {"bench.cli"}),
        ("TEXT = f'from flopwatt.kernels.plan.order import {name}'", {"kernels.plan.order"}),
        ("TEXT = 'from flopwatt.bench.study.loader.inner import a'", {"bench.study.loader"}),
        ("import numpy\nfrom plan import order\nimport_module('bench.cli')", set()),
        ('"""As flopwatt.bench.cli does."""\ndef f():\n    """See flopwatt.bench.cli."""', set()),
        ("from ... import __version__", set()),
    ],
)
def test_modules_are_read_of_a_source(source: str, modules: set[str]) -> None:
    assert used_modules(ast.parse(source), "kernels.model", KNOWN) == modules


@pytest.mark.parametrize(
    "source",
    [
        "import_module(name)",
        "importlib.import_module(f'.{name}', __package__)",
        "import_module(f'flopwatt.{name}')",
        "import_module('.' + name)",
        "import_module('.cli', 'flop' + 'watt.bench')",
        "__import__(name)",
        "pkgutil.resolve_name(name)",
        "load = importlib.import_module",
        "from importlib import import_module as load",
        "runpy.run_module('x')",
        "importlib.util.spec_from_file_location('x', path)",
        "exec('import x')",
        "sys.modules['x']",
    ],
)
def test_a_load_that_cannot_be_read_is_found(source: str) -> None:
    assert unreadable_lines(ast.parse(source)) == [1]


@pytest.mark.parametrize(
    "source", ["import_module('.a', __package__)", "import_module('numba.cuda')", "import_module(f'cuda.bindings.{name}')"]
)
def test_a_load_that_can_be_read_is_not(source: str) -> None:
    assert unreadable_lines(ast.parse(source)) == []
