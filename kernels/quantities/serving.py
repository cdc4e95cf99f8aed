# mypy: allow-untyped-defs
"""What a replica serves: how fast each user is answered, and how many tokens come out of a chip.

Where a replica does both, prompts and steps take turns and slow each other; apart (disaggregated), prefilling chips are added
until they keep up with decoding.

Sources: Zhong et al. 2024, DistServe (arXiv:2401.09670), section 3; Pope et al. 2022 (arXiv:2211.05102), section 4.
"""

from ..model.quantity import quantity, where

_SUM = "definition"
_APART = "Zhong et al. 2024, arXiv:2401.09670, section 3.3: as many prefilling chips as decoding needs"


@quantity(unit="s", source=_SUM, show="ms", label="time between a user's tokens")
def inter_token_latency(decode_step, prefill_pause, tokens_per_step):
    """Time from one token of an answer to the next, the mean: a step and the prompts between, over the tokens of a step."""
    return (decode_step + prefill_pause) / tokens_per_step


@quantity(unit="token/s", source=_SUM, label="tokens a second of a user")
def interactivity(inter_token_latency):
    """Tokens a second that one user sees."""
    return 1 / inter_token_latency


@quantity(unit="token/s", source=_SUM, label="tokens a second of a replica")
def replica_throughput(concurrent_sequences, interactivity):
    """Tokens out of one replica a second."""
    return concurrent_sequences * interactivity


@quantity(unit="chip", source=_APART, label="prefilling chips of a replica")
def added_prefill_chips(
    disaggregated, replica_throughput, serving_output_tokens, prefill_time, prefill_replica_chips, prefill_load
):
    """Chips that work through the prompts of one decoding replica, where they are others."""
    busy = replica_throughput / serving_output_tokens * prefill_time
    return where(disaggregated > 0, busy * prefill_replica_chips / prefill_load, 0 * prefill_replica_chips)


@quantity(unit="token/s", source=_SUM, label="tokens a second of a chip")
def throughput_per_chip(replica_throughput, replica_chips, added_prefill_chips):
    """Tokens out a second per chip, chips that work through prompts counted."""
    return replica_throughput / (replica_chips + added_prefill_chips)


@quantity(unit="s", source=_SUM, label="time of an answer")
def answer_time(time_to_first_token, serving_output_tokens, inter_token_latency):
    """Time from a prompt to the last token of its answer, the mean."""
    return time_to_first_token + serving_output_tokens * inter_token_latency
