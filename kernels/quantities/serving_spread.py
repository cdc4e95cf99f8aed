# mypy: allow-untyped-defs
"""How far measured serving is from what is predicted of it: the standard deviation of the logarithm of a step's time.

It is wider for mixtures of experts and for products of few bits, as measured: what is left out of a fit is predicted by the
others. Throughput and latency share one deviation, since both come from the step.
"""

import math

from ..model.quantity import given, maximum, quantity, sqrt

_FIT = "fitted to measured serving, each predicted without its source and without its model, configs/serving_efficiency.toml"

given(
    "serving_step_spread", "", "Standard deviation of the logarithm of a step's time: the part that every service has.", high=3
)
given("serving_spread_source", "", "Part of a step's spread that all measurements of one source share.", high=3)
given("serving_spread_experts", "", "Part of a step's spread where all products are those of routed experts.", high=3)
given("serving_spread_bits", "", "Part of a step's spread where products would have no bits, over those of 16.", high=3)
given("serving_step_deviation", "", "Standard normal: where the time of a step lies in its interval.", low=-math.inf)


@quantity(unit="", source="definition", show="%")
def expert_product_share(routed_parameters, active_experts, experts, read_parameters):
    """Share of a token's products that routed experts do."""
    routed = routed_parameters * (active_experts / maximum(experts, 1.0))
    return routed / (routed + read_parameters)


@quantity(unit="", source=_FIT)
def serving_time_spread(
    serving_step_spread, serving_spread_source, serving_spread_experts, expert_product_share, serving_spread_bits,
    precision_bits,
):  # fmt: skip
    """Standard deviation of the logarithm of a step's time around what is predicted."""
    own = serving_step_spread * serving_step_spread + serving_spread_source * serving_spread_source
    experts = serving_spread_experts * expert_product_share
    bits = serving_spread_bits * (1 - precision_bits / 16)
    return sqrt(own + experts * experts + bits * bits)
