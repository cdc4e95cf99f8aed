"""What a replica serves: throughput is sequences times speed, apart all chips count."""

from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]
ONE = {
    "model": "deepseek-v3", "chip": "gb200-nvl72", "weight_bits": 1.0, "cache_bits": 1.0, "precision_bits": 8.0,
    "replica_chips": 16.0, "attention_data_parallel": 1.0, "concurrent_sequences": 1024.0, "serving_input_tokens": 2000.0,
    "serving_output_tokens": 1000.0, "prefill_replica_chips": 8.0,
}  # fmt: skip
TARGETS = (
    "throughput_per_chip", "replica_throughput", "answer_time", "interactivity", "added_prefill_chips", "inter_token_latency",
)  # fmt: skip


def test_together_all_sequences_move_on_at_their_users_speed(evaluate: Evaluate) -> None:
    values = evaluate(*TARGETS, **ONE)
    assert values["replica_throughput"] == pytest.approx(1024 * values["interactivity"])
    assert values["interactivity"] == pytest.approx(1 / (values["decode_step"] + values["prefill_pause"]))
    assert values["throughput_per_chip"] == pytest.approx(values["replica_throughput"] / 16)


def test_apart_prefilling_chips_keep_up_and_count(evaluate: Evaluate) -> None:
    values = evaluate(*TARGETS, **ONE, disaggregated=1.0)
    prompts = values["replica_throughput"] / 1000  # a second
    chips = prompts * values["prefill_time"] * 8 / values["prefill_load"]
    assert values["added_prefill_chips"] == pytest.approx(chips)
    assert values["throughput_per_chip"] == pytest.approx(values["replica_throughput"] / (16 + chips))


def test_a_draft_that_is_accepted_speeds_users_up(evaluate: Evaluate) -> None:
    held = {**ONE, "concurrent_sequences": 16.0}
    plain, drafted = (evaluate(*TARGETS, **held, draft_tokens=drafts) for drafts in (0.0, 1.0))
    assert 1.2 < drafted["interactivity"] / plain["interactivity"] < 1.85


def test_an_answer_takes_its_first_token_and_the_rest(evaluate: Evaluate) -> None:
    values = evaluate(*TARGETS, **ONE)
    assert values["answer_time"] == pytest.approx(values["time_to_first_token"] + 1000 * values["inter_token_latency"])


@pytest.mark.parametrize(
    ("chips", "sequences", "tokens", "kind", "measured"),
    [  # DeepSeek-V3 and R1 in FP8 with data-parallel attention, by others than those that were fitted on
        ("h100-sxm-80gb", (72.0, 256.0), 2000.0, "decode", 2788.0),  # LMSYS, 2025-05-05
        ("h100-sxm-80gb", (32.0, 1.0), 4096.0, "prefill", 6538.0),
        ("gb200-nvl72", (48.0, 768.0), 2000.0, "decode", 7583.0),  # LMSYS, 2025-06-16
        ("gb200-nvl72", (4.0, 1.0), 2000.0, "prefill", 18471.0),
        ("h800-sxm", (144.0, 88.0), 4789.0, "decode", 1850.0),  # DeepSeek's day, 2025-02-27
        ("h800-sxm", (32.0, 1.0), 4789.0, "prefill", 4030.0),
    ],
)
def test_published_deployments_lie_within_p10_and_p90(
    evaluate: Evaluate, chips: str, sequences: tuple[float, float], tokens: float, kind: str, measured: float
) -> None:
    count, own = sequences
    held = {
        **ONE, "chip": chips, "cache_bits": 2.0, "replica_chips": count, "concurrent_sequences": count * own,
        "disaggregated": 1.0, "serving_input_tokens": tokens, "serving_output_tokens": 100.0, "prefill_replica_chips": count,
    }  # fmt: skip
    low, high = (
        evaluate("replica_throughput", "prefill_time", **held, serving_step_deviation=deviation)
        for deviation in (1.2816, -1.2816)
    )
    if kind == "decode":
        assert low["replica_throughput"] / count < measured < high["replica_throughput"] / count
    else:
        assert tokens / low["prefill_time"] / count < measured < tokens / high["prefill_time"] / count
