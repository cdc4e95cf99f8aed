"""Parallelism of a measured row by its words, in the spellings that people use."""

import pytest

from flopwatt.bench.facts.cells import RowError
from flopwatt.bench.serving_fit.row_parallelism import RowParallelism, parallelism


@pytest.mark.parametrize("words", ["TP4", "tp4", "TP=4", "tp_size 4", "tensor parallel 4", "vLLM, TP4."])
def test_spellings_of_tensor_parallelism(words: str) -> None:
    assert parallelism(words, 8.0, moe=False) == RowParallelism(0.0, 4.0, 2.0)


@pytest.mark.parametrize("words", ["DEP8", "dep8", "TP8 EP8 DPA", "TP8 EP8 dp-attention", "TP1 EP8 DP8"])
def test_spellings_of_data_parallel_attention(words: str) -> None:
    found = parallelism(words, 16.0, moe=True)
    assert (found.data_parallel, found.replica_chips, found.copies) == (1.0, 8.0, 2.0)


def test_experts_over_more_chips_than_a_server_leave_attention_data_parallel() -> None:
    assert parallelism("EP144, 18 nodes", 144.0, moe=True) == RowParallelism(1.0, 144.0, 1.0)
    assert parallelism("TP4 EP16", 16.0, moe=True).data_parallel == 1.0
    assert parallelism("TP16 EP16", 16.0, moe=True).data_parallel == 0.0
    assert parallelism("TP1 EP8 DP1", 8.0, moe=True).data_parallel == 0.0  # as vLLM counts: of one server


def test_data_parallel_replicas_of_a_dense_model_are_copies() -> None:
    assert parallelism("DP8", 8.0, moe=False) == RowParallelism(0.0, 1.0, 8.0)
    assert parallelism("TP4 DP2", 8.0, moe=False) == RowParallelism(0.0, 4.0, 2.0)
    assert parallelism("TP1", 8.0, moe=False).copies == 8.0


def test_experts_are_sliced_by_tensor_parallelism_alone() -> None:
    assert parallelism("TP8", 8.0, moe=True).sliced
    assert parallelism("TP8 EP1", 8.0, moe=True).sliced
    assert not parallelism("TEP8", 8.0, moe=True).sliced
    assert not parallelism("TP8 EP8", 8.0, moe=True).sliced


@pytest.mark.parametrize("words", ["disaggregated 6P2D", "Disagg 6p2d", "PD disaggregation 6P/2D"])
def test_prefilling_chips_apart(words: str) -> None:
    found = parallelism(words, 64.0, moe=True)
    assert (found.disaggregated, found.prefill_share, found.copies, found.replica_chips) == (True, 0.75, 2.0, 8.0)


@pytest.mark.parametrize(
    "words",
    [
        "disagg 4P1D DEP4 prefill DEP8 decode",
        "disaggregated 4P1D, prefill: DEP4, decode: DEP8",
        "disagg 4P1D ctx TP4 EP4, gen DEP8",
        "disagg 4P1D TP4 EP4 for prefill, DEP8 for decoding",
        "disagg 4P1D DEP8",
        "prefill DEP8, disagg 4P1D",  # nothing is said of the others
    ],
)
def test_a_replica_is_of_the_chips_that_answer(words: str) -> None:
    found = parallelism(words, 24.0, moe=True)
    assert (found.data_parallel, found.replica_chips, found.copies) == (1.0, 8.0, 1.0)


def test_what_is_not_disaggregated() -> None:
    assert not parallelism("not disaggregated, TP8", 8.0, moe=True).disaggregated
    assert not parallelism("TP8 1P1D", 8.0, moe=True).disaggregated


def test_where_nobody_says_many_chips_are_servers_of_eight_or_have_data_parallel_attention() -> None:
    assert parallelism("", 8.0, moe=False) == RowParallelism(0.0, 8.0, 1.0)
    assert parallelism("", 72.0, moe=False) == RowParallelism(0.0, 8.0, 9.0)
    assert parallelism("", 72.0, moe=True) == RowParallelism(1.0, 72.0, 1.0)


def test_chips_that_are_not_stated_are_those_of_the_replica() -> None:
    assert parallelism("TP4", None, moe=False) == RowParallelism(0.0, 4.0, 1.0)
    with pytest.raises(RowError, match="states no number of chips"):
        parallelism("vLLM", None, moe=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("TP16", "a replica of 16 chips is more than the 8 that it states"),
        ("TP4 PP2", "pipelined over 2 stages"),
        ("TP0", "a parallelism of 0 is none"),
        ("disaggregated 2P0D", "2P0D leaves no chips"),
    ],
)
def test_what_is_not_predicted_is_said(words: str, said: str) -> None:
    with pytest.raises(RowError, match=said):
        parallelism(words, 8.0, moe=True)
