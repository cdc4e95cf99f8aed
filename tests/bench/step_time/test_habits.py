"""What frameworks of a date do unless told otherwise."""

import pytest

from flopwatt import configs
from flopwatt.bench.step_time import habits
from flopwatt.bench.step_time.habits import RunOptions


@pytest.mark.parametrize("name", list(configs.load("frameworks").rows))
def test_every_framework_has_habits(name: str) -> None:
    own = configs.load("frameworks").find(name).values
    assert own.items() <= habits.habits(name, 2026.0).items()
    assert habits.habits(name, 2021.0)["fused_attention"] == 0


def test_an_unstated_interleaving_is_of_pieces_of_two_layers() -> None:
    assert [habits.interleave(layers, 8.0, 2024.0) for layers in (96.0, 88.0)] == [6.0, 11.0]
    assert habits.interleave(96.0, 8.0, 2021.0) == habits.interleave(96.0, 1.0, 2024.0) == 1.0


def test_options_say_how_it_was_run() -> None:
    run = (RunOptions(), RunOptions(compiled=True), RunOptions(async_tp=True))
    plain, compiled, overlapped = (habits.habits("torchtitan", 2025.0, options) for options in run)
    assert plain["unfused_kernels"] > compiled["unfused_kernels"] > 0
    assert overlapped["tp_overlap"] > plain["tp_overlap"] == 0
    assert habits.habits("megatron", 2025.8, RunOptions(as_it_comes=True))["overlap"] == 0
    assert habits.habits("megatron", 2025.8)["overlap"] == 1


def test_selective_recompute_is_by_operation_where_pytorch_does_it() -> None:
    own = habits.habits("torchtitan", 2025.0, RunOptions(recompute="selective"))
    assert (own["recomputed_operations"], own["recomputed_attention"]) == (0.5, 0)
    assert "recomputed_operations" not in habits.habits("nemo", 2025.0, RunOptions(recompute="selective"))


def test_a_framework_that_is_none_is_named() -> None:
    with pytest.raises(configs.FactError, match="no row 'nemu'; did you mean 'nemo'"):
        habits.habits("nemu", 2025.0)
