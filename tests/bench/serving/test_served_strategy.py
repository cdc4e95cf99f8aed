"""How a model is served, in words and as data."""

import pytest

from flopwatt.bench.serving.packed_replicas import PackedReplicas
from flopwatt.bench.serving.served_strategy import ServedStrategy

APART = {
    "replica_chips": 36.0,
    "concurrent_sequences": 3744.0,
    "attention_data_parallel": 1.0,
    "disaggregated": 1.0,
    "prefill_replica_chips": 18.0,
}
TOGETHER = {"replica_chips": 1.0, "concurrent_sequences": 64.0, "disaggregated": 0.0, "prefill_replica_chips": 1.0}


def test_replicas_that_read_prompts_apart() -> None:
    packed = PackedReplicas(chips=80, decoding=1, prefilling=2, idle=8, busy=58.3)
    (served,) = ServedStrategy(APART, tried=35829, packed=packed).sentences
    assert served == (
        "Served by 1 replica of 36 chips, data-parallel attention, 3,744 sequences at once; prompts are read apart, by 2 "
        "replicas of 18 chips; whole replicas work at 81% of what they could; 8 chips idle, which no query is charged for: "
        "the best of 35,829 ways that were tried."
    )


def test_one_chip_that_does_all() -> None:
    packed = PackedReplicas(chips=4, decoding=4, prefilling=0, idle=0, busy=4)
    (served,) = ServedStrategy(TOGETHER, packed=packed).sentences
    assert served == "Served by 4 replicas of 1 chip, 64 sequences at once in each; the same chips read the prompts."


def test_without_a_number_of_chips_replicas_are_not_counted() -> None:
    (served,) = ServedStrategy(APART | {"attention_data_parallel": 0.0}).sentences
    assert served == (
        "Served by replicas of 36 chips, tensor-parallel attention, 3,744 sequences at once in each; prompts are read apart, "
        "by replicas of 18 chips."
    )


def test_what_bounds_a_step_is_told_by_size() -> None:
    shares = {"reading weights": 0.34, "reading the cache": 0.001, "products": 0.259, "overheads of software": 0.4}
    strategy = ServedStrategy(TOGETHER, shares, 0.025, 1)
    assert strategy.sentences[1] == (
        "A step of decoding takes 25 ms: overheads of software 40%, reading weights 34% and products 26%."
    )
    assert sum(strategy.entry()["bounds"].values()) == pytest.approx(1)
    assert ServedStrategy().sentences == ()
