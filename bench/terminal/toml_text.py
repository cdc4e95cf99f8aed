"""Comments in the TOML files that are written for people too; tomlkit writes the rest."""

from typing import Any


def add_comment(container: Any, text: str) -> None:
    """Add lines of comment to a tomlkit document or table.

    Parameters
    ----------
    container
        What they stand in, after what it has already.
    text
        The lines as the file will have them, each with its ``#``.
    """
    import tomlkit

    for line in text.splitlines():
        container.add(tomlkit.comment(line.removeprefix("#").strip()))


def start_document(comment: str) -> Any:
    """Make a tomlkit document that begins with lines of comment, as `add_comment` takes them."""
    import tomlkit

    document = tomlkit.document()
    add_comment(document, comment)
    document.add(tomlkit.nl())
    return document
