"""How an estimate was computed: every quantity that it needs, with its formula, value and source."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))  # type: ignore[arg-type]
    definition = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    local: dict[str, ast.expr] = {}
    for statement in definition.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            local[statement.targets[0].id] = _Inline(local).visit(statement.value)
        elif isinstance(statement, ast.Return) and statement.value is not None:
            return ast.unparse(_Inline(local).visit(statement.value))
    return ""


class _Inline(ast.NodeTransformer):
    def __init__(self, local: Mapping[str, ast.expr]):
        self.local = local

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.local.get(node.id, node)
