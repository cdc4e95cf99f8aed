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
    points = {axis.name: _row_words(axis, specs[axis.name]) for axis in axes if axis.rows}
    return Wording({name: spec.words for name, spec in specs.items() if spec.words}, points)


def _row_words(axis: AxisColumns, spec: AxisSpec) -> dict[str, str]:
    """Say what people read for each row of a facts axis; the study's own names go first."""
    place, keys, own = ("axes", axis.name, "names"), [row.key for row in axis.rows], spec.names or {}
    for name in own:
        if name not in keys:
            raise AxisError(f"{key_text((*place, name))}: the axis has no row {name!r}{nearest(name, keys) or _listed(keys)}")
    words = {row.key: own.get(row.key, row.shown) for row in axis.rows}
    texts = list(words.values())
    twice = next((key for key in own if texts.count(words[key]) > 1), None)
    if twice is not None:
        other = next(key for key in keys if key != twice and words[key] == words[twice])
        raise AxisError(f"{key_text((*place, twice))}: {words[twice]!r} is what {other!r} reads as, too")
    # rows that read alike without a name of the study's own are told apart by their keys
    return {key: text if texts.count(text) == 1 else key for key, text in words.items()}


def _listed(keys: list[str]) -> str:
    return f"; it has {', '.join(keys)}"
