"""Whole replicas on so many chips."""

import pytest

from flopwatt.bench.serving.packed_replicas import packed_replicas

SPEEDS = {"replica_throughput": 3200.0, "throughput_per_chip": 200.0}  # a replica of 16 with what it needs of others


def test_replicas_that_read_their_own_prompts_leave_over_what_does_not_fill_one() -> None:
    packed = packed_replicas(72, {"replica_chips": 16, "disaggregated": 0}, SPEEDS)
    assert (packed.decoding, packed.prefilling, packed.idle, packed.busy) == (4, 0, 8, 64)
    assert packed.share == pytest.approx(64 / 72)


def test_prompts_that_are_read_apart_need_whole_replicas_too() -> None:
    inputs = {"replica_chips": 12.0, "disaggregated": 1.0, "prefill_replica_chips": 4.0}
    packed = packed_replicas(32, inputs, SPEEDS)  # 12 to decode and 4 to prefill, twice
    assert (packed.decoding, packed.prefilling, packed.idle, packed.share) == (2, 2, 0, 1)
    more = packed_replicas(44, inputs, SPEEDS)
    assert (more.decoding, more.prefilling, more.idle) == (2, 2, 12)
    assert more.share == pytest.approx(32 / 44)
    assert (more.used, more.used_share) == (32, 1)


def test_replicas_wait_where_too_few_chips_read_prompts() -> None:
    inputs = {"replica_chips": 8.0, "disaggregated": 1.0, "prefill_replica_chips": 8.0}
    packed = packed_replicas(16, inputs, {"replica_throughput": 2000.0, "throughput_per_chip": 100.0})  # 8 need 12 more
    assert (packed.decoding, packed.prefilling, packed.idle) == (1, 1, 0)
    assert packed.busy == pytest.approx(20 * 8 / 12)
    assert packed.used_share == packed.share == pytest.approx(20 * 8 / 12 / 16)


@pytest.mark.parametrize("chips", range(16, 200, 7))
def test_no_more_chips_are_used_than_there_are(chips: int) -> None:
    inputs = {"replica_chips": 13.0, "disaggregated": 1.0, "prefill_replica_chips": 2.0}
    packed = packed_replicas(chips, inputs, SPEEDS)
    assert packed.decoding * 13 + packed.prefilling * 2 + packed.idle == chips
    assert packed.idle >= 0
    assert packed.busy <= min(packed.decoding, packed.prefilling * 2 / 3) * 16 + 1e-9  # each needs 3 chips of prefilling
    assert packed.share <= 1


def test_too_few_chips_hold_no_replica() -> None:
    inputs = {"replica_chips": 12.0, "disaggregated": 1.0, "prefill_replica_chips": 4.0}
    assert packed_replicas(12, inputs, SPEEDS).decoding == 0
