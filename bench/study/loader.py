"""A study: a TOML file read into a problem (a model on a grid) and the questions asked of it.

Values come, first to last: from overrides, from ``[given]`` and axes that state their values, from the rows of facts
tables, and from the model's defaults, which are listed among the assumptions.
"""

import functools
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ... import configs
from ...kernels import reading
from ...kernels.model.grid import Axis, GridError
from ...kernels.model.quantity import Model, ModelError
from ...kernels.model.questions import Problem, Question
from ...kernels.model.sums import with_sums
from ...kernels.model.units import UnitError, from_base
from ...kernels.text import nearest
from ..errors import InputError, Parameter, StudyError
from ..facts.currencies import DOLLARS, Currency
from ..prior.fit_inputs import regression
from . import overrides
from .bindings import bind, build_grid, find_substitutes, needed_quantities, note_hidden, substitute
from .chip_memory import warn_of_short_memory
from .mfu_basis import hold_unknown, rest_on_evidence
from .paired_inputs import note_pairs
from .periods import check_periods
from .planned_axis import AxisColumns
from .prior_axis import draw_prior
from .provenance import Assumption, MissingFact, collect_sources, find_assumptions, find_missing_facts, note_methods
from .questions import build_question, resolve_questions, statistics_asked
from .said_ranges import check_ranges
from .sayings import Asked, changed_by, fitting, read_sayings
from .schema import SchemaError, StudySpec, parse_study
from .study_wording import Wording, word_axes
from .templates import Placeholder
from .time_shares import check_shares
from .unusual_values import check_unusual

STUDY_ERRORS = (StudyError, GridError, ModelError, UnitError, configs.FactError)


@dataclass(frozen=True, repr=False)
class Study:
    """A problem and the questions asked of it, with what a reader should know of how they came about.

    Attributes
    ----------
    name, title, description, path
        The file's name without its ending, what it says of itself, and where it stands.
    problem
        A model on a grid.
    questions
        What is asked, in the file's order.
    assumptions
        Defaults that inputs took.
    missing
        Facts that are not published, so that scenarios have no answer.
    notes
        How clashes were settled, which axes change nothing, which rows do not compare, and where a median is taken unasked.
    sources
        Where each input's value comes from, by its name.
    overrides
        What was changed, as ``name=value``.
    digest
        SHA-256 of the file, its overrides and the choice of questions, in hexadecimal.
    text
        The file as it stands, without its overrides.
    axes
        What the axes bring, with the facts and distributions behind it.
    summed
        The axes that are only summed over, which the problem's grid has no more.
    wording
        What its names read as; `names` has the functions that use it.
    """

    name: str
    title: str
    description: str
    path: Path
    problem: Problem
    questions: tuple[Question, ...]
    assumptions: tuple[Assumption, ...]
    missing: tuple[MissingFact, ...]
    notes: tuple[str, ...]
    sources: Mapping[str, str]
    overrides: tuple[str, ...]
    digest: str
    text: str = ""
    axes: tuple[AxisColumns, ...] = ()
    summed: tuple[Axis, ...] = ()
    wording: Wording = field(default_factory=Wording)

    def __repr__(self) -> str:
        questions = ", ".join(question.name for question in self.questions)
        return f"Study {self.name!r} ({self.title}): {self.points:,} scenarios; questions {questions}"

    @property
    def points(self) -> int:
        """Number of scenarios of the grid."""
        return self.problem.grid.size

    @property
    def all_axes(self) -> tuple[Axis, ...]:
        """The axes of the grid, and those that are only summed over."""
        return (*self.problem.grid.axes, *self.summed)

    def axis(self, name: str) -> Axis:
        """Return one of all axes by its name. Raises KeyError where there is none."""
        return {axis.name: axis for axis in self.all_axes}[name]

    @functools.cached_property
    def headed(self) -> tuple[tuple[Placeholder, Question | None], ...]:
        """What the headlines name, each with the question that it is of: the first that has it."""
        named = [one for template in self.wording.sayings.headlines for one in template.placeholders()]
        return tuple((one, next(iter(fitting(one, self.questions, self.problem)), None)) for one in named)

    def in_unit(self, quantity: str, base: float) -> float:
        """Convert a value from base units to the quantity's own unit."""
        return float(from_base(base, self.problem.model[quantity].unit))

    def in_currency(self, currency: Currency) -> "Study":
        """Return the same study with amounts of money in another currency, whose rate is among its notes."""
        if currency == DOLLARS:
            return self
        problem = replace(self.problem, model=currency.model(self.problem.model))
        return replace(self, problem=problem, notes=(*self.notes, currency.words()))


def find_study(name: str) -> Path:
    """Find a study's file by its name (under configs/studies) or its path; ``-`` is the standard input.

    Raises
    ------
    InputError
        Where there is none, with the nearest name.
    """
    known = configs.studies()
    if name in known:
        return known[name]
    path = Path(name)
    if name in reading.STDIN:
        return path
    if os.path.isdir(path):  # unlike Path.is_dir, it answers for a name of any length
        raise InputError("is a folder, not a study; name a TOML file", where=name)
    if os.path.exists(path):
        return path
    close = nearest(name, known) or f"; there are {', '.join(known) or 'none'}"
    raise InputError(f"there is no study {name!r}, neither of that name nor at that path{close}")


def load_study(
    name: str | Path,
    sets: Sequence[str] = (),
    only: Sequence[str] = (),
    *,
    allow_code: bool = False,
    unusual: bool = False,
    model: Model | None = None,
) -> Study:
    """Read a study by name or path.

    Parameters
    ----------
    name
        A study under configs/studies, or the path of a TOML file.
    sets
        Overrides such as ``"tokens=1e13"``, applied in their order.
    only
        Names of the questions that are wanted; all where it is empty.
    allow_code
        Whether Python files of quantities that the study names are run.
    unusual
        Whether values are taken that lie far from all that is known of their quantities.
    model
        The quantities; flopwatt's own unless another is given.

    Raises
    ------
    InputError
        Where there is no such study, or the file or an override is not valid; its message names the key.
    """
    path = find_study(str(name))
    document, text = _read_document(path)
    try:
        spec = parse_study(document)
        file = _StudyFile(path, text, *_extend_model(spec, path, allow_code, model), unusual)
    except STUDY_ERRORS as error:
        raise InputError(*_message(error), where=str(path)) from None
    try:
        changed = overrides.apply(document, sets, file.model)
    except overrides.OverrideError as error:
        raise InputError(*error.parts, where=Parameter("sets")) from None
    try:
        spec = parse_study(changed.document) if sets else spec
        return _build_study(file, spec, changed.held, tuple(sets), tuple(only))
    except STUDY_ERRORS as error:
        where = (f"{path} with ", Parameter("sets", ", ".join(sets))) if sets else str(path)
        raise InputError(*_message(error), where=where) from None


def _message(error: Exception) -> tuple[str | Parameter, ...]:
    return error.parts if isinstance(error, StudyError) else (str(error),)


def _read_document(path: Path) -> tuple[dict[str, Any], str]:
    try:
        text = configs.read_text(path, piped=True)
        return configs.parse_toml(text, path), text
    except configs.FactError as error:
        raise InputError(str(error)) from None


def _extend_model(spec: StudySpec, path: Path, allow_code: bool, model: Model | None) -> tuple[Model, tuple[str, ...]]:
    """Add the study's own quantities to the model, and gather notes on them."""
    if model is None:
        from ...kernels.quantities import MODEL

        model = MODEL
    if spec.quantities and not allow_code:
        files = ", ".join(spec.quantities)
        raise SchemaError(
            f"quantities: names Python files ({files}); add ", Parameter("allow_code"), " to run them, if you trust them"
        )
    if not spec.quantities:
        return model, ()
    from .user_quantities import extend_model

    return extend_model(model, spec.quantities, path.parent)


@dataclass(frozen=True)
class _StudyFile:
    """A study's file before overrides: where it stands, its text, its quantities beside flopwatt's, and notes on these.

    ``unusual`` says whether any value of it is taken.
    """

    path: Path
    text: str
    model: Model
    notes: tuple[str, ...]
    unusual: bool = False


def _build_study(
    file: _StudyFile, spec: StudySpec, held: Mapping[str, float | str], sets: tuple[str, ...], only: tuple[str, ...]
) -> Study:
    """Build the study of a file: ``spec`` and ``held`` are what its document and its values are after ``sets``."""
    computed = find_substitutes({**spec.given, **held}, file.model)
    model = substitute(file.model, computed)
    model = model.extended(statistics_asked(spec.questions, model))
    written = _build_questions(spec, model)
    questions = _select(written, only)
    places = [("questions", written.index(question)) for question in questions]
    bindings = bind(spec, model, held, file.path.parent, computed)
    wording = word_axes(spec.axes, bindings.axes)
    check_unusual(bindings, spec, held, file.unusual)
    targets = [name for question in questions for name in question.targets()]
    model = draw_prior(bindings, spec, model, (name for question in written for name in question.targets()), targets)
    hold_unknown(model, targets, bindings)
    questions = rest_on_evidence(model, questions, bindings)
    short = warn_of_short_memory(model, questions, bindings)
    needs = needed_quantities(model, (name for question in questions for name in question.targets()), bindings)
    check_ranges(model, bindings, needs)
    assumptions = find_assumptions(model, needs, bindings.given, bindings.columns())
    ever = needed_quantities(model, (name for question in written for name in question.targets()), bindings) if only else ()
    grid, notes = build_grid(model, bindings, needs, ever)
    notes += note_hidden(model, bindings, needs, {*spec.given, *held})
    notes += note_pairs(model, held, grid, [assumption.quantity for assumption in assumptions])
    fitted = regression(model, bindings.given, targets)
    used = {name: value for name, value in bindings.given.items() if name in needs}
    problem = Problem(model, grid, used | {a.quantity: a.value for a in assumptions})
    summed = tuple(axis for axis in grid.axes if axis.name in _summed(spec))
    notes += check_periods(problem, targets)
    check_shares(problem, targets)
    tabulated = functools.partial(with_sums, targets=targets, summed=[axis.name for axis in summed])
    missing = find_missing_facts(problem, questions, bindings.axes, tabulated)  # of draws: a statistic knows no less
    problem = tabulated(problem)
    placed = list(zip(places, questions, strict=True))
    problem, questions, readings = resolve_questions(placed, problem, bindings.freed)
    asked = [Asked(place, spec.questions[place[1]], question) for place, question in zip(places, questions, strict=True)]
    sayings = read_sayings(asked, spec.headlines, problem, wording.points, changed_by(sets, only))
    return Study(
        name="stdin" if str(file.path) in reading.STDIN else file.path.stem,
        title=spec.title,
        description=spec.description.strip(),
        path=file.path,
        problem=problem,
        questions=questions,
        assumptions=tuple(assumption for assumption in assumptions if assumption.quantity not in fitted),
        missing=missing,
        notes=(*file.notes, *bindings.notes, *short, *notes, *note_methods(bindings.axes, grid), *readings),
        sources=collect_sources(assumptions, bindings.axes, used, grid, held),
        overrides=sets,
        digest=hashlib.sha256("\n".join((file.text, *sets, *only)).encode()).hexdigest(),
        text=file.text,
        axes=tuple(bindings.axes),
        summed=summed,
        wording=replace(wording, sayings=sayings),
    )


def _summed(spec: StudySpec) -> frozenset[str]:
    """Name the axes that are there to be summed over."""
    return frozenset(name for name, axis in spec.axes.items() if axis.summed)


def _build_questions(spec: StudySpec, model: Model) -> tuple[Question, ...]:
    if not spec.questions:
        raise SchemaError("questions: is empty; ask at least one question, for example minimize = 'cost'")
    axes = [name for name in spec.axes if name not in _summed(spec)]
    questions = tuple(build_question(question, i, model, axes) for i, question in enumerate(spec.questions))
    names = [question.name for question in questions]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SchemaError(f"questions: two are called {twice!r}; give each a name of its own")
    return questions


def _select(questions: tuple[Question, ...], only: tuple[str, ...]) -> tuple[Question, ...]:
    known = [question.name for question in questions]
    for name in only:
        if name not in known:
            hint = nearest(name, known) or "; there are " + ", ".join(known)
            raise InputError(f"no question is named {name!r}{hint}", where=Parameter("only"))
    return tuple(question for question in questions if not only or question.name in only)
