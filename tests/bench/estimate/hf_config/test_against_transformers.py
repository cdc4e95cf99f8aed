"""Random configurations of each family have the counts of that family's class in transformers, or are refused by name.

Needs transformers and torch, which nothing else here does; where they are missing the tests are skipped. To add a family:
``pip install transformers torch``, write its row in ``configs/hugging_face/families.toml``, name it with
``FLOPWATT_FAMILIES=name`` and run this file. ``FLOPWATT_CONFIGURATIONS=20`` tries more than three of each family.
"""

import json
import os
import random
from typing import Any

import pytest
from published_configs import counted

from flopwatt.bench.estimate.hf_config import families

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from transformers.models.auto.configuration_auto import CONFIG_MAPPING  # noqa: E402
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES  # noqa: E402

TIMES = int(os.environ.get("FLOPWATT_CONFIGURATIONS", "3"))
NAMED = os.environ.get("FLOPWATT_FAMILIES", "").split()
LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
FACTORS = (0.5, 2.0)
COUNTED_OTHERWISE = {"longcat_flash"}  # whose class has weights for the experts that do nothing; the published model has none
DECODERS = [
    kind
    for kind in NAMED or sorted(set(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES) - COUNTED_OTHERWISE)
    if not families.not_a_decoder(kind, known=False)
    and not families.family(kind).refused
    and "text_config" not in CONFIG_MAPPING[kind].sub_configs
]


def base(kind: str) -> dict[str, Any]:
    """Write out the class's own configuration, with few layers where it takes them."""
    for layers in (4, 8, None):
        changes = {key: layers for key in LAYERS if layers and key in vars(CONFIG_MAPPING[kind]())}
        try:
            document = json.loads(CONFIG_MAPPING[kind](**changes).to_json_string())
            counts(document)
        except Exception:  # what a class does not take it refuses in its own words
            continue
        return dict(document)
    pytest.skip(f"the class of {kind} builds no model of its own defaults")


def counts(document: dict[str, Any]) -> tuple[int, int]:
    """Count a model's weights, and those of its experts, on torch's device that holds no numbers."""
    settings = {key: value for key, value in document.items() if key not in ("model_type", "architectures")}
    config = CONFIG_MAPPING[document["model_type"]](**settings)
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config)
    model.tie_weights()
    weights = [(name.split("."), weight.numel()) for name, weight in model.named_parameters()]
    experts = sum(count for parts, count in weights if "experts" in parts and "shared_experts" not in parts)
    return sum(count for _, count in weights), experts


def altered(document: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """Change some of a document's sizes and switches."""
    result = dict(document)
    for key, value in document.items():
        if key.endswith("_id") or draw.random() > 0.15:
            continue
        if isinstance(value, bool):
            result[key] = not value
        elif isinstance(value, int) and value > 1:
            result[key] = max(int(value * draw.choice(FACTORS)), 1)
    return result


@pytest.mark.parametrize("kind", DECODERS)
def test_a_family_s_counts_are_those_of_its_class(kind: str) -> None:
    document, draw, tried = base(kind), random.Random(kind), 0
    while tried < TIMES:
        tried += 1
        changed = altered(document, draw) if tried > 1 else document
        try:
            total, experts = counts(changed)
        except Exception:  # no such model
            continue
        if (answer := counted(changed)) is None:
            continue
        assert answer[0] == pytest.approx(total, rel=0.01), changed
        chosen = next((changed[key] for key in ("num_experts_per_tok", "moe_k", "moe_topk") if changed.get(key)), None)
        number = next(
            (changed[key] for key in ("n_routed_experts", "num_local_experts", "num_experts") if changed.get(key)), None
        )
        if experts and isinstance(chosen, int) and isinstance(number, int):
            assert answer[1] == pytest.approx(total - experts * (1 - chosen / number), rel=0.03), changed
