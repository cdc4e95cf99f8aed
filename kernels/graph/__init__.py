"""The formulas as one graph of operations, and the interval that each operation's value lies in."""

__all__ = ["expression", "intervals", "tracing"]
