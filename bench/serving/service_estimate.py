"""Estimating what a user asks of a service: its strategy is searched, what is not stated is drawn, and quantities have ends."""

from collections.abc import Mapping
from dataclasses import replace

from ..estimate.estimation import Drawing
from ..estimate.explain import Step, explain
from ..estimate.intervals import estimate
from ..estimate.scenario import Assumptions, StatedValue, complete
from ..estimate.source import Source, SourceKind
from ..estimate.stated_checks import check_effect
from ..facts.currencies import Currency, find_currency
from .found_strategy import FoundStrategy, found_strategy
from .served_strategy import served_strategy
from .service_result import ServiceResult
from .service_scenario import ServiceScenario
from .serving_request import CHIPS, Service, ServingRequest, read_service

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
    limits = {name: limit.value for name, limit in service.limits.items()}
    chips = None if service.wants_chips else service.fixed[CHIPS].value
    return ServiceScenario(
        whole.fixed, whole.drawn, model=whole.model, subject=service.stated.subject, limits=limits, chips=chips
    )


def _chips(service: Service, strategy: FoundStrategy) -> dict[str, StatedValue]:
    """Return the chips that serve, where they are stated: of those the ones that are busy."""
    if strategy.packed is None:
        return {}
    stated = service.fixed[CHIPS]
    if strategy.packed.share < 1:
        source = Source(SourceKind.RULE, f"what whole replicas keep busy of {stated.value:,.0f} chips")
        stated = StatedValue(strategy.packed.busy, source)
    return {CHIPS: stated, "serving_chips": stated}
