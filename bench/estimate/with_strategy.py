"""The MFU of an estimate from the best strategy: what is stated of it, the search, and how sure its step time is.

The model of a scenario with a strategy takes its MFU from the step time, which lies ``step_time_deviation`` standard
deviations of its logarithm from the predicted one. That is drawn; ``step_time_spread`` says how far a deviation is.
"""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ... import configs
from ...kernels.model import units
from ...kernels.model.quantity import Model, collecting, quantity
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter
from ..facts.precisions import PEAKS, peak_column
from ..prior import store
from ..prior.drawn_inputs import TARGETS
from . import strategy_search
from .memory_check import shard_text
from .scenario import Assumptions, Scenario, StatedValue, complete
from .source import Source, SourceKind

FIXES = (*strategy_search.PARTS, "data_parallel")  # quantities that fix a part of the strategy where they are stated
STEP_TARGETS = tuple(
    name for target in TARGETS for name in ((target, "step_time", "memory_per_chip") if target == "mfu" else (target,))
)
BATCH_SOURCE = "about 16 million tokens (Llama Team 2024, arXiv:2407.21783, section 3.4.1), to a power of two times the chips"
_SEARCHED = ("step_mfu", "memory_margin", "divides")


@functools.cache
def model() -> Model:
    """Return the model with its MFU taken from the step time."""
    with collecting() as own:

        @quantity(unit="", source="the step of the best strategy stands for the run", high=1, low_open=True, show="%")
        def mfu(step_mfu):  # type: ignore[no-untyped-def]
            """Model FLOPs utilisation of the precision's dense peak, in steady training."""
            return step_mfu

    return MODEL.extended(own)


def recompute(text: str) -> dict[str, float]:
    """Read what is recomputed: ``none``, ``selective``, ``full`` or a share of the layers.

    Returns
    -------
    dict
        ``recomputed_layers`` and ``recomputed_attention``, shares from 0 to 1.

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
            f"must be none, selective, full, or a share of the layers from 0 to 1, not {text!r}{wrong}",
            where=Parameter("recomputed_layers"),
        )
    return {"recomputed_layers": share, "recomputed_attention": 0.0}


def scenario(
    stated: Mapping[str, StatedValue], chip: configs.FactRow, model_name: str, targets: Sequence[str] = STEP_TARGETS
) -> Scenario:
    """Return the scenario of a run by the best strategy that keeps what is stated of it.

    Parameters
    ----------
    stated
        Values in base units, by quantity.
    chip
        The chip's row of the hardware table.
    model_name
        The model's name, for sources.
    targets
        The quantities that will be estimated.

    Raises
    ------
    InputError
        Where a fact is missing, where nothing divides or fits, and where what is stated leaves nothing to search.
    """
    _refuse(stated)
    fixed = {**stated, **_choices(stated, model_name)}
    _known(fixed, chip)
    parts = {name: fixed[name].value for name in FIXES if name in fixed}
    best = _search(fixed, parts)
    counts = f"{best.tried:,} tried, of which {best.divide:,} divide and {best.fit:,} fit"
    source = Source(SourceKind.SEARCHED, counts)
    fixed = {name: StatedValue(value, source) for name, value in best.inputs.items()} | fixed
    assumptions = Assumptions(chip.base_key, model=model())
    return replace(complete(fixed, targets, assumptions), strategy=best)


def _refuse(stated: Mapping[str, StatedValue]) -> None:
    """Refuse what leaves nothing to search, and what a search cannot hold."""
    if "mfu" in stated:
        raise InputError("follows from the strategy; give the MFU or a strategy, not both", where=Parameter("mfu"))
    if "run_time" in stated:
        raise InputError(
            "a strategy needs the number of chips that it cuts up; give ",
            Parameter("chip_count"),
            " in place of it",
            where=Parameter("run_time"),
        )
    for item in MODEL.order(_SEARCHED):
        if item.name in stated and not item.given and item.name != "data_parallel":
            needed = ", ".join(item.parameters)
            raise InputError(
                f"{item.name} is computed anew for every strategy; set what it needs ({needed})", where=Parameter("sets")
            )


def _choices(stated: Mapping[str, StatedValue], model_name: str) -> dict[str, StatedValue]:
    """Choose sequence length, batch and block scales, where they are not stated."""
    result: dict[str, StatedValue] = {}
    length = stated.get("sequence_length")
    if length is None or math.isnan(length.value):
        usual = store.stated().of("sequence_length")
        if usual is None:
            raise InputError("say how many tokens a sequence of training has", where=Parameter("sequence_length"))
        value = float(usual.at(np.array([0.5]))[0])
        source = Source(SourceKind.USUAL, f"{model_name} does not say: median of {usual.source}")
        length = result["sequence_length"] = StatedValue(value, source)
    if "batch_size" not in stated:
        batch = strategy_search.usual_batch(stated["chip_count"].value, length.value)
        result["batch_size"] = StatedValue(batch, Source(SourceKind.DEFAULT, BATCH_SOURCE))
    bits = stated["precision_bits"].value if "precision_bits" in stated else configs.defaults()["precision_bits"].value
    if bits <= 4 and "block_scaling" not in stated:
        result["block_scaling"] = StatedValue(1.0, Source(SourceKind.RULE, "FP4 carries a scale per block (NVFP4)"))
    return result


def _known(fixed: Mapping[str, StatedValue], chip: configs.FactRow) -> None:
    """Refuse a run of which a fact is missing that step time or memory of some strategy need."""
    defaults = {name: default.value for name, default in configs.defaults().items()}
    values = defaults | {name: value.value for name, value in fixed.items()}
    searched = set(strategy_search.PARTS)
    used = {"peak_bf16", peak_column(values["precision_bits"])}  # attention is computed in BF16, whatever the products are in
    idle = set(PEAKS.values()) - used
    needed = [name for name in MODEL.inputs(_SEARCHED) if name not in searched | idle]
    absent = [name for name in needed if math.isnan(values.get(name, math.nan))]
    if not absent:
        return
    of_chip = [name for name in absent if name in chip.values]
    if of_chip == absent:
        problem = f"needs facts of {chip.name} that are not published: {', '.join(absent)}"
        instead = Parameter("sets", "NAME=VALUE")
        raise InputError(f"{problem}; give each with ", instead, ", or take another chip", where=Parameter("strategy"))
    missing = ", ".join(name for name in absent if name not in of_chip)
    raise InputError(
        f"needs the model's architecture: name a model, or give the path of its config.json (not known: {missing})",
        where=Parameter("strategy"),
    )


def _search(fixed: Mapping[str, StatedValue], parts: Mapping[str, float]) -> strategy_search.BestStrategy:
    values = {name: value.value for name, value in fixed.items() if name not in parts}
    try:
        return strategy_search.best_strategy(values, parts)
    except strategy_search.NoStrategyError as error:
        states = shard_text(fixed) if isinstance(error, strategy_search.NoRoomError) else ""
        raise InputError(str(error), states, *_hint(values, fixed, parts), where=Parameter("strategy")) from None


def _hint(
    values: Mapping[str, float], fixed: Mapping[str, StatedValue], parts: Mapping[str, float]
) -> tuple[str | Parameter, ...]:
    """Word which of the parameters, left open, would let a strategy divide and fit."""
    helpful: list[str | Parameter] = []
    for name in (*parts, "batch_size"):
        option = fixed[name].source.option
        if option is not None and _exists(_without(values, name), _without(parts, name)):
            helpful += [" or ", name if option.name == "sets" else option]
    return ("; with ", *helpful[1:], " left open one would") if helpful else ()


def _without(values: Mapping[str, float], name: str) -> dict[str, float]:
    return {key: value for key, value in values.items() if key != name}


def _exists(values: Mapping[str, float], parts: Mapping[str, float]) -> bool:
    try:
        strategy_search.best_strategy(values, parts)
    except strategy_search.NoStrategyError:
        return False
    return True
