"""Configs and weights as they stand in a folder, made up at a size that takes no time."""

import json
from pathlib import Path
from typing import Any

CONFIG: dict[str, Any] = {
    "model_type": "llama", "hidden_size": 64, "intermediate_size": 192, "num_attention_heads": 4, "num_key_value_heads": 2,
    "num_hidden_layers": 3, "vocab_size": 1000, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
}  # fmt: skip
Shapes = dict[str, tuple[int, ...]]


def layer(number: int, prefix: str = "model.") -> Shapes:
    """The tensors of one layer of CONFIG."""
    name = f"{prefix}layers.{number}."
    attention = {"q_proj": (64, 64), "k_proj": (32, 64), "v_proj": (32, 64), "o_proj": (64, 64)}
    block = {"gate_proj": (192, 64), "up_proj": (192, 64), "down_proj": (64, 192)}
    return {
        **{f"{name}self_attn.{key}.weight": shape for key, shape in attention.items()},
        **{f"{name}mlp.{key}.weight": shape for key, shape in block.items()},
        f"{name}input_layernorm.weight": (64,),
        f"{name}post_attention_layernorm.weight": (64,),
    }


def tensors(layers: int = 3) -> Shapes:
    """The tensors of CONFIG, of another number of layers."""
    ends: Shapes = {"model.embed_tokens.weight": (1000, 64), "lm_head.weight": (1000, 64), "model.norm.weight": (64,)}
    return ends | {name: shape for number in range(layers) for name, shape in layer(number).items()}


def size(shapes: Shapes) -> int:
    """How many numbers some tensors hold."""
    total = 0
    for shape in shapes.values():
        count = 1
        for length in shape:
            count *= length
        total += count
    return total


def header(shapes: Shapes, dtype: str = "BF16") -> dict[str, Any]:
    """The header of a file with these tensors."""
    return {"__metadata__": {"format": "pt"}} | {
        name: {"dtype": dtype, "shape": list(shape), "data_offsets": [0, 0]} for name, shape in shapes.items()
    }


def write_config(folder: Path, **changes: Any) -> Path:
    """Write CONFIG with changes, and return its path."""
    path = folder / "config.json"
    path.write_text(json.dumps(CONFIG | changes))
    return path


def write_weights(path: Path, shapes: Shapes, dtype: str = "BF16") -> Path:
    """Write a safetensors file with the header of these tensors and no more than a little in place of them."""
    text = json.dumps(header(shapes, dtype)).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(64))
    return path


def write_index(folder: Path, shapes: Shapes, file: str = "model-00001-of-00001.safetensors", **metadata: Any) -> Path:
    """Write the index of a file with these tensors at two bytes a number."""
    path = folder / "model.safetensors.index.json"
    told = {"total_size": 2 * size(shapes)} | metadata
    path.write_text(json.dumps({"metadata": told, "weight_map": dict.fromkeys(shapes, file)}))
    return path
