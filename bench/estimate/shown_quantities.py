"""The quantities of an estimate that most people ask for, in the order in which they are shown."""

from ..prior.drawn_inputs import PROGRAMME_TARGETS
from .intervals import Estimate
from .scenario import Scenario
from .training_task import ADAPTER_TARGETS, RL_TARGETS

SHOWN = frozenset(
    (
        "chip_count",
        "mfu",
        "run_time",
        "chip_hours",
        "facility_power",
        "peak_facility_power",
        "energy",
        "cost",
        "capital",
        "rental_cost",
        "carbon",
        "water",
        "trained_state_bytes",
        *ADAPTER_TARGETS,
        *RL_TARGETS,
        *PROGRAMME_TARGETS,
        "served_queries_per_day",
        "serving_chips",
        "service_throughput",
        "service_power",
        "throughput_per_chip",
        "interactivity",
        "time_to_first_token",
        "energy_per_query",
        "cost_per_query",
        "rental_cost_per_query",
        "energy_per_million_output_tokens",
        "cost_per_million_output_tokens",
        "rental_cost_per_million_output_tokens",
        "carbon_per_query",
        "water_per_query",
    )
)


def shown_quantities(estimate: Estimate, scenario: Scenario, full: bool = False) -> list[str]:
    """List the quantities that have an answer and are shown: those that most people ask for, without what was stated, or all.

    Parameters
    ----------
    estimate, scenario
        What was estimated, and of which run.
    full
        Whether all are.
    """
    known = [name for name, spread in estimate.spreads.items() if spread.median is not None]
    shown = SHOWN | (
        {"training_flops"} if "trained_state_bytes" in known else set()
    )  # of post-training, which is told in compute
    return known if full else [name for name in known if name in shown and name not in scenario.fixed]
