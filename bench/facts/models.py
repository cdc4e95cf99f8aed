"""Which model of the models table a text names, and what is told of a model by its name alone."""

import re

from ... import configs

# a part of a model's name -> layers that predict further tokens
_MTP = {"deepseekv3": 1.0, "deepseekv4": 1.0, "nemotron3super": 2.0}


def match_model(name: str) -> configs.FactRow | None:
    """Find the model that a text names by key, name or alias, punctuation and what stands in brackets aside."""
    wanted = _plain(re.sub(r"\(.*?\)", "", name))
    for row in configs.load("models").rows.values():
        if wanted in {_plain(known) for known in (row.key, row.name, *row.aliases)}:
            return row
    return None


def mtp_layers(name: str) -> float:
    """Return how many layers predict further tokens (multi-token prediction), by the model's name.

    The models table leaves them out of its counts. DeepSeek-V3 and V4 are trained with one (arXiv:2412.19437, section 2.2;
    huggingface.co/deepseek-ai/DeepSeek-V4-Flash config.json), Nemotron 3 Super with two (NVIDIA-NeMo/Megatron-Bridge, nemotron_h_provider.py).
    """
    without = re.search(r"w/?o\.?\s*mtp|without\s+mtp", name.lower())
    return 0.0 if without else next((layers for key, layers in _MTP.items() if key in _plain(name)), 0.0)


def _plain(name: str) -> str:
    """Write a name without punctuation, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
