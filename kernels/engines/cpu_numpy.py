"""The NumPy engine: it runs everywhere, with nothing to compile."""

from ..model.questions import Problem, Question
from ..plan.sharing import SharedPass
from .cpu_reference import ReferenceRun
from .engine import Availability, Engine, Settings


def availability() -> Availability:
    """Say that the engine can run: NumPy is always installed."""
    return Availability("numpy", True, device="CPU")


class NumpyEngine(Engine):
    """The engine ``numpy``."""

    name, shares = "numpy", False

    def prepare(
        self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ) -> ReferenceRun:
        """Make a run of the question; see `engine.Engine.prepare`."""
        return ReferenceRun(problem, question, settings)


ENGINE = NumpyEngine()
