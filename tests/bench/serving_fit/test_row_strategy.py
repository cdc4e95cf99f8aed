"""How a row was run, from its words: parallelism, replicas, batch, limits."""

import math

import pytest

from flopwatt.bench.facts.cells import RowError
from flopwatt.bench.serving_fit.row_strategy import RowStrategy, strategy


def _read(words: str, batch: str, chips: float = 8.0, model: str = "deepseek-v3", moe: bool = True) -> RowStrategy:
    return strategy(words, batch, chips, (1024.0, 1024.0), model, moe)


def test_tensor_parallel_replicas_share_the_sequences() -> None:
    found = _read("vllm TP4", "64", moe=False)
    assert (found.replica_chips, found.attention_data_parallel, found.sequences) == (4.0, 0.0, 32.0)


def test_data_parallel_attention_is_one_replica() -> None:
    for words in ("vllm DEP8", "max_num_seqs 512 TP1 EP8 DP8"):
        found = _read(words, "512")
        assert (found.replica_chips, found.attention_data_parallel, found.sequences) == (8.0, 1.0, 512.0), words


def test_experts_are_sliced_where_tensor_parallelism_stands_alone() -> None:
    assert _read("vllm TP8", "64").sliced_experts == 1.0
    assert _read("vllm TP8 EP8", "64").sliced_experts == 0.0
    assert _read("vllm TP8", "64", moe=False).sliced_experts == 0.0


def test_prefilling_chips_of_their_own() -> None:
    found = _read("dynamo-sglang disaggregated 6P2D", "8192", chips=64.0)
    assert (found.disaggregated, found.prefill_share, found.attention_data_parallel) == (1.0, 0.75, 1.0)
    assert (found.replica_chips, found.sequences) == (8.0, 4096.0)
    assert _read("dynamo-vllm MTP, disaggregated 1P1D", "512", chips=16.0).draft_tokens == 1.0


@pytest.mark.parametrize(
    "batch",
    ["conc 64", "64", "63.9", "concurrency 64", "Concurrency: 64", "bs=64", "batch size 64", "64 users", "max_num_seqs 64",
     "64 (measured)", "tp8 conc64", "8 per GPU"],
)  # fmt: skip
def test_spellings_of_a_batch(batch: str) -> None:
    assert _read("DEP8", batch).sequences == pytest.approx(64.0, abs=0.2)


def test_queued_requests_are_as_many_as_the_benchmark_has() -> None:
    found = _read("parallelism TP8", "maximum (all requests queued)")
    assert math.isinf(found.sequences)
    assert (found.max_sequences, found.requests) == (2048.0, 3000.0)


def test_scenarios_of_mlperf_have_their_limits() -> None:
    served = _read("MLPerf Inference v5.1 deepseek-r1 Server", "Server")
    assert served.first_limit == 2.0
    assert 0.05 < served.step_limit < 0.08
    assert math.isinf(_read("MLPerf Inference v5.1 deepseek-r1 Offline", "Offline").step_limit)


def test_a_speed_of_a_user_stands_for_a_batch() -> None:
    assert _read("DEP8", "50 tok/s/user").step_limit == pytest.approx(0.02)


@pytest.mark.parametrize("text", ["50 TPS/user", "50 tokens/s", "interactivity 50 tok/s/user", "TPOT 20 ms", "20 ms/token"])
def test_spellings_of_a_pace(text: str) -> None:
    found = _read("DEP8", text)
    assert found.step_limit == pytest.approx(0.02)
    assert math.isinf(found.sequences)


@pytest.mark.parametrize(
    "batch", ["TP8", "8 GPUs", "4 qps", "rate 4 req/s", "20ms", "64-128", "conc 64-128", "128 x 8", "-4", "1e3", "server"]
)
def test_a_number_that_may_count_something_else_is_no_batch(batch: str) -> None:
    with pytest.raises(RowError, match="nothing says how many sequences"):
        _read("row of concurrency 7, TP8", batch)


def test_a_thousand_may_have_its_comma() -> None:
    assert _read("DEP8", "1,024").sequences == 1024.0


@pytest.mark.parametrize(
    ("words", "drafts"),
    [("MTP", 1.0), ("mtp", 1.0), ("MTP3", 3.0), ("mtp=2", 2.0), ("w/o MTP", 0.0), ("no MTP", 0.0), ("MTP off", 0.0), ("", 0.0),
     ("without MTP, no speculative decoding", 0.0), ("MTP 1P1D disaggregated", 1.0)],
)  # fmt: skip
def test_drafts_of_the_models_own_heads(words: str, drafts: float) -> None:
    assert _read(f"TP8 {words}", "64").draft_tokens == drafts


@pytest.mark.parametrize(
    ("words", "drafts"),
    [("TP8 MTP", 3.0), ("DEP8 MTP", 1.0), ("TP8 MTP2", 2.0), ("DEP8 MTP3", 3.0), ("TP8", 0.0), ("TP8, no MTP", 0.0)],
)
def test_inferencex_drafts_more_without_data_parallel_attention(words: str, drafts: float) -> None:
    assert _read(f"InferenceX DeepSeek-R1 B200 {words}", "64").draft_tokens == drafts


def test_mlperfs_interactive_scenario_of_deepseek_drafts() -> None:
    assert _read("MLPerf Inference v6.0", "Interactive").draft_tokens == 3.0
    assert _read("MLPerf Inference v6.0 MTP2", "Interactive").draft_tokens == 2.0
    assert _read("MLPerf Inference v6.0", "Server").draft_tokens == 0.0
    assert _read("MLPerf Inference v6.0", "Interactive", model="gpt-oss-120b").draft_tokens == 0.0


def test_drafts_of_another_model_are_not_predicted() -> None:
    with pytest.raises(RowError, match="drafts tokens by other means"):
        _read("TP8 EAGLE3", "64")


def test_scenarios_of_mlperf_whose_limits_are_not_known_are_refused() -> None:
    assert _read("MLPerf deepseek-r1", "SingleStream").sequences == 1.0
    with pytest.raises(RowError, match="limits of latency for qwen3-32b in the scenario 'server' are not known"):
        _read("MLPerf v6.0", "Server", model="qwen3-32b")
    with pytest.raises(RowError, match="is no scenario of MLPerf"):
        _read("MLPerf v6.0", "MultiStream")


def test_nothing_said_of_the_batch_is_an_error() -> None:
    with pytest.raises(RowError, match="nothing says how many sequences"):
        _read("vllm TP8", "")
