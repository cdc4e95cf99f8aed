"""Rows of measured serving as inputs: workloads that benchmarks do not state, and rows that are not predicted."""

from pathlib import Path

import pytest

from flopwatt.bench.facts.cells import RowError
from flopwatt.bench.serving_fit import serving_rows

_ROW = {
    "name": "ML.ENERGY v3 gpqa Qwen 3 32B H100x2 max_num_seqs 64 TP2 EP1 DP1", "model": "Qwen/Qwen3-32B", "chip": "H100",
    "chips": "2", "precision": "bfloat16", "input_tokens": "", "output_tokens": "7000", "batch_or_concurrency": "63.5",
    "quantity": "power, GPUs only", "value": "1000", "unit": "W", "source_url": "https://ml.energy", "notes": "vLLM",
}  # fmt: skip


def test_a_benchmark_says_what_its_row_does_not() -> None:
    found = serving_rows.case(_ROW)
    assert (found.family, found.model, found.chip, found.software) == ("ml-energy", "qwen3-32b", "h100-sxm-80gb", "vllm")
    assert (found.inputs["serving_input_tokens"], found.inputs["serving_output_tokens"]) == (224.0, 7000.0)
    assert found.counted.value == 500.0
    assert found.inputs["cache_bits"] == 2.0


def test_what_a_row_states_goes_first() -> None:
    assert serving_rows.case({**_ROW, "input_tokens": "900"}).inputs["serving_input_tokens"] == 900.0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "somebody's", "source_url": ""}, "it states no input tokens, and its workload is not known"),
        ({"chips": ""}, "it states no number of chips"),
        ({"chip": "Abacus"}, "the chip 'Abacus' is none of the hardware table"),
        ({"model": "GPT-9"}, "the model 'GPT-9' is in no row"),
        ({"batch_or_concurrency": ""}, "nothing says how many sequences"),
        ({"chip": ""}, "no chip is named"),
        ({"quantity": "input tokens per node, cache hits included", "unit": "tokens/s/node"}, "counts cached tokens"),
        ({"value": "many"}, "'many' is not a number"),
        ({"value": "85%"}, "its value is not read: '85%' is a share of something; write the number itself"),
        ({"chips": "50%"}, "its chips is not read: '50%' is a share of something"),
    ],
)
def test_a_row_that_cannot_be_predicted_says_why(changed: dict[str, str], said: str) -> None:
    with pytest.raises(RowError, match=said):
        serving_rows.case({**_ROW, **changed})
    read, unread = serving_rows.cases([{**_ROW, **changed}, _ROW])
    assert len(read) == 1
    assert said in unread[0].reason


def test_csv_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(",".join(_ROW) + "\n" + ",".join(_ROW.values()) + "\n", encoding="utf-8-sig")
    assert serving_rows.read_csv(path)[0]["model"] == "Qwen/Qwen3-32B"


def test_a_throughput_of_queries_is_one_of_tokens_where_mlperf_calls_it_so() -> None:
    own = {"quantity": "output token throughput, whole system", "unit": "Queries/s", "value": "100", "output_tokens": "128"}
    named = {"name": "MLPerf Inference v5.1 llama3.1-8b", "model": "llama3.1-8b", "batch_or_concurrency": "Offline"}
    assert serving_rows.case({**_ROW, **own, **named}).counted.value == 50.0
    assert serving_rows.case({**_ROW, **own}).counted.value == 50.0 * 128


def test_tokens_of_both_kinds_are_counted_where_the_workload_states_the_lengths() -> None:
    own = {"quantity": "total token throughput per GPU", "unit": "tokens/s/GPU", "output_tokens": "776"}
    assert serving_rows.case({**_ROW, **own}).counted.value == pytest.approx(1000.0 * 776 / (224 + 776))


def test_cached_tokens_of_prompts_are_taken_out() -> None:
    own = {"quantity": "input tokens per GPU, prefill, cache hits included", "unit": "tokens/s/GPU"}
    found = serving_rows.case({**_ROW, **own, "notes": "56.3% of input tokens hit the on-disk cache"})
    assert found.counted.value == pytest.approx(437.0)


def test_what_decoding_chips_alone_put_out_has_no_prompts_between() -> None:
    found = serving_rows.case({**_ROW, "quantity": "output tokens per GPU, decode", "unit": "tokens/s/GPU"})
    assert found.inputs["disaggregated"] == 1.0


def test_requests_wait_where_they_are_not_those_that_ran() -> None:
    assert not serving_rows.case(_ROW).waits
    assert serving_rows.case({**_ROW, "name": "somebody's", "source_url": "", "input_tokens": "900"}).waits


def test_an_interactive_benchmark_has_the_limits_of_that_scenario() -> None:
    own = {"name": "MLPerf Inference v5.0", "output_tokens": "", "quantity": "output token throughput", "unit": "Tokens/s"}
    old = {**_ROW, **own, "model": "llama2-70b-interactive-99.9", "batch_or_concurrency": "Server"}
    new = {**old, "model": "llama2-70b-99.9", "batch_or_concurrency": "Interactive"}
    assert serving_rows.case(old).strategy == serving_rows.case(new).strategy
    assert serving_rows.case(old).strategy.first_limit == 0.45


@pytest.mark.parametrize(("notes", "measured"), [("vLLM", "decode_step"), ("vLLM MTP", "inter_token_latency")])
def test_time_between_tokens_counts_those_of_a_step_where_they_are_drafted(notes: str, measured: str) -> None:
    row = {**_ROW, "quantity": "median inter-token latency", "value": "20", "unit": "ms", "notes": notes}
    assert serving_rows.case(row).counted.measured.value == measured
    assert serving_rows.case({**row, "quantity": "median TPOT"}).counted.measured.value == "inter_token_latency"


@pytest.mark.parametrize(
    ("quantity", "notes", "measured", "value"),
    [
        ("input token throughput", "vLLM", "throughput_per_chip", 500.0),  # chips that answer too read as they answer
        ("input_tput_per_gpu", "vLLM", "throughput_per_chip", 1000.0),
        ("prefill throughput", "vLLM", "prefill_throughput_per_chip", 1000.0),
        ("input_tput_per_gpu", "disaggregated", "prefill_throughput_per_chip", 2000.0),
        ("output_tput_per_gpu", "vLLM", "throughput_per_chip", 2000.0),
        ("output_tput_per_gpu", "disaggregated", "replica_throughput_per_chip", 2000.0),
    ],
)
def test_throughput_of_prompts_and_answers_is_of_the_chips_that_work_on_them(
    quantity: str, notes: str, measured: str, value: float
) -> None:
    own = {"value": "2000", "unit": "tokens/s", "input_tokens": "2000", "output_tokens": "1000", "name": "somebody's"}
    found = serving_rows.case({**_ROW, **own, "quantity": quantity, "notes": notes}).counted
    assert (found.measured.value, found.value) == (measured, value)
