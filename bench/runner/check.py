"""Whether an engine's answers equal NumPy's: all of the grid where that takes no time, else whole groups or a part of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...kernels import engines
from ...kernels.engines import Collapsing, Settings
from ...kernels.model.questions import Problem, Question, Result
from ...kernels.plan.collapse import collapse
from ...kernels.reductions.over_draws import wanted_statistics
from ..errors import DisagreementError
from ..verify.agreement import agreement, agreement_at_points
from ..verify.groups import some_groups
from ..verify.subgrid import MAX_POINTS, sub_problem
from ..verify.tolerance import TOLERANCE, Agreement
from .kinds import KINDS
from .outcome import QuestionRun
from .table_walk import MAX_PROBED

CHECKED_POINTS = 1_500_000  # of all questions of a run together, which NumPy answers for the check: in some 100 ms
_LEAST = 20_000  # of one question, however many there are


def allowances(sizes: Mapping[str, int], points: int) -> dict[str, int]:
    """Share out the scenarios that are computed for a check: small questions have all of theirs, the others as many each.

    Parameters
    ----------
    sizes
        How many scenarios each question has, by its name.
    points
        How many there are for all.
    """
    result: dict[str, int] = {}
    for left, name in zip(range(len(sizes), 0, -1), sorted(sizes, key=lambda name: sizes[name]), strict=True):
        result[name] = min(sizes[name], max(points // left, _LEAST))
        points = max(points - result[name], 0)
    return result


@dataclass
class Checker:
    """Holds answers against NumPy's, whose results are kept as they become known.

    Attributes
    ----------
    problem
        The study's.
    settings
        What engines are prepared with.
    computes
        Whether the engine can answer for a part of the grid; else single points and whole groups are looked at alone.
    reference
        NumPy's results of the whole grid, by the question's name.
    """

    problem: Problem
    settings: Settings
    computes: bool = True
    reference: dict[str, Result] = field(default_factory=dict)

    def compare_all(self, engine: Collapsing, runs: Sequence[QuestionRun]) -> tuple[list[QuestionRun], bool]:
        """Compare an engine's answers with NumPy's, and add the largest relative differences to them.

        Parameters
        ----------
        engine, runs
            Which engine, and its answers.

        Returns
        -------
        runs
            With their differences.
        whole
            Whether all of the grid was compared for each.

        Raises
        ------
        DisagreementError
            Where one is more than the dtype allows.
        """
        shares = allowances({run.question.name: _size(run) for run in runs}, CHECKED_POINTS)
        compared = [self.compare(engine, run, shares[run.question.name]) for run in runs]
        return compared, all(self.is_whole(run, shares[run.question.name]) for run in runs)

    def is_whole(self, run: QuestionRun, most: int) -> bool:
        """Say whether all of the grid is held against NumPy: which was asked already, or may compute that many scenarios."""
        if KINDS.of(run.question).in_stretches:
            return run.result.evaluated <= MAX_PROBED
        return self._is_numpy(run.question) or run.question.name in self.reference or _size(run) <= most

    def compare(self, engine: Collapsing, run: QuestionRun, most: int) -> QuestionRun:
        """Compare a run's answer with NumPy's, and add the largest relative difference to it.

        Parameters
        ----------
        engine, run
            Which engine, and its answer.
        most
            How many scenarios NumPy may compute for that.

        Raises
        ------
        DisagreementError
            Where it is more than the dtype allows.
        """
        if KINDS.of(run.question).in_stretches:  # stretches were checked as they passed
            return run
        question, whole = run.question, self.is_whole(run, most)
        if self._is_numpy(question):  # the same passes: what they say of single points is still looked at
            agreed = agreement_at_points(self.problem, question, run.result, self.settings.dtype)
        elif whole:
            if question.name not in self.reference:
                self.reference[question.name] = self._answer(engines.REFERENCE, self.problem, question)
            reference = self.reference[question.name]
            agreed = agreement(self.problem, question, run.result, reference, self.settings.dtype)
        else:
            agreed = self._compare_part(engine, run, most)
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

    def _compare_part(self, engine: Collapsing, run: QuestionRun, most: int) -> Agreement:
        """Compare what a result says of single points, and some groups whole or the engine on a part of the grid.

        Groups are of the answer itself, so that nothing is computed anew by the engine. Where one is too large, or an answer
        has no groups of its own, both engines answer for a part of the grid.
        """
        question, dtype = run.question, self.settings.dtype
        agreed = agreement_at_points(self.problem, question, run.result, dtype)
        groups = some_groups(self.problem, question, run.result, most, dtype)
        if groups is None:
            if not self.computes:
                return agreed
            part = sub_problem(collapse(self.problem, question).problem, min(most, MAX_POINTS))
            candidate, reference = self._run(engine, part, question), self._answer(engines.REFERENCE, part, question)
            return agreed & agreement(part, question, candidate, reference, dtype)
        if groups.misplaced:
            return agreed & Agreement(math.inf, "a point that it reports is of another group")
        reference = self._answer(engines.REFERENCE, groups.problem, question)
        return agreed & agreement(groups.problem, question, groups.result, reference, dtype)

    def _answer(self, engine: str, problem: Problem, question: Question) -> Result:
        return self._run(engines.get(engine), problem, question)

    def _run(self, engine: Collapsing, problem: Problem, question: Question) -> Result:
        settings = Settings(self.settings.dtype, self.settings.threads, self.settings.device)
        return engine.prepare(problem, question, settings).run()


def _size(run: QuestionRun) -> int:
    """Count a question's scenarios, those that are alike as one."""
    return run.result.evaluated + run.result.pruned
