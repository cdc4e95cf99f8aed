"""What a search of strategies of serving tries."""

import math

import numpy as np
import pytest

from flopwatt.bench.serving.strategy_space import MAX_REPLICA, STEPS, batches, replica_sizes, serving_space


def test_replicas_are_powers_of_two_parts_of_a_domain_and_multiples_of_it() -> None:
    sizes = replica_sizes(72)
    assert {1, 2, 4, 8, 16, 32, 64, 128} <= set(sizes)
    assert {36, 72, 144, 216, 288, 576} <= set(sizes)
    assert max(sizes) == MAX_REPLICA
    assert sizes == sorted(set(sizes))
    assert replica_sizes(math.nan) == replica_sizes(8)
    assert max(replica_sizes(8, 100)) <= 100


def test_tensors_are_split_over_a_domain_or_two_servers_and_attention_of_one_chip_is_tried_once() -> None:
    space = serving_space({"scaleup_domain": 8.0}, {}, ({},))
    chips, attention = (
        np.broadcast_to(space.columns[name], space.allowed.shape) for name in ("replica_chips", "attention_data_parallel")
    )
    assert not space.allowed[(chips > 16) & (attention == 0)].any()
    assert space.allowed[(chips <= 16) & (attention == 0)].all()
    assert not space.allowed[(chips == 1) & (attention == 1)].any()


def test_what_is_fixed_is_all_that_is_tried_of_it() -> None:
    fixed = {"replica_chips": 24.0, "attention_data_parallel": 0.0, "disaggregated": 1.0, "draft_tokens": 2.0}
    space = serving_space({"scaleup_domain": 8.0}, fixed, ({},))
    assert space.allowed.all()
    for name, value in fixed.items():
        assert np.unique(space.columns[name]).tolist() == [value]
    assert len(np.unique(space.columns["prefill_replica_chips"])) > 3


def test_prefilling_together_has_no_chips_of_its_own() -> None:
    space = serving_space({"scaleup_domain": 72.0, "mtp_layers": 1.0}, {}, ({},))
    shape = space.allowed.shape
    apart, prefill, chips = (
        np.broadcast_to(space.columns[name], shape) for name in ("disaggregated", "prefill_replica_chips", "replica_chips")
    )
    assert (prefill[apart == 0] == chips[apart == 0]).all()
    assert len(np.unique(space.columns["draft_tokens"])) > 3
    place = tuple(np.array(shape[:-1]) - 1)
    assert space.at(place)["replica_chips"] == chips[(*place, 0)]


def test_on_so_many_chips_replicas_have_no_more() -> None:
    space = serving_space({"scaleup_domain": 8.0}, {}, ({},), most_chips=12.0)
    shape = space.allowed.shape
    apart, prefill, chips = (
        np.broadcast_to(space.columns[name], shape) for name in ("disaggregated", "prefill_replica_chips", "replica_chips")
    )
    used = chips + np.where(apart > 0, prefill, 0)
    assert used[space.allowed].max() == 12
    assert 12 in space.columns["replica_chips"]


def test_variants_go_together() -> None:
    space = serving_space({}, {}, ({"weight_bits": 1.0, "cache_bits": 2.0}, {"weight_bits": 0.5, "cache_bits": 1.0}))
    assert space.columns["weight_bits"].reshape(-1).tolist() == [1, 0.5]
    assert space.columns["cache_bits"].reshape(-1).tolist() == [2, 1]
    assert space.columns["weight_bits"].shape == space.columns["cache_bits"].shape


@pytest.mark.parametrize("step", [1.0, 72.0])
def test_batches_are_whole_multiples_in_equal_ratios_up_to_the_most(step: float) -> None:
    rows = batches(np.array([[1000 * step + 0.5], [3 * step], [-5.0]]), np.full((3, 1), step))
    assert (rows % step == 0).all()
    assert (np.diff(rows, axis=-1) >= 0).all()
    assert rows[:, 0].tolist() == [step] * 3
    assert rows[:, -1].tolist() == [1000 * step, 3 * step, step]  # one that does not fit at all is seen not to
    large = np.unique(rows[0][rows[0] > 100 * step])
    assert (large[1:] / large[:-1]).max() < 2 ** (1.3 / STEPS)
