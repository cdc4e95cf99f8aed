"""What stands inside a page as it is: styles, scripts, and data that scripts read."""

import base64
import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from ..pictures.drawing import vega_bundle

FOLDER = Path(__file__).parent
# What would end a script or begin markup in it, and the ends of lines that JSON allows and JavaScript once did not.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_SCRIPT_END = re.compile(r"<(?=/script|!--)", re.IGNORECASE)


def json_text(value: Any) -> str:
    """Write data as strict JSON that may stand in a ``<script>``: no character in it can end the element.

    Parameters
    ----------
    value
        Mappings, sequences, texts and numbers, NumPy's and dataclasses too. NaN becomes null, an infinity "inf" or "-inf".
    """
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError):
        from ..terminal.json import jsonable

        text = json.dumps(jsonable(value), allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


@functools.cache
def asset(name: str) -> str:
    """Read a style or script of this room."""
    return _one_kind_of_line_end((FOLDER / name).read_text(encoding="utf-8"))


def script_text(source: str) -> str:
    """Make JavaScript fit to stand in a ``<script>``: what would end the element is written so that it does not.

    Parameters
    ----------
    source
        JavaScript in which ``</script`` and ``<!--`` stand in strings and regular expressions alone, where a backslash before
        the second character changes nothing.
    """
    return _SCRIPT_END.sub("<\\\\", _one_kind_of_line_end(source))


def _one_kind_of_line_end(text: str) -> str:
    """Write line ends as browsers read them, since a script's hash is of what they read."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def script_hash(text: str) -> str:
    """Return a script's hash as a Content-Security-Policy has it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@functools.cache
def picture_scripts() -> str:
    """Return the JavaScript that draws pictures: Vega-Lite, Vega and their embedding."""
    return script_text(vega_bundle())
