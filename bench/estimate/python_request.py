"""Estimates from Python: the command's options as keywords, numbers or texts, and errors that name these keywords."""

import functools
import math
import numbers as abstract
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from ...kernels.quantities import MODEL
from ...kernels.text import nearest
from ..errors import InputError, Parameter, Part, Place
from .benchmark import BenchmarkEstimate, estimate_time_to_train
from .chip_comparison import ChipComparison, chip_names, compare_chips
from .estimate_result import EstimateResult
from .estimation import Drawing, estimate_request
from .intervals import DRAWS
from .request import Request

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
}
# Keywords of the same name.
_OWN = ("tokens", "mfu", "carbon_intensity", "electricity_price", "pue", "depreciation", "software_date")
_TEXTS = {"params": "parameters", "active_params": "active_parameters"} | {
    name: name for name in ("parameters_check", "weights", "precision", "country", "strategy", "system", "framework", "like")
}
_SWITCHES = ("unusual", "programme")
KEYWORDS = (*QUANTITIES, *_OWN, *_TEXTS, *_SWITCHES, "engine", "currency")
_CALLED = {quantity: keyword for keyword, quantity in (*QUANTITIES.items(), *_TEXTS.items())}
_STRATEGIES = ("auto",)

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def _worded(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Let a function's errors name its keywords, where they have other names inside."""

    @functools.wraps(function)
    def named_for_python(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except InputError as error:
            raise InputError(*map(_keyword, error.parts), where=_place(error)) from error.__cause__

    return named_for_python


def _keyword(part: Part) -> Part:
    """Name a parameter as Python's keywords do; one that sets any quantity is that quantity's keyword."""
    if isinstance(part, str):
        return part
    if part.name != "sets":
        return Parameter(_CALLED.get(part.name, part.name), part.value)
    name, _, value = str(part.value or "a quantity's name").partition("=")
    return Parameter(name, value) if value else name


def _place(error: InputError) -> Place:
    where = error.where if isinstance(error.where, tuple) else (error.where,)
    parts = [part for part in where if part != Parameter("sets")]  # the message names the quantity
    return tuple(map(_keyword, parts))


@_worded
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
        ``currency``, ...), and any other quantity of the model by its own name (``tdp="600 W"``). Numbers are in the unit that
        the option says (days, USD/kWh) or the quantity's own; texts may carry a unit: ``carbon_intensity="50 gCO2e/kWh"``.
        None is left out.

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


@_worded
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
    text = chip if isinstance(chip, str) else ",".join(_text("chip", name) for name in chip)
    request, drawing = _request(model, text or None, {"chips": chips, **stated}, Drawing(draws, seed))
    if request.chip is None:
        raise InputError("name the chips, such as h100 and b200; `flopwatt show hardware` lists them", where=Parameter("chip"))
    return compare_chips(request, chip_names(request.chip), drawing)


@_worded
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
    idle = {"engine": drawing.engine, "currency": drawing.currency, "programme": drawing.programme}
    asked = [name for name, value in idle.items() if value]
    if asked:
        raise InputError("does not go with a benchmark; leave it out", where=Parameter(asked[0]))
    return estimate_time_to_train(_text("benchmark", benchmark), request)


def _request(model: Any, chip: Any, stated: Mapping[str, Stated], drawing: Drawing) -> tuple[Request, Drawing]:
    """Sort what is stated by keyword into a request and how it is estimated."""
    _check_whole(draws=drawing.draws, seed=drawing.seed)
    given = {name: value for name, value in stated.items() if value is not None}
    switches = {name: _switch(name, given.pop(name)) for name in _SWITCHES if name in given}
    texts = {name: _text(name, value) for name, value in given.items()}
    known = {name: texts.pop(keyword) for keyword, name in _TEXTS.items() if keyword in texts}
    engine, currency = texts.pop("engine", None), texts.pop("currency", None)
    if known.get("strategy", "auto") not in _STRATEGIES:
        raise InputError(f"must be {' or '.join(_STRATEGIES)}, not {known['strategy']!r}", where=Parameter("strategy"))
    own = {name: texts.pop(name) for name in _OWN if name in texts}
    own |= {QUANTITIES[name]: texts.pop(name) for name in QUANTITIES if name in texts}
    request = Request(
        model=model if model is None or isinstance(model, Mapping) else _text("model", model),
        chip=None if chip is None else _text("chip", chip),
        stated=own,
        sets=tuple(f"{_known(name)}={text}" for name, text in texts.items()),
        unusual=switches.get("unusual", False),
        **known,
    )
    return request, Drawing(drawing.draws, drawing.seed, engine, switches.get("programme", False), currency)


def _known(name: str) -> str:
    """Return the name of a quantity that a keyword states. Raises InputError where it is none."""
    if name in MODEL:
        return name
    close = nearest(name, (*KEYWORDS, *MODEL.quantities)) or f"; there are {', '.join(KEYWORDS)}, and the model's quantities"
    raise InputError(f"there is no such keyword, and no quantity of that name{close}", where=Parameter(name))


def _text(name: str, value: Any) -> str:
    """Write what a keyword was given as text: a number to its last digit, a text or a path as it stands."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, os.PathLike):
        text = os.fspath(value)
    elif isinstance(value, abstract.Real) and not isinstance(value, bool):
        text = str(int(value)) if isinstance(value, abstract.Integral) else _written(float(value))
    else:
        raise InputError(f"must be a number or a text, not {type(value).__name__}", where=Parameter(name))
    if not text.strip():
        raise InputError("it is empty; leave it out or give it a value", where=Parameter(name))
    return text


def _written(value: float) -> str:
    """Write a number so that it reads the same: whole ones without a point where that stays short."""
    return f"{value:.0f}" if math.isfinite(value) and value == math.floor(value) and abs(value) < 1e15 else repr(value)


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"must be True or False, not {value!r}", where=Parameter(name))
    return value


def _check_whole(**values: Any) -> None:
    """Raise InputError where one is no whole number."""
    for name, value in values.items():
        if not isinstance(value, abstract.Integral) or isinstance(value, bool):
            raise InputError(f"must be a whole number, not {value!r}", where=Parameter(name))
