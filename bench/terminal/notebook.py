"""Tables as HTML for a notebook: texts of studies and files are escaped, nothing in them is markup."""

from collections.abc import Sequence
from html import escape

from ...kernels.text import visible


def html_table(headings: Sequence[str], rows: Sequence[Sequence[str]], labels: int = 1) -> str:
    """Write a table, numbers from the right.

    Parameters
    ----------
    headings
        One of each column.
    rows
        Cells as a person reads them.
    labels
        How many columns, from the first, hold words, which are read from the left.
    """
    sides = ["left" if place < labels else "right" for place in range(len(headings))]
    head = "".join(_cell("th", text, side) for text, side in zip(headings, sides, strict=True))
    body = "".join(
        f"<tr>{''.join(_cell('td', text, side) for text, side in zip(row, sides, strict=True))}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_heading(text: str) -> str:
    """Write a line that says what follows."""
    return f"<p><strong>{_text(text)}</strong></p>"


def html_paragraphs(texts: Sequence[str]) -> str:
    """Write sentences, a paragraph each."""
    return "".join(f"<p>{_text(text)}</p>" for text in texts)


def _cell(tag: str, text: str, side: str) -> str:
    return f'<{tag} style="text-align: {side}; padding: 2px 8px">{_text(text)}</{tag}>'


def _text(text: str) -> str:
    return escape(visible(text))
