"""Estimates from Python: the command's options as keywords, numbers or texts, and errors that name these keywords."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InputError, Parameter
from .benchmark import BenchmarkEstimate, estimate_time_to_train
from .chip_comparison import ChipComparison, chip_names, compare_chips
from .estimate_result import EstimateResult
from .estimation import Drawing, estimate_request
from .intervals import DRAWS
from .request import Request
from .stated_keywords import check_whole, quantity_name, stated_switch, stated_text, worded
from .training_task import PostTraining

Stated = str | float | bool | os.PathLike[str] | None

# By keyword, the quantity that it states, where it has another name.
QUANTITIES = {
    "chips": "chip_count",
    "days": "run_time",
    "tp": "tensor_parallel",
    "pp": "pipeline_parallel",
    "vpp": "interleave",
    "dp": "data_parallel",
    "cp": "context_parallel",
    "ep": "expert_parallel",
    "microbatch": "microbatch_size",
    "recompute": "recomputed_layers",
    "zero": "zero_stage",
    "batch": "batch_size",
    "seq_len": "sequence_length",
    "my_mfu": "pilot_mfu",
    "tokens_per_second": "chip_token_rate",
    "prompt_tokens": "serving_input_tokens",
    "response_tokens": "serving_output_tokens",
}
# Keywords of the same name.
_OWN = (
    "tokens", "mfu", "carbon_intensity", "electricity_price", "pue", "depreciation", "software_date", "rl_steps", "rl_prompts",
    "rl_group", "rollout_share",
)  # fmt: skip
_TEXTS = {"params": "parameters", "active_params": "active_parameters"} | {
    name: name for name in ("parameters_check", "weights", "precision", "country", "strategy", "system", "framework", "like")
}
_OF_TASK = ("lora", "lora_targets", "examples", "example_tokens", "epochs")  # texts of PostTraining
_TASKS = ("sft", "rl", "rl_apart")
_SWITCHES = ("unusual", "programme", *_TASKS)
KEYWORDS = (*QUANTITIES, *_OWN, *_TEXTS, *_OF_TASK, *_SWITCHES, "engine", "currency")
_CALLED = {quantity: keyword for keyword, quantity in (*QUANTITIES.items(), *_TEXTS.items())}
_STRATEGIES = ("auto",)


@worded(_CALLED)
def estimate(
    model: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    chip: str | None = None,
    chips: str | float | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    **stated: Stated,
) -> EstimateResult:
    """Estimate one training run: what it takes, with P10 to P90, and what drives that.

    What is stated is fixed; what is not is drawn. ``flopwatt.estimate(model="llama-3.1-405b", chip="h100", chips=16384)``.

    Parameters
    ----------
    model
        A name that ``flopwatt show models`` lists, the path of a Hugging Face ``config.json``, or what such a file holds.
        ``params`` takes its place where only the size is known.
    chip
        A name that ``flopwatt show hardware`` lists.
    chips
        Number of chips; ``days`` in its place solves for it.
    draws, seed
        The number of joint draws of what is not stated, and their seed.
    **stated
        The command's options by their names, with ``_`` for ``-`` (``tokens``, ``days``, ``precision``, ``mfu``, ``strategy``,
        ``tp``, ``framework``, ``like``, ``my_mfu``, ``tokens_per_second``, ``country``, ``electricity_price``, ``pue``,
        ``currency``, ``lora``, ``rl``, ...), and any other quantity of the model by its own name (``tdp="600 W"``). Numbers
        are in the unit that the option says (days, USD/kWh) or the quantity's own; texts may carry a unit:
        ``carbon_intensity="50 gCO2e/kWh"``. None is left out.

    Returns
    -------
    EstimateResult
        Its ``sentence``, ``quantiles``, ``draws``, ``drivers``, ``to_frame()`` and ``to_dict()``.

    Raises
    ------
    InputError
        Names the keyword that is wrong or missing, and what would be right.
    """
    request, drawing = _request(model, chip, {"chips": chips, **stated}, Drawing(draws, seed))
    if chip is not None and len(chip_names(request.chip or "")) > 1:
        raise InputError(f"{chip!r} names several chips, which flopwatt.estimate_chips compares", where=Parameter("chip"))
    return estimate_request(request, drawing)[0]


@worded(_CALLED)
def estimate_chips(
    model: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    chip: str | Sequence[str] = (),
    chips: str | float | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    **stated: Stated,
) -> ChipComparison:
    """Estimate one training run on several chips, side by side; those that cannot do it are left out.

    Parameters
    ----------
    model, chips, draws, seed, **stated
        As of `estimate`.
    chip
        The chips' names, as a sequence or as one text with commas.

    Returns
    -------
    ChipComparison
        The ``results`` by chip, its ``sentence``, ``left_out``, ``to_frame()`` and ``to_dict()``.

    Raises
    ------
    InputError
        Names the keyword that is wrong or missing, or says why no chip can do it.
    """
    text = chip if isinstance(chip, str) else ",".join(stated_text("chip", name) for name in chip)
    request, drawing = _request(model, text or None, {"chips": chips, **stated}, Drawing(draws, seed))
    if request.chip is None:
        raise InputError("name the chips, such as h100 and b200; `flopwatt show hardware` lists them", where=Parameter("chip"))
    return compare_chips(request, chip_names(request.chip), drawing)


@worded(_CALLED)
def estimate_benchmark(benchmark: str, chip: str, chips: str | float, **stated: Stated) -> BenchmarkEstimate:
    """Estimate how long chips train an MLPerf benchmark until its target is met.

    ``flopwatt.estimate_benchmark("llama31_405b", "gb200", 512)``.

    Parameters
    ----------
    benchmark
        A name that ``flopwatt show benchmarks`` lists.
    chip
        A name that ``flopwatt show hardware`` lists.
    chips
        Number of chips.
    **stated
        As of `estimate`, what a step depends on: ``precision``, ``batch``, ``tp``, ``framework``, ...

    Returns
    -------
    BenchmarkEstimate
        Its ``time``, ``ends``, ``step_time`` and ``to_dict()``.

    Raises
    ------
    InputError
        Names the keyword that is wrong, missing or of no effect, and what would be right.
    """
    request, drawing = _request(None, chip, {"chips": chips, **stated}, Drawing())
    idle = {"engine": drawing.engine, "currency": drawing.currency, "programme": drawing.programme, **request.task.named()}
    asked = [name for name, value in idle.items() if value]
    if asked:
        raise InputError("does not go with a benchmark; leave it out", where=Parameter(asked[0]))
    return estimate_time_to_train(stated_text("benchmark", benchmark), request)


def _request(model: Any, chip: Any, stated: Mapping[str, Stated], drawing: Drawing) -> tuple[Request, Drawing]:
    """Sort what is stated by keyword into a request and how it is estimated."""
    check_whole(draws=drawing.draws, seed=drawing.seed)
    given = {name: value for name, value in stated.items() if value is not None}
    switches = {name: stated_switch(name, given.pop(name)) for name in _SWITCHES if name in given}
    texts = {name: stated_text(name, value) for name, value in given.items()}
    known = {name: texts.pop(keyword) for keyword, name in _TEXTS.items() if keyword in texts}
    of_task: dict[str, Any] = {name: texts.pop(name) for name in _OF_TASK if name in texts}
    of_task |= {name: switches[name] for name in _TASKS if name in switches}
    engine, currency = texts.pop("engine", None), texts.pop("currency", None)
    if known.get("strategy", "auto") not in _STRATEGIES:
        raise InputError(f"must be {' or '.join(_STRATEGIES)}, not {known['strategy']!r}", where=Parameter("strategy"))
    own = {name: texts.pop(name) for name in _OWN if name in texts}
    own |= {QUANTITIES[name]: texts.pop(name) for name in QUANTITIES if name in texts}
    request = Request(
        model=model if model is None or isinstance(model, Mapping) else stated_text("model", model),
        chip=None if chip is None else stated_text("chip", chip),
        stated=own,
        sets=tuple(f"{quantity_name(name, KEYWORDS)}={text}" for name, text in texts.items()),
        unusual=switches.get("unusual", False),
        task=PostTraining(**of_task),
        **known,
    )
    return request, Drawing(drawing.draws, drawing.seed, engine, switches.get("programme", False), currency)
