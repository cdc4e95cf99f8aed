"""The architecture of a model of which only the parameters are known: whole layers, heads and widths that give as many."""

import math
from dataclasses import dataclass

from ... import configs
from ..prior import store
from .scenario import StatedValue
from .source import Source, SourceKind

# What models of today share: rows of configs/models.toml.
KV_HEADS = 8  # Llama 3.1, Qwen3, Mistral, gpt-oss
VOCABULARY = 128 * 1024  # Llama 3.1, Apertus, Nemotron-H and others
MAX_VOCABULARY_SHARE = 0.2  # of the parameters: gemma-3-12b has 0.09, qwen3-4b 0.1, smaller models more
CHOSEN = 8  # experts of a token: Qwen3, DeepSeek-V3, GLM, Kimi K2
CHOSEN_OF_FEW = 2  # Mixtral and Grok-2, which have 8
FEW = 4.5  # experts for each chosen one, up to which a mixture is one of few: Mixtral 4, gpt-oss-20b 8
DIGITS = 3  # binary, of layers and experts, so that chips divide them: 40, 80, 96 layers and 160, 256, 384 experts have as many
MATRICES = 3  # of a gated block
WIDE, WIDTH_STEP, NARROW_STEP = 2048, 1024, 256  # so that tensor parallelism divides a width and its heads
INNER_STEP = 128

_HELD_AT_NONE = ("mtp_flops", "scan_flops")  # quantities that a plain model has nothing of


@dataclass(frozen=True)
class _Frame:
    """What dense models and mixtures of experts have alike.

    Parameters
    ----------
    layers, width, head_size
        Layers, the residual stream's width, and that of a head.
    vocabulary
        Rows of the output embedding, which counts as one of the products.
    blocks
        Parameters of the feed-forward blocks that a token passes through: what attention and the embedding leave.
    """

    layers: int
    width: int
    head_size: int
    vocabulary: int
    blocks: float

    @property
    def inner(self) -> float:
        """Inner width of each layer's block, not yet whole."""
        return self.blocks / (self.layers * MATRICES * self.width)


def sketch(active: float, total: float, source: Source) -> dict[str, StatedValue]:
    """Sketch a model of which only the parameters are known: all of them in products, width and depth by a rule.

    12 x layers x width^2 parameters with a fixed width per layer (configs/prior/draws.toml), each made whole; the inner width
    of the blocks gives the active parameters, the number of experts all of them.

    Parameters
    ----------
    active, total
        Parameters that a token uses, and all of them.
    source
        Where the parameters come from.
    """
    held = {"active_parameters": active, "parameters": total, "active_layer_parameters": active, "embedding_parameters": 0.0}
    rule = Source(SourceKind.SKETCHED, store.stated().sketch.source)
    frame = _frame(active)
    blocks = _blocks(frame, active, total)
    sizes = {
        "layers": frame.layers,
        "hidden_size": frame.width,
        "heads": frame.width // frame.head_size,
        "head_size": frame.head_size,
        "kv_heads": min(KV_HEADS, frame.width // frame.head_size),
        "vocabulary_size": frame.vocabulary,
        "tied_embeddings": 1,
        "ffn_matrices": MATRICES,
        **blocks,
    }
    result = {name: StatedValue(value, source) for name, value in {**held, "layer_passes": 1.0}.items()}
    result |= {name: StatedValue(float(value), rule) for name, value in sizes.items()}
    if blocks["experts"]:  # whole experts give a few per cent more or fewer weights than there are
        result["routed_parameters"] = StatedValue(total - (active - frame.blocks), rule)
    plain = {**configs.load("models").otherwise, **dict.fromkeys(_HELD_AT_NONE, 0.0)}
    return result | {name: StatedValue(value, rule) for name, value in plain.items() if name not in result}


def _frame(active: float) -> _Frame:
    """Find depth and width of a model of so many active parameters."""
    shape = store.stated().sketch
    layers = int(_rounded((active / (12 * shape.width_per_layer**2)) ** (1 / 3)))
    ideal = math.sqrt(active / (12 * layers))
    step = WIDTH_STEP if ideal >= WIDE else max(NARROW_STEP, int(shape.head_size))
    width = max(round(ideal / step), 1) * step
    vocabulary = min(VOCABULARY, max(round(MAX_VOCABULARY_SHARE * active / width / WIDTH_STEP), 1) * WIDTH_STEP)
    head_size = int(shape.head_size)
    attention = layers * (2 * width**2 + 2 * width * min(KV_HEADS, width // head_size) * head_size)
    return _Frame(layers, width, head_size, vocabulary, max(active - attention - vocabulary * width, 0.0))


def _blocks(frame: _Frame, active: float, total: float) -> dict[str, int]:
    """Size the feed-forward blocks: one inner width of a dense model, experts of a mixture."""
    dense = {"ffn_size": _stepped(frame.inner)}
    none = dict.fromkeys(("moe_layers", "experts", "active_experts", "expert_ffn_size"), 0)
    if not total > configs.defaults()["sparse_ratio"].value * active or frame.blocks == 0:
        return dense | none
    for_each = 1 + (total - active) / frame.blocks  # experts for each that is chosen
    chosen = CHOSEN_OF_FEW if for_each <= FEW else CHOSEN
    experts = int(_rounded(chosen * for_each))
    expert = {"experts": experts, "active_experts": chosen, "expert_ffn_size": _stepped(frame.inner / chosen)}
    return dense | expert | {"moe_layers": frame.layers}


def _rounded(count: float) -> float:
    """Round a number to one of few binary digits and zeros behind them; at least 1."""
    step = max(2.0 ** (math.floor(math.log2(max(count, 1.0))) + 1 - DIGITS), 1.0)
    return max(round(count / step) * step, 1.0)


def _stepped(inner: float) -> int:
    """Make an inner width whole, so that tensor parallelism divides it."""
    return max(round(inner / INNER_STEP), 1) * INNER_STEP
