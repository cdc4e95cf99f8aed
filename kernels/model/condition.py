"""A condition: a comparison of a quantity with a number or another quantity."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """A comparison that a point must meet: ``quantity op value``.

    Parameters
    ----------
    quantity
        The name of the quantity on the left.
    op
        One of ``COMPARISONS`` (see comparisons.py).
    value
        A number in the quantity's base unit, or the name of another quantity.
    """

    quantity: str
    op: str
    value: float | str

    def names(self) -> tuple[str, ...]:
        """List the quantities that are compared."""
        return (self.quantity, self.value) if isinstance(self.value, str) else (self.quantity,)
