"""Every kind of question is in every table of kinds, and nothing tells kinds apart beside the tables."""

import dataclasses
from importlib import import_module
from typing import Any

import pytest
from house import ROOT, House

from flopwatt.kernels.model.questions import Question

# (module, attribute): tables keyed by a question's type, whose entries say all that is particular to the kind
TABLES = [
    ("flopwatt.bench.study.questions", "KINDS"),
    ("flopwatt.bench.answers.kinds", "KINDS"),
    ("flopwatt.bench.verify.agreement", "KINDS"),
    ("flopwatt.bench.runner.kinds", "KINDS"),
    ("flopwatt.bench.plans.kinds", "KINDS"),
    ("flopwatt.bench.suites.shapes", "KINDS"),
]


def kinds() -> list[type[Question]]:
    """Every kind of question that the project has."""
    kinds, ahead = list[type[Question]](), list(Question.__subclasses__())
    while ahead:
        kind = ahead.pop(0)
        ahead += kind.__subclasses__()
        if kind.__module__.startswith("flopwatt."):
            kinds.append(kind)
    return kinds


def table(module: str, attribute: str) -> dict[type[Question], Any]:
    return dict(getattr(import_module(module), attribute))


def test_the_kinds_are_found() -> None:
    assert {kind.kind for kind in kinds()} >= {"best", "summary", "quantiles", "histogram", "sensitivity", "pareto", "table"}
    assert len({kind.kind for kind in kinds()}) == len(kinds())


@pytest.mark.parametrize(("module", "attribute"), TABLES)
def test_a_table_has_every_kind(module: str, attribute: str) -> None:
    missing = set(kinds()) - set(table(module, attribute))
    assert not missing, f"{module}.{attribute} has no entry for {', '.join(sorted(kind.__name__ for kind in missing))}"


@pytest.mark.parametrize(("module", "attribute"), TABLES)
def test_a_table_has_nothing_else(module: str, attribute: str) -> None:
    assert set(table(module, attribute)) - set(kinds()) == set()


@pytest.mark.parametrize(("module", "attribute"), TABLES)
def test_entries_are_frozen_and_of_one_type(module: str, attribute: str) -> None:
    (entry,) = {type(entry) for entry in table(module, attribute).values()}
    assert dataclasses.is_dataclass(entry)
    assert entry.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_bench_tells_kinds_apart_by_its_tables_alone() -> None:
    assert {name: count for name, count in House(ROOT).dispatches().items() if name.startswith("bench")} == {}
