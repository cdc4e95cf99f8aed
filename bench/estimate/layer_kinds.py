"""The parts of a model, kind of layer by kind of layer: how many, of what sizes, and their parameters, which add up to all.

A layer with attention counts as the mean of its kinds. What one of a kind has is what the same formulas give of a model whose
layers are all of that kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .known_values import values_of_model

_ATTENTIONS = ("window_layers", "indexer_layers", "compressed_layers")  # all others see every key
_WEIGHTS = (
    "parameters", "active_parameters", "embedding_parameters", "norm_parameters", "dense_ffn_parameters", "moe_ffn_parameters",
    "active_moe_ffn_parameters", "mamba_parameters", "linear_parameters",
)  # fmt: skip
_ROUNDING = 0.01  # up to which a count that comes of means is the whole number that it stands for


@dataclass(frozen=True)
class ModelPart:
    """Parts of a model that are alike.

    Attributes
    ----------
    name, sizes
        What they are, and of what sizes, in words.
    count
        How many.
    of_one, active_of_one
        Parameters of one, and those of it that a token uses.
    """

    name: str
    sizes: str
    count: float
    of_one: float
    active_of_one: float

    @property
    def parameters(self) -> float:
        """Parameters of all of them."""
        return _whole(self.count * self.of_one)

    @property
    def active(self) -> float:
        """Parameters of all of them that a token uses."""
        return _whole(self.count * self.active_of_one)


def model_parts(columns: Mapping[str, float]) -> tuple[ModelPart, ...]:
    """Take a model apart, from its input to its output.

    Parameters
    ----------
    columns
        What is stated of the model, in base units, by quantity: its architecture whole.

    Returns
    -------
    tuple
        Parts whose parameters add up to ``parameters`` and ``active_parameters``. Where they do not, since a quantity was
        set that is computed else, the last part is what is left.
    """
    values = {**columns, **values_of_model(columns, _WEIGHTS)}
    parts = [*_embeddings(values), *_mixers(columns, values), *_blocks(values)]
    parts.append(_part("norms", "gains before attention, blocks and output", 1, values["norm_parameters"]))
    rest = _whole(values["parameters"] - sum(part.parameters for part in parts))
    active = _whole(values["active_parameters"] - sum(part.active for part in parts))
    return (*parts, *([ModelPart("the rest", "of no part that is told apart", 1.0, rest, active)] if rest or active else []))


def _part(name: str, sizes: str, count: float, of_one: float, active: float | None = None) -> ModelPart:
    return ModelPart(name, sizes, float(count), _whole(of_one), _whole(of_one if active is None else active))


def _whole(value: float) -> float:
    """Round what is a whole number but for the rounding of means; a difference of nothing is 0."""
    return float(round(value)) if abs(value - round(value)) < _ROUNDING else value


def _times(*sizes: float) -> str:
    """Write sizes as a product; one that differs from layer to layer is the mean, and no whole number."""
    return " x ".join(f"{size:,.0f}" if size == int(size) else f"{size:,.6g} (mean)" for size in sizes)


def _embeddings(of: Mapping[str, float]) -> Iterator[ModelPart]:
    shape, of_one = _times(of["vocabulary_size"], of["hidden_size"]), of["embedding_parameters"]
    yield _part("input embedding", shape, 1, of_one)
    if of["learned_positions"]:
        shape_of_positions = _times(of["learned_positions"], of["hidden_size"])
        yield _part("positions", shape_of_positions, 1, of["learned_positions"] * of["hidden_size"])
    tied = of["tied_embeddings"] > 0
    yield _part("output embedding", "the input's (tied)" if tied else shape, 1, 0.0 if tied else of_one)


# --- what mixes tokens ------------------------------------------------------------------------------------------------


def _mixers(columns: Mapping[str, float], of: Mapping[str, float]) -> Iterator[ModelPart]:
    attentions = of["layers"] - of["attention_free_layers"]
    counts = {"": attentions - sum(of[name] for name in _ATTENTIONS), **{name: of[name] for name in _ATTENTIONS}}
    for kind, count in counts.items():
        if count:
            alone = {**columns, **{name: attentions if name == kind else 0.0 for name in _ATTENTIONS}}
            of_one = values_of_model(alone, ["attention_parameters"])["attention_parameters"]
            yield _part(_attention_name(kind, of), _attention_sizes(kind, of), count, of_one)
    if of["linear_layers"]:
        keys, values = (_times(of[f"linear_{name}_heads"], of[f"linear_{name}_size"]) for name in ("key", "value"))
        yield _part("linear attention", f"keys {keys}, values {values}", of["linear_layers"], of["linear_parameters"])
    if of["mamba_layers"]:
        heads = _times(of["mamba_heads"], of["mamba_head_size"])
        sizes = f"heads {heads}, state {of['mamba_state_size']:g}, groups {of['mamba_groups']:g}"
        yield _part("state space (Mamba-2)", sizes, of["mamba_layers"], of["mamba_parameters"])


def _attention_name(kind: str, of: Mapping[str, float]) -> str:
    latent = " (MLA)" if of["kv_rank"] else ""
    if kind == "window_layers":
        return f"attention in {'chunks' if of['chunked_windows'] else 'a window'} of {of['window_size']:,.0f}{latent}"
    if kind == "indexer_layers":
        return f"attention to {of['chosen_keys']:,.0f} chosen keys{latent}"
    if kind == "compressed_layers":
        return f"attention to keys of {of['key_compression']:,.0f} tokens{latent}"
    return f"full attention{latent}"


def _attention_sizes(kind: str, of: Mapping[str, float]) -> str:
    """Word the heads of a kind of attention, and what else it has."""
    in_window = kind == "window_layers"
    if of["kv_rank"]:
        heads = _times(of["heads"], of["nope_head_size"] + of["rope_head_size"])
        sizes = [f"heads {heads}, values of {of['value_head_size']:,g}", f"keys and values from {of['kv_rank']:,g}"]
    else:
        size = of["window_head_size"] if in_window and of["window_head_size"] else of["head_size"]
        kv_heads = of["window_kv_heads"] if in_window and of["window_kv_heads"] else of["kv_heads"]
        values = f", values of {of['value_head_size']:,g}" if of["value_head_size"] else ""
        tied = of["tied_values"] > 0 and not in_window
        sizes = [f"heads {_times(of['heads'], size)}{values}"]
        sizes.append(f"{'keys, which are the values,' if tied else 'keys and values'} {_times(kv_heads, size)}")
    more = {
        f"queries from {of['query_rank']:,g}": of["query_rank"],
        f"outputs by {of['output_groups']:,g} of {of['output_rank']:,g}": of["output_rank"],
        f"gates of {of['attention_gate_size']:,g} a head": of["attention_gate_size"],
        f"indexer {_times(of['indexer_heads'], of['indexer_head_size'])}": kind == "indexer_layers",
    }
    return "; ".join([*sizes, *(text for text, has in more.items() if has)])


# --- feed-forward blocks ----------------------------------------------------------------------------------------------


def _blocks(of: Mapping[str, float]) -> Iterator[ModelPart]:
    if dense := of["layers"] - of["moe_layers"]:
        sizes = _matrices(of, of["hidden_size"], of["ffn_size"])
        yield _part("feed-forward block", sizes, dense, of["dense_ffn_parameters"])
    if of["moe_layers"]:
        width = of["latent_size"] or of["hidden_size"]
        experts = (
            f"{of['experts']:,.0f} experts of {_matrices(of, width, of['expert_ffn_size'])}, {of['active_experts']:g} active"
        )
        more = {
            f"shared {_matrices(of, of['hidden_size'], of['shared_ffn_size'])}": of["shared_ffn_size"],
            f"latent {_times(of['hidden_size'], of['latent_size'])} and back": of["latent_size"],
        }
        words = "; ".join([experts, *(text for text, size in more.items() if size)])
        yield _part("mixture of experts", words, of["moe_layers"], of["moe_ffn_parameters"], of["active_moe_ffn_parameters"])


def _matrices(of: Mapping[str, float], *sizes: float) -> str:
    return f"{of['ffn_matrices']:g} matrices {_times(*sizes)}"
