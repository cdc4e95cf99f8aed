"""Words for messages, and text from files made fit to be shown."""

import re
from collections.abc import Iterable

MAX_NAME = 200  # characters: nothing that is longer is near a name
_NEAR = 0.6  # of difflib's likeness, 0 to 1: below it another thing is suggested and not what was meant
# What quantities that studies may still name are called now, where the name that looks most alike means something else.
FORMER = {
    "training_share": "final_run_share",
    "site_training_flops": "site_run_flops",
    "capital_cost_per_year": "capital_charge_per_year",
    "capital_cost_per_chip_year": "capital_charge_per_chip_year",
}

# Control characters but for line breaks and tabs, what changes the direction of text or is not seen, and halves of characters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def nearest(name: str, names: Iterable[str], near: float = _NEAR) -> str:
    """Suggest the nearest of some names for an error message: ``; did you mean 'x'?``, or nothing where none is near.

    Parameters
    ----------
    name
        What was written.
    names
        What could be meant.
    near
        How alike they must be at least, by difflib, 0 to 1.
    """
    import difflib

    if len(name) > MAX_NAME:
        return ""
    written: dict[str, str] = {}  # by how it reads in lower case: a name in other letters is nearer than another name
    for other in names:
        if 0 < len(other) <= MAX_NAME:
            written.setdefault(other.lower(), other)
    now = FORMER.get(name)
    close = [now] if now is not None and now in written else difflib.get_close_matches(name.lower(), written, n=1, cutoff=near)
    return f"; did you mean {written[close[0]]!r}?" if close else ""


def visible(text: str) -> str:
    r"""Write out what a terminal would obey or hide: escape codes, other control characters, marks of direction.

    Line breaks and tabs stay; an escape becomes the four characters ``\x1b``.
    """
    return _HIDDEN.sub(lambda match: _written(ord(match[0])), text) if not text.isascii() or not text.isprintable() else text


def _written(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
