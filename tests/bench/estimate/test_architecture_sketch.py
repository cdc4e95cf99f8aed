"""The sketch of a model of which only the parameters are known."""

import math

import pytest

from flopwatt import configs
from flopwatt.bench.estimate.architecture_sketch import sketch
from flopwatt.bench.estimate.known_values import values_of_model
from flopwatt.bench.estimate.source import Source, SourceKind
from flopwatt.bench.estimate.strategy_search import best_strategy

GIVEN = Source(SourceKind.RULE, "a test")
HELD = ("active_parameters", "parameters", "active_layer_parameters", "embedding_parameters")


def values(active: float, total: float) -> dict[str, float]:
    return {name: held.value for name, held in sketch(active, total, GIVEN).items()}


@pytest.mark.parametrize(
    ("active", "total"), [(1e9, 1e9), (8e9, 8e9), (70e9, 70e9), (405e9, 405e9), (3e9, 30e9), (37e9, 671e9), (1e12, 3e13)]
)
def test_its_whole_sizes_give_the_parameters(active: float, total: float) -> None:
    sizes = values(active, total)
    own = {name: value for name, value in sizes.items() if name not in HELD}
    assert all(value == math.floor(value) for value in own.values())
    counted = values_of_model(own, ("active_layer_parameters", "embedding_parameters", "parameters"))
    assert counted["active_layer_parameters"] + counted["embedding_parameters"] == pytest.approx(active, rel=0.05)
    assert counted["parameters"] == pytest.approx(total, rel=0.15)
    assert (sizes["experts"] > 0) == (total > active)


@pytest.mark.parametrize("known", [("llama-3.1-405b", 405.9e9, 405.9e9, 4096), ("deepseek-v3", 37.6e9, 671e9, 2048)])
def test_its_best_strategy_reaches_about_what_the_model_s_own_does(known: tuple[str, float, float, float]) -> None:
    name, active, total, chips = known
    chip = configs.load("hardware").find("h100").values
    row = {column: value for column, value in configs.load("models").find(name).values.items() if value == value}
    given = {**chip, "chip_count": chips, "precision_bits": 16.0, "sequence_length": 4096.0}
    own, sketched = (best_strategy({**model, **given}).mfu for model in (row, values(active, total)))
    assert sketched == pytest.approx(own, rel=0.15)


@pytest.mark.parametrize(
    ("active", "total"), [(37e9, 671e9), (32e9, 1e12), (3e9, 30e9), (5.1e9, 117e9), (17e9, 400e9), (1e12, 3e13)]
)
def test_what_is_outside_of_its_experts_is_as_much_as_the_rest_of_its_layers(active: float, total: float) -> None:
    sizes = values(active, total)
    outside = total - sizes["routed_parameters"]
    width, kept = sizes["hidden_size"], sizes["kv_heads"] * sizes["head_size"]
    attention = sizes["layers"] * (2 * width**2 + 2 * width * kept)
    assert outside == pytest.approx(attention + sizes["vocabulary_size"] * width)
    assert 0 < outside < active
