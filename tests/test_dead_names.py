"""Every public name of a module is used by the project itself, not by its tests alone."""

import ast
from collections.abc import Iterator

from house import ROOT, House

EXPECTED = {  # names that nothing but tests or another program mentions, and why they stay
    "kernels.reductions.bins.RELATIVE_ERROR": "what the tests hold quantiles to",
    "bench.estimate.python_request.estimate_benchmark": "flopwatt offers it to Python",
    "bench.estimate.python_request.estimate_chips": "flopwatt offers it to Python",
    "bench.serving.serving_keywords.serve": "flopwatt offers it to Python",
    "bench.serving.serving_keywords.serve_chips": "flopwatt offers it to Python",
    "bench.cli.cli": "src/flopwatt/__main__.py runs it",
    "bench.terminal.interrupts.catch_signals": "src/flopwatt/__main__.py calls it",
    "bench.terminal.interrupts.expect_the_end": "src/flopwatt/__main__.py calls it",
    "kernels.llvm.object_code.assembly": "tests read what kernels are compiled to",
}
# Their public names are called by pytest, or stand for a part of the model by being there.
REGISTERED = ("bench.suites.", "kernels.quantities.")


def _names(node: ast.stmt) -> Iterator[str]:
    """Find the public names that a statement at a module's top defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        names = [node.name]
    else:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        names = [target.id for target in targets if isinstance(target, ast.Name)]
    yield from (name for name in names if not name.startswith("_"))


def _read(tree: ast.AST) -> list[str]:
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]


def dead(house: House) -> list[str]:
    """Find names that their own module does not read, that no module imports from one so called, and that are no attribute."""
    imported, attributes = set(), set()
    for tree in house.trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                stem = (node.module or "").rpartition(".")[2]
                imported |= {(stem, alias.name) for alias in node.names}
            elif isinstance(node, ast.Attribute):
                attributes.add(node.attr)
    return [
        f"{module}.{name}"
        for module, tree in house.trees.items()
        if not module.startswith(REGISTERED)
        for node in tree.body
        for name in _names(node)
        if name not in attributes
        and (module.rpartition(".")[2], name) not in imported
        and _read(tree).count(name) == _read(node).count(name)
    ]


def test_every_public_name_is_used() -> None:
    assert set(dead(House(ROOT))) == set(EXPECTED)


def test_a_name_that_only_itself_uses_is_dead(tmp_path) -> None:
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "a.py").write_text(
        "A = 1\nB = A\ndef f():\n    return f()\ndef g(): ...\ndef _h(): ...\nC = D = 2\n"
    )
    (tmp_path / "kernels" / "b.py").write_text("from .a import g\nfrom . import a\ng(a.C)\n")
    assert dead(House(tmp_path)) == ["kernels.a.B", "kernels.a.f", "kernels.a.D"]
