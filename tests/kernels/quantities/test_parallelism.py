"""The parts of a step, each against its closed form, and limits that any step must keep."""

import math
from typing import Any

import numpy as np
import pytest
from step_scenario import compute

from flopwatt import configs
from flopwatt.kernels.quantities import gemm

# --- products ---------------------------------------------------------------------------------------------------------


def test_a_product_of_whole_waves_takes_its_operations_over_the_rate() -> None:
    seconds = gemm.product_time(128 * 12, 8192, 256 * 11, 1.0, 1e15, 0.0, 132, 1.0)
    assert seconds == pytest.approx(2 * 128 * 12 * 8192 * 256 * 11 / 1e15, rel=1e-12)


def test_one_tile_more_than_a_wave_costs_two_waves() -> None:
    one = gemm.product_time(128, 8192, 256 * 132, 1.0, 1e15, 0.0, 132, 1.0)
    assert gemm.product_time(128, 8192, 256 * 132 + 1, 1.0, 1e15, 0.0, 132, 1.0) == pytest.approx(2 * one, rel=1e-12)
    hidden = gemm.product_time(128, 8192, 256 * 132 + 1, 1.0, 1e15, 0.0, 132, 0.0)
    assert hidden == pytest.approx(one * 133 / 132, rel=1e-12)


def test_a_tile_that_sticks_out_costs_as_if_it_were_whole() -> None:
    edges = [gemm.product_time(rows, 4096, columns, 1.0, 1e15, 0.0, 132, 0.0) for rows, columns in ((1, 1), (128, 256))]
    assert edges[0] == pytest.approx(edges[1], rel=1e-12)


def test_short_products_are_less_efficient() -> None:
    per_step = [gemm.product_time(1280, k, 2560, 1.0, 1e15, 100.0, 132, 0.5) / k for k in (128, 1024, 8192)]
    assert per_step[0] > per_step[1] > per_step[2]


# --- communication ----------------------------------------------------------------------------------------------------


def test_tp_moves_four_shards_less_one_of_the_residual_stream() -> None:
    """Two gathers and two scatters forward (Korthikanti et al. 2022, section 4.2.2): 4 (t-1)/t of s b h elements."""
    values = {"tensor_parallel": 8.0, "tp_overlap": 0.0, "hop_latency": 0.0}
    stream = 2048 * 12288 * 2
    expected = 4 * 7 / 8 * stream / (450e9 * configs.defaults()["scaleup_share"].value)
    assert 2 * compute("tp_half_time", **values) == pytest.approx(expected, rel=1e-12)


def test_tp_gathers_in_the_precision_of_the_run_and_scatters_in_16_bits() -> None:
    times = [compute("tp_half_time", tensor_parallel=8.0, precision_bits=bits) for bits in (16.0, 8.0)]
    assert times[1] == pytest.approx(0.75 * times[0], rel=1e-12)


def test_overlapped_tp_leaves_the_first_of_as_many_pieces_as_chips_exposed() -> None:
    left = []
    for chips in (2.0, 8.0):
        plain, overlapped = (compute("tp_half_time", tensor_parallel=chips, tp_overlap=share) for share in (0.0, 1.0))
        left.append(overlapped / plain)
    share = configs.defaults()["exposed_tp_share"].value
    assert left == [pytest.approx(1 / 2 + share / 2), pytest.approx(1 / 8 + share * 7 / 8)]


def test_streamed_layers_wait_for_the_rings_through_the_network() -> None:
    """96 layers, two gathers and a scatter, 8 servers."""
    given = {"chip_count": 64.0, "zero_stage": 3.0}
    waits = compute("streaming_time", **given) - compute("streaming_time", **given, hop_latency=0.0)
    assert waits == pytest.approx(96 * 3 * 7 * configs.defaults()["hop_latency"].value)


def test_tp_beyond_the_domain_crosses_the_network_with_every_chips_card() -> None:
    """Two servers of 8: 7/8 of the stream within, then rings over all 16 chips, an eighth of the stream through each card."""
    inside, outside = (compute("tp_collective_time", tensor_parallel=t, hop_latency=0.0) for t in (8.0, 16.0))
    stream = compute("hidden_bytes")
    assert outside == pytest.approx(inside + stream * (1 - 1 / 16) / 8 / compute("nic_rate"), rel=1e-12)
    rack = compute("tp_collective_time", tensor_parallel=16.0, hop_latency=0.0, chip="GB200")
    assert rack < inside


def test_without_partners_there_is_no_communication() -> None:
    for name in ("tp_half_time", "cp_time", "ep_exchange_time", "pp_time"):
        assert compute(name) == 0
    one = {"chip_count": 1.0}
    assert compute("dense_sync_time", **one) == 0
    assert compute("streaming_time", **one, zero_stage=3.0) == 0


def test_replicas_exchange_within_the_domain_first() -> None:
    """4 replicas of TP 2 fill a server of 8; 32 of them spread over 8 servers send a quarter of 31/32 through the network."""
    shared = {"tensor_parallel": 2.0, "stage_dense_parameters": 1e9}
    scaleup, nic = compute("scaleup_rate"), compute("nic_rate")
    near = compute("dense_sync_time", chip_count=8.0, **shared)
    assert near == pytest.approx(1e9 * (4 + 2) * 3 / 4 / scaleup, rel=1e-12)
    far = compute("dense_sync_time", chip_count=64.0, **shared)
    assert far == pytest.approx(near + 1e9 * (4 + 2) * (1 - 1 / 32) / 4 / nic, rel=1e-12)


def test_streamed_weights_share_the_cards_of_a_server() -> None:
    """64 replicas on 8 servers gather twice and scatter once; within a server it makes no difference who shares what."""
    shared = {"zero_stage": 3.0, "stage_dense_parameters": 1e9, "hop_latency": 0.0}
    payload, scaleup, nic = 1e9 * (2 * 2 + 4), compute("scaleup_rate"), compute("nic_rate")
    together = compute("streaming_time", chip_count=64.0, **shared)
    assert together == pytest.approx(payload * ((1 - 1 / 8) / scaleup + (1 - 1 / 64) / 8 / nic), rel=1e-12)
    alone = compute("streaming_time", chip_count=64.0, server_gathering=0.0, **shared)
    assert alone == pytest.approx(payload * (1 - 1 / 64) / nic, rel=1e-12)
    near = [compute("streaming_time", chip_count=8.0, server_gathering=way, **shared) for way in (0.0, 1.0)]
    assert near == [pytest.approx(payload * 7 / 8 / scaleup, rel=1e-12)] * 2


def test_an_all_reduce_is_a_scatter_and_a_gather() -> None:
    assert compute("synchronised_bytes", zero_stage=0.0) == 8
    assert compute("synchronised_bytes", zero_stage=1.0) == 6
    assert compute("synchronised_bytes", zero_stage=1.0, precision_bits=8.0) == 5


def test_a_token_crosses_the_network_once_per_server() -> None:
    """With 8 experts chosen among 4 servers, 4 (1 - (3/4)^8) servers hold one, three in four of them elsewhere."""
    assert compute("remote_domains", model="deepseek-v3", expert_parallel=32.0) == pytest.approx(4 * (1 - 0.75**8) * 0.75)
    assert compute("remote_domains", model="deepseek-v3", expert_parallel=8.0) == 0
    assert compute("remote_domains", model="deepseek-v3", expert_parallel=64.0, chip="GB200") == 0


def test_a_token_goes_once_to_each_chip() -> None:
    """8 experts over 8 chips: 8 (1 - (7/8)^8) chips hold one, seven in eight of them are others; within a server no card."""
    chips = 8 * (1 - (7 / 8) ** 8) * 7 / 8
    given = {"model": "qwen3-30b-a3b", "expert_parallel": 8.0, "hop_latency": 0.0}
    assert compute("remote_chips", **given) == pytest.approx(chips)
    assert compute("ep_exchange_time", **given) == pytest.approx(
        compute("hidden_bytes", **given) * chips / compute("scaleup_rate")
    )


def test_the_exchange_with_experts_hides_only_between_pieces_of_a_stage() -> None:
    given = {"model": "qwen3-30b-a3b", "expert_parallel": 8.0, "pipeline_parallel": 2.0}
    whole = compute("ep_exchange_time", **given, overlap=0.0)
    assert compute("ep_exchange_time", **given, overlap=1.0) == whole
    share = compute("ep_exchange_time", **given, overlap=1.0, interleave=4.0) / whole
    assert share == pytest.approx(configs.defaults()["exposed_ep_share"].value)


def test_an_moe_layer_takes_the_longer_of_chip_and_host_and_the_wait_for_counts() -> None:
    given = {"model": "qwen3-30b-a3b", "expert_parallel": 8.0, "software_date": 2026.0}
    alone = compute("moe_forward_time", **given, moe_host_time=0.0)
    share = configs.defaults()["waiting_share"].value
    assert compute("moe_forward_time", **given, moe_host_time=alone / 2) == pytest.approx(alone * (1 + share / 2))
    assert compute("moe_forward_time", **given, moe_host_time=3 * alone) == pytest.approx(3 * alone * (1 + share))


def test_hosts_take_longer_for_young_architectures_many_experts_of_a_chip_and_servers() -> None:
    given = {"model": "qwen3-30b-a3b", "architecture_date": 2025.0, "launch_time": 0.0, "scaleup_domain": 8.0}
    new = compute("moe_host_time", **given, software_date=2025.0, expert_parallel=8.0)
    known = {name: configs.defaults()[name].value for name in ("routing_time", "expert_launch_time", "routing_decay")}
    assert new == pytest.approx(known["routing_time"] + 16 * known["expert_launch_time"])
    aged = compute("moe_host_time", **given, software_date=2025.0 + known["routing_decay"], expert_parallel=8.0)
    assert aged == pytest.approx(new / math.e)
    assert compute("moe_host_time", **given, software_date=2025.0, expert_parallel=64.0) < new
    rack = compute("moe_host_time", **(given | {"scaleup_domain": 72.0}), software_date=2025.0, expert_parallel=8.0)
    assert rack == pytest.approx(new * configs.defaults()["rack_routing_share"].value)


def test_the_experts_exchange_of_gradients_is_not_hidden() -> None:
    given = {"zero_stage": 1.0, "sync_window": 100.0, "dense_sync_time": 10.0, "least_exposed_sync": 0.1}
    assert compute("exposed_sync_time", **given, expert_sync_time=3.0) == pytest.approx(1 + 3)


# --- the pipeline -----------------------------------------------------------------------------------------------------


def _pipeline(**values: Any) -> Any:
    """Stages of equal layers of one second, nothing else."""
    held = {"dense_layer_time": 1.0, "logit_time": 0.0, "mtp_time": 0.0, "pp_time": 0.0, "layers": 96.0, "batch_size": 64.0}
    return compute("pipeline_time", **(held | values))


def test_bubble_of_1f1b() -> None:
    """(p-1)/m of the ideal time (Narayanan et al. 2021, section 2.2.1)."""
    ideal = _pipeline(pipeline_parallel=1.0, chip_count=1.0)
    assert ideal == 64 * 96
    piped = _pipeline(pipeline_parallel=8.0, chip_count=8.0)
    assert piped * 8 == pytest.approx(ideal * (1 + 7 / 64))


def test_interleaving_divides_the_bubble() -> None:
    """(p-1)/(v m) (section 2.2.2)."""
    piped = _pipeline(pipeline_parallel=8.0, chip_count=8.0, interleave=4.0)
    assert piped * 8 == pytest.approx(64 * 96 * (1 + 7 / (4 * 64)))


def test_the_slowest_stage_sets_the_pace() -> None:
    """The logits lengthen the last stage, and with it every microbatch."""
    even = _pipeline(pipeline_parallel=8.0, chip_count=8.0)
    longer = _pipeline(pipeline_parallel=8.0, chip_count=8.0, logit_time=3.0)
    assert longer - even == pytest.approx(64 * 3.0)


def test_layers_that_do_not_divide_leave_the_last_stage_shorter() -> None:
    values = {"layers": 126.0, "pipeline_parallel": 8.0}
    assert compute("layers_per_stage", **values) == 16
    assert compute("last_stage_layers", **values) == 14
    assert compute("pipeline_divides", **values) == 0
    assert compute("pipeline_divides", **values, uneven_stages=1.0) == 1
    assert compute("pipeline_divides", layers=61.0, pipeline_parallel=48.0, uneven_stages=1.0) == 0  # 47 x 2 > 61


def test_pieces_hold_whole_layers() -> None:
    """DeepSeek-V3's 61 layers in 2 stages of 8 pieces: Et*4|(t*4|)*14tmL of NVIDIA-NeMo/Megatron-Bridge, 32 and 29 layers."""
    values = {"layers": 61.0, "pipeline_parallel": 2.0, "interleave": 8.0}
    assert compute("layers_per_stage", **values) == 32
    assert compute("last_stage_layers", **values) == 29
    assert compute("interleave_divides", **values) == 0
    assert compute("interleave_divides", **values, uneven_stages=1.0) == 1


def test_a_hybrids_slowest_stage_holds_a_whole_attention_more() -> None:
    """Nemotron-H 56B's 10 attentions in 4 stages: 3 in one of them, 2.5 in the mean."""
    given = {"model": "nemotron-h-56b", "pipeline_parallel": 4.0}
    assert compute("stage_attention_excess", **given) == 0.5
    assert compute("stage_attention_excess", model="llama-3.1-405b", pipeline_parallel=4.0) == 0
    held = {"dense_layer_time": 1.0, "attention_excess_time": 0.25}
    assert compute("inner_stage_time", **given, **held) == compute("layers_per_stage", **given) + 0.5 * 0.25
    assert compute("attention_excess_time", model="nemotron-h-56b", sequence_length=131072.0) > 0


def test_full_recompute_adds_one_forward_pass() -> None:
    shared = {"dense_forward_time": 1.0, "dense_backward_time": 2.0, "core_time": 0.25, "score_time": 0.0}
    assert compute("dense_layer_time", **shared) == 3
    assert compute("dense_layer_time", **shared, recomputed_layers=1.0, recomputed_attention=1.0) == 4
    assert compute("dense_layer_time", **shared, recomputed_layers=0.0, recomputed_attention=1.0) == 3.25


# --- the step ---------------------------------------------------------------------------------------------------------


def test_recompute_that_stops_early_leaves_out_the_last_product() -> None:
    whole, early = (compute("dense_layer_time", recomputed_layers=1.0, early_stop=stop) for stop in (0.0, 1.0))
    assert whole - early == pytest.approx(compute("dense_product_time") / 2)


def test_recompute_by_operation_takes_its_share_of_the_products_and_all_else_but_attention() -> None:
    again = compute("dense_layer_time", recomputed_operations=0.5) - compute("dense_layer_time")
    products = compute("mixer_product_time") + compute("dense_product_time")
    traffic = compute("attention_traffic_time") + compute("dense_traffic_time")
    assert again == pytest.approx(0.5 * products + traffic)


def test_gradients_of_an_interleaved_pipeline_hide_behind_a_round_of_microbatches() -> None:
    given = {"pipeline_parallel": 4.0, "stage_time": 1.0, "sync_window_share": 1.0, "interleave": 6.0}
    windows = [compute("sync_window", microbatches=m, **given) for m in (2.0, 4.0, 64.0)]
    assert windows == [pytest.approx(rounds * 5 / 6) for rounds in (2, 4, 4)]
    plain = [compute("sync_window", microbatches=m, **(given | {"interleave": 1.0})) for m in (1.0, 64.0)]
    assert plain == [pytest.approx(share * 23 / 24) for share in (configs.defaults()["lone_window_share"].value, 1)]


def test_gradients_hide_behind_backward_passes_and_weights_behind_forward_ones() -> None:
    given = {"dense_sync_time": 6.0, "expert_sync_time": 0.0, "sync_window": 3.0}
    assert compute("exposed_sync_time", **given) == pytest.approx((4 - 2) + (2 - 1))
    assert compute("exposed_sync_time", **(given | {"sync_window": 100.0})) == pytest.approx(0.6)


def test_overlap_never_slows_a_step() -> None:
    strategy = {"chip_count": 512.0, "tensor_parallel": 8.0, "pipeline_parallel": 8.0, "batch_size": 512.0}
    for zero in (0.0, 1.0):
        with_, without = (compute("step_time", **strategy, zero_stage=zero, overlap=o) for o in (1.0, 0.0))
        assert with_ < without


def test_no_strategy_reaches_what_its_products_sustain() -> None:
    """MFU stays below the share of peak that large products sustain, over a grid of strategies."""
    tp, mbs, precision = np.meshgrid([1.0, 2.0, 8.0], [1.0, 4.0, 16.0], [16.0, 8.0], indexing="ij")
    values = {"tensor_parallel": tp, "microbatch_size": mbs, "precision_bits": precision, "batch_size": 4096.0}
    mfu = compute("step_mfu", **values)
    limit = compute("matmul_rate", precision_bits=precision) / compute("peak_flops", precision_bits=precision)
    assert (mfu < limit).all()
    assert (mfu > 0.05).all()


def test_twice_the_batch_takes_at_most_twice_as_long() -> None:
    one, two = (
        compute("step_time", batch_size=b, chip_count=512.0, tensor_parallel=8.0, pipeline_parallel=4.0) for b in (256.0, 512.0)
    )
    assert one < two <= 2 * one


def test_zero_3_pays_for_weights_every_microbatch() -> None:
    shared = {"chip_count": 64.0, "batch_size": 1024.0, "microbatch_size": 1.0, "overlap": 0.0, "model": "llama-3.1-8b"}
    streamed = compute("exposed_streaming_time", zero_stage=3.0, **shared)
    assert streamed == pytest.approx(16 * compute("streaming_time", zero_stage=3.0, **shared))
    assert compute("exposed_streaming_time", zero_stage=1.0, **shared) == 0


def test_mfu_is_of_model_operations() -> None:
    values = {"batch_size": 64.0, "step_time": 10.0}
    assert compute("step_mfu", **values) == pytest.approx(compute("step_flops", batch_size=64.0) / (10.0 * 64 * 989.4e12))


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"tensor_parallel": 5.0}, "tensor_divides"),
        ({"pipeline_parallel": 5.0}, "pipeline_divides"),
        ({"interleave": 2.0}, "interleave_divides"),
        ({"pipeline_parallel": 4.0, "interleave": 5.0}, "interleave_divides"),
        ({"context_parallel": 3.0, "sequence_parallel": 0.0}, "sequence_divides"),
        ({"tensor_parallel": 1.0, "sequence_parallel": 1.0}, "sequence_divides"),
        ({"tensor_parallel": 24.0}, "chips_divide"),
        ({"microbatch_size": 3.0}, "batch_divides"),
        ({"expert_parallel": 2.0}, "experts_divide"),
        ({"zero_stage": 3.0, "pipeline_parallel": 4.0}, "groups_divide"),
    ],
)
def test_what_does_not_divide_says_which_part(changed: dict[str, float], part: str) -> None:
    plain = {"tensor_parallel": 8.0, "sequence_parallel": 1.0}
    assert compute("divides", **plain) == 1
    assert compute(part, **(plain | changed)) == 0
    assert compute("divides", **(plain | changed)) == 0
