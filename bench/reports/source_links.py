"""The addresses in a source's text: papers and pages that a reader can open."""

import re
from dataclasses import dataclass

# Of hosts that sources name; a host alone is a name and no address.
_ENDINGS = "ai|be|ca|ch|cn|co|com|de|edu|energy|eu|fr|gov|info|int|io|jp|kr|net|nl|org|se|uk"
_ADDRESS = re.compile(
    r"https?://[^\s<>\"']+"
    r"|arXiv:\d{4}\.\d{4,5}(?:v\d+)?"
    rf"|(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_ENDINGS})/[^\s<>\"',;]+",
    re.IGNORECASE,
)
_AFTER = ".,;:!?"  # that ends a sentence and not an address


@dataclass(frozen=True)
class TextPart:
    """A stretch of text.

    Attributes
    ----------
    text
        What a reader sees.
    address
        Where it leads; empty where it is no link. Never anything but http or https.
    """

    text: str
    address: str = ""


def linked(text: str) -> tuple[TextPart, ...]:
    """Cut a text into stretches with and without an address: web addresses, hosts with a path, and numbers of arXiv."""
    parts, done = [], 0
    for match in _ADDRESS.finditer(text):
        written = _without_end(match[0])
        if match.start() > done:
            parts.append(TextPart(text[done : match.start()]))
        parts.append(TextPart(written, _address(written)))
        done = match.start() + len(written)
    if done < len(text):
        parts.append(TextPart(text[done:]))
    return tuple(parts)


def _without_end(written: str) -> str:
    """Leave out marks that end the sentence, and a bracket that was opened before the address."""
    while written[-1] in _AFTER or (written[-1] == ")" and written.count("(") < written.count(")")):
        written = written[:-1]
    return written


def _address(written: str) -> str:
    if written.lower().startswith("arxiv:"):
        return f"https://arxiv.org/abs/{written[len('arxiv:') :]}"
    return written if written.lower().startswith(("http://", "https://")) else f"https://{written}"
