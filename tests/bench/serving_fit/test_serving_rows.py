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
        ({"value": "many"}, "'many' is not a number"),
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
