"""The operators that compare two numbers: how a study writes each, what operation it is in formulas, and NumPy's function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class ComparisonOperator:
    """One operator.

    Parameters
    ----------
    op
        The operation's name in graphs and in emitted code.
    compute
        NumPy's function of the two sides.
    """

    op: str
    compute: Callable[[Any, Any], Any]


# By how they are written; those of two characters come first, so that `<=` is not read as `<`.
COMPARISONS: Mapping[str, ComparisonOperator] = {
    "<=": ComparisonOperator("le", np.less_equal),
    ">=": ComparisonOperator("ge", np.greater_equal),
    "==": ComparisonOperator("eq", np.equal),
    "!=": ComparisonOperator("ne", np.not_equal),
    "<": ComparisonOperator("lt", np.less),
    ">": ComparisonOperator("gt", np.greater),
}
COMPARING = frozenset(comparison.op for comparison in COMPARISONS.values())
