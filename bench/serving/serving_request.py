"""What a user states of a service: model, chip, chips or queries, lengths, how fast it must answer, and how it is served."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ... import configs
from ...kernels.model import units
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter
from ..estimate.intervals import MEDIAN
from ..estimate.request import Request, StatedRun, find, stated_run
from ..estimate.scenario import StatedValue, fact
from ..estimate.source import Source, SourceKind, stated_with
from ..estimate.stated_number import number
from ..facts.precisions import OPTIONS, match_precision, precision_name
from ..serving_fit.unseen_generation import unseen_spread, widened
from .usual_service import FIRST, LENGTHS, LIMITS, SPEED, is_mixed, mixed_bits, usual_precision, usual_value

BATCH, REPLICA, PREFILL = "concurrent_sequences", "replica_chips", "prefill_replica_chips"
APART, ATTENTION = "disaggregated", "attention_data_parallel"
CHIPS, QUERIES, LOAD = "chip_count", "queries_per_day", "service_utilisation"
FORMATS, SOFTWARE = "serving_formats", "serving_software"  # tables
WEIGHTS, CACHE = "weight_bits", "cache_bits"
STEP_SPREAD = "serving_step_spread"
_AS_CACHE = WEIGHTS  # a cache in FP4 has scales as weights have
_ALIKE = 0.1  # weights of 4.25 and 4.5 bits are both in FP4
_MAX_CONFIDENCE = 0.99
STRATEGY = (REPLICA, BATCH, ATTENTION, APART, PREFILL)  # what says how a model is served
_WHOLE = (CHIPS, REPLICA, PREFILL, BATCH)
_LEAST = {"serving_output_tokens": 1.0, "serving_input_tokens": 1.0}


@dataclass(frozen=True)
class ServingRequest:
    """What the user stated of a service, as text.

    Parameters
    ----------
    run
        Model, chip, place, precision, and the quantities that are stated: chips or queries a day, lengths, parts of the
        strategy, prices.
    limits
        What each user must get, by quantity: at least so many tokens a second, at most so long to the first token.
    cache_precision
        Of the keys and values that are kept: one of `precisions.OPTIONS`.
    apart
        Whether prompts are read on chips of their own; None for whichever serves more.
    confidence
        The share of what may be in which users get what they must; None for half of it.
    software
        A name of the table of serving software; None for the usual one.
    """

    run: Request = field(default_factory=Request)
    limits: Mapping[str, str] = field(default_factory=dict)
    cache_precision: str | None = None
    apart: bool | None = None
    confidence: str | None = None
    software: str | None = None


@dataclass(frozen=True)
class Service:
    """A service as it was stated, with what is assumed where nothing was.

    Attributes
    ----------
    stated
        What was read: chip, model, values, names.
    fixed
        All that is known, in base units: what was stated, and what is assumed of lengths and precisions.
    limits
        What each user must get, in base units; a limit that does not hold is not there.
    confidence
        The share (0 to 1) of what may be in which users get that.
    software
        What serves, by the name of its row; empty where nobody says.
    """

    stated: StatedRun
    fixed: Mapping[str, StatedValue]
    limits: Mapping[str, StatedValue]
    confidence: float = MEDIAN
    software: str = ""

    @property
    def wants_chips(self) -> bool:
        """Whether the chips follow from the queries of a day."""
        return QUERIES in self.fixed

    @property
    def strategy(self) -> Mapping[str, float]:
        """The parts of the strategy that are stated, by quantity."""
        return {name: self.fixed[name].value for name in STRATEGY if name in self.fixed}


def read_service(request: ServingRequest) -> Service:
    """Read what a request states of a service.

    Raises
    ------
    InputError
        Names the parameter that is wrong or missing, and what would be right.
    """
    run = request.run
    _check_size(run)
    assumed = run.precision is None and run.chip is not None
    named = replace(run, precision=usual_precision(find("hardware", str(run.chip), "chip"), run.model)) if assumed else run
    stated = _stated_run(named)
    fixed = dict(stated.fixed)
    if assumed:
        source = Source(SourceKind.DEFAULT, "a choice: FP8 where the chip computes in it, else BF16, else FP4")
        fixed["precision_bits"] = StatedValue(fixed["precision_bits"].value, source)
    if assumed and is_mixed(run.model):
        fixed = mixed_bits() | fixed
    fixed |= _bits(request.cache_precision, fixed)
    fixed = {name: usual_value(name) for name in LENGTHS} | fixed
    if request.software is not None:
        row = find(SOFTWARE, request.software, "software")
        fixed |= {name: fact(row, SOFTWARE, name) for name in row.values if name in MODEL}
    if request.apart is not None:
        fixed[APART] = StatedValue(float(request.apart), stated_with(APART))
    if PREFILL in fixed and APART not in fixed:  # chips that read prompts alone are there where prompts are read apart
        fixed[APART] = StatedValue(1.0, fixed[PREFILL].source)
    fixed = _unseen(stated) | fixed
    _check_numbers(fixed)
    _check_positions(stated, fixed)
    software = find(SOFTWARE, request.software, "software").name if request.software is not None else ""
    return Service(stated, fixed, _limits(request, fixed), _confidence(request.confidence), software)


def _stated_run(run: Request) -> StatedRun:
    """Read what is stated of model, chip and place; a model that is not known need not be told the tokens of its training."""
    try:
        return stated_run(run)
    except InputError as error:
        if error.parts[-1:] != (Parameter("tokens"),):
            raise
        raise InputError(*error.parts[:-2], where=error.where) from None


def _check_size(run: Request) -> None:
    """Refuse a service of no size, and one of two."""
    given = {*run.stated, *(text.partition("=")[0].strip() for text in run.sets)}
    for name in LIMITS:
        if name in given:  # a value would take the place of what the strategy gives
            raise InputError(
                f"{name} follows from how a model is served; state the limit with ", Parameter(name), where=Parameter("sets")
            )
    if CHIPS in given and QUERIES in given:
        raise InputError(
            "give ", Parameter(CHIPS), " or ", Parameter(QUERIES), ", not both: one follows from the other",
            where=Parameter(QUERIES),
        )  # fmt: skip
    if CHIPS not in given and QUERIES not in given:
        raise InputError(
            "give the number of chips, or ", Parameter(QUERIES), " to learn how many they need", where=Parameter(CHIPS)
        )  # fmt: skip


def _bits(cache: str | None, fixed: Mapping[str, StatedValue]) -> dict[str, StatedValue]:
    """Say in how many bits weights and cache are held: as stated, else as is usual for the products' precision."""
    usual = _format(precision_name(fixed["precision_bits"].value))
    bits = {}
    if usual is not None:
        bits = {name: fact(usual, FORMATS, name) for name in (WEIGHTS, CACHE)}
        bits[CACHE] = replace(bits[CACHE], source=Source(SourceKind.DEFAULT, bits[CACHE].source.detail))
    bits |= {name: fixed[name] for name in (WEIGHTS, CACHE) if name in fixed}
    if cache is not None:
        stated = _format(cache) if cache.strip().lower() in OPTIONS else None
        if stated is None:
            raise InputError(f"must be one of {', '.join(OPTIONS)}, not {cache!r}", where=Parameter("cache_precision"))
        bits[CACHE] = StatedValue(stated.values[_AS_CACHE], stated_with("cache_precision"))
    return bits


def _format(name: str) -> configs.FactRow | None:
    """Find a precision among the formats of serving; None where there is none of that name."""
    precision = match_precision(name)
    rows = configs.load(FORMATS).rows.values()
    return next((row for row in rows if precision is not None and row.values["precision_bits"] == precision.bits), None)


def precision_held(name: str, fixed: Mapping[str, StatedValue]) -> str:
    """Name the precision that ``precision_bits``, ``weight_bits`` or ``cache_bits`` says.

    Parameters
    ----------
    name
        Which of them.
    fixed
        What is stated of a service, in base units.
    """
    held = fixed[name].value
    column = _AS_CACHE if name == CACHE else name
    rows = configs.load(FORMATS).rows.values()
    known = next((row.name for row in rows if math.isclose(row.values[column], held, rel_tol=_ALIKE)), None)
    return known or precision_name(float(units.from_base(held, MODEL[name].unit)))


def _check_numbers(fixed: Mapping[str, StatedValue]) -> None:
    """Refuse numbers that no service has: broken chips, a prompt of no token, more hits than prompts."""
    for name in _WHOLE:
        if name in fixed and not (fixed[name].value >= 1 and fixed[name].value == math.floor(fixed[name].value)):
            where = _where(name, fixed)
            raise InputError(f"must be a whole number of at least 1, not {fixed[name].value:g}", where=where)
    for name, least in _LEAST.items():
        if fixed[name].value < least:
            raise InputError(f"must be at least {least:g} token, not {fixed[name].value:g}", where=_where(name, fixed))
    if QUERIES in fixed and not fixed[QUERIES].value > 0:
        raise InputError("must be above 0", where=_where(QUERIES, fixed))
    chips, replica = (fixed[name].value if name in fixed else math.nan for name in (CHIPS, REPLICA))
    if replica > chips:
        wrong = f"a replica of {replica:,.0f} chips does not fit on {chips:,.0f}"
        raise InputError(wrong, "; give ", Parameter(CHIPS), f" of at least {replica:,.0f}", where=_where(REPLICA, fixed))
    both = (fixed[PREFILL].value if PREFILL in fixed else 0.0) + (replica if replica >= 1 else 1.0)
    if PREFILL in fixed and fixed[APART].value and both > chips:
        wrong = f"{fixed[PREFILL].value:,.0f} chips that read prompts and {both - fixed[PREFILL].value:,.0f} that answer do not"
        raise InputError(f"{wrong} fit on {chips:,.0f}", where=_where(PREFILL, fixed))
    if PREFILL in fixed and APART in fixed and not fixed[APART].value:
        raise InputError(
            "is of prompts that are read on chips of their own, which ", Parameter(APART), " asks for",
            where=_where(PREFILL, fixed),
        )  # fmt: skip
    if "draft_acceptance" in fixed and "draft_tokens" not in fixed:
        raise InputError(
            "is of drafted tokens; say how many with ", Parameter("draft_tokens"), where=_where("draft_acceptance", fixed)
        )


def _unseen(stated: StatedRun) -> dict[str, StatedValue]:
    """Widen what is predicted of a chip of whose generation no serving was measured."""
    chip = configs.load("hardware").rows[stated.chip.base_key]
    source = Source(SourceKind.RULE, f"wider since nobody measured serving on {chip.generation}; {unseen_spread().why}")
    return {name: StatedValue(value, source) for name, value in widened(chip).items()}


def _check_positions(stated: StatedRun, fixed: Mapping[str, StatedValue]) -> None:
    """Refuse prompts and answers that are longer than a model has learned positions for. Raises InputError."""
    most = fixed["learned_positions"].value if "learned_positions" in fixed else 0.0
    tokens = sum(fixed[name].value for name in LENGTHS)
    if 0 < most < tokens:
        wrong = f"prompt and answer have {tokens:,.0f} tokens, and {stated.model.called} has positions for {most:,.0f}"
        raise InputError(wrong, where=_where("serving_input_tokens", fixed))


def _where(name: str, fixed: Mapping[str, StatedValue]) -> Parameter:
    """Return the parameter that a value was stated with."""
    option = fixed[name].source.option
    return option if option is not None else Parameter(name)


def _limits(request: ServingRequest, fixed: Mapping[str, StatedValue]) -> dict[str, StatedValue]:
    """Read what each user must get. With a batch that is stated, nothing is assumed: what users get follows from it."""
    limits = {}
    for name in (SPEED, FIRST):
        text = request.limits.get(name)
        if text is not None:
            value = number(text, MODEL[name], name, unusual=request.run.unusual)
            if not value > 0:
                raise InputError(f"must be above 0, not {text}", where=Parameter(name))
            limits[name] = StatedValue(value, stated_with(name))
        elif BATCH not in fixed:
            limits[name] = usual_value(name)
    return limits


def _confidence(text: str | None) -> float:
    """Read the share of cases in which users get what they must. Raises InputError where it is none."""
    if text is None:
        return MEDIAN
    try:
        share = units.parse(text, "")
    except units.UnitError as error:
        raise InputError(str(error), where=Parameter("confidence")) from None
    if not MEDIAN <= share <= _MAX_CONFIDENCE:
        raise InputError(f"must be from 50% to {_MAX_CONFIDENCE:.0%}, not {text}", where=Parameter("confidence"))
    return share
