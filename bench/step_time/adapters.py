"""Steps that train adapters alone (LoRA): what a frozen model leaves out, as inputs of the step-time model.

The adapters themselves are a thousandth of the model, and their products are left out too.
"""

from collections.abc import Mapping

# A frozen weight has no gradient to compute, keep or exchange, and no optimizer.
FROZEN: Mapping[str, float] = {
    "trained_weights": 0.0,
    "gradient_bytes": 0.0,
    "optimizer_bytes": 0.0,
    "optimizer_traffic": 0.0,
}
NOTE = "adapters alone are trained"


def adapter_inputs(texts: tuple[str, ...]) -> Mapping[str, float]:
    """Return what a row sets that says that adapters alone are trained; nothing for others.

    Parameters
    ----------
    texts
        What the row says of its model and its source.
    """
    return FROZEN if any("lora" in text.lower() for text in texts) else {}


def adapter_notes(inputs: Mapping[str, float]) -> tuple[str, ...]:
    """Note of a step's inputs that they are of adapters; nothing for others."""
    return (NOTE,) if inputs.get("trained_weights", 1.0) == 0 else ()
