"""What adapters and reinforcement learning take, against counts made by hand."""

from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]
LLAMA = {"model": "llama-2-70b", "chip": "h100-sxm-80gb"}
RUN = {"sequence_length": 4096.0, "tokens": 1e8}
RL = {
    "rl_steps": 10.0,
    "rl_prompts": 64.0,
    "rl_group": 8.0,
    "serving_input_tokens": 100.0,
    "serving_output_tokens": 900.0,
    "scoring_passes": 2.0,
    "update_epochs": 1.0,
    "rl_overhead": 1.0,
    "turn_overhead": 1.0,
    "rl_apart": 0.0,
    "weight_transfer_rate": 1e30,
}
PACE = {"goodput": 1.0, "chip_count": 64.0, "sustained_flops": 1e16, "throughput_per_chip": 1000.0, "serving_time_factor": 1.0}


def test_adapters_of_llama_2_70b(evaluate: Evaluate) -> None:
    """Rank 16 beside the projections of 80 layers: width 8192, eight heads of 128 for keys and values."""
    values = evaluate("adapter_parameters", **LLAMA, adapter_rank=16.0, adapter_targets=0.0)
    of_a_layer = 2 * (8192 + 8192) + 2 * (8192 + 1024)  # of queries and outputs, of keys and values
    assert values["adapter_parameters"] == 16 * 80 * of_a_layer
    both = evaluate("adapter_parameters", **LLAMA, adapter_rank=16.0, adapter_targets=1.0)["adapter_parameters"]
    assert both == 16 * 80 * (of_a_layer + 3 * (8192 + 28672))


def test_adapters_of_deepseek_v3(evaluate: Evaluate) -> None:
    """61 layers of width 7168: queries by way of 1,536, keys and values by way of 512 and 64, 128 heads of 128 and 64."""
    values = evaluate("adapter_parameters", model="deepseek-v3", chip="h200", adapter_rank=8.0, adapter_targets=0.0)
    query = (7168 + 1536) + (1536 + 128 * 192)
    keys = (7168 + 512 + 64) + (512 + 128 * 256)
    assert values["adapter_parameters"] == 8 * 61 * (query + keys + 128 * 128 + 7168)


def test_without_adapters_nothing_changes(evaluate: Evaluate) -> None:
    values = evaluate("adapter_parameters", "trained_flops_per_token", **LLAMA, **RUN, adapter_rank=0.0)
    assert values["adapter_parameters"] == 0
    assert values["trained_flops_per_token"] == values["flops_per_token"]


def test_frozen_weights_have_no_gradients_of_their_own(evaluate: Evaluate) -> None:
    """Two of three products with weights are left, all three of attention's core, which has none, and the adapters' three."""
    held = {**LLAMA, **RUN, "adapter_rank": 16.0, "trained_weights": 0.0}
    asked = "trained_flops_per_token", "matmul_flops", "attention_core_flops", "adapter_parameters"
    values = evaluate(*asked, **held)
    own = 6 * values["adapter_parameters"]
    by_hand = 2 * values["matmul_flops"] + 3 * values["attention_core_flops"] + own
    assert values["trained_flops_per_token"] == pytest.approx(by_hand, rel=1e-12)
    by_size = evaluate("trained_flops_per_token", "active_parameters", **held, flops_convention=2.0)
    assert by_size["trained_flops_per_token"] == pytest.approx(4 * by_size["active_parameters"] + own, rel=1e-12)


def test_predicted_tokens_have_an_attention_of_their_own(evaluate: Evaluate) -> None:
    """DeepSeek-V3's one MTP layer: its products count among those with weights, its attention does not."""
    held = {"model": "deepseek-v3", "chip": "h200", **RUN, "mtp_layers": 1.0, "adapter_rank": 0.0, "trained_weights": 0.0}
    asked = "trained_flops_per_token", "flops_per_token", "matmul_flops", "mtp_flops", "attention_core_flops"
    values = evaluate(*asked, **held)
    products = values["matmul_flops"] + values["mtp_flops"] - values["attention_core_flops"] / 61
    assert values["trained_flops_per_token"] == pytest.approx(values["flops_per_token"] - products, rel=1e-12)


def test_memory_is_that_of_frozen_weights_and_of_the_adapters_states(evaluate: Evaluate) -> None:
    frozen = {"element_bytes": 2.0, "gradient_bytes": 0.0, "optimizer_bytes": 0.0, "adapter_state_bytes": 16.0}
    values = evaluate("trained_state_bytes", "parameters", "adapter_parameters", **LLAMA, adapter_rank=16.0, **frozen)
    assert values["trained_state_bytes"] == pytest.approx(
        2 * values["parameters"] + 16 * values["adapter_parameters"], rel=1e-12
    )


def test_tokens_and_compute_of_reinforcement_learning(evaluate: Evaluate) -> None:
    """5,120 answers of 900 tokens to prompts of 100: trained on once, scored twice."""
    held = {**LLAMA, **RUN, "adapter_rank": 0.0, **RL}
    values = evaluate("rollout_tokens", "rl_tokens", "rollout_flops", "scoring_flops", "flops_per_token", **held)
    assert values["rollout_tokens"] == 5120 * 900
    assert values["rl_tokens"] == 5120 * 1000
    assert values["rollout_flops"] == pytest.approx(5120 * 1000 * values["flops_per_token"] / 3, rel=1e-12)
    assert values["scoring_flops"] == pytest.approx(2 * values["rollout_flops"], rel=1e-12)


def test_a_rollout_ends_with_its_longest_answer(evaluate: Evaluate) -> None:
    """4,608,000 tokens at 64,000 a second, and ten times the 2,700 tokens beyond the mean of 10 ms each."""
    held = {**LLAMA, **RUN, "adapter_rank": 0.0, **RL, **PACE, "rollout_longest": 4.0, "rollout_token_latency": 0.01}
    values = evaluate("rollout_time", "rollout_wait", "rl_run_time", "scoring_time", "update_time", **held)
    assert values["rollout_wait"] == pytest.approx(10 * 2700 * 0.01)
    assert values["rollout_time"] == pytest.approx(4_608_000 / 64_000 + values["rollout_wait"])
    whole = values["rollout_time"] + values["scoring_time"] + values["update_time"]
    assert values["rl_run_time"] == pytest.approx(whole)
    slower = evaluate("rl_run_time", **held | {"rl_overhead": 2.0})
    assert slower["rl_run_time"] == pytest.approx(2 * whole)


def test_who_does_not_wait_is_done_at_the_throughput(evaluate: Evaluate) -> None:
    held = {**LLAMA, **RUN, "adapter_rank": 0.0, **RL, **PACE, "rollout_longest": 0.0, "rollout_token_latency": 0.01}
    assert evaluate("rollout_time", **held)["rollout_time"] == pytest.approx(4_608_000 / 64_000)


def test_answers_that_end_one_after_the_other_take_what_each_step_does(evaluate: Evaluate) -> None:
    """A step of n answers takes 10 ms and 1 ms for each: 4 answers of 100, 200, 300 and 400 tokens, token by token."""
    lengths = (100, 200, 300, 400)
    stepped = sum(0.010 + 0.001 * sum(length > token for length in lengths) for token in range(max(lengths)))
    mean = sum(lengths) / len(lengths)
    full = len(lengths) / (0.010 + 0.001 * len(lengths))  # tokens a second
    held = {**LLAMA, **RUN, "adapter_rank": 0.0, **RL, **PACE, "rl_steps": 1.0, "rl_prompts": 1.0, "rl_group": 4.0}
    held |= {"serving_output_tokens": mean, "rollout_longest": 400 / mean, "rollout_token_latency": 0.010}
    time = evaluate("rollout_time", **held | {"throughput_per_chip": full, "chip_count": 1.0})["rollout_time"]
    assert time == pytest.approx(stepped, rel=0.01)


def test_apart_the_longer_of_two_phases_counts(evaluate: Evaluate) -> None:
    held = {**LLAMA, **RUN, "adapter_rank": 0.0, **RL, **PACE, "rollout_longest": 0.0, "rollout_token_latency": 0.01}
    apart = held | {"rl_apart": 1.0, "rollout_share": 0.25, "turn_overhead": 9.0}
    values = evaluate("rollout_time", "scoring_time", "update_time", "rl_run_time", **apart)
    together = evaluate("rollout_time", "update_time", **held)
    assert values["rollout_time"] == pytest.approx(4 * together["rollout_time"])
    assert values["update_time"] == pytest.approx(together["update_time"] / 0.75)
    longer = max(values["rollout_time"], values["scoring_time"] + values["update_time"])
    assert values["rl_run_time"] == pytest.approx(longer)


def test_taking_turns_costs_more_than_its_phases(evaluate: Evaluate) -> None:
    held = {**LLAMA, **RUN, "adapter_rank": 0.0, **RL, **PACE, "rollout_longest": 1.0, "rollout_token_latency": 0.01}
    plain, turns = (evaluate("rl_run_time", **held | {"turn_overhead": by})["rl_run_time"] for by in (1.0, 1.3))
    assert turns == pytest.approx(1.3 * plain)


def test_new_weights_are_sent_once_a_step(evaluate: Evaluate) -> None:
    """All weights of two bytes each, or those of the adapters."""
    held = {**LLAMA, **RUN, **RL, **PACE, "rollout_longest": 1.0, "rollout_token_latency": 0.01, "element_bytes": 2.0}
    whole = evaluate("weight_transfer_time", "parameters", **held | {"adapter_rank": 0.0, "weight_transfer_rate": 1e10})
    assert whole["weight_transfer_time"] == pytest.approx(10 * 2 * whole["parameters"] / 1e10)
    small = evaluate(
        "weight_transfer_time", "adapter_parameters", **held | {"adapter_rank": 16.0, "weight_transfer_rate": 1e10}
    )
    assert small["weight_transfer_time"] == pytest.approx(10 * 2 * small["adapter_parameters"] / 1e10)


def test_fine_tuning_takes_its_overhead_longer(evaluate: Evaluate) -> None:
    held = {**LLAMA, **RUN, "goodput": 0.5, "sustained_flops": 1e16, "tuning_overhead": 1.5}
    values = evaluate("tuning_run_time", "training_flops", **held)
    assert values["tuning_run_time"] == pytest.approx(1.5 * values["training_flops"] / 0.5e16)
