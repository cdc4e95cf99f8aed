# mypy: allow-untyped-defs
"""A service as a whole: what all of its chips put out, and what a million tokens take."""

from ..model.quantity import quantity

_SUM = "definition"


@quantity(unit="token/s", source=_SUM, label="tokens a second of all chips")
def service_throughput(chip_count, serving_share, throughput_per_chip, whole_replica_share):
    """Tokens out a second of so many chips while they serve."""
    return chip_count * serving_share * throughput_per_chip * whole_replica_share


@quantity(unit="kWh", source=_SUM, label="energy of a million tokens out")
def energy_per_million_output_tokens(energy_per_query, serving_output_tokens, priced_tokens):
    """Energy of the facility for a million tokens out, their prompts and waiting included."""
    return energy_per_query / serving_output_tokens * priced_tokens
