"""The colours and letters of pictures, on light and on dark ground.

The colours are those of Okabe and Ito, told apart by people who see few colours, darkened on light ground and lightened on dark
until marks stand out at 3:1 and letters at 4.5:1 (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"


@dataclass(frozen=True)
class Colours:
    """What a picture is painted with.

    Parameters
    ----------
    ground, text, quiet, line
        The ground, letters, letters of less weight, and the lines of a grid.
    categories
        Of what is told apart by colour, in this order.
    ramp
        From the least to the greatest of what is told by how dark or light it is.
    """

    ground: str
    text: str
    quiet: str
    line: str
    categories: tuple[str, ...]
    ramp: tuple[str, ...]


LIGHT = Colours(
    ground="#ffffff",
    text="#1b1f24",
    quiet="#57606a",
    line="#d8dee4",
    categories=("#0072b2", "#c44e00", "#00805d", "#a8457f", "#7a6200", "#57606a", "#2a86ba"),
    ramp=("#440154", "#3b528b", "#21918c", "#2f9e5f"),
)
DARK = Colours(
    ground="#14181d",
    text="#e6edf3",
    quiet="#9aa5b1",
    line="#333b44",
    categories=("#56b4e9", "#f0843a", "#2fc296", "#e08dbb", "#f0e442", "#b4bcc4", "#8fa8ff"),
    ramp=("#7a6bd1", "#4d9bd6", "#35b779", "#fde725"),
)
MOST_COLOURS = len(LIGHT.categories)


def colours(dark: bool) -> Colours:
    """Return what pictures are painted with, on dark ground or on light."""
    return DARK if dark else LIGHT


def theme(dark: bool) -> Mapping[str, Any]:
    """Return Vega's configuration: colours, letters and lines, on a ground that lets what is behind it through.

    Parameters
    ----------
    dark
        Whether what is behind is dark.
    """
    paint = colours(dark)
    letters = {"labelFont": FONTS, "titleFont": FONTS, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    return {
        "background": "transparent",
        "font": FONTS,
        "padding": {"left": 4, "top": 4, "right": 8, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            **letters, "labelColor": paint.text, "titleColor": paint.quiet, "domain": False, "ticks": False,
            "gridColor": paint.line, "labelPadding": 6, "titlePadding": 8, "labelLimit": 320, "labelLineHeight": 14,
            "labelSeparation": 8, "titleLimit": {"expr": "width + 100"},
        },
        "legend": {**letters, "labelColor": paint.text, "titleColor": paint.quiet, "labelLimit": 260, "symbolStrokeWidth": 2},
        "title": {
            "font": FONTS, "subtitleFont": FONTS, "color": paint.text, "subtitleColor": paint.quiet, "anchor": "start",
            "frame": "bounds", "fontSize": 16, "subtitleFontSize": 12, "subtitleLineHeight": 16, "lineHeight": 20, "offset": 12,
        },
        "text": {"font": FONTS, "fontSize": 11, "fill": paint.text},
        "rule": {"color": paint.categories[0]},
        "range": {"category": list(paint.categories), "ramp": list(paint.ramp), "heatmap": list(paint.ramp)},
        "mark": {"color": paint.categories[0]},
        "style": {
            "quiet": {"color": paint.quiet, "opacity": 1}, "ground": {"stroke": paint.ground},
        },
    }  # fmt: skip
