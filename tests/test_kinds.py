"""Every kind of question is in every table of kinds, and nothing tells kinds apart beside the tables.

The lists below are what an eighth kind must fill in.
"""

import dataclasses
from importlib import import_module
from typing import Any

import pytest
from dispatches import KINDS, tables
from house import HOUSE

from flopwatt.kernels.emit.passes import Pass
from flopwatt.kernels.model.questions import Question

TABLES = (  # module and attribute
    ("flopwatt.kernels.plan.kinds", "PLANNING"),  # what its plan needs
    ("flopwatt.kernels.plan.kinds", "SHARING"),  # whether it shares a pass with others
    ("flopwatt.kernels.emit.passes", "PASSES"),  # its passes over the grid
    ("flopwatt.kernels.reductions.kinds", "ANSWERS"),  # its answer from merged states
    ("flopwatt.kernels.analysis.explanation", "PLANS"),  # its plans, and the work of their passes
    ("flopwatt.kernels.engines.registry", "PREPARATIONS"),  # how an engine is handed it
    ("flopwatt.kernels.reductions.partials", "PARTIALS"),  # what a part of the grid leaves of it, and how that merges
    ("flopwatt.bench.study.questions", "KINDS"),
    ("flopwatt.bench.answers.kinds", "KINDS"),
    ("flopwatt.bench.verify.agreement", "KINDS"),
    ("flopwatt.bench.runner.kinds", "KINDS"),
    ("flopwatt.bench.runner.question_words", "PHRASES"),
    ("flopwatt.bench.runner.study_entries", "ASKED"),
    ("flopwatt.bench.drivers.representative_point", "KINDS"),
    ("flopwatt.bench.study.said_kinds", "KINDS"),  # what its sentences may name
    ("flopwatt.bench.runner.spoken_values", "KINDS"),  # what these names are in an answer
    ("flopwatt.bench.runner.default_sentences", "KINDS"),  # the sentence of a study that has none
    ("flopwatt.bench.differences.answer_cells", "KINDS"),
    ("flopwatt.bench.plans.kinds", "KINDS"),
    ("flopwatt.bench.pictures.kinds", "KINDS"),
    ("flopwatt.bench.export.kinds", "KINDS"),
    ("flopwatt.bench.spread.cluster_plan", "KINDS"),  # the jobs that it is made of, and what a part leaves of a group
    ("flopwatt.bench.suites.shapes", "KINDS"),
)
# A kind with a new pass adds that here; one that makes do with these passes has nothing to add.
PASS_TABLES = (
    ("flopwatt.kernels.engines.cpu_numba", "EMITTERS"),  # its emitter for a CPU
    ("flopwatt.kernels.engines.gpu", "KERNELS"),  # its kernels for a GPU
    ("flopwatt.kernels.analysis.work", "COSTS"),  # what it costs
)
ALL_KINDS = [kind for kind in Question.__subclasses__() if kind.__module__.startswith("flopwatt.")]


def table(module: str, attribute: str) -> Any:
    return getattr(import_module(module), attribute)


def test_the_measure_of_the_house_knows_every_kind() -> None:
    assert {kind.__name__: kind.kind for kind in ALL_KINDS} == KINDS


@pytest.mark.parametrize(("module", "attribute"), TABLES)
def test_every_kind_is_in_every_table(module: str, attribute: str) -> None:
    assert set(table(module, attribute)) == set(ALL_KINDS)


@pytest.mark.parametrize(("module", "attribute"), PASS_TABLES)
def test_every_pass_is_in_every_table_of_passes(module: str, attribute: str) -> None:
    assert set(table(module, attribute)) == set(Pass)


def test_every_table_is_in_the_list_and_knows_its_own_name() -> None:
    listed = [f"{module}.{attribute}" for module, attribute in TABLES]
    built = [f"flopwatt.{name}.{attribute}" for name, tree in HOUSE.trees.items() for attribute in tables(tree)]
    assert sorted(built) == sorted(listed)
    assert [f"flopwatt.{table(module, attribute).name}" for module, attribute in TABLES] == listed


@pytest.mark.parametrize(("module", "attribute"), [place for place in TABLES if place[0].startswith("flopwatt.bench.")])
def test_bench_s_entries_are_frozen_and_of_one_type(module: str, attribute: str) -> None:
    (entry,) = {type(entry) for entry in table(module, attribute).entries().values()}
    assert dataclasses.is_dataclass(entry)
    assert entry.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_kinds_are_told_apart_in_tables_alone() -> None:
    assert HOUSE.dispatches() == {}
