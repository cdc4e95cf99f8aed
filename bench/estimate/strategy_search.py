"""The best strategy for one model on so many chips: every cut that divides, tried at once with NumPy.

What is fixed stays; of the rest, every value that can divide is tried. First the cuts that divide are found, on a grid
without recompute, then the memory of each of them at every share of recompute, then the time of each at the least share that
fits. The best is the one of highest MFU.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.errors import FlopwattError
from ...kernels.quantities import MODEL
from ..prior.features import Floats

Bools = NDArray[np.bool_]

# What a strategy consists of.
PARTS = (
    "tensor_parallel",
    "pipeline_parallel",
    "interleave",
    "context_parallel",
    "expert_parallel",
    "microbatch_size",
    "zero_stage",
    "recomputed_layers",
)
BATCH_TOKENS = 16 * 2**20  # Llama Team 2024, arXiv:2407.21783, section 3.4.1: 16M tokens for most of the run
CHIP_TOKENS = BATCH_TOKENS / 16_384  # and its table 4: on so many chips
RECOMPUTE_SHARES = tuple(i / 10 for i in range(11))
MAX_TENSOR, MAX_CONTEXT, MAX_MICROBATCH = 64, 32, 32
MIN_CONTEXT_TOKENS = 1024  # of a sequence on one chip
MAX_CUTS = 20_000_000
_DIGITS = 5  # binary, of a number of chips that divides well


class NoStrategyError(FlopwattError, ValueError):
    """No strategy divides, or none fits; the message says which, and how far off the closest is."""


class NoRoomError(NoStrategyError):
    """Strategies divide the model, the chips and the batch, and none fits the chips' memory."""


@dataclass(frozen=True)
class BestStrategy:
    """The strategy of highest MFU, and how many strategies it was chosen from.

    Parameters
    ----------
    inputs
        The strategy's parts, by quantity, with the batch.
    mfu
        Model FLOPs utilisation (0 to 1).
    seconds
        The step time (s).
    memory, room
        Bytes on the fullest chip, and bytes that a chip has to give.
    tried, divide, fit
        Strategies (cuts times shares of recompute) that were tried, that divide, and that also fit.
    chips
        The chips that it cuts the model over.
    """

    inputs: Mapping[str, float]
    mfu: float
    seconds: float
    memory: float
    room: float
    tried: int
    divide: int
    fit: int
    chips: float


def best_on_most(stated: Mapping[str, float], fixed: Mapping[str, float] | None = None) -> BestStrategy:
    """Search the best strategy on all of the chips, or on the most of them that divide well where that does more.

    Parameters
    ----------
    stated, fixed
        As of `best_strategy`; a ``data_parallel`` that is fixed leaves no chip idle.

    Returns
    -------
    BestStrategy
        Its ``mfu`` is that of the chips that it uses.

    Raises
    ------
    NoStrategyError
        Where none divides, or none fits.
    KeyError
        Names an input that has no value.
    """
    fixed, chips = fixed or {}, stated["chip_count"]
    fewer = chips if "data_parallel" in fixed else _divisible(chips)
    if fewer == chips:
        return best_strategy(stated, fixed)
    on_fewer = _best_or_none({**stated, "chip_count": fewer}, fixed)
    if on_fewer is None:
        return best_strategy(stated, fixed)
    on_all = _best_or_none(stated, fixed)
    return on_all if on_all is not None and on_all.mfu * chips >= on_fewer.mfu * fewer else on_fewer


def _divisible(chips: float) -> float:
    """Round a number of chips down to one of at most 5 binary digits and zeros behind them: a few percent stay idle."""
    step = 2.0 ** max(math.floor(math.log2(max(chips, 1.0))) + 1 - _DIGITS, 0)
    return math.floor(chips / step) * step


def _best_or_none(stated: Mapping[str, float], fixed: Mapping[str, float]) -> BestStrategy | None:
    try:
        return best_strategy(stated, fixed)
    except NoStrategyError:
        return None


def best_strategy(stated: Mapping[str, float], fixed: Mapping[str, float] | None = None) -> BestStrategy:
    """Search the strategy of highest MFU that divides and fits.

    Parameters
    ----------
    stated
        In base units the model's architecture, the chip's facts, ``chip_count``, ``precision_bits`` and what else is known
        (``batch_size``, ``software_date``, ...).
    fixed
        Those parts of the strategy that are given, by quantity (``tensor_parallel``, ..., ``data_parallel``).

    Raises
    ------
    NoStrategyError
        Where none divides, or none fits.
    KeyError
        Names an input that has no value.
    """
    parts = dict(fixed or {})
    replicas = parts.pop("data_parallel", None)
    known = _known({**stated, **parts})
    cuts = _dividing(known, _candidates(known, parts), replicas)
    shares = np.array([parts["recomputed_layers"]] if "recomputed_layers" in parts else RECOMPUTE_SHARES)
    count = len(next(iter(cuts.columns.values())))
    tried = cuts.tried * len(shares)
    if not count:
        raise NoStrategyError(
            f"of {tried:,} strategies tried on {known['chip_count']:,.0f} chips none divides (model, chips and batch)"
        )
    room = known["memory_capacity"] - known["memory_reserve"]
    fits = _fitting(known, cuts.columns, shares, f"of {tried:,} strategies tried {count * len(shares):,} divide", room)
    kept = np.flatnonzero(fits.any(axis=1))
    columns = {name: column[kept] for name, column in cuts.columns.items()}
    columns["recomputed_layers"] = shares[fits[kept].argmax(axis=1)]  # recompute costs time: the least that fits is fastest
    best = int(np.argmax(np.broadcast_to(_evaluate({**known, **columns}, ("step_mfu",))["step_mfu"], kept.shape)))
    chosen = {name: float(column[best]) for name, column in columns.items()}
    chosen |= {name: known[name] for name in ("batch_size", "overlap")}
    at_best = _evaluate({**known, **chosen}, ("step_mfu", "step_time", "memory_per_chip"))
    return BestStrategy(
        inputs=chosen | {"uneven_stages": 1.0},
        mfu=float(at_best["step_mfu"]),
        seconds=float(at_best["step_time"]),
        memory=float(at_best["memory_per_chip"]),
        room=room,
        tried=tried,
        divide=count * len(shares),
        fit=int(fits.sum()),
        chips=known["chip_count"],
    )


def _fitting(known: Mapping[str, float], cuts: Mapping[str, Floats], shares: Floats, tried: str, room: float) -> Bools:
    """Tell which cuts fit at which share of recompute: a row for each cut. Raises NoRoomError, where none does.

    Where some is recomputed, more of it takes less memory: of a cut that fits at the second share, or not even at the last,
    those between need not be computed.
    """
    fits = np.zeros((len(next(iter(cuts.values()))), len(shares)), dtype=np.bool_)
    least = math.inf

    def look(rows: Any, place: slice) -> None:
        """Compute the memory of some cuts at some shares."""
        nonlocal least
        by_cut = {name: column[rows, None] for name, column in cuts.items()}  # what no recompute changes is computed once
        columns = {**known, **by_cut, "recomputed_layers": shares[place]}
        values = _evaluate(columns, ("memory_per_chip", "memory_margin"))
        fits[rows, place] = values["memory_margin"] >= 0
        least = min(least, float(values["memory_per_chip"].min()))

    look(slice(None), slice(0, 2))
    fits[fits[:, 1 if len(shares) > 1 else 0], 2:] = True
    if len(unsure := np.flatnonzero(~fits[:, -1])) and len(shares) > 2:
        look(unsure, slice(-1, None))
        if len(unsure := unsure[fits[unsure, -1]]):
            look(unsure, slice(2, -1))
    if not fits.any():
        raise NoRoomError(
            f"{tried} and none fits: the smallest needs {least / 1e9:.1f} GB of the {room / 1e9:.1f} GB that a chip has to give"
        )
    return fits


def _known(stated: Mapping[str, float]) -> dict[str, float]:
    """Collect every input that is not searched: stated, else the default; the batch from its usual size in tokens."""
    defaults = {name: default.value for name, default in configs.defaults().items()}
    known = {**defaults, "uneven_stages": 1.0, **stated}
    if "batch_size" not in stated:
        known["batch_size"] = usual_batch(known["chip_count"], known["sequence_length"])
    needed = MODEL.inputs(("step_mfu", "memory_margin", "divides"))
    missing = [name for name in needed if name not in known and name not in PARTS]
    if missing:
        raise KeyError(missing[0])
    return {name: float(known[name]) for name in needed if name in known}


def usual_batch(chips: float, sequence_length: float) -> float:
    """Size a usual batch in sequences: chips times (or over) a power of 2, so that replicas divide it.

    It has about 16 million tokens, and where there are more chips than one such batch was trained on, as many a chip.
    """
    tokens = max(BATCH_TOKENS, CHIP_TOKENS * chips)
    doublings = round(math.log2(max(tokens / sequence_length / chips, 2**-20)))
    return float(max(round(chips * 2.0**doublings), 1))


def _divisors(number: float, most: float = math.inf) -> list[float]:
    whole = int(number)
    return [float(i) for i in range(1, int(min(whole, most)) + 1) if whole % i == 0]


def _candidates(known: Mapping[str, float], fixed: Mapping[str, float]) -> dict[str, Floats]:
    """List the values to try of each part, one where it is fixed."""
    chips, layers = known["chip_count"], known["layers"]
    context = [c for c in _divisors(chips, MAX_CONTEXT) if known["sequence_length"] / c >= MIN_CONTEXT_TOKENS or c == 1]
    stages = _divisors(chips, layers)
    pieces = sorted({v for stage in stages for v in _divisors(math.ceil(layers / stage))})
    tried = {
        "tensor_parallel": [t for t in _divisors(known["heads"], MAX_TENSOR) if chips % t == 0],
        "pipeline_parallel": stages,
        "interleave": pieces,
        "context_parallel": [c for c in context if c == 1 or c % 2 == 0],
        "expert_parallel": _divisors(known["experts"]) if known["experts"] else [1.0],
        "microbatch_size": _divisors(known["batch_size"], MAX_MICROBATCH),
        "zero_stage": [0.0, 1.0, 2.0, 3.0],
    }
    return {name: np.array([fixed[name]] if name in fixed else values) for name, values in tried.items()}


@dataclass(frozen=True)
class _Cuts:
    columns: dict[str, Floats]
    tried: int


def _dividing(known: Mapping[str, float], candidates: Mapping[str, Floats], replicas: float | None) -> _Cuts:
    """Find the combinations that divide; those of TP, PP and CP that do not divide the chips are left out before the rest."""
    outer = ("tensor_parallel", "pipeline_parallel", "interleave", "context_parallel")
    columns = _product({name: candidates[name] for name in outer})
    tried = math.prod(len(values) for values in candidates.values())
    first = ("tensor_divides", "pipeline_divides", "interleave_divides", "chips_divide", "data_parallel")
    checks = _evaluate({**known, **columns}, first)
    keep = np.all([np.broadcast_to(checks[name] == 1, columns["interleave"].shape) for name in first[:-1]], axis=0)
    if replicas is not None:
        keep &= checks["data_parallel"] == replicas
    rest = {name: values for name, values in candidates.items() if name not in outer}
    inner = _product(rest)
    size = len(next(iter(inner.values())))
    if keep.sum() * size > MAX_CUTS:
        raise NoStrategyError(f"{keep.sum() * size:,} cuts are too many to try at once; fix some, for example TP or PP")
    columns = {name: np.repeat(column[keep], size) for name, column in columns.items()}
    columns |= {name: np.tile(column, int(keep.sum())) for name, column in inner.items()}
    # sequence parallelism has no meaning without TP, and changes nothing there
    columns["sequence_parallel"] = np.where(columns["tensor_parallel"] > 1, known["sequence_parallel"], 0.0)
    whole = _evaluate({**known, **columns}, ("divides",))["divides"] == 1
    return _Cuts({name: column[whole] for name, column in columns.items()}, tried)


def _product(values: Mapping[str, Floats]) -> dict[str, Any]:
    """Return the Cartesian product as columns, the last name running fastest."""
    grids = np.meshgrid(*values.values(), indexing="ij")
    return {name: grid.ravel() for name, grid in zip(values, grids, strict=True)}


def _evaluate(columns: Mapping[str, Any], targets: Sequence[str]) -> Mapping[str, Floats]:
    """Compute quantities of strategies by the step-time model, which is imported where a strategy is searched."""
    from ..step_time.predict import evaluate

    return evaluate({"step_time_spread": 0.0, **columns}, targets)  # how far off it is chooses no strategy
