"""Steps that train adapters alone: two thirds of the products, no exchange."""

from flopwatt.bench.step_time.adapters import FROZEN, NOTE, adapter_inputs
from flopwatt.bench.step_time.predict import predict
from flopwatt.bench.step_time.rows import case
from flopwatt.kernels.quantities import MODEL

ROW = {
    "source": "NVIDIA", "accelerator": "H100", "model": "Llama 2 70B", "hidden": 8192, "ffn": 28672, "layers": 80, "heads": 64,
    "kv_heads": 8, "seq": 8192, "vocab": 32000, "TP": 8, "PP": 1, "CP": 1, "EP": 1, "microbatch": 1, "global_batch": 64,
    "gpus": 64, "precision": "bf16", "measured_step_s": 10,
}  # fmt: skip


def test_a_row_says_so_by_its_words() -> None:
    assert adapter_inputs(("Llama 2 70B LoRA", "")) == FROZEN
    assert adapter_inputs(("Llama 2 70B", "pre-training")) == {}


def test_two_of_three_products_are_left() -> None:
    whole, frozen = predict([case(ROW), case({**ROW, "model": "Llama 2 70B LoRA"})])
    assert 0.66 < frozen.seconds / whole.seconds < 0.8
    assert frozen.memory < whole.memory
    assert NOTE in frozen.case.notes


def test_frozen_experts_have_no_gradients_of_their_own() -> None:
    """Of an MoE layer's six products, forward and backward, a third falls away; routing and sending stay."""
    none = "mixer_backward_time", "moe_cast_time", "mixers_per_layer", "tp_backward_time", "cp_time", "ep_exchange_time"
    held = dict.fromkeys((*none, "moe_host_time", "waiting_share"), 0.0) | {"moe_block_time": 5.0, "moe_traffic_time": 1.0}
    whole, frozen = (
        MODEL.compute(["moe_backward_time"], held | {"trained_weights": share})["moe_backward_time"] for share in (1.0, 0.0)
    )
    assert (whole, frozen) == (10.0, 6.0)
