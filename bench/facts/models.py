"""Which model of the models table a text names, and what is told of a model by its name alone."""

import functools
import re

from ... import configs

# a part of a model's name -> layers that predict further tokens
_MTP = {"deepseekv3": 1.0, "deepseekv4": 1.0, "nemotron3super": 2.0}


# Words behind a model's name that say how it was trained: Llama 3.1 8B ZeRO-3, LLAMA3_70B FP8.
_TRAINED = re.compile(
    r"\b(?:zero[- ]?\d|[fh]sdp\d?|ddp|ptd|[234]d|[tpced]p ?\d+|(?:nv|mx)?fp\d+|bf16|pre-?train(?:ing)?|bench(?:mark)?|proxy|"
    r"sft|lora)\b",
    re.IGNORECASE,
)


def match_model(name: str) -> configs.FactRow | None:
    """Find the model that a text names by key, name or alias; punctuation, brackets and how it was trained aside."""
    bare = re.sub(r"\(.*?\)", "", name)
    wanted = {_plain(bare), _plain(_TRAINED.sub("", bare.replace("_", " ")))} - {""}
    for row in configs.load("models").rows.values():
        if wanted & _known_names(row.key):
            return row
    return None


@functools.cache
def _known_names(key: str) -> frozenset[str]:
    """Return the names of a row of the table, by its key, without punctuation."""
    row = configs.load("models").rows[key]
    return frozenset(_plain(known) for known in (row.key, row.name, *row.aliases))


def mtp_layers(name: str) -> float:
    """Return how many layers predict further tokens (multi-token prediction), by the model's name.

    The models table leaves them out of its counts. DeepSeek-V3 and V4 are trained with one (arXiv:2412.19437, section 2.2;
    huggingface.co/deepseek-ai/DeepSeek-V4-Flash config.json), Nemotron 3 Super with two (NVIDIA-NeMo/Megatron-Bridge,
    nemotron_h_provider.py).
    """
    without = re.search(r"w/?o\.?\s*mtp|without\s+mtp", name.lower())
    return 0.0 if without else next((layers for key, layers in _MTP.items() if key in _plain(name)), 0.0)


def _plain(name: str) -> str:
    """Write a name without punctuation, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
