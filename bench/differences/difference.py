"""Two sides held against each other: inputs, answers, and what the change is due to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ..errors import InputError
from .answer_cells import Cell
from .answer_differences import DOUBLE, SINGLE, AnswerDifference, compare_cells, moved_first
from .attribution import Attribution, attribute
from .document_forms import AxisForm, VersionForm
from .document_side import DocumentSide
from .input_differences import InputDifference, compare_axes, compare_inputs, compare_questions
from .input_values import InputKind

SEVERAL = 2  # inputs that differ, from which it is told what each does
_DRAWN_ANEW = "What both draw they draw on other points, so small moves may be chance."
_LENT = "{} is computed on {}'s draws, so that inputs alone move it; by itself it may differ a little."


@dataclass(frozen=True)
class Difference:
    """What differs between two sides.

    Attributes
    ----------
    a, b
        What the sides are called.
    versions
        Which flopwatt computed them, None where a side does not say.
    inputs
        The inputs that differ.
    sentences
        What else differs of the inputs.
    answers
        Of every question that both sides answer how far its answer moved.
    only_a, only_b
        Questions that only one side answers.
    attribution
        What the change of the first answer that moved is due to; None where that is not told.
    notes
        Of which side not all inputs are known, and what may be chance.
    both_whole
        Whether all inputs of both sides are known.
    names
        By axis, what people read for its labels.
    """

    a: str
    b: str
    versions: tuple[VersionForm | None, VersionForm | None]
    inputs: tuple[InputDifference, ...]
    sentences: tuple[str, ...]
    answers: tuple[AnswerDifference, ...]
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()
    attribution: Attribution | None = None
    notes: tuple[str, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    both_whole: bool = True

    @property
    def moved(self) -> tuple[AnswerDifference, ...]:
        """The answers that are not the same."""
        return tuple(answer for answer in self.answers if answer.has_moved)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.inputs or self.sentences or self.moved or self.only_a or self.only_b)


def check_kinds(a: tuple[str, str], b: tuple[str, str]) -> None:
    """Refuse a study against an estimate, by the sides' names and kinds. Raises InputError."""
    if a[1] != b[1]:
        raise InputError(f"{a[0]} is {a[1]} and {b[0]} is {b[1]}; name two studies, or two estimates")


def compare_sides(a: DocumentSide, b: DocumentSide) -> Difference:
    """Hold two sides against each other.

    Parameters
    ----------
    a, b
        Two studies, or two estimates.

    Raises
    ------
    InputError
        For a study against an estimate, for numbers in different units, and for a document that is not of its form.
    """
    check_kinds((a.name, a.kind), (b.name, b.kind))
    both_whole = a.is_whole and b.is_whole
    inputs = compare_inputs(a.inputs(), b.inputs(), both_whole=both_whole)
    stated = _stated(a) & _stated(b)  # which an estimate repeats among its quantities
    first, second = (
        {question: tuple(cell for cell in cells if cell.quantity not in stated) for question, cells in answers.items()}
        for answers in (a.answers(b.questions), b.answers(a.questions))
    )
    tolerance = SINGLE if "float32" in (a.dtype, b.dtype) else DOUBLE
    common = [question for question in first if question in second]
    for question in common:
        _check_units(a, b, first[question], second[question])
    answers = tuple(compare_cells(question, first[question], second[question], tolerance) for question in common)
    return Difference(
        a=a.name,
        b=b.name,
        versions=(a.version, b.version),
        inputs=inputs.differences,
        sentences=(
            *_compare_whole(a, b),
            *(compare_axes(a.axes, b.axes) if both_whole else ()),
            *compare_questions(a.questions, b.questions),
            *inputs.sentences,
        ),
        answers=answers,
        only_a=tuple(question for question in first if question not in second),
        only_b=tuple(question for question in second if question not in first),
        attribution=_attribution(a, b, answers, [one.quantity for one in inputs.differences]),
        notes=(*_unsaid(a, b), *_said_of_draws(a, b, draws_anew=inputs.draws_anew)),
        names=_names((*b.axes, *a.axes)),
        both_whole=both_whole,
    )


def _stated(side: DocumentSide) -> set[str]:
    """Name the quantities of an estimate that somebody stated."""
    return {key[0] for key, value in side.inputs().items() if value.kind is InputKind.STATED} if side.is_estimate else set()


def _names(axes: Iterable[AxisForm]) -> dict[str, dict[str, str]]:
    """Gather what people read for labels, of axes of both sides."""
    result: dict[str, dict[str, str]] = {}
    for axis in axes:
        result.setdefault(axis.axis, {}).update(axis.names)
    return result


def _attribution(
    a: DocumentSide, b: DocumentSide, answers: Iterable[AnswerDifference], inputs: Collection[str]
) -> Attribution | None:
    """Say what the first answer that moved is due to, where several inputs differ and both sides were computed just now."""
    moved = moved_first(answers)
    if len(inputs) < SEVERAL:
        return None
    return None if moved is None or a.run is None or b.run is None else attribute(a.run, b.run, moved.question, inputs)


def _check_units(a: DocumentSide, b: DocumentSide, first: tuple[Cell, ...], second: tuple[Cell, ...]) -> None:
    units = {cell.column: cell.unit for cell in first}
    for cell in second:
        unit = units.get(cell.column, cell.unit)
        if unit != cell.unit:
            raise InputError(
                f"{cell.column} is in {unit or 'plain numbers'} in {a.name} and in {cell.unit or 'plain numbers'} in {b.name}; "
                "compute both in one unit"
            )


def _compare_whole(a: DocumentSide, b: DocumentSide) -> tuple[str, ...]:
    """Say where the sides were computed otherwise."""
    sentences = []
    if a.dtype != b.dtype:
        sentences.append(f"A was computed in {a.dtype}, B in {b.dtype}.")
    if a.version is not None and b.version is not None and a.version != b.version:
        sentences.append(f"A was computed by {a.version.words()}, B by {b.version.words()}.")
    return tuple(sentences)


def _said_of_draws(a: DocumentSide, b: DocumentSide, *, draws_anew: bool) -> tuple[str, ...]:
    """Say on whose draws a side was computed, or what other draws may do."""
    if draws_anew:
        return (_DRAWN_ANEW,)
    lent = [_LENT.format(own, other) for own, other, side in (("A", "B", a), ("B", "A", b)) if side.is_on_lent_draws]
    return tuple(lent)


def _unsaid(a: DocumentSide, b: DocumentSide) -> tuple[str, ...]:
    """Say of which side not all inputs are known, since an older version wrote its document."""
    return tuple(
        f"{side.name} says only a part of its inputs, since an older flopwatt wrote it; what it leaves out is not compared."
        for side in (a, b)
        if not side.is_whole
    )
