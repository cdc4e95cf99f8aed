"""Inputs beside the one that an override holds: told where they stay drawn or assumed and answers depend on them."""

import numpy as np
import pytest

from flopwatt.bench.study.paired_inputs import PAIRS, note_pairs
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.quantities import MODEL

GRID = Grid((Axis("z", {"peak_pue": np.array([1.1, 1.2])}, uncertain=True),))


def test_what_stays_drawn_beside_an_override_is_told() -> None:
    assert note_pairs(MODEL, ["pue", "mfu"], GRID, []) == [
        "pue is set; PUE at peak, which says how many chips a site's power holds, stays drawn: peak_pue=... states it"
    ]


@pytest.mark.parametrize("held", [["pue", "peak_pue"], ["mfu"], []])
def test_nothing_is_told_where_both_are_set_or_none(held: list[str]) -> None:
    assert note_pairs(MODEL, held, Grid(()), []) == []


def test_a_default_is_told_too() -> None:
    (note,) = note_pairs(MODEL, ["network_factor"], Grid(()), ["peak_network_factor"])
    assert "keeps its default: peak_network_factor=... states it" in note


def test_both_of_a_pair_are_inputs() -> None:
    assert all(MODEL[name].given and MODEL[other].given for name, (other, _) in PAIRS.items())
