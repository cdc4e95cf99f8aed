"""What a study's names read as: its axes, their points, and what its questions say and show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...kernels.text import nearest
from .fields import key_text
from .planned_axis import AxisColumns, AxisError
from .sayings import Sayings
from .schema import AxisSpec


@dataclass(frozen=True)
class Wording:
    """Names for people, where a study or its facts have them.

    Attributes
    ----------
    axes
        What the study calls an axis, by its name.
    points
        By axis what people read for a label; labels that read as they stand are left out.
    sayings
        What its questions say and show.
    """

    axes: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sayings: Sayings = field(default_factory=Sayings)


def word_axes(specs: Mapping[str, AxisSpec], axes: Iterable[AxisColumns]) -> Wording:
    """Gather what a study and the rows of facts tables call its axes and their points.

    Parameters
    ----------
    specs
        The axes as they are written.
    axes
        What they bring.

    Raises
    ------
    AxisError
        Where ``names`` has a row that the axis has not, or makes two rows read alike.
    """
    points = {axis.name: _point_words(axis, specs[axis.name]) for axis in axes if axis.name in specs}
    return Wording({name: spec.words for name, spec in specs.items() if spec.words}, points)


def _point_words(axis: AxisColumns, spec: AxisSpec) -> dict[str, str]:
    """Say what people read for each label of an axis; the study's own names go first."""
    place, labels, own = ("axes", axis.name, "names"), axis.labels or (), spec.names or {}
    if own and not labels:
        raise AxisError(f"{key_text(place)}: goes with labels or rows, and the axis has neither")
    for name in own:
        if name not in labels:
            raise AxisError(
                f"{key_text((*place, name))}: the axis has no point {name!r}{nearest(name, labels) or _listed(labels)}"
            )
    rows = {row.key: row.shown for row in axis.rows}
    words = {label: own.get(label, rows.get(label, label)) for label in labels}
    texts = list(words.values())
    twice = next((label for label in own if texts.count(words[label]) > 1), None)
    if twice is not None:
        other = next(label for label in labels if label != twice and words[label] == words[twice])
        raise AxisError(f"{key_text((*place, twice))}: {words[twice]!r} is what {other!r} reads as, too")
    # rows that read alike without a name of the study's own are told apart by their keys
    return {label: text if texts.count(text) == 1 else label for label, text in words.items()}


def _listed(labels: Iterable[str]) -> str:
    return f"; it has {', '.join(labels)}"
