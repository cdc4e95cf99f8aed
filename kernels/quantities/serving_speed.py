# mypy: allow-untyped-defs
"""What a replica serves: how fast each user is answered, and how many tokens come out of a chip.

Where a replica does both, prompts and steps take turns and slow each other; apart (disaggregated), prefilling chips are added
until they keep up with decoding.

Sources: Zhong et al. 2024, DistServe (arXiv:2401.09670), section 3; Pope et al. 2022 (arXiv:2211.05102), section 4.
"""

from ..model.quantity import quantity, where

_SUM = "definition"
_APART = "Zhong et al. 2024, arXiv:2401.09670, section 3.3: as many prefilling chips as decoding needs"


@quantity(unit="", source=_SUM)
def steps_per_token(tokens_per_step):
    """Steps that a token of one sequence takes, the mean."""
    return 1 / tokens_per_step


@quantity(unit="s", source=_SUM, show="ms", label="time between a user's tokens")
def inter_token_latency(decode_step, prefill_pause, steps_per_token):
    """Time from one token of an answer to the next, the mean: a step and the prompts between, over the tokens of a step."""
    return (decode_step + prefill_pause) * steps_per_token


@quantity(unit="token/s", source=_SUM, label="tokens a second of a user")
def interactivity(inter_token_latency):
    """Tokens a second that one user sees."""
    return 1 / inter_token_latency


@quantity(unit="token/s", source=_SUM, label="tokens a second of a replica")
def replica_throughput(concurrent_sequences, interactivity):
    """Tokens out of one replica a second."""
    return concurrent_sequences * interactivity


@quantity(unit="s", source=_SUM, show="ms", label="chip-seconds of decoding per token out")
def decode_chip_time_per_token(replica_chips, concurrent_sequences, inter_token_latency):
    """Time of a decoding chip that goes with each token out; of one that works through prompts too, with its share of them."""
    return replica_chips / concurrent_sequences * inter_token_latency


@quantity(unit="s", source=_APART, show="ms", label="chip-seconds of other chips' prefilling per token out")
def prefill_chip_time_per_token(disaggregated, serving_output_tokens, prefill_time, prefill_replica_chips, prefill_load):
    """Time of a prefilling chip that goes with each token out, where these are others than those that decode."""
    busy = prefill_time * prefill_replica_chips / (prefill_load * serving_output_tokens)
    return where(disaggregated > 0, busy, 0 * prefill_time)


@quantity(unit="token/s", source=_SUM, label="tokens a second of a decoding chip")
def replica_throughput_per_chip(replica_throughput, replica_chips):
    """Tokens out a second per chip of a replica, prefilling chips of their own left out."""
    return replica_throughput / replica_chips


@quantity(unit="chip", source=_APART, label="prefilling chips of a replica")
def added_prefill_chips(replica_throughput, prefill_chip_time_per_token):
    """Chips that work through the prompts of one decoding replica, where they are others."""
    return replica_throughput * prefill_chip_time_per_token


@quantity(unit="token/s", source=_SUM, label="tokens a second of a chip")
def throughput_per_chip(decode_chip_time_per_token, prefill_chip_time_per_token):
    """Tokens out a second per chip, chips that work through prompts counted."""
    return 1 / (decode_chip_time_per_token + prefill_chip_time_per_token)


@quantity(unit="s", source=_SUM, label="time of an answer")
def answer_time(time_to_first_token, serving_output_tokens, inter_token_latency):
    """Time from a prompt to the last token of its answer, the mean."""
    return time_to_first_token + serving_output_tokens * inter_token_latency


@quantity(unit="token/s", source=_SUM, label="tokens in a second of a prefilling chip")
def prefill_throughput_per_chip(prefilled_tokens, prefill_time, prefilling_chips):
    """Tokens of prompts that a chip works through in a second while it does nothing else."""
    return prefilled_tokens / (prefill_time * prefilling_chips)
