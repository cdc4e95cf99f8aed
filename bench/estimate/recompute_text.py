"""What is recomputed in the backward pass, as a user writes it."""

import math

from ...kernels.model import units
from ..errors import InputError, Parameter


def recompute(text: str) -> dict[str, float]:
    """Read what is recomputed: ``none``, ``selective``, ``modules``, ``full`` or a share of the layers.

    Returns
    -------
    dict
        ``recomputed_layers``, ``recomputed_attention`` and, for modules, ``recomputed_modules``, shares from 0 to 1.

    Raises
    ------
    InputError
        For other texts.
    """
    from ..facts.cells import RECOMPUTE  # where something is recomputed

    if text.lower() in RECOMPUTE:
        return dict(RECOMPUTE[text.lower()])
    try:
        share, wrong = units.parse(text, ""), ""
    except units.UnitError as error:
        share, wrong = math.nan, "".join(str(error).partition("; ")[1:])  # how it is written, where that can be told
    if not 0 <= share <= 1:
        raise InputError(
            f"must be none, selective, modules, full, or a share of the layers from 0 to 1, not {text!r}{wrong}",
            where=Parameter("recomputed_layers"),
        )
    return {"recomputed_layers": share, "recomputed_attention": 0.0}
