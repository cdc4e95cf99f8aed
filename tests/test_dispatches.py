"""Whatever tells kinds of questions apart is seen, and what needs no table is not."""

import ast

import pytest
from dispatches import KINDS, lines, tables

DISPATCHES = [
    "isinstance(q, Best)",
    "isinstance(q, (Table, int))",
    "isinstance(q, questions.Best)",
    "from ..model.questions import Best as B\nisinstance(q, B)",
    "from rich.table import Table\nfrom ..model.questions import Table\nisinstance(q, Table)",
    "issubclass(type(q), Best)",
    "B = Best",
    "type(q) is Summary",
    "t = type(q)\nt is Best",
    "q.__class__ is Best",
    "q.kind == Best.kind",
    "type(q).__name__ == 'Best'",
    "type(q).__name__.lower() == 'best'",
    "q.kind == 'pareto'",
    "'pareto' == q.kind",
    "q.kind in ('best', 'other')",
    "MINE = ('best',)\nq.kind in MINE",
    "k = q.kind\nk == 'best'",
    "(k := q.kind) and k == 'best'",
    "def f(kind): return kind == 'best'",
    "getattr(q, 'kind') == 'best'",
    "document['kind'] == 'best'",
    "eq(q.kind, 'best')",
    "q.kind.startswith('be')",
    "q.kind.__eq__('best')",
    "q.kind.lower().endswith('st')",
    "getattr(self, q.kind)",
    "getattr(self, f'_{question.kind}')",
    "getattr(self, '_' + question.kind)",
    "globals()[f'_{q.kind}'](q)",
    "methodcaller(q.kind)",
    "import_module(f'.{q.kind}')",
    "def f(q): return {Best: 1}[type(q)]",
    "def f(q): return {'best': 1}[q.kind]",
    "def f(q): return {'best': 1}.get(q.kind)",
    "TABLE = {'best': 1}\nTABLE[q.kind]",
    "TABLE = {'best': 1, 'summary': 2}",
    "TABLE = {Best: 1}",
    "def f(): return ByKind('', {Best: 1})",
    "TABLE = ByKind('', {Best: isinstance(q, Best)})",
    "match q:\n    case Quantiles(): pass",
    "match q.kind:\n    case 'best': pass",
    "match type(q):\n    case questions.Best: pass",
    "@singledispatch\ndef f(q): pass",
    "@f.register(Best)\ndef g(q): pass",
    "Question.__subclasses__()",
]
NO_DISPATCHES = [
    "from ..model.questions import Best, Table",
    "TABLE = ByKind('', {Best: 1, Table: 2})\nTABLE.of(q)",
    "TABLE: ByKind[int] = ByKind('', {Best: 1})",
    "def f(q: Best, r: 'Table') -> Summary: pass",
    "q = questions.Best(name='', objective='y')",
    "class Better(Best): pass",
    "from rich.table import Table\nisinstance(x, Table)",
    "def f():\n    import pyarrow\n    pyarrow.Table.from_arrays([])",
    "__all__ = ['best', 'summary']",
    "'a best of two'",
    "node.kind == 'lane'",
    "config.kind.startswith('llama')",
    "plan.leaves_of('table')",
    "TYPES[value.kind]",
    "f'a {question.kind} is compared as it is walked'",
]


@pytest.mark.parametrize("source", DISPATCHES)
def test_a_place_that_tells_kinds_apart_is_counted_once(source: str) -> None:
    assert len(lines(ast.parse(source))) == 1


@pytest.mark.parametrize("source", NO_DISPATCHES)
def test_a_place_that_does_not_is_not_counted(source: str) -> None:
    assert lines(ast.parse(source)) == []


def test_each_branch_and_each_case_counts() -> None:
    source = "if isinstance(q, Best): pass\nelif type(q) is Table: pass\nmatch q:\n  case Best(): pass\n  case Table(): pass"
    assert lines(ast.parse(source)) == [1, 2, 4, 5]


def test_kinds_are_read_with_their_words() -> None:
    assert {"Best": "best", "Pareto": "pareto"}.items() <= KINDS.items()
    assert "Question" not in KINDS


def test_tables_are_search_source_what_makes_them() -> None:
    source = "A: ByKind[int] = ByKind('a', {})\nB = kinds.ByKind('b', {})\nC = {}\ndef f():\n    D = ByKind('d', {})\n"
    assert sorted(tables(ast.parse(source))) == ["A", "B"]
