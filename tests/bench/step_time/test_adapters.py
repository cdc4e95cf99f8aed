"""Steps that train adapters alone: two thirds of the products, no exchange, and none of a mixture."""

import pytest

from flopwatt.bench.facts.cells import RowError
from flopwatt.bench.step_time.adapters import FROZEN, NOTE, adapter_inputs
from flopwatt.bench.step_time.predict import predict
from flopwatt.bench.step_time.rows import case

ROW = {
    "source": "NVIDIA", "accelerator": "H100", "model": "Llama 2 70B", "hidden": 8192, "ffn": 28672, "layers": 80, "heads": 64,
    "kv_heads": 8, "seq": 8192, "vocab": 32000, "TP": 8, "PP": 1, "CP": 1, "EP": 1, "microbatch": 1, "global_batch": 64,
    "gpus": 64, "precision": "bf16", "measured_step_s": 10,
}  # fmt: skip


def test_a_row_says_so_by_its_words() -> None:
    assert adapter_inputs(("Llama 2 70B LoRA", ""), mixture=False) == FROZEN
    assert adapter_inputs(("Llama 2 70B", "pre-training"), mixture=False) == {}
    with pytest.raises(RowError, match="frozen experts"):
        adapter_inputs(("Mixtral LoRA",), mixture=True)


def test_two_of_three_products_are_left() -> None:
    whole, frozen = predict([case(ROW), case({**ROW, "model": "Llama 2 70B LoRA"})])
    assert 0.66 < frozen.seconds / whole.seconds < 0.8
    assert frozen.memory < whole.memory
    assert NOTE in frozen.case.notes
