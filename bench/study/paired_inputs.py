"""Inputs that many people know by one name and that are two, on average and at peak: an override of one leaves the other."""

from collections.abc import Collection

from ...kernels.model.grid import Grid
from ...kernels.model.quantity import Model

_HELD, _USED = "which says how many chips a site's power holds", "which says how much energy is used"
# By the input that is held the one beside it, and what that says of answers.
PAIRS = {
    "pue": ("peak_pue", _HELD),
    "peak_pue": ("pue", _USED),
    "network_factor": ("peak_network_factor", _HELD),
    "peak_network_factor": ("network_factor", _USED),
    "load": ("host_load", "which says what the rest of a server draws"),
}


def note_pairs(model: Model, held: Collection[str], grid: Grid, assumed: Collection[str]) -> list[str]:
    """Say of overrides which input beside theirs stays as it was, where answers depend on it.

    Parameters
    ----------
    model
        The study's quantities.
    held
        What overrides hold.
    grid
        The study's; its draws are of inputs that questions need.
    assumed
        The inputs that took a default.
    """
    drawn = {name for axis in grid.axes if axis.uncertain for name in axis.columns}
    notes = []
    for name in (name for name in held if name in PAIRS):
        other, says = PAIRS[name]
        if other in drawn or other in assumed:
            stays = "stays drawn" if other in drawn else "keeps its default"
            notes.append(f"{name} is set; {model[other].wording}, {says}, {stays}: {other}=... states it")
    return notes
