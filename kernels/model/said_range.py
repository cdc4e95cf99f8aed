"""Figures that are only known as a range: two quantities, of the least and of the most that was said."""

from collections.abc import Iterable

LOW, HIGH = "_low", "_high"


def range_ends(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Pair the names of a range's two ends: ``chip_price_low`` with ``chip_price_high``.

    Parameters
    ----------
    names
        Of quantities or of a table's columns.

    Returns
    -------
    tuple
        The least and the most of each range of which both ends are among them.
    """
    known = dict.fromkeys(names)
    ends = ((name, name.removesuffix(LOW) + HIGH) for name in known if name.endswith(LOW))
    return tuple((low, high) for low, high in ends if high in known)
