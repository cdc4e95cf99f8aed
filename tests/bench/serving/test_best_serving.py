"""The best strategy of serving: what is found is what trying every batch finds, with plain arrays and on the engines."""

import math
from collections.abc import Mapping

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.serving.best_serving import best_serving
from flopwatt.bench.serving.serving_goals import NO_GOALS, NoServingError, ServingGoals
from flopwatt.bench.step_time.predict import evaluate
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Best, Problem
from flopwatt.kernels.quantities import MODEL

Stated = dict[str, float]
SLOW = ServingGoals(interactivity=15.0, time_to_first_token=5.0)
SEARCHED = ("throughput_per_chip", "serving_memory_margin", "interactivity", "time_to_first_token")
BITS = {"weight_bits": 1.0, "cache_bits": 1.0, "precision_bits": 8.0}  # bits of memory in bytes


def stated(model: str, chip: str, **more: float) -> Stated:
    row = configs.load("models").find(model).values | configs.load("hardware").find(chip).values
    known = {name: value for name, value in row.items() if not name.startswith("published_") and not math.isnan(value)}
    return {**known, **BITS, "serving_input_tokens": 1000.0, "serving_output_tokens": 1000.0, **more}


def every(known: Stated, parts: Mapping[str, float], goals: ServingGoals, deviation: float = 0.0) -> tuple[float, float]:
    """Try every whole batch of one combination: the greatest throughput per chip, and its batch."""
    values = {name: default.value for name, default in configs.defaults().items()} | {"peak_fp4": math.nan} | known
    step = parts["replica_chips"] if parts["attention_data_parallel"] else 1.0
    batch = np.arange(step, 40_000.0, step)
    inputs = {**values, **parts, "concurrent_sequences": batch, "serving_step_deviation": 0.0}
    found, judged = evaluate(inputs, SEARCHED), evaluate({**inputs, "serving_step_deviation": deviation}, SEARCHED)
    met = (found["serving_memory_margin"] >= 0) & (judged["interactivity"] >= goals.interactivity)
    met &= judged["time_to_first_token"] <= goals.time_to_first_token
    worth = np.where(met, found["throughput_per_chip"], -np.inf)
    return float(worth.max()), float(batch[np.argmax(worth)])


PLACES = [
    {"replica_chips": 8.0, "attention_data_parallel": 0.0, "disaggregated": 0.0, "prefill_replica_chips": 8.0},
    {"replica_chips": 16.0, "attention_data_parallel": 1.0, "disaggregated": 1.0, "prefill_replica_chips": 8.0},
]


@pytest.mark.parametrize("parts", PLACES)
@pytest.mark.parametrize("goals", [NO_GOALS, SLOW, ServingGoals(15.0, 5.0, 0.9)])
@pytest.mark.parametrize("model", ["llama-3.1-70b", "deepseek-v3"])
def test_of_one_split_every_whole_batch_is_tried(model: str, goals: ServingGoals, parts: Stated) -> None:
    known = stated(model, "h200-sxm")
    best = best_serving(known, {**parts, "draft_tokens": 0.0}, goals)
    adverse = 0.0 if goals.confidence == 0.5 else 1.2815515655446004
    expected, batch = every(known, {**parts, "draft_tokens": 0.0}, goals, adverse)
    assert best.values["throughput_per_chip"] == pytest.approx(expected, rel=1e-12)
    assert best.inputs["concurrent_sequences"] == batch
    assert {name: best.inputs[name] for name in parts} == parts
    assert best.at_confidence["interactivity"] >= goals.interactivity
    assert best.values["serving_memory_margin"] >= 0


def test_the_engines_find_no_better_strategy_among_all() -> None:
    known = stated("llama-3.1-8b", "h100-sxm-80gb")
    best = best_serving(known, goals=SLOW)
    values = {name: default.value for name, default in configs.defaults().items()} | {"peak_fp4": math.nan} | known
    sizes = np.array([1.0, 2, 4, 8, 16, 32, 64])
    axes = (
        Axis("replica_chips", {"replica_chips": sizes}),
        Axis("attention", {"attention_data_parallel": np.array([0.0])}),
        Axis("split", {"disaggregated": np.array([0.0, 1, 1, 1]), "prefill_replica_chips": np.array([1.0, 1, 2, 4])}),
        Axis("batch", {"concurrent_sequences": np.arange(1.0, 20_000)}),
    )
    grid = Grid(axes)
    where = (
        Condition("serving_memory_margin", ">=", 0.0),
        Condition("interactivity", ">=", SLOW.interactivity),
        Condition("time_to_first_token", "<=", SLOW.time_to_first_token),
    )
    question = Best(name="best", objective="throughput_per_chip", maximize=True, where=where)
    needed = [name for name in MODEL.inputs(question.targets()) if name not in grid.column_axis]
    given = {"draft_tokens": 0.0, "serving_step_deviation": 0.0}
    problem = Problem(MODEL, grid, {**{name: values[name] for name in needed if name not in given}, **given})
    result = engines.get("numba").prepare(problem, question, Settings()).run()
    assert best.values["throughput_per_chip"] >= float(result.values["objective"]) * (1 - 1e-9)


def test_a_confidence_asks_for_a_margin() -> None:
    known = stated("deepseek-v3", "h200-sxm")
    median, sure = best_serving(known, goals=SLOW), best_serving(known, goals=ServingGoals(15.0, 5.0, 0.8))
    assert sure.values["throughput_per_chip"] < median.values["throughput_per_chip"]
    assert sure.values["interactivity"] > sure.at_confidence["interactivity"] >= 15.0


def test_variants_are_chosen_among() -> None:
    known = stated("deepseek-v3", "gb200-nvl72")
    variants = [BITS, {"weight_bits": 0.5625, "cache_bits": 1.0, "precision_bits": 4.0}]
    both = best_serving(known, goals=SLOW, variants=variants)
    apart = [best_serving({**known, **variant}, goals=SLOW).values["throughput_per_chip"] for variant in variants]
    assert both.values["throughput_per_chip"] == max(apart)
    assert both.inputs["weight_bits"] == variants[int(np.argmax(apart))]["weight_bits"]


def test_drafts_are_tried_of_models_that_predict_further_tokens() -> None:
    known = stated("deepseek-v3", "h200-sxm")
    assert best_serving(known, goals=SLOW).inputs["draft_tokens"] == 0
    further = best_serving({**known, "mtp_layers": 1.0}, goals=SLOW)
    assert further.tried > best_serving(known, goals=SLOW).tried
    assert further.values["throughput_per_chip"] >= best_serving(known, goals=SLOW).values["throughput_per_chip"]


def test_where_nothing_reaches_the_goals_the_nearest_is_told() -> None:
    known = stated("llama-3.1-405b", "h100-sxm-80gb")
    with pytest.raises(
        NoServingError, match=r"fit into memory and none reaches what is asked; .* miss the 5,000 tokens"
    ) as error:
        best_serving(known, goals=ServingGoals(interactivity=5000.0))
    nearest = error.value.nearest
    assert nearest.misses["interactivity"] > nearest.misses["time_to_first_token"] == 0
    assert nearest.interactivity < 5000
    assert (
        best_serving(known, goals=ServingGoals(interactivity=nearest.interactivity)).values["interactivity"]
        == nearest.interactivity
    )
    with pytest.raises(NoServingError, match="none fits into the chips' memory"):
        best_serving(known, {"replica_chips": 1.0})


def test_the_fewest_chips_hold_the_model() -> None:
    known = stated("deepseek-v3", "h200-sxm")
    with pytest.raises(NoServingError) as error:
        best_serving(known, goals=ServingGoals(interactivity=1e6))
    least = error.value.nearest.least_chips
    assert best_serving(known, {"replica_chips": least}).inputs["replica_chips"] == least
    with pytest.raises(NoServingError):
        best_serving(known, {"replica_chips": least / 2})


def test_an_input_without_a_value_is_named() -> None:
    known = stated("deepseek-v3", "h200-sxm")
    del known["serving_output_tokens"]
    if "serving_output_tokens" not in configs.defaults():
        with pytest.raises(KeyError, match="serving_output_tokens"):
            best_serving(known)
