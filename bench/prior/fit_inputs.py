"""The inputs that the MFU's prediction itself consists of: numbers of fits."""

from collections.abc import Iterable, Mapping

from ...kernels.model.quantity import Model
from ...kernels.quantities.run_features import FOLLOW_FROM_PEAKS, HAVE_A_STAND_IN, MAY_BE_UNKNOWN

OPERANDS = "precision_bits"  # by which the MFU's prediction knows the format
PREDICTED = ("mfu_log_expected", "mfu_log_scale")
BOUND = "reachable_mfu"


def regression(model: Model, given: Mapping[str, float], targets: Iterable[str] = ()) -> set[str]:
    """Name the inputs that the prediction itself consists of: numbers of fits, which no study would state.

    Parameters
    ----------
    model
        The quantities.
    given
        What the study states.
    targets
        What is asked: an input that they need otherwise too is left out.
    """
    names = [name for name in (*PREDICTED, BOUND) if name in model]
    of_run = {*MAY_BE_UNKNOWN, *FOLLOW_FROM_PEAKS, *HAVE_A_STAND_IN, OPERANDS}
    elsewhere = {*model.inputs(targets, {*names, *given}), *given, *of_run}
    return {name for name in model.inputs(names, of_run) if name not in elsewhere}
