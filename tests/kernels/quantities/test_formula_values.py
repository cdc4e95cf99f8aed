"""What every formula keeps to: its own bounds, digits that engines agree on, a number wherever its inputs have one."""

import math
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.kernels.graph.expression import needed
from flopwatt.kernels.graph.tracing import trace
from flopwatt.kernels.model import units
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL

COMPUTED = [item for item in MODEL.quantities.values() if not item.given]


def _problem(**held: float) -> Problem:
    """Every model on every chip; what no table has is 2 of its unit."""
    given = {name: 2.0 * units.factor(item.unit) for name, item in MODEL.quantities.items() if item.given}
    given |= {name: default.value for name, default in configs.defaults().items() if name in MODEL} | held
    axes = []
    for table in ("models", "hardware"):
        facts = configs.load(table)
        names = [name for name in facts.columns if name in given and name not in held]
        columns = {name: np.array([row.values[name] for row in facts.rows.values()]) for name in names}
        axes.append(Axis(table, columns))
    brought = {name for axis in axes for name in axis.columns}
    return Problem(MODEL, Grid(tuple(axes)), {name: value for name, value in given.items() if name not in brought})


LENGTH = {"sequence_length": 4096.0, "published_tokens": 1e12}
RUN = {"tokens": 14.8e12, "chip_count": 2048.0, "site_power": 1e9, "money": 1e11, "run_days_limit": 8.64e6}


@pytest.mark.parametrize("depreciation", [0.0, 1.0, 2.0])
def test_values_lie_within_the_bounds_that_their_quantities_state(depreciation: float) -> None:
    problem = _problem(**RUN, depreciation=depreciation)
    names = [item.name for item in COMPUTED]
    values = evaluate_at(problem, names, np.arange(problem.grid.size))
    out = set()
    for item in COMPUTED:
        known, scale = values[item.name][~np.isnan(values[item.name])], units.factor(item.unit)
        if np.any((known < item.low * scale * (1 - 1e-12)) | (known > item.high * scale * (1 + 1e-12))):
            out.add(item.name)
    assert out == set()


def test_a_model_all_of_linear_attention_has_numbers() -> None:
    """None of its layers has attention, whose mean layer is then a mean of none."""
    sizes = {"linear_key_heads": 16.0, "linear_value_heads": 32.0, "linear_key_size": 128.0, "linear_value_size": 128.0}
    linear = {"layers": 48.0, "attention_free_layers": 48.0, "linear_layers": 48.0, "linear_gates": 2.0, "window_layers": 0.0}
    problem = _problem(**RUN, **sizes, **linear, indexer_layers=0.0, compressed_layers=0.0, mtp_layers=1.0, **LENGTH)
    names = ("parameters", "training_flops", "memory_per_chip", "full_flops_per_token")
    values = evaluate_at(problem, names, np.arange(problem.grid.size))
    assert {name for name in names if not np.isfinite(values[name]).all()} == set()


def test_nothing_is_rounded_of_which_engines_have_other_last_digits() -> None:
    """A power, exp or log2 may differ in its last digit: rounded up to whole chips, that is a chip of a few."""
    problem = Problem(MODEL, Grid(()), _inputs())
    traced = trace(problem, [item.name for item in COMPUTED])
    rough = {id(node) for node in needed(traced.quantities.values()) if node.op in ("pow", "exp", "log2")}
    assert rough
    wrong = set()
    for name, node in traced.quantities.items():
        for rounded in (inner for inner in needed([node]) if inner.op in ("ceil", "floor")):
            if any(id(inner) in rough for inner in needed([rounded])):
                wrong.add(name)
    assert wrong == set()


def _inputs() -> dict[str, Any]:
    return {name: 2.0 * units.factor(item.unit) for name, item in MODEL.quantities.items() if item.given}


def test_differences_may_be_negative() -> None:
    for name in ("memory_margin", "gqa_extra_parameters", "window_query_excess"):
        assert MODEL[name].low == -math.inf, name


def test_what_is_drawn_in_a_range_is_no_power() -> None:
    """It is computed for every draw and chip, where a power is a call of libm and an exponential is vector code."""
    drawn = [item.name for item in COMPUTED if any(name.endswith("_position") for name in item.parameters)]
    assert {"chip_price", "rental_price", "capital_per_watt"} <= {*drawn}
    traced = trace(Problem(MODEL, Grid(()), _inputs()), drawn)
    assert not [node for node in needed(traced.quantities[name] for name in drawn) if node.op == "pow"]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_ends_of_a_range_are_what_was_said(dtype: str) -> None:
    given = {"chip_price_low": 20_000.0, "chip_price_high": 27_000.0}
    problem = Problem(MODEL, Grid((Axis("price_position", {"price_position": np.array([0.0, 0.5, 1.0])}),)), given)
    (prices,) = evaluate_at(problem, ["chip_price"], np.arange(3), dtype).values()
    assert prices == pytest.approx([20_000, math.sqrt(20_000 * 27_000), 27_000], rel=1e-15 if dtype == "float64" else 1e-6)
