"""A key that is not known is refused by its name, whatever it is; a key that says nothing of the size changes nothing."""

import string
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from published_configs import document

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.hf_config import families, reader

FILES = (
    "llama-3.1-8b.json",
    "mixtral-8x7b.json",
    "deepseek-v3.json",
    "gpt2.json",
    "nemotron-h-8b.json",
    "qwen2.5-omni-7b.json",
)
OF_THE_CLASS = ("architectures", "model_type", "hidden_act", "hidden_activation", "activation", "activation_function")
NAMES = st.text(string.ascii_lowercase + "_", min_size=3, max_size=24)
SCALARS = st.integers(2, 10**6) | st.floats(0.01, 1e6) | st.booleans() | st.text(string.ascii_letters, min_size=1, max_size=8)
VALUES = SCALARS | st.lists(SCALARS, min_size=1, max_size=4) | st.dictionaries(NAMES, SCALARS, min_size=1, max_size=3)


def innermost(whole: dict[str, Any]) -> dict[str, Any]:
    for key in ("thinker_config", "text_config"):
        whole = whole.get(key, whole)
    return whole


@given(file=st.sampled_from(FILES), key=NAMES, value=VALUES)
def test_an_unknown_key_is_refused_by_its_name(file: str, key: str, value: Any) -> None:
    whole = document(file)
    inner = innermost(whole)
    family = families.family(inner.get("model_type", ""))
    assume(key not in inner and key not in family.takes and key not in family.harmless)
    assume(not families.is_harmless(key) and not families.is_neutral(key, value))
    inner[key] = value
    with pytest.raises(InputError) as error:
        reader.read_document(whole)
    assert str(error.value).startswith(f"config.json: {key} is ")
    assert "\n" not in str(error.value)


@given(file=st.sampled_from(FILES), dropped=st.sets(st.integers(0, 60)), key=st.data(), value=SCALARS)
def test_harmless_keys_change_nothing(file: str, dropped: set[int], key: st.DataObject, value: Any) -> None:
    whole = document(file)
    columns = reader.read_document(whole).columns
    inner = innermost(whole)
    harmless = [name for name in inner if families.is_harmless(name) and name not in OF_THE_CLASS]
    for place, name in enumerate(harmless):
        if place in dropped:
            del inner[name]
    known = families.family(inner["model_type"])
    added = key.draw(st.sampled_from(sorted(families.harmless_keys() - set(OF_THE_CLASS) - known.takes.keys())))
    inner[added] = value
    assert reader.read_document(whole).columns == columns


def test_null_and_empty_values_say_nothing() -> None:
    whole = document("llama-3.1-8b.json")
    columns = reader.read_document(whole).columns
    assert reader.read_document(whole | {"moonbeams": None, "quux_layers": [], "quux_parts": {}}).columns == columns


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("gated_mlp", False, "gated_mlp is false.*ffn_matrices=2"),
        ("swiglu", True, None),
        ("use_moe", False, None),
        ("attn_output_gate", True, None),
        ("mtp_depth", 1, "mtp_depth is 1"),
        ("rope_theta", 5e5, None),
        ("sliding_window", 4096, "sliding_window is 4096.*window_layers=0"),
        ("sliding_window", -1, None),
        ("layer_types", ["full_attention"] * 32, None),
        ("num_experts", 8, "num_experts is 8"),
        ("share_embeddings", True, "share_embeddings is true.*tied_embeddings=1"),
    ],
)
def test_a_key_is_understood_at_some_values(key: str, value: Any, says: str | None) -> None:
    whole = document("llama-3.1-8b.json") | {key: value}
    if says is None:
        reader.read_document(whole)
        return
    with pytest.raises(InputError, match=says):
        reader.read_document(whole)
