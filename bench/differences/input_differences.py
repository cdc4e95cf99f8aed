"""What two sides' inputs differ in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...kernels.quantities import MODEL
from ..prior.drawn_inputs import shown_name
from ..study.names import quantity_words
from .document_forms import AskedForm, AxisForm, growth
from .input_values import InputKey, InputKind, InputValue, are_alike, are_drawn, holds_everywhere

MAX_NAMED = 6  # of what is only on one side


@dataclass(frozen=True)
class InputDifference:
    """An input that is not the same on both sides.

    Attributes
    ----------
    quantity
        The input.
    place
        The axis and its point that have it, in words; empty for one that holds everywhere.
    a, b
        What it is on the two sides; None where it is no input there, but computed.
    """

    quantity: str
    place: tuple[str, str]
    a: InputValue | None
    b: InputValue | None

    @property
    def words(self) -> str:
        """Name it for people, with the point that has it."""
        name = quantity_words(MODEL, shown_name(self.quantity) if self.quantity not in MODEL else self.quantity)
        return f"{name} of {self.place[1]}" if self.place[1] else name

    @property
    def change(self) -> float | None:
        """By which share the value grew from one side to the other; None where that means nothing."""
        return growth(*(None if side is None else side.value for side in (self.a, self.b)))


@dataclass(frozen=True)
class InputComparison:
    """All that two sides' inputs differ in.

    Attributes
    ----------
    differences
        Inputs with another value, those that somebody stated first.
    sentences
        What else differs: inputs that only one side needs.
    draws_anew
        Whether an input has other draws of the same distribution.
    """

    differences: tuple[InputDifference, ...]
    sentences: tuple[str, ...]
    draws_anew: bool = False


def compare_inputs(
    a: Mapping[InputKey, InputValue], b: Mapping[InputKey, InputValue], *, both_whole: bool = True
) -> InputComparison:
    """Find the inputs that are not the same, and name those that only one side needs.

    Parameters
    ----------
    a, b
        The sides' inputs.
    both_whole
        Whether they are all that the sides have; else what one side does not say tells nothing.
    """
    first_side, second_side = _InputSide(a), _InputSide(b)
    differences, only_a, only_b, draws_anew = list[InputDifference](), list[str](), list[str](), False
    for key in dict.fromkeys([*a, *b]):
        if first_side.tells_apart(key, b) or second_side.tells_apart(key, a):
            continue
        first, second = holds_everywhere(a, key), holds_everywhere(b, key)
        if first is not None and second is not None:
            draws_anew = draws_anew or (are_drawn(first, second) and first.digest != second.digest)
            if not are_alike(first, second):
                differences.append(InputDifference(key[0], (first if first.place[1] else second).place, first, second))
        elif not both_whole:
            continue
        elif InputKind.STATED in (side.kind for side in (first, second) if side is not None):
            differences.append(InputDifference(key[0], ("", ""), first, second))
        else:
            (only_a if second is None else only_b).append(key[0])
    order = sorted(differences, key=lambda difference: not _is_stated(difference))
    return InputComparison(tuple(order), (*_only("A", only_a), *_only("B", only_b)), draws_anew)


class _InputSide:
    """One side's inputs, and which quantities and which points of axes have them."""

    def __init__(self, inputs: Mapping[InputKey, InputValue]):
        self.inputs = inputs
        self.quantities = {quantity for quantity, _ in inputs}
        self.places = {value.place for value in inputs.values()}
        self.axes = {axis for axis, _ in self.places}

    def tells_apart(self, key: InputKey, other: Mapping[InputKey, InputValue]) -> bool:
        """Tell whether an input is told elsewhere: this side has its axis but not the point, or has it point by point.

        Parameters
        ----------
        key
            The input.
        other
            The other side's inputs.
        """
        quantity, label = key
        if not label:
            return key not in self.inputs and quantity in self.quantities
        value = other.get(key)
        return value is not None and value.place not in self.places and value.place[0] in self.axes


def _is_stated(difference: InputDifference) -> bool:
    return any(side is not None and side.kind is InputKind.STATED for side in (difference.a, difference.b))


def _only(side: str, names: Sequence[str]) -> tuple[str, ...]:
    """Name the inputs that only one side needs, each once."""
    words = list(dict.fromkeys(quantity_words(MODEL, name) for name in names))
    if not words:
        return ()
    more = f" and {len(words) - MAX_NAMED} more" if len(words) > MAX_NAMED else ""
    return (f"Only {side} needs: {', '.join(words[:MAX_NAMED])}{more}.",)


def compare_axes(a: Iterable[AxisForm], b: Iterable[AxisForm]) -> tuple[str, ...]:
    """Say which axes, and which points of labelled axes, are only on one side, and where the number of draws differs."""
    first, second = ({axis.axis: axis for axis in axes} for axes in (a, b))
    sentences = []
    for name, side in [("A", first), ("B", second)]:
        other = second if name == "A" else first
        lone = [axis.words or axis.axis for key, axis in side.items() if key not in other]
        sentences += [f"Only {name} has the axis {word}." for word in lone]
    for key in (key for key in first if key in second):
        sentences += _compare_points(first[key], second[key])
    return tuple(sentences)


def _compare_points(a: AxisForm, b: AxisForm) -> list[str]:
    words, sentences = a.words or a.axis, []
    for name, one, other in (("A", a, b), ("B", b, a)):
        lone = [one.names.get(label, label) for label in one.labels or () if label not in (other.labels or ())]
        if lone:
            more = f" and {len(lone) - MAX_NAMED} more" if len(lone) > MAX_NAMED else ""
            sentences.append(f"Only {name} has, of the axis {words}: {', '.join(lone[:MAX_NAMED])}{more}.")
    if a.uncertain and b.uncertain and a.labels is None and a.points != b.points:
        sentences.append(f"{words}: {a.points:,} draws in A, {b.points:,} in B.")
    return sentences


def compare_questions(a: Mapping[str, AskedForm], b: Mapping[str, AskedForm]) -> tuple[str, ...]:
    """Say which questions of one name ask for something else on the other side."""
    sentences = []
    for name in (name for name in a if name in b and a[name] != b[name]):
        parts = []
        for key, (first, second) in {
            "about": (a[name].of, b[name].of),
            "by": (a[name].by, b[name].by),
            "where": (a[name].where, b[name].where),
        }.items():
            if first != second:
                alone = [", ".join(text for text in one if text not in other) or "nothing" for one, other in
                         ((first, second), (second, first))]  # fmt: skip
                parts.append(f"{key} {alone[0]} in A, {alone[1]} in B")
        sentences.append(f"{name} asks for something else: {'; '.join(parts)}.")
    return tuple(sentences)
