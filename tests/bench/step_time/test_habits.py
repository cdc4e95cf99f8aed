"""What frameworks of a date do unless told otherwise."""

import pytest

from flopwatt import configs
from flopwatt.bench.step_time import habits


@pytest.mark.parametrize("name", list(configs.load("frameworks").rows))
def test_every_framework_has_habits(name: str) -> None:
    own = configs.load("frameworks").find(name).values
    assert own.items() <= habits.habits(name, 2026.0).items()
    assert habits.habits(name, 2021.0)["fused_attention"] == 0


def test_an_unstated_interleaving_is_of_pieces_of_two_layers() -> None:
    assert [habits.interleave(layers, 8.0, 2024.0) for layers in (96.0, 88.0)] == [6.0, 11.0]
    assert habits.interleave(96.0, 8.0, 2021.0) == habits.interleave(96.0, 1.0, 2024.0) == 1.0
