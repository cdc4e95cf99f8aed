"""What a study's MFU rests on where the model predicts it: features that nothing tells, and chips without a published run."""

from collections.abc import Iterable, Mapping

from ... import configs
from ...kernels.model.quantity import Model
from ...kernels.quantities.utilisation import MAY_BE_UNKNOWN
from ..prior.drawn_inputs import unseen_chips
from .bindings import Bindings
from .prior_axis import has_chips

PREDICTED = ("mfu_log_median", "mfu_log_scale")


def hold_unknown(model: Model, targets: Iterable[str], bindings: Bindings) -> None:
    """Hold at NaN what only the MFU's prediction would need and nothing gives, and say so in the notes.

    The prediction does without: the mean of the fitted runs stands in, and its scale grows.

    Parameters
    ----------
    model
        The study's quantities.
    targets
        Those that the questions ask for.
    bindings
        What has a value.
    """
    targets, held = list(targets), {*bindings.given, *bindings.columns()}
    if not _is_predicted(model, targets, held):
        return
    elsewhere = {item.name for item in model.order(targets, {*held, *PREDICTED})}
    valued = held | set(configs.defaults())
    unknown = [
        name
        for name in MAY_BE_UNKNOWN
        if name not in held | elsewhere and any(needed not in valued for needed in model.inputs([name], held))
    ]
    if unknown:
        bindings.given |= dict.fromkeys(unknown, float("nan"))
        without = f"mfu: predicted without {', '.join(unknown)}, which nothing gives"
        bindings.notes.append(f"{without}; the mean of published runs stands in")


def note_unseen_chips(model: Model, targets: Iterable[str], bindings: Bindings) -> None:
    """Note the study's chips of which no published run tells the MFU, where the model predicts it.

    Parameters
    ----------
    model, targets, bindings
        As of `hold_unknown`.
    """
    if _is_predicted(model, targets, {*bindings.given, *bindings.columns()}):
        chips = [row.key for axis in bindings.axes if has_chips(axis) for row in axis.rows]
        bindings.notes += filter(None, [unseen_chips(chips)])


def _is_predicted(model: Model, targets: Iterable[str], held: Iterable[str]) -> bool:
    return any(item.name in PREDICTED for item in model.order(targets, held))


def regression(model: Model, given: Mapping[str, float]) -> set[str]:
    """Name the inputs that the prediction itself consists of: numbers of the fit, which no study would state."""
    names = [name for name in PREDICTED if name in model]
    return {name for name in model.inputs(names, MAY_BE_UNKNOWN) if name not in given and name not in MAY_BE_UNKNOWN}
