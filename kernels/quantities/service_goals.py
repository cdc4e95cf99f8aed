# mypy: allow-untyped-defs, allow-untyped-calls
"""What a service must reach, as inputs: so that an axis can carry several goals, and one condition holds a strategy to each."""

from ..model.quantity import given, quantity, where

_SUM = "definition"

given(
    "least_interactivity",
    "token/s",
    "Tokens a second that a user must get at least; 0 where nothing is asked.",
    label="what a user must get",
)
given(
    "longest_first_token",
    "s",
    "Time within which a user must see the first token.",
    label="what is allowed",
)


@quantity(unit="", source=_SUM, label="goals of the service are met")
def goals_met(interactivity, least_interactivity, time_to_first_token, longest_first_token):
    """1 where a service is as fast as it must be, else 0."""
    fast = where(interactivity >= least_interactivity, 1.0, 0.0)
    return fast * where(time_to_first_token <= longest_first_token, 1.0, 0.0)
