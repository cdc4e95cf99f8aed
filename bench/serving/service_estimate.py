"""Estimating what a user asks of a service: its strategy is searched, what is not stated is drawn, and quantities have ends."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..errors import InputError
from ..estimate.estimation import Drawing
from ..estimate.explain import Step, explain
from ..estimate.intervals import estimate
from ..estimate.scenario import Assumptions, Scenario, StatedValue, complete
from ..estimate.source import Source, SourceKind
from ..estimate.stated_checks import check_effect
from ..estimate.stated_model import changed_columns
from ..facts.currencies import Currency, find_currency
from .found_strategy import FoundStrategy, found_strategy
from .served_strategy import served_strategy
from .service_result import ServiceResult
from .service_scenario import SHARE, ServiceScenario
from .serving_goals import SERVED_VALUES
from .serving_request import CHIPS, STRATEGY, Service, ServingRequest, read_service

DRAWS = 2**12
_OF_QUERIES = ("serving_chips", "service_power")
_OF_CHIPS = ("served_queries_per_day", "service_throughput", "service_power")
_OF_ALL = (
    "throughput_per_chip",
    "interactivity",
    "inter_token_latency",
    "time_to_first_token",
    "answer_time",
    "serving_memory_per_chip",
    "energy_per_query",
    "cost_per_query",
    "rental_cost_per_query",
    "energy_per_million_output_tokens",
    "cost_per_million_output_tokens",
    "rental_cost_per_million_output_tokens",
    "carbon_per_query",
    "water_per_query",
)


def targets(service: Service) -> tuple[str, ...]:
    """List the quantities that are estimated of a service."""
    return (*(_OF_QUERIES if service.wants_chips else _OF_CHIPS), *_OF_ALL)


def serve_request(request: ServingRequest, drawing: Drawing, money: Currency | None = None) -> ServiceResult:
    """Estimate the service that a request describes.

    Parameters
    ----------
    request
        What is stated of the service.
    drawing
        How it is estimated.
    money
        The currency, where it was looked up already.

    Raises
    ------
    InputError
        Names the parameter that is wrong or missing, and what would be right.
    """
    drawing.check()
    money = money or find_currency(drawing.currency)
    service = read_service(request)
    strategy = found_strategy(service)
    scenario = _scenario(service, strategy)
    scenario = replace(scenario, model=money.model(scenario.model))
    result = estimate(scenario, targets(service), drawing.draws, drawing.seed)
    served = served_strategy(scenario, strategy)
    return ServiceResult(result, scenario, money, drawing.seed, service=service, strategy=served)


def explained_service(result: ServiceResult) -> list[Step]:
    """List how a service's quantities were computed, at the medians of what is drawn."""
    return explain(result.scenario, list(result.estimate.spreads))


def _scenario(service: Service, strategy: FoundStrategy) -> ServiceScenario:
    """Complete a service: its strategy is held, what is not stated is drawn or takes its default."""
    source = Source(SourceKind.RULE, f"the best of {strategy.tried:,} ways to serve")
    chosen = {name: StatedValue(value, source) for name, value in strategy.best.inputs.items() if name not in service.fixed}
    fixed: Mapping[str, StatedValue] = {**service.fixed, **chosen, **_chips(service, strategy)}
    goals = targets(service)
    whole = complete(fixed, goals, Assumptions(service.stated.chip.base_key))
    check_effect(whole, goals)
    _check_used(whole, goals)
    limits = {name: limit.value for name, limit in service.limits.items()}
    chips = None if service.wants_chips else service.fixed[CHIPS].value
    counts = service.wants_chips and strategy.packed is not None and SHARE not in service.fixed
    held = {name: value for name, value in whole.fixed.items() if not (counts and name == SHARE)}
    return ServiceScenario(
        held,
        whole.drawn,
        model=whole.model,
        subject=service.stated.subject,
        limits=limits,
        chips=chips,
        counts_replicas=counts,
    )


def _check_used(scenario: Scenario, goals: Sequence[str]) -> None:
    """Refuse a quantity that is set by name and that nothing of a service depends on. Raises InputError."""
    needed = {*goals, *STRATEGY, *scenario.model.inputs((*goals, *SERVED_VALUES), {*scenario.fixed, *scenario.drawn})}
    options = {name: held.source.option for name, held in scenario.fixed.items() if name not in needed}
    for name, option in options.items():
        if option is not None and option.name == "sets" and name not in changed_columns(scenario.fixed):
            raise InputError(f"{name} changes nothing of a service; leave it out", where=option)


def _chips(service: Service, strategy: FoundStrategy) -> dict[str, StatedValue]:
    """Return the chips in whole replicas, where chips are stated, and what these leave of their throughput."""
    packed = strategy.packed
    if packed is None or service.wants_chips:
        return {}
    used = service.fixed[CHIPS]
    if packed.idle > 0:
        used = StatedValue(packed.used, Source(SourceKind.RULE, f"what whole replicas use of {used.value:,.0f} chips"))
    held = {CHIPS: used, "serving_chips": used}
    if packed.used_share < 1 and SHARE not in service.fixed:
        held[SHARE] = StatedValue(packed.used_share, Source(SourceKind.RULE, "replicas are whole"))
    return held
