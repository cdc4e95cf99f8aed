"""What a study's questions say in sentences, and which of their rows a reader sees: ``say``, ``show`` and ``headlines``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...kernels.model.grid import Axis
from ...kernels.model.questions import Problem, Question
from ...kernels.text import nearest
from ...kernels.validation.type_parts import Place
from ...kernels.validation.wording import described
from .fields import key_text
from .points_named import EVERY, point_at
from .questions import QuestionSpec
from .said_kinds import CONFIDENCE, VALUE, Names, names_of
from .templates import Placeholder, Template, TemplateError, parse_template

QUESTION = "question"  # in place of an axis: which question a headline's number is of
MAX_HEADLINES = 5
MAX_WHOLE, SPREAD_POINTS = 10, 5  # points of an only axis that are all shown, and that stand for more
Points = Mapping[str, Mapping[str, str]]  # what people read for labels, by axis


@dataclass(frozen=True)
class Saying:
    """What a reader is told of a question, and shown.

    Attributes
    ----------
    texts
        Sentences in the study's words; none where the kind's own do.
    hidden
        Whether its table is shown only where all is.
    points
        By kept axis the positions of the points that a reader sees, in that order; an axis that is not here is shown whole.
    title
        What its picture is headed by; empty where its name and what it asks are.
    """

    texts: tuple[Template, ...] = ()
    hidden: bool = False
    points: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True)
class Sayings:
    """What a study says: question by question, and of all of them.

    Attributes
    ----------
    questions
        By the question's name.
    headlines
        Sentences on the whole study; none where its questions' own do.
    left_out
        Which sentences an override leaves without what they say, and why.
    """

    questions: Mapping[str, Saying] = field(default_factory=dict)
    headlines: tuple[Template, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A question with its key, as it is written and as it is meant."""

    place: Place
    spec: QuestionSpec
    question: Question


@dataclass(frozen=True)
class Changed:
    """How what is asked differs from the study's file.

    Attributes
    ----------
    overridden
        Whether overrides changed something else than sentences.
    partial
        Whether some of its questions are left out.
    """

    overridden: bool = False
    partial: bool = False


def changed_by(sets: Sequence[str], only: Sequence[str]) -> Changed:
    """Tell how overrides and a choice of questions change a study.

    Parameters
    ----------
    sets
        Overrides, as ``name=value``.
    only
        Names of the questions that are chosen; none where all are.
    """
    keys = [text.partition("=")[0].strip().rpartition(".")[2] for text in sets]
    return Changed(bool(keys) and not any(key in ("title", "say", "show", "headlines") for key in keys), bool(only))


def read_sayings(
    asked: Sequence[Asked], headlines: Sequence[str], problem: Problem, words: Points, changed: Changed
) -> Sayings:
    """Read what a study says and shows.

    Parameters
    ----------
    asked
        Its questions.
    headlines
        The sentences on all of them.
    problem
        What is asked of.
    words
        What people read for labels.
    changed
        Whether the study is not the file's: then a sentence on what is not there is left out in place of refused.

    Raises
    ------
    TemplateError
        Where one is not understood or names what there is not; the message starts with its key.
    """
    reader = _Reader(problem, words, changed.overridden)
    questions = {one.question.name: reader.saying(one) for one in asked}
    if len(headlines) > MAX_HEADLINES:
        raise TemplateError(f"headlines: at most {MAX_HEADLINES} sentences, not {len(headlines)}")
    whole = replace(reader, lenient=changed.overridden or changed.partial, left_out=[] if changed.partial else reader.left_out)
    told = whole.headlines(headlines, [one.question for one in asked])
    if changed.partial:  # one sentence goes on from another: without that the questions' own are told
        return Sayings(questions, told if len(told) == len(headlines) else (), tuple(reader.left_out))
    return Sayings(questions, told, tuple(reader.left_out))


def fitting(placeholder: Placeholder, questions: Sequence[Question], problem: Problem) -> list[Question]:
    """List the questions that a headline's placeholder could be of.

    Parameters
    ----------
    placeholder
        What is looked for.
    questions, problem
        Where.
    """
    named = dict(placeholder.points).get(QUESTION)
    if named is not None:
        return [question for question in questions if question.name == named]
    return [question for question in questions if placeholder.name in names_of(question, problem)]


@dataclass(frozen=True)
class _Reader:
    problem: Problem
    words: Points
    lenient: bool
    left_out: list[str] = field(default_factory=list)

    def saying(self, one: Asked) -> Saying:
        names = names_of(one.question, self.problem)
        texts = []
        for i, text in enumerate(one.spec.say):
            place = (*one.place, "say", *((i,) if len(one.spec.say) > 1 else ()))
            template = self._template(text, place, lambda placeholder: self._check(placeholder, one.question, names))
            texts += [template] if template is not None else []
        shown, place = one.spec.show, (*one.place, "show")
        points = dict(last_points(one.question, self.problem)) if shown in (None, "last", False) else {}
        if isinstance(shown, dict):
            points = {axis: self._positions(one.question, axis, value, (*place, axis)) for axis, value in shown.items()}
        known = {axis: positions for axis, positions in points.items() if positions}
        return Saying(tuple(texts), shown is False, known, one.spec.title or "")

    def headlines(self, texts: Sequence[str], questions: Sequence[Question]) -> tuple[Template, ...]:
        templates = [
            self._template(text, ("headlines", i), lambda placeholder: self._check_headline(placeholder, questions))
            for i, text in enumerate(texts)
        ]
        return tuple(template for template in templates if template is not None)

    def _template(self, text: str, place: Place, check: Any) -> Template | None:
        try:
            template = parse_template(text)
        except TemplateError as error:
            raise TemplateError(f"{key_text(place)}: {error}") from None
        for placeholder in template.placeholders():
            try:
                check(placeholder)
            except TemplateError as error:
                if self.lenient:
                    self.left_out.append(f"{key_text(place)} is left out: {{{placeholder.text}}}: {error}")
                    return None
                raise TemplateError(f"{key_text(place)}: {{{placeholder.text}}}: {error}") from None
        return replace(template, key=key_text(place))

    def _check(self, placeholder: Placeholder, question: Question, names: Names) -> None:
        """Check that a question's answer has what a placeholder names."""
        if placeholder.name not in names:
            hint = nearest(placeholder.name, names) or f"; there are {', '.join(names)}"
            raise TemplateError(f"{question.name} has no {placeholder.name!r} to say{hint}")
        forms = names[placeholder.name]
        for part in placeholder.parts:
            if part not in forms:
                stated = f"no {part!r}" if part else "no value of its own"
                raise TemplateError(f"{placeholder.name} has {stated} here; there are {_listed_forms(forms)}")
        for axis, point in placeholder.points:
            if axis not in _dims(question):
                hint = nearest(axis, _dims(question)) or f"; kept are {', '.join(_dims(question)) or 'none'}"
                raise TemplateError(f"the question keeps no axis {axis!r}{hint}")
            if point != EVERY:
                self._position(question, axis, point)
            elif len(placeholder.parts) > 2 or placeholder.name in _dims(question):
                what = placeholder.form or placeholder.name
                raise TemplateError(f"{axis}=* is a range over all its points, and {what} has none; name one point")

    def _check_headline(self, placeholder: Placeholder, questions: Sequence[Question]) -> None:
        candidates = fitting(placeholder, questions, self.problem)
        if not candidates:
            names = [question.name for question in questions]
            named = dict(placeholder.points).get(QUESTION)
            if named is not None:
                raise TemplateError(f"no question is named {named!r}{nearest(named, names)}")
            known = [name for question in questions for name in names_of(question, self.problem)]
            raise TemplateError(f"no question has {placeholder.name!r} to say{nearest(placeholder.name, known)}")
        if len(candidates) > 1:
            several = ", ".join(repr(question.name) for question in candidates)
            raise TemplateError(f"{placeholder.name} is of several questions ({several}); add question='...'")
        own = Placeholder(placeholder.text, placeholder.name, placeholder.form, own_points(placeholder))
        self._check(own, candidates[0], names_of(candidates[0], self.problem))

    def _positions(self, question: Question, axis: str, value: Any, place: Place) -> tuple[int, ...]:
        if axis not in _dims(question):
            hint = nearest(axis, _dims(question)) or f"; kept are {', '.join(_dims(question)) or 'none'}"
            raise TemplateError(f"{key_text(place)}: the question keeps no axis {axis!r}{hint}")
        positions, points = [], value if isinstance(value, list) else [value]
        if not points:
            raise TemplateError(f"{key_text(place)}: names no point; leave the axis out to show all of them")
        for point in points:
            if not isinstance(point, str | int | float) or isinstance(point, bool):
                raise TemplateError(f"{key_text(place)}: a point is a name or a number, not {described(point)}")
            try:
                positions.append(self._position(question, axis, point))
            except TemplateError as error:
                if not self.lenient:
                    raise TemplateError(f"{key_text(place)}: {error}") from None
        return tuple(dict.fromkeys(positions))

    def _position(self, question: Question, axis: str, point: Any) -> int:
        return position_of(question, self.problem, axis, point, self.words)


def own_points(placeholder: Placeholder) -> tuple[tuple[str, str], ...]:
    """List a placeholder's points along axes, the question that it names left out."""
    return tuple((axis, point) for axis, point in placeholder.points if axis != QUESTION)


def position_of(question: Question, problem: Problem, axis: str, point: Any, words: Points) -> int:
    """Find the position of a point along an axis that a question keeps, or among its confidences.

    Parameters
    ----------
    question, problem
        What keeps the axis.
    axis, point
        As a study writes them.
    words
        What people read for labels.

    Raises
    ------
    TemplateError
        Where there is no such point.
    """
    if axis == CONFIDENCE:
        shares: tuple[Any, ...] = getattr(question, "confidences", ())
        own = Axis(CONFIDENCE, {CONFIDENCE: np.array([float(share) for share in shares])})
        return point_at(own, point, problem.model, {})
    return point_at(problem.grid.axes[problem.grid.position(axis)], point, problem.model, words.get(axis, {}))


def last_points(question: Question, problem: Problem) -> dict[str, tuple[int, ...]]:
    """Pick what is shown unasked: the last point of each kept axis of rising numbers; where it alone is kept, the whole of it.

    Parameters
    ----------
    question, problem
        What is asked, and of what.
    """
    kept = [problem.grid.axes[problem.grid.position(name)] for name in question.by]
    long = [axis for axis in kept if len(axis) > 1]
    rising = [axis for axis in long if _rises(axis)]
    if len(long) > 1 or not rising:
        return {axis.name: (len(axis) - 1,) for axis in rising}
    (axis,) = rising
    if len(axis) <= MAX_WHOLE:
        return {}
    spread = np.rint(np.linspace(0, len(axis) - 1, SPREAD_POINTS)).astype(int)
    return {axis.name: tuple(dict.fromkeys(spread.tolist()))}


def _rises(axis: Axis) -> bool:
    """Tell whether an axis's points are told by numbers that rise."""
    if axis.labels is not None or axis.coordinate_quantity() is None or axis.uncertain:
        return False
    return bool((np.diff(np.asarray(axis.coordinates(), dtype=np.float64)) > 0).all())


def _dims(question: Question) -> tuple[str, ...]:
    return (*question.by, *((CONFIDENCE,) if getattr(question, "confidences", ()) else ()))


def _listed_forms(forms: Sequence[str]) -> str:
    return ", ".join(form or "the name alone" for form in forms) if tuple(forms) != (VALUE,) else "none: write the name alone"
