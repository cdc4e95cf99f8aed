"""What a stored tensor is, by its name: the language model's own, of a part beside it, a further layer, a scale, a buffer.

Names are those that checkpoints of the transformers library have (huggingface.co/docs/transformers), dtypes those of
safetensors (huggingface.co/docs/safetensors).
"""

import math
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

# Parts of a name. What sees or hears, and what brings that to the language model's width:
_BESIDE = re.compile(
    r"vision|visual|image|video|audio|speech|projector|(^|\.)(talker|code2wav|token2wav|mlp1\.|vit|vpm|apm|aligner|connector|resampler)"
)
_FURTHER = re.compile(r"(^|\.)(mtp|nextn|eagle|medusa)")
_FURTHER_SIGN = re.compile(r"\.(eh_proj|enorm|hnorm|shared_head)\b")  # in a layer that is numbered on from the model's own
# Scales, and what comes with them: zeros, orders, MLX's biases, bitsandbytes' states. Gains that learn have such names too.
_SCALE = re.compile(
    r"(weight_scale\w*|_proj_scale\w*|_scale_inv|_scales|\.scales|\.biases|\.[qkv]_scale|\.(input|output|activation)_scale"
    r"|\.qzeros|\.g_idx|_zero_point|\.absmax|\.quant_map|\.quant_state\S*|\.SCB|\.weight_shape|_amax)$"
)
_BUFFER = re.compile(r"(inv_freq|masked_bias|position_ids|\.rotary_emb\.\w+|\.alibi|causal_mask|num_batches_tracked)$")
_MASK = re.compile(r"\.(attn|attention)\.bias$")  # GPT-2's and GPT-NeoX's, of four dimensions; others' is a bias
_MASK_RANK = 4
_LAYER = re.compile(r"(?:^|\.)(?:layers|layer|h|blocks|block)\.(\d{1,6})\.")
_HEAD = re.compile(r"(^|\.)(lm_head|embed_out|output|output_layer)\.weight$")
_EMBEDDING = re.compile(r"(^|\.)(embed_tokens|wte|word_embeddings|embed_in|embedding|embeddings|tok_embeddings)\.weight$")
_SCALE_DTYPE = "F8_E8M0"
_TABLES = frozenset(("BOOL", "I64", "U64"))  # of masks and indices
_PACKED = frozenset(("U8", "U16", "U32", "I16", "I32"))  # several weights in a number, as many as nobody tells


@dataclass(frozen=True)
class Tensor:
    """A stored tensor: its dtype as safetensors calls it, and its shape."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


def is_beside(name: str) -> bool:
    """Tell whether a tensor is of a part beside the language model: of what sees or hears, or of what ties that to it."""
    return _BESIDE.search(name) is not None


def is_scale(name: str, names: Container[str]) -> bool:
    """Tell whether a tensor, one of these names, belongs to quantized weights and is none itself."""
    of_weight = name.endswith(".scale") and name.removesuffix("scale") + "weight" in names
    return of_weight or _SCALE.search(name) is not None


def is_packed(tensor: Tensor) -> bool:
    """Tell whether a tensor holds several weights in one number."""
    return tensor.dtype in _PACKED


def layer_number(name: str) -> int | None:
    """Read which of the language model's layers a tensor is of; None for what is of none of them."""
    if is_beside(name) or _FURTHER.search(name):
        return None
    match = _LAYER.search(name)
    return int(match[1]) if match else None


def count_layers(names: Iterable[str]) -> int:
    """Count the language model's layers by its tensors' names; those for further tokens (MTP) are none of them."""
    numbers = [(number, name) for name in names if (number := layer_number(name)) is not None]
    further = {number for number, name in numbers if _FURTHER_SIGN.search(name)}
    return 1 + max((number for number, _ in numbers if number not in further), default=-1)


def is_further(name: str, layers: float) -> bool:
    """Tell whether a tensor is of a layer for further tokens (MTP): by its name, or numbered beyond the model's layers."""
    number = layer_number(name)
    return _FURTHER.search(name) is not None or (number is not None and number >= layers)


def own_tensors(tensors: Mapping[str, Tensor], layers: float) -> dict[str, Tensor]:
    """Leave out all but the language model's weights: other parts, further layers, scales and buffers.

    Parameters
    ----------
    tensors
        By name.
    layers
        The model's, by its config; those numbered beyond are further ones.
    """
    return {
        name: tensor
        for name, tensor in tensors.items()
        if not (is_beside(name) or is_further(name, layers) or is_scale(name, tensors) or _is_no_weight(name, tensor))
    }


def second_embedding(names: Iterable[str]) -> str:
    """Return the name of the output embedding that is stored beside the input's; nothing where there is one embedding."""
    own = [name for name in names if not is_beside(name) and layer_number(name) is None]
    heads = [name for name in own if _HEAD.search(name)]
    return heads[0] if heads and any(_EMBEDDING.search(name) for name in own) else ""


def _is_no_weight(name: str, tensor: Tensor) -> bool:
    mask = _MASK.search(name) is not None and len(tensor.shape) == _MASK_RANK
    return mask or tensor.dtype in _TABLES or tensor.dtype == _SCALE_DTYPE or _BUFFER.search(name) is not None
