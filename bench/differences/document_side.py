"""The two sides of a difference: documents, read from files or made by running a study."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...kernels import reading
from ...kernels.validation.validator import DataError, Validator
from ...kernels.validation.wording import JSON
from ..errors import InputError
from ..runner.document import document
from ..runner.outcome import Run
from .answer_cells import ESTIMATE, Cell, cells_of, cells_of_estimate
from .document_forms import AnswerForm, AskedForm, AxisForm, EstimateForm, RunForm, VersionForm
from .input_values import InputKey, InputValue, inputs_of_estimate, inputs_of_run

_SEVERAL = "chips"  # the key of a document with several chips
STUDY, AN_ESTIMATE = "a study", "an estimate"
_RUN, _ESTIMATE = Validator[RunForm](RunForm, JSON), Validator[EstimateForm](EstimateForm, JSON)


@dataclass(frozen=True)
class DocumentSide:
    """One side of a difference: what was computed, and of what.

    Attributes
    ----------
    name
        What it is called: the study with what was changed of it, or the file.
    form
        The document.
    run
        What running the study gave, where that was done just now; None for a file.
    is_on_lent_draws
        Whether it was run on the other side's draws.
    """

    name: str
    form: RunForm | EstimateForm
    run: Run | None = None
    is_on_lent_draws: bool = False

    @property
    def kind(self) -> str:
        """What it is of, in words."""
        return AN_ESTIMATE if self.is_estimate else STUDY

    @property
    def is_estimate(self) -> bool:
        """Whether it is of one training run, and not of a study."""
        return isinstance(self.form, EstimateForm)

    @property
    def version(self) -> VersionForm | None:
        """Which flopwatt wrote it; None where it does not say."""
        return self.form.flopwatt

    @property
    def is_whole(self) -> bool:
        """Whether it says all of its inputs: older versions did not."""
        return (self.form.held if isinstance(self.form, EstimateForm) else self.form.axes) is not None

    @property
    def dtype(self) -> str:
        """The floating-point type that it was computed in."""
        return "float64" if isinstance(self.form, EstimateForm) else self.form.dtype

    @property
    def axes(self) -> tuple[AxisForm, ...]:
        """Its axes, so far as it says them."""
        return () if isinstance(self.form, EstimateForm) else self.form.axes or ()

    @property
    def questions(self) -> Mapping[str, AskedForm]:
        """What its questions ask, by name, so far as it says it."""
        return {} if isinstance(self.form, EstimateForm) else self.form.questions

    def inputs(self) -> dict[InputKey, InputValue]:
        """List its inputs."""
        return inputs_of_estimate(self.form) if isinstance(self.form, EstimateForm) else inputs_of_run(self.form)

    def answers(self, asked: Mapping[str, AskedForm] | None = None) -> dict[str, tuple[Cell, ...]]:
        """List the numbers of its answers by question, of the fastest engine.

        Parameters
        ----------
        asked
            What questions ask, by name, where the document does not say it itself.

        Raises
        ------
        InputError
            Where an answer is not of the form of its kind.
        """
        if isinstance(self.form, EstimateForm):
            return {ESTIMATE: cells_of_estimate(self.form)}
        try:
            of = {name: question.of for name, question in {**(asked or {}), **self.form.questions}.items()}
            return {answer.question: cells_of(answer, of.get(answer.question, ())) for answer in _shown(self.form)}
        except InputError as error:
            raise InputError(*error.parts, where=self.name) from None


def _shown(form: RunForm) -> list[AnswerForm]:
    """List one answer to each question: of engines that answered the same one, that with the most points a second."""
    speeds = {speed.engine: speed.points_per_second or 0.0 for speed in form.engines}
    first: dict[str, AnswerForm] = {}
    for answer in sorted(form.answers, key=lambda answer: -speeds.get(answer.engine, 0.0)):
        first.setdefault(answer.question, answer)
    order = dict.fromkeys(answer.question for answer in form.answers)
    return [first[question] for question in order]


def side_of_run(run: Run, name: str, *, on_lent_draws: bool = False) -> DocumentSide:
    """Make the side of a study that was run just now.

    Parameters
    ----------
    run
        What running it gave.
    name
        What the side is called.
    on_lent_draws
        Whether it was run on the other side's draws.
    """
    return DocumentSide(name, _RUN.check(document(run)), run, on_lent_draws)


def is_document(name: str) -> bool:
    """Tell whether a side's name is that of a JSON file, and not of a study."""
    return name.lower().endswith(".json")


def read_side(name: str) -> DocumentSide:
    """Read a side from a JSON file.

    Parameters
    ----------
    name
        The file's path.

    Raises
    ------
    InputError
        Where it cannot be read, or holds nothing that a run or an estimate writes.
    """
    try:
        data = json.loads(reading.read_text(Path(name)))
        reading.check_nesting(data)
    except reading.ReadingError as error:
        raise InputError(str(error), where=name) from error
    except (ValueError, RecursionError) as error:  # of JSONDecodeError, and of a number of thousands of digits
        raise InputError(f"is not valid JSON: {error}", where=name) from None
    try:
        side = DocumentSide(name, _form(data, name))
    except DataError as error:
        raise InputError(f"is no document of flopwatt: {error}", where=name) from None
    side.answers()  # refused here where they are not of their form, and not after a study was run
    return side


def _form(data: Any, name: str) -> RunForm | EstimateForm:
    """Tell a run's document from an estimate's by its keys, and check it."""
    if isinstance(data, list) and len(data) == 1:  # what a file of one estimate holds
        data = data[0]
    if isinstance(data, dict) and "quantities" in data:
        return _ESTIMATE.check(data)
    if isinstance(data, dict) and "answers" in data:
        return _RUN.check(data)
    if isinstance(data, list):
        raise InputError(f"holds {len(data)} documents; give a file with one", where=name)
    if isinstance(data, dict) and _SEVERAL in data:
        raise InputError("holds estimates of several chips side by side; give a file of one", where=name)
    raise InputError("is no document of answers, as `flopwatt run` and `flopwatt estimate` write them in JSON", where=name)
