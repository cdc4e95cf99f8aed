"""How far a mover's answers lie apart."""

import math

from flopwatt.bench.drivers.mover import Mover


def mover(low: float, base: float, high: float) -> Mover:
    return Mover("pue", "assumed", 1.1, 1.2, 1.3, low, base, high, "")


def test_the_effect_is_the_distance_between_the_least_and_the_greatest_answer() -> None:
    assert mover(3, 2, 1).effect == 2
    assert mover(3, 2, 1).relative_effect == 1
    assert mover(1, 4, 2).effect == 3
    assert mover(2, -2, 0).relative_effect == 2


def test_answers_that_are_not_finite() -> None:
    assert mover(math.nan, 2, 3).effect == 1
    assert mover(math.nan, math.nan, math.nan).effect == 0
    assert mover(1, 2, math.inf).effect == math.inf
    assert mover(math.inf, math.inf, math.inf).effect == 0
    assert mover(1, math.inf, math.inf).relative_effect == math.inf
    assert mover(1, 0, 2).relative_effect == math.inf
    assert mover(0, 0, 0).relative_effect == 0
