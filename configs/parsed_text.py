"""What was parsed of a text, kept in the user's cache folder: reading it back takes a hundredth of the time."""

import hashlib
import marshal
import sys
from collections.abc import Callable
from typing import Any

from ..kernels import cache_folder, reading

# What the parsed form depends on beside the text: the parser's Python, how it is written here, and what is refused.
_VERSIONS = repr((sys.version_info[:3], marshal.version, reading.MAX_DEPTH, reading.MAX_KEY))


def parsed_text(text: str, parse: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Return the document of a text from the user's cache folder, parsed and kept there where it is not.

    A document that holds more than texts, numbers, lists and tables, such as a date, is parsed every time.

    Parameters
    ----------
    text
        What is parsed.
    parse
        Parses a text.
    """
    name = f"parsed_{hashlib.sha256(f'{_VERSIONS}{text}'.encode()).hexdigest()[:24]}.bin"
    kept = cache_folder.read(name)
    if kept is not None:
        try:
            return dict(marshal.loads(kept))
        except (ValueError, TypeError, EOFError):  # whole, and yet no document
            pass
    document = parse(text)
    try:
        data = marshal.dumps(document)
    except ValueError:
        return document
    cache_folder.write(name, data)
    return document
