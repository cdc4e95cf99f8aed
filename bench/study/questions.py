"""Questions as a study writes them: one ``[[questions]]`` to a Question.

A new kind is written here and nowhere else in this room: its keys in QuestionSpec, its entry in KINDS.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeVar

from ...kernels.model import questions as q
from ...kernels.model import units
from ...kernels.model.condition import Condition
from ...kernels.model.kinds import Apart, ByKind
from ...kernels.model.quantity import Model, Quantity
from ...kernels.reductions.over_draws import OverDraws
from ...kernels.text import nearest
from ...kernels.validation.type_parts import Place
from ..errors import StudyError
from . import conditions, statistic_text
from .decision_reading import decide
from .fields import Number, key_text, numbers, sentences, shown, text, texts, whole
from .resolution import Resolved, Setting, weights_note
from .spec_forms import Form, read_by
from .statistics_asked import quantities_in, read_condition, read_quantity
from .statistics_taken import take_medians, take_one, take_several

MAX_BINS = 4096
MORE, LESS = "more", "less"  # of a quantity of a front is better
Common = Mapping[str, Any]  # what questions of every kind have: name, by and where; decisions have objective and promises too
Read = TypeVar("Read")


class QuestionError(StudyError):
    """A question is not valid; the message starts with the key."""


@dataclass(frozen=True, kw_only=True)
class QuestionSpec(Form):
    """One ``[[questions]]``; which kind it is follows from the key that names a quantity."""

    name: str | None = field(default=None, metadata=read_by(text))
    minimize: str | None = field(default=None, metadata=read_by(text))
    maximize: str | None = field(default=None, metadata=read_by(text))
    summary: str | None = field(default=None, metadata=read_by(text))
    quantiles: str | None = field(default=None, metadata=read_by(text))
    histogram: str | None = field(default=None, metadata=read_by(text))
    sensitivity: str | None = field(default=None, metadata=read_by(text))
    pareto: list[str] | None = field(default=None, metadata=read_by(texts))
    table: list[str] | None = field(default=None, metadata=read_by(texts))
    at: list[Number] | None = field(default=None, metadata=read_by(numbers))
    bins: int | None = field(default=None, metadata=read_by(whole))
    better: list[str] | None = field(default=None, metadata=read_by(texts))
    where: list[str] = field(default_factory=list, metadata=read_by(texts))
    by: list[str] = field(default_factory=list, metadata=read_by(texts))
    title: str | None = field(default=None, metadata=read_by(text))
    say: list[str] = field(default_factory=list, metadata=read_by(sentences))
    show: Any = field(default=None, metadata=read_by(shown))


def _decision(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    return q.Decision(maximize=spec.maximize is not None, confidences=_confidences(spec.at, (*place, "at")), **common)


def _confidences(at: list[float | str] | None, place: Place) -> tuple[Fraction, ...]:
    if at is None:
        return ()
    if not at:
        raise QuestionError(f"{key_text(place)}: is empty; give confidences such as [0.5, 0.8, 0.95]")
    try:
        shares = tuple(statistic_text.parse_share(share) for share in at)
    except (units.UnitError, statistic_text.StatisticError) as error:
        raise QuestionError(f"{key_text(place)}: {error}") from None
    if not all(0 < share < 1 for share in shares):
        raise QuestionError(f"{key_text(place)}: a confidence is above 0 and below 1, such as 0.95 or 95%")
    if len(set(shares)) != len(shares):
        raise QuestionError(f"{key_text(place)}: names a confidence twice")
    return shares


def _summary(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    return q.Summary(quantity=str(spec.summary), **common)


def _quantiles(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    at_key = key_text((*place, "at"))
    if spec.at is None:
        return q.Quantiles(quantity=str(spec.quantiles), **common)
    if not spec.at:
        raise QuestionError(f"{at_key}: is empty; give shares such as [0.05, 0.5, 0.95]")
    try:
        at = tuple(units.parse(share, "") for share in spec.at)
    except units.UnitError as error:
        raise QuestionError(f"{at_key}: {error}") from None
    for share in at:
        if not 0 <= share <= 1:
            raise QuestionError(f"{at_key}: {share:g} is not between 0 and 1")
    if len(set(at)) != len(at):
        raise QuestionError(f"{at_key}: names a share twice")
    return q.Quantiles(quantity=str(spec.quantiles), at=at, **common)


def _histogram(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    if spec.bins is None:
        return q.Histogram(quantity=str(spec.histogram), **common)
    if not 1 <= spec.bins <= MAX_BINS:
        raise QuestionError(f"{key_text((*place, 'bins'))}: must be from 1 to {MAX_BINS}, not {spec.bins}")
    return q.Histogram(quantity=str(spec.histogram), bins=spec.bins, **common)


def _sensitivity(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    return q.Sensitivity(quantity=str(spec.sensitivity), **common)


def _pareto(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    names = _several(spec.pareto, (*place, "pareto"))
    if len(names) != 2:
        raise QuestionError(f"{key_text((*place, 'pareto'))}: takes two quantities, not {len(names)}")
    better = spec.better or [LESS, LESS]
    if len(better) != 2 or not {MORE, LESS}.issuperset(better):
        raise QuestionError(
            f'{key_text((*place, "better"))}: say "more" or "less" of each of the two, such as ["more", "less"]'
        )
    return q.Pareto(quantities=(names[0], names[1]), more=(better[0] == MORE, better[1] == MORE), **common)


def _table(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    return q.Table(quantities=_several(spec.table, (*place, "table")), **common)


def _several(names: list[str] | None, place: Place) -> tuple[str, ...]:
    if not names:
        raise QuestionError(f"{key_text(place)}: is empty; name at least one quantity")
    if len(set(names)) != len(names):
        raise QuestionError(f"{key_text(place)}: names a quantity twice")
    return tuple(names)


@dataclass(frozen=True)
class WrittenKind:
    """How questions of a kind are written in a study.

    Attributes
    ----------
    keys
        Each of them asks a question of the kind, and its value names the quantity or the quantities.
    options
        Keys that go with no other kind; every kind takes ``name`` and ``where``.
    without_by
        Why ``by`` does not go with the kind; empty where it does.
    build
        Makes the question, its quantities known to be the model's. Raises QuestionError.
    statistics
        Whether statistics over what is uncertain are all that it asks of it; else they are quantities beside others.
    chooses
        Whether its answer is a choice among the points of axes, and not a count of them.
    resolve
        Says what the question means once its grid is known. Raises ResolutionError.
    """

    keys: tuple[str, ...]
    options: tuple[str, ...]
    without_by: str
    build: Callable[[QuestionSpec, Place, Common], q.Question]
    statistics: bool = False
    chooses: bool = False
    resolve: Callable[[Any, Setting], Resolved] = take_one


KINDS: ByKind[WrittenKind] = ByKind(
    "bench.study.questions.KINDS",
    {
        q.Best: Apart("is written as a decision is, and is one of which no draw changes anything"),
        q.Decision: WrittenKind(
            keys=("minimize", "maximize"),
            options=("at",),
            without_by="",
            build=_decision,
            statistics=True,
            chooses=True,
            resolve=decide,
        ),
        q.Summary: WrittenKind(keys=("summary",), options=(), without_by="", build=_summary),
        q.Quantiles: WrittenKind(keys=("quantiles",), options=("at",), without_by="", build=_quantiles),
        q.Histogram: WrittenKind(keys=("histogram",), options=("bins",), without_by="", build=_histogram),
        q.Sensitivity: WrittenKind(keys=("sensitivity",), options=(), without_by="", build=_sensitivity),
        q.Pareto: WrittenKind(
            keys=("pareto",), options=("better",), without_by="", build=_pareto, chooses=True, resolve=take_medians
        ),
        q.Table: WrittenKind(
            keys=("table",), options=(), without_by="which has a row for each scenario", build=_table, resolve=take_several
        ),
    },
)
KIND_OF_KEY = {key: kind for kind in KINDS.entries().values() for key in kind.keys}
OPTIONS = tuple(dict.fromkeys(option for kind in KINDS.entries().values() for option in kind.options))


def statistics_asked(specs: Sequence[QuestionSpec], model: Model) -> dict[str, Quantity]:
    """List the statistics that questions name where a quantity can stand, by their names: so they are quantities of the study.

    What is not understood is left out: `build_question` says what is wrong with it.

    Parameters
    ----------
    specs
        The questions.
    model
        The quantities that they may name.
    """
    result: dict[str, Quantity] = {}
    for spec in specs:
        named = [(key, getattr(spec, key)) for key, kind in KIND_OF_KEY.items() if not kind.statistics]
        texts = [text for _, value in named if value is not None for text in ([value] if isinstance(value, str) else value)]
        result |= quantities_in(texts, spec.where if texts else (), model)
    return result


def build_question(spec: QuestionSpec, number: int, model: Model, axes: list[str]) -> q.Question:
    """Build the question that a ``[[questions]]`` asks.

    Parameters
    ----------
    spec
        The keys of the table.
    number
        Which question of the study it is, counted from 0.
    model
        The quantities that it may name.
    axes
        The names of the study's axes.

    Raises
    ------
    QuestionError
        Where no kind or several are asked, or a key's value does not do.
    """
    place = ("questions", number)
    keys = [key for key in KIND_OF_KEY if getattr(spec, key) is not None]
    if len(keys) != 1:
        asked = f"asks {' and '.join(keys)} at once" if keys else "asks nothing"
        raise QuestionError(f"{key_text(place)}: {asked}; give one of {', '.join(KIND_OF_KEY)}")
    (key,) = keys
    kind = KIND_OF_KEY[key]
    for option in OPTIONS:
        if getattr(spec, option) is not None and option not in kind.options:
            raise QuestionError(f"{key_text((*place, option))}: does not go with {key}")
    named = [getattr(spec, key)] if isinstance(getattr(spec, key), str) else getattr(spec, key)
    common: dict[str, Any] = {"by": _by(spec.by, axes, place)}
    if kind.statistics:
        clauses = _read(conditions.parse_clause, spec.where, model, (*place, "where"))
        (common["objective"],) = _read(statistic_text.parse_objective, named, model, (*place, key))
        common["where"] = tuple(clause for clause in clauses if isinstance(clause, Condition))
        common["promises"] = tuple(clause for clause in clauses if not isinstance(clause, Condition))
        named = [str(common["objective"])]
    else:
        named = [item.name for item in _read(read_quantity, named, model, (*place, key))]
        common["where"] = tuple(condition for condition, _ in _read(read_condition, spec.where, model, (*place, "where")))
        read: dict[str, Any] = {key: named[0] if isinstance(getattr(spec, key), str) else named}
        spec = replace(spec, **read)
    common["name"] = spec.name or f"{key} {', '.join(named)}"
    if kind.without_by and spec.by:
        raise QuestionError(f"{key_text((*place, 'by'))}: does not go with {key}, {kind.without_by}")
    return kind.build(spec, place, common)


def _by(by: list[str], axes: list[str], place: Place) -> tuple[str, ...]:
    by_key = key_text((*place, "by"))
    for name in by:
        if name not in axes:
            hint = nearest(name, axes) or (f"; there are {', '.join(axes)}" if axes else "; the study has none")
            raise QuestionError(f"{by_key}: there is no axis {name!r}{hint}")
    if len(set(by)) != len(by):
        raise QuestionError(f"{by_key}: names an axis twice")
    return tuple(by)


def _read(read: Callable[[str, Model], Read], texts: Sequence[str], model: Model, place: Place) -> list[Read]:
    """Read texts of one key. Raises QuestionError, with the key, for one that is not understood."""
    try:
        return [read(text, model) for text in texts]
    except statistic_text.StatisticError as error:
        raise QuestionError(f"{key_text(place)}: {error}") from None


def resolve_questions(
    questions: Sequence[tuple[Place, q.Question]], problem: q.Problem, freed: frozenset[str]
) -> tuple[q.Problem, tuple[q.Question, ...], tuple[str, ...]]:
    """Say what questions mean on their grid, and what a reader should know of how they were read.

    Parameters
    ----------
    questions
        As they are written, each with its key.
    problem
        The study's.
    freed
        Quantities that an override holds in place of an uncertain axis.

    Returns
    -------
    tuple
        The problem with the statistics that questions ask for as quantities, the questions, and notes.

    Raises
    ------
    ResolutionError
        For a statistic of what is not uncertain, and the other way round.
    """
    resolved: list[Resolved] = []
    quantities, statistics = dict[str, Quantity](), dict[str, OverDraws]()
    for place, question in questions:
        resolved.append(KINDS.of(question).resolve(question, Setting(question, place, problem, freed, statistics)))
        quantities |= {quantity.name: quantity for quantity, _ in resolved[-1].statistics}
        statistics = statistics | {quantity.name: over for quantity, over in resolved[-1].statistics}
    whole = replace(problem, model=problem.model.extended(quantities), statistics=statistics)
    notes = [note for result in resolved for note in result.notes]
    counting = [
        (place, result.question)
        for (place, asked), result in zip(questions, resolved, strict=True)
        if not KINDS.of(asked).statistics
    ]
    notes += weights_note(Setting(question, place, whole) for place, question in counting)
    return whole, tuple(result.question for result in resolved), tuple(notes)
