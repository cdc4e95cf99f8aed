"""Tornadoes: what moves an answer, a bar for each input from the answer at one end of its range to that at the other."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...kernels.model.quantity import Model
from ..answers.answer import Answer
from ..drivers.mover import Mover
from ..drivers.movers import main_quantity, movers
from ..study.loader import Study
from ..study.names import quantity_words
from ..terminal import numbers
from .frames import NARROW, Spec, frame, row_channel
from .intervals import rows_height
from .labels import sentence, wrapped_apart
from .marks import told, words
from .picture import Picture
from .scales import Scale, scale_of

MAX_BARS = 10
_SIDES = (
    "lower value",
    "higher value",
)  # of the input; of one that chooses, the choices with the least and the greatest answer
_MOST_BASES = 2  # that a caption lists
_ROOM = 0.35  # of the axis beyond the bars of each side, for what is written there
_MAX_CHANGE = 20.0  # times the base, beyond which a bar ends at the edge


def tornado_of(answer: Answer, study: Study) -> Picture | None:
    """Draw what moves an answer; None where nothing that was not stated does.

    Parameters
    ----------
    answer, study
        What is drawn, and what it answers.
    """
    quantity = main_quantity(answer.question, study.problem.model)
    moving = movers(answer, study)
    return tornado(moving, study.problem.model, quantity, answer.name) if quantity is not None and moving else None


def tornado(moving: Sequence[Mover], model: Model, quantity: str, question: str = "") -> Picture | None:
    """Draw how far inputs move a quantity, the largest effect first, as the change from the base in percent.

    Parameters
    ----------
    moving
        The inputs, as `drivers.movers` tells of them.
    model
        Has the quantity and the inputs.
    quantity
        The name of the quantity that is moved.
    question
        The name of the question that asks for it; empty where none does.

    Returns
    -------
    Picture or None
        None where no change can be told.
    """
    told = [mover for mover in moving if mover.answer_base and math.isfinite(mover.answer_base) and _changes(mover)]
    if not told:
        return None
    words = quantity_words(model, quantity)
    shown = told[:MAX_BARS]
    scale = scale_of([np.array([change for mover in shown for change in _changes(mover)])], "", "%", about=0.0).roomy(_ROOM)
    inputs = [f"{quantity_words(model, mover.name)}: {_tried(mover, model)}" for mover in shown]
    labels = wrapped_apart(inputs, 19, 4)
    data = [row for label, mover in zip(labels, shown, strict=True) for row in _bars(label, mover, scale, (model, quantity))]
    return Picture(
        "tornado",
        sentence(f"what moves {words}"),
        _caption(words, shown, len(told), numbers.show(shown[0].answer_base, model[quantity])),
        frame(data, _layers(labels, scale, words), rows_height(labels, 1)),
        (),
        question,
    )


def _changes(mover: Mover) -> list[float]:
    """List the finite changes of the answer, as shares of its base, that are not too large to be drawn."""
    changes = [answer / mover.answer_base - 1 for answer in (mover.answer_low, mover.answer_high)]
    return [change for change in changes if math.isfinite(change) and abs(change) <= _MAX_CHANGE]


def _tried(mover: Mover, model: Model) -> str:
    show = model[mover.name]
    return numbers.join_range(numbers.show(mover.low, show), numbers.show(mover.high, show))


def _bars(label: str, mover: Mover, scale: Scale, of: tuple[Model, str]) -> list[dict[str, Any]]:
    model, quantity = of
    rows = []
    for side, tried, answer in zip(_SIDES, (mover.low, mover.high), (mover.answer_low, mover.answer_high), strict=True):
        change = answer / mover.answer_base - 1
        if math.isnan(change):
            continue
        row: dict[str, Any] = {
            "y": label,
            "c": side,
            "z": 0,
            "m": scale.at(change),
            "u": numbers.show(tried, model[mover.name]),
        }
        row |= {"v": numbers.show(answer, model[quantity]), "t": _signed(change), "b": mover.basis}
        rows.append(row | {"up": int(change >= 0)})
    return rows


def _signed(change: float) -> str:
    if math.isinf(change):
        return "∞"
    return f"{'+' if change > 0 else ''}{numbers.number(100 * change, 2)}%" if change else ""


def _caption(words: str, shown: Sequence[Mover], total: int, base: str) -> str:
    place = "; ".join(f"{axis}: {point}" for axis, point in shown[0].place)
    more = f" The {len(shown)} of {total} inputs that move it most." if total > len(shown) else ""
    bases = list(dict.fromkeys(mover.basis.partition(";")[0] for mover in shown))
    tried = "; ".join([*bases[:_MOST_BASES], *(["others as the tooltips say"] if len(bases) > _MOST_BASES else [])])
    text = f"Change of {words} from {base} as one input at a time takes other values ({tried}), all others held.{more}"
    return f"{text} Taken at {place}." if place else text


def _layers(labels: list[str], scale: Scale, moved: str) -> list[Spec]:
    place: Spec = {"y": row_channel(labels)}
    axis = {**scale.axis(f"change of {moved}")}
    along: Spec = {"field": "m", "type": "quantitative", "scale": scale.definition(), "axis": axis}
    legend = {
        "title": "the input's",
        "orient": "top",
        "symbolType": "square",
        "symbolOpacity": 1,
        "columns": {"expr": f"{NARROW} ? 1 : 2"},
    }
    colour: Spec = {"color": {"field": "c", "type": "nominal", "scale": {"domain": list(_SIDES)}, "legend": legend}}
    tips = [
        {"field": field, "type": "nominal", "title": title}
        for field, title in (("y", "input"), ("u", "at"), ("v", moved), ("t", "change"), ("b", "tried"))
    ]
    bars = {**place, "x": {**along, "field": "z"}, "x2": {"field": "m"}, **colour, "tooltip": tips}
    bar = told({"type": "bar", "opacity": 0.9, "height": {"band": 0.55}}, bars, ["y", "u"])
    base: Spec = {
        "mark": {"type": "rule", "style": ["rule", "quiet"], "aria": False},
        "encoding": {"x": {"datum": 0, "type": "quantitative"}},
    }
    ends = [
        words({**place, "x": along}, "!datum.up", align="right", dx=-4, baseline="middle"),
        words({**place, "x": along}, "datum.up", align="left", dx=4, baseline="middle"),
    ]
    return [bar, base, *ends]
