"""What is said of the engines that computed a run: their names, what went to which, and why where flopwatt chose."""

from ...kernels.analysis.choice import PLAIN
from ..terminal import numbers
from .outcome import EngineRun, Run


def engines_text(run: Run) -> str:
    """Name the engines whose answers are shown: ``engine numpy``, ``engines numpy and numba``."""
    names = [engine.engine for engine in run.shown_engines()]
    return f"engine{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def computed_sentence(run: Run) -> str:
    """Say what computed the answers and how long that took, and why it was that; nothing where engines were named.

    Parameters
    ----------
    run
        What was answered.
    """
    if not run.choices:
        return ""
    if len(run.engines) > 1:
        return f"Computed by {' and '.join(map(_part, run.engines))}: whichever answers first."
    (engine,) = run.engines
    if engine.engine != PLAIN:
        compiling = f", {numbers.duration(engine.prepare_seconds)} of it compiling or loading" if engine.prepare_seconds else ""
        return f"Computed by {_name(engine)} in {numbers.duration(_seconds(engine))}{compiling}."
    weighed = any(len(choice.predictions) > 1 for choice in run.choices)
    why = ": compiling first would have taken longer" if weighed else ""
    return f"Computed by {_name(engine)} in {numbers.duration(_seconds(engine))}{why}."


def _name(engine: EngineRun) -> str:
    return "NumPy" if engine.engine == PLAIN else engine.engine


def _part(engine: EngineRun) -> str:
    questions = numbers.count(len(engine.questions), "question")
    return f"{_name(engine)} ({questions} in {numbers.duration(_seconds(engine))})"


def _seconds(engine: EngineRun) -> float:
    """Return the seconds of preparing and of one run of each question."""
    return engine.prepare_seconds + engine.seconds
