"""A model's parts add up to its parameters, and their sizes are said in words."""

from typing import Any

import pytest

from flopwatt import configs
from flopwatt.bench.estimate.known_values import values_of_model
from flopwatt.bench.estimate.layer_kinds import ModelPart, model_parts
from flopwatt.kernels.quantities import MODEL

ROWS = configs.load("models").rows


def columns(key: str, **changes: float) -> dict[str, float]:
    return {name: value for name, value in ROWS[key].values.items() if name in MODEL} | changes


def parts(key: str, **changes: float) -> dict[str, ModelPart]:
    return {part.name: part for part in model_parts(columns(key, **changes))}


@pytest.mark.parametrize("key", ROWS)
def test_the_parts_of_every_model_of_the_table_add_up_exactly(key: str) -> None:
    taken = model_parts(columns(key))
    whole = values_of_model(columns(key), ["parameters", "active_parameters"])
    assert sum(part.parameters for part in taken) == pytest.approx(whole["parameters"], abs=0.01, rel=0)
    assert sum(part.active for part in taken) == pytest.approx(whole["active_parameters"], abs=0.01, rel=0)
    assert "the rest" not in {part.name for part in taken}
    assert all(part.parameters.is_integer() and part.count.is_integer() and part.count > 0 for part in taken)


@pytest.mark.parametrize("key", ROWS)
def test_layers_are_all_of_some_kind(key: str) -> None:
    of = columns(key)
    counts = {name: part.count for name, part in parts(key).items()}
    assert sum(count for name, count in counts.items() if "block" in name or "mixture" in name) == of["layers"]
    attentions = sum(count for name, count in counts.items() if "attention" in name and "linear" not in name)
    assert attentions == of["layers"] - of["attention_free_layers"]


def test_the_parts_of_a_mixture_with_latent_attention() -> None:
    own = parts("deepseek-v3")
    assert list(own) == [
        "input embedding", "output embedding", "full attention (MLA)", "feed-forward block", "mixture of experts", "norms",
    ]  # fmt: skip
    assert [own[name].count for name in list(own)[2:5]] == [61, 3, 58]
    assert own["mixture of experts"].sizes == (
        "256 experts of 3 matrices 7,168 x 2,048, 8 active; shared 3 matrices 7,168 x 2,048"
    )
    assert own["mixture of experts"].of_one == 257 * 3 * 7168 * 2048 + 7168 * 256
    assert own["mixture of experts"].active_of_one == 9 * 3 * 7168 * 2048 + 7168 * 256
    assert own["full attention (MLA)"].sizes == ("heads 128 x 192, values of 128; keys and values from 512; queries from 1,536")


def test_a_window_of_other_heads_is_a_part_of_its_own() -> None:
    own = parts("gemma-4-31b")
    assert own["attention in a window of 1,024"].count == 50
    assert own["attention in a window of 1,024"].sizes == "heads 32 x 256; keys and values 16 x 256"
    assert own["attention in a window of 1,024"].of_one == 5376 * 256 * (2 * 32 + 2 * 16)
    assert own["full attention"].sizes == "heads 32 x 512; keys, which are the values, 4 x 512"
    assert own["full attention"].of_one == 5376 * 512 * (2 * 32 + 4)


def test_a_size_that_differs_from_layer_to_layer_is_a_mean() -> None:
    assert parts("llama-3.1-8b", ffn_size=14336.5)["feed-forward block"].sizes == "3 matrices 4,096 x 14,336.5 (mean)"


def test_a_tied_embedding_counts_once() -> None:
    tied = parts("gemma-4-31b")["output embedding"]
    assert (tied.sizes, tied.parameters) == ("the input's (tied)", 0)


@pytest.mark.parametrize(
    ("key", "name", "count"),
    [
        ("llama-4-scout", "attention in chunks of 8,192", 36),
        ("deepseek-v3.2", "attention to 2,048 chosen keys (MLA)", 61),
        ("deepseek-v4-pro", "attention to keys of 128 tokens", 31),
        ("nemotron-h-8b", "state space (Mamba-2)", 24),
        ("qwen3-next-80b-a3b", "linear attention", 36),
        ("gpt-3-175b", "positions", 1),
    ],
)
def test_kinds_are_named_and_counted(key: str, name: str, count: int) -> None:
    assert parts(key)[name].count == count


def test_what_a_set_quantity_leaves_is_a_part_too() -> None:
    changes: dict[str, Any] = {"parameters": 9e9}
    own = parts("llama-3.1-8b", **changes)
    assert own["the rest"].parameters == 9e9 - 8030261248
    assert sum(part.parameters for part in own.values()) == 9e9
