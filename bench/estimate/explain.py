"""How an estimate was computed: every quantity that it needs, with its formula, value and source."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ..prior.drawn_inputs import TARGETS
from .scenario import Scenario, evaluate
from .source import Source, SourceKind


@dataclass(frozen=True)
class Step:
    """One quantity at the medians of what is drawn: its formula (empty for an input), its value in its unit, its source."""

    quantity: Quantity
    formula: str
    value: float
    source: Source


def explain(scenario: Scenario, targets: Sequence[str] = TARGETS) -> list[Step]:
    """List every quantity that the targets need, at the medians of what is drawn, in the order they are computed."""
    problem = scenario.medians()
    order = problem.model.order(targets, problem.held())
    values = evaluate(problem, [item.name for item in order])
    held = problem.held()
    return [
        Step(
            item,
            "" if item.name in held else formula(item),
            float(units.from_base(values[item.name].reshape(-1)[0], item.unit)),
            scenario.source_of(item.name) if item.name in held else Source(SourceKind.FORMULA, item.source),
        )
        for item in order
    ]


def formula(item: Quantity) -> str:
    """Write a computed quantity's formula as text: what its function returns, with its local names written out."""
    if item.function is None:
        return ""
    return _formula(item.function)


@functools.cache
def _formula(function: object) -> str:
    return ast.unparse(_returned(function, {}))


def _returned(function: Any, local: Mapping[str, ast.expr]) -> ast.expr:
    """Return what a function returns as an expression of its parameters, or of what stands for them."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    names = dict(local)
    for statement in definition.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            names[statement.targets[0].id] = _Inline(names, function).visit(statement.value)
        elif isinstance(statement, ast.Return) and statement.value is not None:
            result: ast.expr = _Inline(names, function).visit(statement.value)
            return result
    return ast.Constant("")


class _Inline(ast.NodeTransformer):
    """Writes out local names, and what helpers of a formula's module compute."""

    def __init__(self, local: Mapping[str, ast.expr], function: Any):
        self.local, self.function = local, function

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.local.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        call = self.generic_visit(node)
        helper = getattr(self.function, "__globals__", {}).get(node.func.id) if isinstance(node.func, ast.Name) else None
        if not inspect.isfunction(helper) or not helper.__name__.startswith("_"):
            return call
        return _returned(helper, dict(zip(inspect.signature(helper).parameters, node.args, strict=True)))
