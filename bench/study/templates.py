"""Sentences as a study words them: text with placeholders such as ``{site_chips:P50 chip=gb200-nvl72}``.

A placeholder is a name, perhaps a form behind a colon, and perhaps the points of kept axes that it is of. It is looked up and
never evaluated; ``{{`` and ``}}`` are braces.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import StudyError

MAX_PLACEHOLDERS = 64  # of one text
_PIECES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_CALL = r"[^\W\d][\w.]*\s*\([^(){}]*\)"
_TEXT = r"'[^']*'|\"[^\"]*\"|[^\s'\"=]+"
_AXIS = r"[^\W\d][\w.-]*"
_NAMED = re.compile(rf"\s*({_CALL}|[^\W\d]\w*)\s*(?::\s*([^\s=]+))?((?:\s+{_AXIS}\s*=\s*(?:{_TEXT}))*)\s*")
_POINT = re.compile(rf"({_AXIS})\s*=\s*({_TEXT})")
_PERCENTILE = r"P\d{1,2}(?:\.\d{1,4})?"
_RANGE = re.compile(rf"({_PERCENTILE}|min)-({_PERCENTILE}|max)")
_SPREAD = re.compile(rf"({_PERCENTILE}|mean)\(({_PERCENTILE}|min)-({_PERCENTILE}|max)\)")
FORM = "write {quantity}, {quantity:P50}, {quantity:P5-P95}, {axis} or {quantity:P50 axis=point}; {{ and }} are braces"


class TemplateError(StudyError):
    """A sentence's text is not understood; the message says what would be."""


@dataclass(frozen=True)
class Placeholder:
    """What stands between braces.

    Attributes
    ----------
    text
        As it is written, without braces.
    name
        Of a quantity, a statistic, an axis, or what an answer of the question's kind has.
    form
        What of it is said: ``P50``, ``P5-P95``, ``P50(P5-P95)``, ``min``; empty where the name says all.
    points
        Points by their axis, as they are written.
    """

    text: str
    name: str
    form: str = ""
    points: tuple[tuple[str, str], ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The forms of single numbers that it puts together: ``P5-P95`` is of ``P5`` and ``P95``."""
        for pattern in (_SPREAD, _RANGE):
            match = pattern.fullmatch(self.form)
            if match:
                return match.groups()
        return (self.form,)


@dataclass(frozen=True)
class Template:
    """A sentence: text and placeholders, one after the other."""

    pieces: tuple[str | Placeholder, ...]

    def placeholders(self) -> Iterator[Placeholder]:
        """List the placeholders in their order."""
        return (piece for piece in self.pieces if isinstance(piece, Placeholder))


def parse_template(text: str) -> Template:
    """Read a sentence as a study words it.

    Parameters
    ----------
    text
        Such as ``10 GW hold {site_chips:P50} {chip}``.

    Raises
    ------
    TemplateError
        Where a brace stands alone, or what is between two is no placeholder.
    """
    pieces: list[str | Placeholder] = []
    end = 0
    for match in _PIECES.finditer(text):
        pieces.append(text[end : match.start()])
        end = match.end()
        if match[0] in ("{{", "}}"):
            pieces.append(match[0][0])
        elif match[1] is None:
            raise TemplateError(f"a {match[0]!r} stands alone; {FORM}")
        else:
            pieces.append(_placeholder(match[1]))
    pieces.append(text[end:])
    if sum(isinstance(piece, Placeholder) for piece in pieces) > MAX_PLACEHOLDERS:
        raise TemplateError(f"has more than {MAX_PLACEHOLDERS} placeholders")
    return Template(tuple(piece for piece in pieces if piece))


def _placeholder(text: str) -> Placeholder:
    match = _NAMED.fullmatch(text)
    if match is None:
        raise TemplateError(f"{{{text}}} is not understood; {FORM}")
    points = tuple((axis, point[1:-1] if point[0] in "'\"" else point) for axis, point in _POINT.findall(match[3]))
    axes = [axis for axis, _ in points]
    twice = next((axis for axis in axes if axes.count(axis) > 1), None)
    if twice is not None:
        raise TemplateError(f"{{{text}}}: {twice} is stated twice")
    placeholder = Placeholder(text.strip(), " ".join(match[1].split()), match[2] or "", points)
    *_, low, high = ("min", "max", *placeholder.parts) if len(placeholder.parts) > 1 else ("min", "max")
    if _share(low) >= _share(high):
        raise TemplateError(f"{{{text}}}: a range goes from its low end to its high end, and {low} is not below {high}")
    return placeholder


def _share(part: str) -> float:
    """Return which share of all (%) lies below the end of a range."""
    ends = {"min": 0.0, "max": 100.0}
    return ends[part] if part in ends else float(part.removeprefix("P"))
