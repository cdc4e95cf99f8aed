"""Attention of each kind: weights, keys seen position by position, operations, memory and time."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from flopwatt import configs

Evaluate = Callable[..., dict[str, Any]]
Step = Callable[..., dict[str, float]]
SEQUENCE = 64
# hidden 32, 4 query heads of 8, 2 key-value heads, 6 layers: small enough to count by hand
TINY = {
    "layers": 6, "hidden_size": 32, "heads": 4, "kv_heads": 2, "head_size": 8, "ffn_size": 64, "ffn_matrices": 3,
    "vocabulary_size": 100, "tied_embeddings": 0, "learned_positions": 0, "sequence_length": SEQUENCE, "moe_layers": 0,
    "experts": 0, "active_experts": 0, "expert_ffn_size": 0, "shared_ffn_size": 0, "query_rank": 0, "kv_rank": 0,
    "nope_head_size": 0, "rope_head_size": 0, "value_head_size": 0, "window_layers": 0, "window_size": 0,
}  # fmt: skip


def _mean(counts: Iterable[int]) -> float:
    """Mean over the positions of a sequence, each key counted but a query's own, which counts half: a causal half of full."""
    return sum(count - 0.5 for count in counts) / SEQUENCE


def _flops(evaluate: Evaluate, **held: float) -> float:
    return float(evaluate("attention_core_flops", **(TINY | held))["attention_core_flops"])


def _weights(evaluate: Evaluate, **held: float) -> float:
    return float(evaluate("attention_parameters", **(TINY | held))["attention_parameters"])


NEW = (
    "linear_layers", "indexer_layers", "compressed_layers", "chunked_windows", "attention_gate_size", "tied_values",
    "window_kv_heads", "output_rank",
)  # fmt: skip


def _is_plain(row: configs.FactRow) -> bool:
    plain_width = row.values["kv_rank"] > 0 or row.values["value_head_size"] == row.values["query_rank"] == 0
    return plain_width and row.values["layer_passes"] == 1 and not any(row.values[name] for name in NEW)


def test_models_without_new_kinds_count_what_they_did(evaluate: Evaluate) -> None:
    """To the last bit: heads of one kind, in the full or in a window that slides."""
    plain = [row for row in configs.load("models").rows.values() if _is_plain(row)]
    assert len(plain) >= 50
    for row in plain:
        s, v = 8192.0, row.values
        values = evaluate("causal_flops_per_token", "attention_parameters", model=row.key, sequence_length=s)
        mla = v["kv_rank"] > 0
        widths = v["nope_head_size"] + v["rope_head_size"] + v["value_head_size"] if mla else 2 * v["head_size"]
        window = min(v["window_size"], s)
        full = v["layers"] - v["attention_free_layers"] - v["window_layers"]
        keys = full * (s / 2) + v["window_layers"] * (window - window * window / (2 * s))
        assert values["attention_core_flops"] == 2 * v["heads"] * widths * keys, row.key
        gqa = v["hidden_size"] * v["head_size"] * (2 * v["heads"] + 2 * v["kv_heads"])
        assert values["attention_parameters"] == (values["mla_parameters"] if mla else gqa), row.key
        core = values["attention_core_flops"] + values["scan_flops"] + values["mtp_flops"]
        assert values["causal_flops_per_token"] == pytest.approx(3 * (values["matmul_flops"] + core), rel=1e-15), row.key
        assert values["matmul_flops"] == 2 * (values["active_layer_parameters"] + values["embedding_parameters"]), row.key


@pytest.mark.parametrize("chunk", [8, 16, 24, 64, 100])
def test_chunks_see_the_keys_before_them_in_their_chunk(chunk: int, evaluate: Evaluate) -> None:
    ours = _flops(evaluate, window_layers=6, window_size=chunk, chunked_windows=1)
    seen = _mean(i % chunk + 1 for i in range(SEQUENCE))
    assert ours == pytest.approx(6 * 2 * 4 * (8 + 8) * seen, rel=1e-12)


def test_chunks_counted_in_full_are_twice_that(evaluate: Evaluate) -> None:
    values = evaluate(
        "attention_core_flops",
        "full_attention_core_flops",
        **(TINY | {"window_layers": 6, "window_size": 24, "chunked_windows": 1}),
    )
    assert values["full_attention_core_flops"] == 2 * values["attention_core_flops"]


@pytest.mark.parametrize("chosen", [8, 16, 64, 100])
def test_chosen_keys_are_at_most_so_many_and_the_indexer_sees_all(chosen: int, evaluate: Evaluate) -> None:
    ours = _flops(evaluate, indexer_layers=6, indexer_heads=3, indexer_head_size=5, chosen_keys=chosen)
    seen = min(chosen, SEQUENCE) - min(chosen, SEQUENCE) ** 2 / (2 * SEQUENCE)
    assert ours == 6 * (2 * 4 * (8 + 8) * seen + 2 * 3 * 5 * SEQUENCE / 2)
    by_position = sum(min(i, chosen) for i in range(1, SEQUENCE + 1)) / SEQUENCE
    assert seen == pytest.approx(by_position, abs=0.51)


def test_choosing_as_many_as_there_are_is_full_attention_and_an_indexer(evaluate: Evaluate) -> None:
    indexer = {"indexer_layers": 6, "indexer_heads": 3, "indexer_head_size": 5, "chosen_keys": SEQUENCE}
    values = evaluate("attention_core_flops", **(TINY | indexer))
    assert values["attention_core_flops"] == _flops(evaluate) + values["indexer_core_flops"]


def test_compressed_keys_are_as_many_fewer_and_come_with_a_window(evaluate: Evaluate) -> None:
    core = 2 * 4 * (8 + 8)
    window = {"window_size": 4}
    seen = 4 - 4 * 4 / (2 * SEQUENCE)
    assert _flops(evaluate, compressed_layers=6, key_compression=8) == 6 * core * SEQUENCE / 8 / 2
    assert _flops(evaluate, compressed_layers=6, key_compression=8, **window) == 6 * core * (SEQUENCE / 8 / 2 + seen)
    chosen = {"indexer_layers": 6, "indexer_heads": 3, "indexer_head_size": 5, "chosen_keys": 6, "chosen_compression": 4}
    entries = SEQUENCE / 4
    expected = 6 * (core * (6 - 6 * 6 / (2 * entries) + seen) + 2 * 3 * 5 * entries / 2)
    assert _flops(evaluate, **chosen, **window) == pytest.approx(expected, rel=1e-12)


def test_windows_of_other_heads_count_their_own_widths(evaluate: Evaluate) -> None:
    """Two layers of heads 8 wide, four with a window of heads 16 wide, four key-value heads there."""
    other = {"window_layers": 4, "window_size": 16, "window_kv_heads": 4, "window_head_size": 16}
    full, window = SEQUENCE / 2, 16 - 16 * 16 / (2 * SEQUENCE)
    assert _flops(evaluate, **other) == 2 * 4 * (2 * 16 * full + 4 * 32 * window)
    plain, wide = 32 * (4 * 16 + 2 * 16), 32 * (4 * 32 + 4 * 32)
    assert _weights(evaluate, **other) == pytest.approx((2 * plain + 4 * wide) / 6)
    tied = _weights(evaluate, **other, tied_values=1)
    assert tied == pytest.approx((2 * (plain - 32 * 2 * 8) + 4 * wide) / 6)


def test_values_of_another_width(evaluate: Evaluate) -> None:
    assert _flops(evaluate, value_head_size=4) == 6 * 2 * 4 * (8 + 4) * SEQUENCE / 2
    assert _weights(evaluate, value_head_size=4) == 32 * (4 * (8 + 4) + 2 * (8 + 4))


def test_gates_and_low_ranks_replace_or_join_the_projections(evaluate: Evaluate) -> None:
    plain = _weights(evaluate)
    assert plain == 32 * 8 * (2 * 4 + 2 * 2)
    assert _weights(evaluate, attention_gate_size=8) == plain + 32 * 4 * 8
    assert _weights(evaluate, attention_gate_size=1) == plain + 32 * 4
    assert _weights(evaluate, query_rank=6) == plain - 32 * 32 + 6 * (32 + 32)
    assert _weights(evaluate, output_rank=6, output_groups=2) == plain - 32 * 32 + 6 * (32 + 2 * 32)


def test_weights_of_an_indexer(evaluate: Evaluate) -> None:
    """DeepSeek-V3.2: 64 heads of 128 from the query's compression of 1,536, one key, a weight per head."""
    values = evaluate("parameters", model="deepseek-v3.2")
    assert values["indexer_parameters"] == 1536 * 64 * 128 + 7168 * (128 + 64)
    assert values["parameters"] - evaluate("parameters", model="deepseek-v3")["parameters"] == pytest.approx(
        61 * values["indexer_parameters"], rel=1e-9
    )


def test_llama_4_scout_at_a_long_sequence(evaluate: Evaluate) -> None:
    """2.025e23 operations for 1e12 tokens at a sequence of 262,144: 36 of 48 layers see chunks of 8,192."""
    values = evaluate("training_flops", model="llama-4-scout", tokens=1e12, sequence_length=262144)
    assert values["training_flops"] == pytest.approx(2.025e23, rel=0.001)


def test_sequences_within_a_chunk_do_not_notice_it(evaluate: Evaluate) -> None:
    in_chunk = evaluate("training_flops", model="llama-4-maverick", tokens=1.0, sequence_length=8192)
    full = evaluate("training_flops", model="llama-4-maverick", tokens=1.0, sequence_length=8192, window_layers=0)
    assert in_chunk["training_flops"] == full["training_flops"]


def test_layers_that_are_passed_through_again_multiply_operations_and_not_weights(evaluate: Evaluate) -> None:
    """Ouro 2.6B: 6.946e22 operations for 1e12 tokens at a sequence of 4,096, its layers run four times."""
    four = evaluate("hardware_flops", "parameters", model="ouro-2.6b", tokens=1e12, recomputed_layers=1.0)
    once = evaluate("hardware_flops", "parameters", model="ouro-2.6b", tokens=1e12, recomputed_layers=1.0, layer_passes=1)
    assert four["training_flops"] == pytest.approx(6.946e22, rel=0.001)
    assert four["parameters"] == once["parameters"]
    logits = 3e12 * 2 * four["embedding_parameters"]
    assert four["training_flops"] - logits == pytest.approx(4 * (once["training_flops"] - logits), rel=1e-12)
    assert four["recompute_flops"] == 4 * once["recompute_flops"]
    convention = evaluate("training_flops", model="ouro-2.6b", tokens=1.0, flops_convention=2)
    assert convention["training_flops"] == 6 * (four["parameters"] + 3 * four["active_layer_parameters"])


# --- a step -------------------------------------------------------------------------------------------------------------


def test_a_step_of_every_model_of_the_table_has_a_time_and_a_memory(step: Step) -> None:
    for row in configs.load("models").rows.values():
        found = step(row.key)
        assert 0 < found["step_time"] < 1e4, row.key
        assert 0 < found["memory_per_chip"] < 1e15, row.key
        assert 0.01 < found["step_mfu"] < 1, row.key


@pytest.mark.parametrize(
    "added",
    [
        {"attention_gate_size": 128.0},
        {"indexer_layers": 32.0, "indexer_heads": 64.0, "indexer_head_size": 128.0, "chosen_keys": 8192.0},
        {"window_layers": 16.0, "window_size": 8192.0, "window_kv_heads": 32.0, "window_head_size": 256.0},
        {"value_head_size": 256.0},
        {"layer_passes": 2.0},
    ],
)
def test_what_is_added_takes_time_and_memory(added: dict[str, float], step: Step) -> None:
    plain, more = step(), step(**added)
    assert more["step_time"] > 1.005 * plain["step_time"]
    assert more["memory_per_chip"] > plain["memory_per_chip"]


def test_passing_through_again_doubles_the_layers_time(step: Step) -> None:
    once, twice = step(vocabulary_size=1.0), step(vocabulary_size=1.0, layer_passes=2.0)
    assert twice["step_time"] == pytest.approx(2 * once["step_time"], rel=0.15)
    assert twice["mixer_forward_time"] == once["mixer_forward_time"]


@pytest.mark.parametrize(
    "fewer",
    [
        {"window_layers": 32.0, "window_size": 1024.0, "chunked_windows": 1.0},
        {"indexer_layers": 32.0, "indexer_heads": 1.0, "indexer_head_size": 64.0, "chosen_keys": 512.0},
        {"compressed_layers": 32.0, "key_compression": 128.0},
    ],
)
def test_fewer_keys_take_less_time_the_longer_the_sequence(fewer: dict[str, float], step: Step) -> None:
    def saved(length: float) -> float:
        tokens = {"sequence_length": length, "batch_size": 64.0 * 8192 / length}
        return step(**tokens)["mixer_forward_time"] - step(**tokens, **fewer)["mixer_forward_time"]

    assert 0 < saved(8192.0) < saved(32768.0)


def test_gathered_keys_take_longer_than_as_many_in_a_row(evaluate: Evaluate) -> None:
    """DeepSeek-V4's layers of both kinds, its two windows made whole, at the share of the rate that is believed of them."""
    parts = ("core_time", "layer_core_flops", "gathered_core_flops", "attention_core_flops", "attention_rate")
    given = {"model": "deepseek-v4-flash", "chip": "GB200", "sequence_length": 4096.0, "window_layers": 0.0}
    slow, fast = (evaluate(*parts, **given, gathered_attention_share=share) for share in (0.25, 1.0))
    assert fast["core_time"] == pytest.approx(fast["layer_core_flops"] / fast["attention_rate"])
    share = slow["gathered_core_flops"] / slow["attention_core_flops"]
    assert 0.7 < share < 1
    assert slow["core_time"] / fast["core_time"] == pytest.approx(1 + 3 * share)
