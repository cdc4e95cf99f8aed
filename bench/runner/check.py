"""Whether an engine's answers equal NumPy's: all of the grid where that takes no time, else a sample of it."""

import math
from dataclasses import dataclass, field, replace

from ...kernels import engines
from ...kernels.engines import Collapsing, Settings
from ...kernels.model.questions import Problem, Question, Result
from ...kernels.plan.collapse import collapse
from ...kernels.reductions.over_draws import wanted_statistics
from ..errors import DisagreementError
from ..verify.agreement import agreement, agreement_at_points
from ..verify.subgrid import sub_problem
from ..verify.tolerance import TOLERANCE, Agreement
from .kinds import KINDS
from .outcome import QuestionRun
from .table_walk import MAX_PROBED

FULL_CHECK_POINTS = 2_000_000  # computed by a question: up to here NumPy answers all of it for the check, in some 50 ms


@dataclass
class Checker:
    """Holds answers against NumPy's, whose results are kept as they become known.

    Attributes
    ----------
    problem
        The study's.
    settings
        What engines are prepared with.
    reference
        NumPy's results of the whole grid, by the question's name.
    """

    problem: Problem
    settings: Settings
    reference: dict[str, Result] = field(default_factory=dict)

    def is_whole(self, run: QuestionRun) -> bool:
        """Say whether all of the grid is held against NumPy: which was asked already, or takes no time to."""
        if KINDS.of(run.question).in_stretches:
            return run.result.evaluated <= MAX_PROBED
        return (
            self._is_numpy(run.question)
            or run.question.name in self.reference
            or run.result.evaluated + run.result.pruned <= FULL_CHECK_POINTS
        )

    def compare(self, engine: Collapsing, run: QuestionRun) -> QuestionRun:
        """Compare a run's answer with NumPy's, and add the largest relative difference to it.

        Raises
        ------
        DisagreementError
            Where it is more than the dtype allows.
        """
        if KINDS.of(run.question).in_stretches:  # stretches were checked as they passed
            return run
        question, whole = run.question, self.is_whole(run)
        if self._is_numpy(question):  # the same passes: what they say of single points is still looked at
            agreed = agreement_at_points(self.problem, question, run.result, self.settings.dtype)
        elif whole:
            if question.name not in self.reference:
                self.reference[question.name] = self._answer(engines.REFERENCE, self.problem, question)
            reference = self.reference[question.name]
            agreed = agreement(self.problem, question, run.result, reference, self.settings.dtype)
        else:
            agreed = self._compare_sample(engine, run)
        self.require(engine, question, agreed, whole=whole)
        return replace(run, max_relative_error=agreed.error)

    def require(self, engine: Collapsing, question: Question, agreed: Agreement, *, whole: bool) -> None:
        """Require an answer to be NumPy's.

        Parameters
        ----------
        engine, question
            Whose answer, and to what.
        agreed
            How far it is from NumPy's.
        whole
            Whether all of the grid was compared, or a sample.

        Raises
        ------
        DisagreementError
            Where it is further than the dtype allows.
        """
        if not agreed.wrong and not math.isinf(agreed.error):
            return
        place, dtype = "" if whole else " on a sample of the grid", self.settings.dtype
        raise DisagreementError(
            f"the engine {engine.name} disagrees with the reference on {question.name!r}{place}: "
            f"{agreed.wrong or 'null on one side only'} (largest relative difference {agreed.error:.2g}, "
            f"{dtype} allows {TOLERANCE[dtype]:g}); nothing was saved"
        )

    def _is_numpy(self, question: Question) -> bool:
        """Tell whether every engine leaves a question to NumPy, so that there are no two answers to compare."""
        return bool(wanted_statistics(self.problem, question.targets()))

    def _compare_sample(self, engine: Collapsing, run: QuestionRun) -> Agreement:
        """Compare both engines on a sub-grid, and what the whole grid's result says of single points with NumPy's values."""
        question, dtype = run.question, self.settings.dtype
        part = sub_problem(collapse(self.problem, question).problem)
        candidate, reference = (self._answer(name, part, question) for name in (engine.name, engines.REFERENCE))
        agreed = agreement(part, question, candidate, reference, dtype)
        return agreed & agreement_at_points(self.problem, question, run.result, dtype)

    def _answer(self, engine: str, problem: Problem, question: Question) -> Result:
        settings = Settings(self.settings.dtype, self.settings.threads, self.settings.device)
        return engines.get(engine).prepare(problem, question, settings).run()
