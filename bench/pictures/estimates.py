"""What a training run takes, on one chip or on several side by side: a row for each quantity."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..estimate.chip_comparison import ChipComparison
from ..estimate.estimate_result import EstimateResult
from ..estimate.intervals import Spread
from ..estimate.natural_units import in_table, natural, spread_words
from ..estimate.result_sentences import model_words, verb_of, words
from .frames import Spec, colour_channels, frame, row_channel
from .intervals import rows_height
from .labels import joined, wrapped_apart
from .marks import dots
from .marks import words as words_beside
from .picture import Picture
from .scales import scale_of
from .spread import KeptAxis

# What is drawn of what was estimated, in this order: what a run is asked for, not what it is computed by.
SHOWN = ("run_time", "chip_count", "peak_facility_power", "energy", "cost", "rental_cost", "carbon", "water")
MAX_CHIPS = 7


def estimate_picture(result: EstimateResult | ChipComparison) -> Picture | None:
    """Draw what a training run takes: of each quantity the median and P10 to P90, in percent of the median.

    Of several chips all are drawn in percent of the first chip's median.

    Parameters
    ----------
    result
        What one run takes, or what it takes on several chips.

    Returns
    -------
    Picture or None
        None where nothing of the run is uncertain, and there is nothing to compare.
    """
    results = dict(result.results) if isinstance(result, ChipComparison) else {"": result}
    results = dict(list(results.items())[:MAX_CHIPS])
    first = next(iter(results.values()))
    names = [name for name in SHOWN if _is_drawn(name, results)]
    if not names:
        return None
    chips = KeptAxis("chip", "chip", tuple(results)) if len(results) > 1 else None
    data, scale_values = [], []
    labels = wrapped_apart([words(name) for name in names])
    bases = {name: first.estimate.spreads[name].median or math.nan for name in names}
    for one in results.values():
        for name in names:
            spread = one.estimate.spreads.get(name)
            if spread is not None and spread.median is not None:
                scale_values += [value / bases[name] for value in _ends(spread)]
    scale = scale_of([np.array(scale_values)], "", "%", about=1.0, wide=_WIDE)
    for chip, one in results.items():
        for label, name in zip(labels, names, strict=True):
            spread = one.estimate.spreads.get(name)
            if spread is None or spread.median is None:
                continue
            low, middle, high = (value / bases[name] for value in _ends(spread))
            row: dict[str, Any] = {"y": label, "m": scale.at(middle), "l": scale.at(low), "h": scale.at(high)}
            row |= {"t": in_table(natural(spread.median, spread.quantity)), "v": spread_words(spread)}
            data.append({**row, **({"c": chip} if chips else {})})
    height = rows_height(labels, len(results))
    spec = frame(data, _layers(labels, scale, chips), height)
    return Picture("estimate", f"{verb_of(first.scenario)} {model_words(first.scenario)}", _caption(first, chips), spec)


_SAID = 3  # sentences: what it takes, what is expected, what the best strategy could reach
_WIDE = 2.5  # from which equal ratios lie at equal distances


def _is_drawn(name: str, results: Mapping[str, EstimateResult]) -> bool:
    """Tell whether a quantity is uncertain or differs, and is known on the first chip."""
    spreads = [one.estimate.spreads[name] for one in results.values() if name in one.estimate.spreads]
    known = [spread for spread in spreads if spread.median is not None and math.isfinite(spread.median)]
    first = next(iter(results.values())).estimate.spreads.get(name)
    if first is None or not first.median or not math.isfinite(first.median):
        return False
    return any(spread.low is not None for spread in known) or len({spread.median for spread in known}) > 1


def _ends(spread: Spread) -> tuple[float, float, float]:
    middle = math.nan if spread.median is None else spread.median
    return (middle if spread.low is None else spread.low, middle, middle if spread.high is None else spread.high)


def _caption(first: EstimateResult, chips: KeptAxis | None) -> str:
    if chips is None:
        said = " ".join(sentence for sentence in first.sentences[:_SAID])
        return f"Median (dot) and P10 to P90 (bar) of what the run takes, in percent of the median. {said}"
    return (
        f"Median (dot) and P10 to P90 (bar) of what the run takes on {joined(chips.points)}, in percent of the first's median."
    )


def _layers(labels: list[str], scale: Any, chips: KeptAxis | None) -> list[Spec]:
    place: Spec = {"y": row_channel(labels)}
    if chips is not None:
        place["yOffset"] = {"field": "c", "type": "nominal", "scale": {"domain": list(chips.points)}}
    title = "in percent of the median" if chips is None else f"in percent of the median on {chips.points[0]}"
    along: Spec = {
        "field": "m", "type": "quantitative", "scale": scale.definition(), "axis": {**scale.axis(""), "title": title},
    }  # fmt: skip
    tips = [
        {"field": "y", "type": "nominal", "title": "of the run"},
        {"field": "v", "type": "nominal", "title": "median (P10 to P90)"},
    ]
    if chips is not None:
        tips.insert(1, {"field": "c", "type": "nominal", "title": "chip"})
    told = {"tooltip": tips}
    bar = {"type": "rule", "strokeWidth": 6, "opacity": 0.55, "aria": False}
    return [
        {
            "mark": bar,
            "encoding": {**place, "x": {**along, "field": "l"}, "x2": {"field": "h"}, **colour_channels(chips), **told},
        },
        dots({**place, "x": along, **colour_channels(chips, shape=True), **told}, ["y", "c"] if chips else ["y"]),
        words_beside({**place, "x": along}),
    ]
