"""Those of some quantities that what is known of a run is enough for."""

import math
from collections.abc import Mapping, Sequence

from ... import configs
from ...kernels.model.grid import Grid
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from .scenario import evaluate


def known_values(problem: Problem, names: Sequence[str]) -> dict[str, float]:
    """Compute quantities at a problem's first point, in base units, and leave out what is not known.

    Parameters
    ----------
    problem
        What is known.
    names
        The quantities; one that lacks an input, or is no finite number, is left out.
    """
    held = problem.held()
    able = [name for name in names if set(problem.model.inputs([name], held)) <= held]
    values = {name: float(at.reshape(-1)[0]) for name, at in evaluate(problem, able).items()} if able else {}
    return {name: value for name, value in values.items() if math.isfinite(value)}


def values_of_model(columns: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
    """Compute quantities of a model from its columns and the defaults, as `known_values` does.

    Parameters
    ----------
    columns
        What is stated of the model, in base units, by quantity.
    names
        The quantities.
    """
    given = {name: default.value for name, default in configs.defaults().items()} | dict(columns)
    return known_values(Problem(MODEL, Grid(()), given), names)
