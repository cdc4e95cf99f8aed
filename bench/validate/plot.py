"""Published against predicted figures as an SVG picture: a panel per quantity, log axes, P10 to P90 as bars."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from ...kernels.files import write_whole
from ..errors import InputError, Parameter
from ..terminal import interrupts, numbers
from .results import Findings, Predicted, summaries

PANEL, GAP, MARGIN, HEAD, FOOT = 330, 46, 62, 34, 46  # pixels
COLUMNS = 3
_INK, _GRID, _INSIDE, _OUTSIDE = "#444", "#e4e4e4", "#1f6fb2", "#c8502d"


def write(findings: Findings, path: Path) -> None:
    """Write the picture. Raises InputError where there is nothing to draw, or the file is no .svg or cannot be written."""
    if path.suffix.lower() != ".svg":
        raise InputError(f"must end in .svg, not {path.suffix or 'nothing'}", where=Parameter("plot"))
    if not findings.predicted:
        raise InputError("there is nothing to draw: no case was predicted", where=Parameter("plot"))
    try:
        write_whole(path, svg(findings).encode())
        interrupts.note_written(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}", where=Parameter("plot")) from None


def svg(findings: Findings) -> str:
    """Draw the picture as SVG text."""
    panels = [[case for case in findings.predicted if case.quantity == quantity] for quantity in summaries(findings.predicted)]
    columns = min(COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    width = MARGIN + columns * PANEL + (columns - 1) * (GAP + MARGIN - 10) + 20
    height = rows * (HEAD + PANEL + FOOT) + 10
    body = [
        _panel(cases, MARGIN + (i % columns) * (PANEL + GAP + MARGIN - 10), HEAD + (i // columns) * (HEAD + PANEL + FOOT))
        for i, cases in enumerate(panels)
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    style = 'font-family="Helvetica, Arial, sans-serif" font-size="11"'
    return f'{head} {style}>\n<rect width="100%" height="100%" fill="white"/>\n{"".join(body)}</svg>\n'


def _panel(cases: Sequence[Predicted], left: float, top: float) -> str:
    axis = _Axis(cases)
    right, bottom = left + PANEL, top + PANEL
    parts = [_text((left, top - 12), _title(cases), _Font(weight="bold", size=13))]
    free = left - MARGIN
    for tick in axis.ticks():
        x, y, label = left + axis.place(tick), bottom - axis.place(tick), _label(tick, cases[0].unit)
        parts += [_line((x, top), (x, bottom), _Stroke(_GRID)), _line((left, y), (right, y), _Stroke(_GRID))]
        parts.append(_text((left - 5, y + 4), label, _Font("end", size=10)))
        half = 3.0 * len(label)  # about half the label's width
        if x - half > free:
            parts.append(_text((x, bottom + 15), label, _Font("middle", size=10)))
            free = x + half + 4
    parts.append(_line((left, bottom), (right, top), _Stroke(_INK, dash="4 3")))
    parts.append(f'<rect x="{left}" y="{top}" width="{PANEL}" height="{PANEL}" fill="none" stroke="{_INK}"/>\n')
    parts += [_case(case, axis, left, top) for case in cases]
    parts.append(_text((left + PANEL / 2, bottom + 31), "published", _Font("middle")))
    parts.append(_text((left + 8, top + 16), "predicted, P10 to P90"))
    return "".join(parts)


_COUNTED = ("FLOP", "h", "chip")  # units whose scale is words: they stand in the title, not at every tick


def _title(cases: Sequence[Predicted]) -> str:
    unit = cases[0].unit
    return cases[0].quantity.replace("_", " ") + (f" ({unit})" if unit in _COUNTED else "")


def _label(tick: float, unit: str) -> str:
    if unit == "s":  # powers of ten, which minutes and hours are not
        return numbers.duration(tick, "seconds")
    return numbers.count(tick) if unit in _COUNTED else numbers.show_unit(tick, unit)


class _Axis:
    """A logarithmic axis that holds every published and predicted figure, the same across and up."""

    def __init__(self, cases: Sequence[Predicted]):
        values = [value for case in cases for value in (case.published, case.predicted, case.low, case.high) if value]
        self.low, self.high = math.log10(min(values)), math.log10(max(values))
        pad = max(0.06 * (self.high - self.low), 0.05)
        self.low, self.high = self.low - pad, self.high + pad

    def place(self, value: float) -> float:
        return (math.log10(value) - self.low) / (self.high - self.low) * PANEL

    def ticks(self) -> list[float]:
        """List powers of ten, thinned to at most six; between two of them 1, 2 and 5."""
        first, last = math.ceil(self.low), math.floor(self.high)
        step = max(1, math.ceil((last - first + 1) / 6))
        whole = [10.0**power for power in range(first, last + 1, step)]
        if len(whole) > 2:
            return whole
        fine = [m * 10.0**p for p in range(first - 1, last + 1) for m in (1, 2, 5)]
        return [tick for tick in fine if self.low <= math.log10(tick) <= self.high]


def _case(case: Predicted, axis: _Axis, left: float, top: float) -> str:
    colour = _OUTSIDE if case.inside is False else _INSIDE
    x, y = left + axis.place(case.published), top + PANEL - axis.place(case.predicted)
    bar = ""
    if case.low is not None and case.high is not None:
        ends = [(x, top + PANEL - axis.place(end)) for end in (case.low, case.high)]
        bar = _line(ends[0], ends[1], _Stroke(colour, width=1.4))
    shown = [numbers.show_unit(value, case.unit) for value in (case.published, case.predicted)]
    title = f"<title>{_xml(f'{case.name}: published {shown[0]}, predicted {shown[1]}')}</title>"
    return f'{bar}<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}">{title}</circle>\n'


_Point = tuple[float, float]  # x and y, in pixels


@dataclass(frozen=True)
class _Stroke:
    colour: str
    width: float = 1
    dash: str = ""


@dataclass(frozen=True)
class _Font:
    anchor: str = "start"
    weight: str = "normal"
    size: int = 11


_LABEL = _Font()


def _line(start: _Point, end: _Point, stroke: _Stroke) -> str:
    place = f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
    dash = f' stroke-dasharray="{stroke.dash}"' if stroke.dash else ""
    return f'<line {place} stroke="{stroke.colour}" stroke-width="{stroke.width}"{dash}/>\n'


def _text(at: _Point, text: str, font: _Font = _LABEL) -> str:
    place = f'x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{font.anchor}"'
    return f'<text {place} font-weight="{font.weight}" font-size="{font.size}" fill="{_INK}">{_xml(text)}</text>\n'


def _xml(text: str) -> str:
    """Write a text as XML holds it: markup escaped, and what XML 1.0 has no way to hold replaced."""
    legal = r"\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
    return escape(re.sub(f"[^{legal}]", "\N{REPLACEMENT CHARACTER}", text))
