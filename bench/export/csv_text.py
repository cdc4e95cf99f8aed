"""Texts as cells of a CSV file, which no spreadsheet takes for a formula."""

from ...kernels.text import visible

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(text: str) -> str:
    """Make a text fit for a cell: escape codes are written out, and an apostrophe stands before what begins as a formula does.

    Parameters
    ----------
    text
        A label or a heading.
    """
    shown = visible(text)
    return f"'{shown}" if shown.startswith(FORMULA_SIGNS) else shown
