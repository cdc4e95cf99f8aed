"""Names for people in place of keys: of axes, of their points, and of quantities and statistics.

JSON, records and whatever a user types keep the keys.
"""

from typing import Any

from ...kernels.model.named_number import name_words
from ...kernels.model.quantity import Model
from ..terminal import numbers
from . import conditions, statistic_text
from .loader import Study
from .sayings import Saying
from .statistic_text import SHARE, StatisticError, split_call


def axis_words(study: Study, axis: str) -> str:
    """Name an axis for people: as the study words it, else as the quantity that it holds is called, else by its own words.

    Parameters
    ----------
    study
        The study.
    axis
        The axis's name; a quantity's, as answers have them for places along an axis without labels, reads as the quantity.
    """
    if axis in study.wording.axes:
        return study.wording.axes[axis]
    model = study.problem.model
    return model[axis].wording if axis in model else name_words(axis)


def point_words(study: Study, axis: str, value: Any) -> str:
    """Name a point of an axis for people: a row of a facts table by its name, a study's own label as it stands.

    Parameters
    ----------
    study
        The study.
    axis
        The axis's name, or that of a quantity of which the value is.
    value
        A label, or a number in the unit of the quantity whose values name the points; None and NaN where nothing is known.
    """
    if value is None or value != value:
        return "-"
    if isinstance(value, str):
        return study.wording.points.get(axis, {}).get(value, value)
    quantity = _quantity_of_points(study, axis)
    return numbers.number(float(value)) if quantity is None else numbers.show(float(value), study.problem.model[quantity])


def place_text(heading: str, text: str) -> str:
    """Join what an axis and a point of it are called, what is counted once: ``number of chips 1,024``, ``precision FP8``.

    Parameters
    ----------
    heading
        As `axis_words` has it.
    text
        As `point_words` has it.
    """
    number, _, noun = text.rpartition(" ")
    named = {word.removesuffix("s") for word in heading.split()}
    return f"{heading} {number if number[:1].isdigit() and noun.removesuffix('s') in named else text}"


def _quantity_of_points(study: Study, axis: str) -> str | None:
    own = next((one.coordinate_quantity() for one in study.problem.grid.axes if one.name == axis), axis)
    return own if own is not None and own in study.problem.model else None


def quantity_words(model: Model, name: str) -> str:
    """Name a quantity or a statistic for people: ``run time``, ``median cost``, ``share of draws with run time <= 120 days``.

    Parameters
    ----------
    model
        The quantities.
    name
        A quantity's name, or a statistic as a study asks for it; anything else reads as its words.
    """
    if name in model:
        return conditions.show_quantity(name, model)
    try:
        call = split_call(name)
        if call is not None and call.name == SHARE:
            return f"share of draws with {conditions.show_all(conditions.parse_joined(call.argument, name, model), model)}"
        if call is not None:
            return conditions.show_statistic(statistic_text.read_statistic(call, name, model), model)
    except StatisticError:
        pass
    return name_words(name)


def saying_of(study: Study, question: str) -> Saying:
    """Find what a study says and shows of a question.

    Parameters
    ----------
    study
        The study.
    question
        The question's name.

    Raises
    ------
    KeyError
        Where the study asks no such question.
    """
    return study.wording.sayings.questions[question]
