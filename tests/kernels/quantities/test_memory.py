"""Memory: Korthikanti's table 2 to the digit, ZeRO's table, and what each stage of a pipeline holds."""

from fractions import Fraction
from typing import Any

import pytest

from flopwatt import configs
from flopwatt.kernels.quantities import MODEL

# Korthikanti et al. 2022, table 3: heads, hidden size, layers, TP, PP, interleave, global batch, microbatch
MODELS = {
    "22B": (64, 6144, 48, 8, 1, 1, 4, 4),
    "GPT-3": (96, 12288, 96, 8, 8, 3, 64, 1),
    "530B": (128, 20480, 105, 8, 35, 3, 280, 1),
    "1T": (160, 25600, 128, 8, 64, 1, 512, 1),
}
S = 2048


def compute(name: str, **stated: Any) -> Any:
    given: dict[str, Any] = {name: default.value for name, default in configs.defaults().items()}
    given |= configs.load("hardware").find("A100").values
    given |= stated
    for item in MODEL.order([name], given):
        if item.name not in given:
            given[item.name] = item(*(given[parameter] for parameter in item.parameters))
    return given[name]


def plain(name: str, **changed: Any) -> dict[str, Any]:
    """One of the paper's models: equal heads, an inner width of 4h, dropout, attention that is not fused."""
    a, h, layers, t, p, v, batch, b = MODELS[name]
    none = ("moe_layers", "experts", "active_experts", "expert_ffn_size", "shared_ffn_size", "query_rank", "kv_rank",
            "nope_head_size", "rope_head_size", "value_head_size", "window_layers", "mtp_layers")  # fmt: skip
    return dict.fromkeys(none, 0.0) | {
        "heads": a, "kv_heads": a, "hidden_size": h, "head_size": h / a, "ffn_size": 4 * h, "ffn_matrices": 2, "layers": layers,
        "sequence_length": S, "vocabulary_size": 51200, "tied_embeddings": 1, "tensor_parallel": t, "pipeline_parallel": p,
        "interleave": v, "batch_size": batch, "microbatch_size": b, "chip_count": t * p, "dropout": 1, "fused_attention": 0,
        "sequence_parallel": 0, "recomputed_attention": 0, "recomputed_layers": 0, "gradient_bytes": 4, "zero_stage": 0,
    } | changed  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_table_2_of_korthikanti(name: str) -> None:
    """Bytes of activations per layer, every row of the table, exactly."""
    a, h, _, t, _, _, _, b = MODELS[name]
    sbh, scores = S * b * h, Fraction(5 * a * S, h)
    table = {
        (1, 0, 0, 0): sbh * (34 + scores),  # no parallelism
        (t, 0, 0, 0): sbh * (10 + Fraction(24, t) + scores / t),  # tensor parallel
        (t, 1, 0, 0): sbh * (Fraction(34, t) + scores / t),  # tensor + sequence parallel
        (t, 0, 1, 0): sbh * (10 + Fraction(24, t)),  # tensor parallel, selective recompute
        (t, 1, 1, 0): sbh * Fraction(34, t),  # tensor + sequence parallel, selective recompute
        (t, 0, 1, 1): sbh * 2,  # full recompute
    }
    for (tp, sp, selective, full), expected in table.items():
        changed = {"tensor_parallel": tp, "sequence_parallel": sp, "recomputed_attention": selective, "recomputed_layers": full}
        assert compute("dense_layer_activations", **plain(name, **changed)) == expected


def test_stages_in_flight() -> None:
    """The first stage holds L layers' activations whatever p is; interleaved, 1 + (p-1)/(p v) times that (section 4.2.3)."""
    _, _, layers, _, p, v, _, _ = MODELS["530B"]
    per_layer = compute("dense_layer_activations", **plain("530B"))
    one = compute("first_activation_memory", **plain("530B", interleave=1))
    assert one == pytest.approx(layers * per_layer, rel=1e-12)
    many = compute("first_activation_memory", **plain("530B"))
    assert many == pytest.approx(layers * per_layer * (1 + (p - 1) / (p * v)), rel=1e-12)


def test_few_microbatches_leave_stages_idle() -> None:
    held = compute("microbatches_in_flight", **plain("1T", batch_size=16))
    assert held == 16


@pytest.mark.parametrize(("stage", "bytes_"), [(0, 2 + 4 + 12), (1, 2 + 4 + 12 / 64), (2, 2 + 4 / 64 + 12 / 64), (3, 18 / 64)])
def test_zero_shards_what_it_says(stage: int, bytes_: float) -> None:
    """Rajbhandari et al. 2020, figure 1, with gradients in FP32."""
    assert compute("dense_state_bytes", zero_stage=stage, replica_ranks=64.0) == pytest.approx(bytes_, rel=1e-12)


def test_experts_are_sharded_over_fewer_chips() -> None:
    shared = {"zero_stage": 1.0, "replica_ranks": 64.0, "tensor_parallel": 1.0, "expert_parallel": 16.0}
    assert compute("expert_state_bytes", **shared) == 6 + 12 / 4


def test_one_stage_holds_the_whole_model() -> None:
    """All weights of DeepSeek-V3 but the norms, on one chip."""
    row = configs.load("models").find("deepseek-v3").values
    shared = {**row, "chip_count": 1.0, "batch_size": 1.0}
    weights = compute("first_dense_parameters", **shared) + compute("first_expert_parameters", **shared)
    assert weights == pytest.approx(compute("parameters", **shared) - compute("norm_parameters", **shared), rel=1e-12)


def test_stages_behind_the_first_hold_the_experts() -> None:
    """DeepSeek-V3's three dense layers come first: the fullest stage for experts is not the first."""
    row = configs.load("models").find("deepseek-v3").values
    shared = {**row, "pipeline_parallel": 16.0, "uneven_stages": 1.0}
    first, inner, last = (compute(f"{stage}_moe_layers", **shared) for stage in ("first", "stage", "last"))
    assert (first, inner, last) == (1, 4, 1)


def test_grouped_queries_and_gated_blocks() -> None:
    """Llama 3.1 70B, fused attention, no dropout: 4h + 2 x (64 + 8) x 128 + 3 x 28672 widths of 2 bytes, and statistics."""
    row = configs.load("models").find("llama-3.1-70b").values
    got = compute("dense_layer_activations", **row, sequence_parallel=0.0)
    widths = 4 * 8192 + 2 * (64 + 8) * 128 + 3 * 28672
    assert got == pytest.approx(row["sequence_length"] * (2 * widths + 4 * 64), rel=1e-12)


def test_full_recompute_needs_one_layer_to_work_in() -> None:
    full = plain("22B", recomputed_layers=1, recomputed_attention=1)
    assert compute("working_bytes", **full) == compute("dense_layer_activations", **plain("22B", recomputed_attention=1))
    assert compute("memory_per_chip", **full) < compute("memory_per_chip", **plain("22B"))


def test_the_margin_is_what_is_left() -> None:
    got = compute("memory_margin", memory_per_chip=50e9, memory_capacity=80e9, memory_reserve=4e9)
    assert got == 26e9


def test_products_in_8_bits_keep_their_inputs_in_8_bits() -> None:
    """Of a gated block f inner widths of three are a product's input, of the stream one of the two of each block."""
    shape = {**configs.load("models").find("llama-3.1-8b").values, "recomputed_layers": 0.0}
    wide, narrow = ({**shape, "precision_bits": bits} for bits in (16.0, 8.0))
    tokens = compute("microbatch_tokens", **shape)
    for part, width in (("dense_activation_bytes", shape["ffn_size"]), ("stream_activation_bytes", 2 * shape["hidden_size"])):
        assert compute(part, **wide) - compute(part, **narrow) == pytest.approx(tokens * width)


def test_what_norms_and_activations_make_is_kept_or_made_again() -> None:
    shape = {**configs.load("models").find("deepseek-v3").values, "expert_parallel": 8.0}
    again = {**shape, "recomputed_modules": 1.0}
    tokens, heads = compute("microbatch_tokens", **shape), shape["heads"]
    up = heads * (2 * (shape["nope_head_size"] + shape["rope_head_size"]) + shape["value_head_size"])
    saved = compute("attention_activation_bytes", **shape) - compute("attention_activation_bytes", **again)
    assert saved == pytest.approx(2 * tokens * up)
    inner = compute("routed_tokens", **shape) * shape["expert_ffn_size"] + tokens * shape["shared_ffn_size"]
    assert compute("moe_activation_bytes", **shape) - compute("moe_activation_bytes", **again) == pytest.approx(2 * inner)
    assert compute("moe_layer_time", **shape) < compute("moe_layer_time", **again) < 1.1 * compute("moe_layer_time", **shape)


@pytest.mark.parametrize(
    ("chip", "bits", "strategy"),
    [
        ("B300", 4.0, {"expert_parallel": 8.0}),
        ("B300", 8.0, {"expert_parallel": 8.0}),
        ("B200", 4.0, {"expert_parallel": 64.0, "tensor_parallel": 2.0}),
        ("B200", 8.0, {"expert_parallel": 64.0, "recomputed_modules": 1.0}),
    ],
)
def test_nemotron_3_super_fits_where_its_recipes_train_it(chip: str, bits: float, strategy: dict[str, float]) -> None:
    """NVIDIA-NeMo/Megatron-Bridge, perf_recipes/nemotronh: 64 chips, microbatches of a sequence of 8,192, BF16 gradients."""
    shape = configs.load("models").find("nemotron-3-super-120b-a12b").values | configs.load("hardware").find(chip).values
    run = {"chip_count": 64.0, "batch_size": 512.0, "microbatch_size": 1.0, "mtp_layers": 2.0, "precision_bits": bits}
    kept = {"gradient_bytes": 2.0, "sequence_parallel": 1.0, "zero_stage": 1.0}
    assert compute("memory_margin", **(shape | run | kept | strategy)) > 0
