"""Words for messages."""

from collections.abc import Iterable


def nearest(name: str, names: Iterable[str]) -> str:
    """Suggest the nearest of some names for an error message: ``; did you mean 'x'?``, or nothing where none is near."""
    import difflib

    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
