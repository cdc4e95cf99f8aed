"""Goals of a service: met where both are."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("interactivity", "first", "met"), [(50.0, 2.0, 1.0), (49.0, 2.0, 0.0), (60.0, 2.1, 0.0), (float("nan"), 1.0, 0.0)]
)
def test_goals_are_met_where_a_user_is_answered_fast_and_soon(
    interactivity: float, first: float, met: float, evaluate: Callable[..., dict[str, Any]]
) -> None:
    held = {"interactivity": interactivity, "time_to_first_token": first}
    found = evaluate("goals_met", **held, least_interactivity=50.0, longest_first_token=2.0)
    assert found["goals_met"] == met
