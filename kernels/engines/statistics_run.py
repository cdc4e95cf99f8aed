"""A question of statistics over draws: these are computed first, and then what is asked of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..model.questions import Chunk, Problem, Question, Result
from ..plan.collapse import scenarios
from ..reductions.over_draws import Compute, tabulate, wanted_statistics
from .engine import Prepared, Settings


class StatisticsRun:
    """A question, other than a decision, that asks for statistics, on a grid.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is asked.
    settings
        The dtype, and whom to tell of progress.
    prepare
        Makes a run of the question on a problem whose statistics are known.
    compute
        Computes statistics: see `over_draws.tabulate`.
    """

    def __init__(
        self,
        problem: Problem,
        question: Question,
        settings: Settings,
        prepare: Callable[[Problem], Prepared],
        compute: Compute | None = None,
    ):
        self.problem, self.question, self.settings = problem, question, settings
        self.prepare, self.compute = prepare, compute
        self.statistics = wanted_statistics(problem, question.targets())

    def _known(self) -> Prepared:
        """Compute the statistics, and prepare the question of them."""
        report = self.settings.progress or (lambda share: None)
        return self.prepare(tabulate(self.problem, self.statistics, self.settings.dtype, report, self.compute))

    def run(self) -> Result:
        """Answer the question; the scenarios of the statistics' draws are counted among those computed."""
        return replace(self._known().run(), evaluated=scenarios(self.problem, self.question))

    def chunks(self) -> Iterator[Chunk]:
        """Compute a table's values and hand them over chunk by chunk: a row for each decision, or point, in their order."""
        return self._known().chunks()
