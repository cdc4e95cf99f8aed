# mypy: allow-untyped-defs, allow-untyped-calls
"""A strategy: how one training step is cut up over the chips, and whether the cuts divide what they cut.

The letters of the field: TP splits every matrix, PP the layers into stages, DP the batch, CP the sequence, EP the experts.
Ranks are numbered in the order TP, CP, DP, PP (Megatron-LM's default), so that TP's partners are nearest to each other;
EP takes its groups from within CP and DP. Stages hold equally many layers; where that cannot be, the last one holds fewer.

Sources: Narayanan et al. 2021 (arXiv:2104.04473) for TP, PP with interleaving and DP together; Korthikanti et al. 2022
(arXiv:2205.05198) for sequence parallelism and selective recompute; Rajbhandari et al. 2020 (arXiv:1910.02054) for ZeRO.
"""

from ..model.quantity import ceil, floor, given, maximum, minimum, quantity, where

_SUM = "definition"
_PTD = "Narayanan et al. 2021, arXiv:2104.04473, section 2"
_SP = "Korthikanti et al. 2022, arXiv:2205.05198, section 4"

given("batch_size", "sequence", "Sequences of one step, over all chips (global batch).", low=1, whole=True)
given("microbatch_size", "sequence", "Sequences that a stage works on at once.", low=1, whole=True)
given("tensor_parallel", "chip", "Chips that share every matrix (TP).", low=1, whole=True, label="tensor parallelism (TP)")
given("pipeline_parallel", "chip", "Stages that the layers are cut into (PP).", low=1, whole=True, label="pipeline stages (PP)")
given("context_parallel", "chip", "Chips that share a sequence (CP).", low=1, whole=True, label="context parallelism (CP)")
given(
    "expert_parallel",
    "chip",
    "Chips that share the experts of a layer (EP), taken from CP and DP.",
    low=1,
    whole=True,
    label="expert parallelism (EP)",
)
given(
    "interleave",
    "",
    "Pieces of layers that a stage holds (virtual pipeline); 1 for none.",
    low=1,
    whole=True,
    label="pieces of a stage (VPP)",
)
given(
    "sequence_parallel",
    "",
    "1 where activations outside the matrices are split over TP too, else 0.",
    high=1,
    whole=True,
    label="sequence parallelism",
)
given("zero_stage", "", "What is sharded over DP: 0 nothing, 1 optimizer, 2 and gradients, 3 and weights.", high=3, whole=True)
given("uneven_stages", "", "1 where the last stage may hold fewer layers than the others, else 0.", high=1, whole=True)
given("overlap", "", "1 where communication runs beside computation as far as it can, else 0.", high=1, whole=True)


@quantity(unit="chip", source=_PTD, label="replicas (DP)")
def data_parallel(chip_count, tensor_parallel, pipeline_parallel, context_parallel):
    """Replicas of the model (DP)."""
    return chip_count / (tensor_parallel * pipeline_parallel * context_parallel)


@quantity(unit="", source=_PTD)
def microbatches(batch_size, microbatch_size, data_parallel):
    """Microbatches that a replica works through in a step, started ones counted whole."""
    return maximum(ceil(batch_size / (data_parallel * microbatch_size)), 1.0)


@quantity(unit="token", source=_SUM)
def microbatch_tokens(microbatch_size, sequence_length, context_parallel):
    """Tokens of a microbatch on one chip."""
    return microbatch_size * sequence_length / context_parallel


@quantity(unit="", source=_SP)
def activation_shards(sequence_parallel, tensor_parallel):
    """How many chips of a TP group share the activations outside the matrices."""
    return where(sequence_parallel > 0, tensor_parallel, 1.0)


@quantity(unit="layer", source="Megatron Core, pipeline_model_parallel_layout: pieces of a stage hold whole layers")
def layers_per_stage(layers, pipeline_parallel, interleave):
    """Layers of every stage but the last, in pieces of equally many."""
    return minimum(interleave * ceil(layers / (pipeline_parallel * interleave)), layers)


@quantity(unit="layer", source=_SUM)
def last_stage_layers(layers, layers_per_stage, pipeline_parallel):
    """Layers of the last stage: what the others leave."""
    return maximum(layers - (pipeline_parallel - 1) * layers_per_stage, 0.0)


@quantity(
    unit="layer",
    source="dense layers come first, as in DeepSeek-AI 2024, arXiv:2412.19437, section 4.2",
    label="MoE layers of a stage",
)
def stage_moe_layers(moe_layers, layers_per_stage):
    """MoE layers of a stage behind the dense layers."""
    return minimum(moe_layers, layers_per_stage)


@quantity(unit="layer", source="dense layers come first, as in DeepSeek-AI 2024, arXiv:2412.19437, section 4.2")
def first_moe_layers(layers, moe_layers, layers_per_stage):
    """MoE layers of the first stage."""
    return maximum(layers_per_stage - (layers - moe_layers), 0.0)


@quantity(unit="layer", source=_SUM)
def last_moe_layers(moe_layers, last_stage_layers):
    """MoE layers of the last stage."""
    return minimum(moe_layers, last_stage_layers)


@quantity(unit="chip", source=_SUM)
def replica_ranks(data_parallel, context_parallel):
    """Chips that hold the same dense weights and add up their gradients: DP and CP."""
    return data_parallel * context_parallel


@quantity(unit="chip", source="Megatron-LM: expert data parallelism, experts not split by TP")
def expert_replicas(replica_ranks, tensor_parallel, expert_parallel):
    """Chips that hold the same experts."""
    return maximum(replica_ranks * tensor_parallel / expert_parallel, 1.0)


@quantity(unit="layer", source="as in the patterns of Nemotron-H, arXiv:2504.03624, section 2, and Qwen3-Next: spread evenly")
def stage_attention_excess(layers, attention_free_layers, pipeline_parallel):
    """Attentions that the fullest stage of a hybrid has more than the mean one: they are whole."""
    own = (layers - attention_free_layers) / pipeline_parallel
    return where(attention_free_layers > 0, ceil(own) - own, 0.0)


# --- what must divide -------------------------------------------------------------------------------------------------
# Each condition needs few axes, so that a search leaves out early what cannot work.


def _whole(ratio):
    return where(ratio == floor(ratio), 1.0, 0.0)


@quantity(unit="", source=_PTD)
def tensor_divides(
    heads, kv_heads, kv_rank, mamba_heads, linear_key_heads, hidden_size, ffn_size, vocabulary_size, tensor_parallel
):
    """1 where TP divides heads and widths (and does not cut a key-value head unevenly), else 0."""
    groups = where(kv_rank > 0, heads, kv_heads)
    split = maximum(_whole(groups / tensor_parallel), _whole(tensor_parallel / groups))
    widths = _whole(hidden_size / tensor_parallel) * _whole(ffn_size / tensor_parallel)
    return (
        _whole(heads / tensor_parallel)
        * _whole(mamba_heads / tensor_parallel)
        * _whole(linear_key_heads / tensor_parallel)
        * split
        * widths
        * where(tensor_parallel <= vocabulary_size, 1.0, 0.0)
    )


@quantity(unit="", source=_PTD)
def pipeline_divides(layers, pipeline_parallel, last_stage_layers, uneven_stages):
    """1 where the layers can be cut into that many stages, else 0."""
    even = _whole(layers / pipeline_parallel)
    filled = where(last_stage_layers > 0, uneven_stages, 0.0)
    return minimum(even + filled, 1.0)


@quantity(
    unit="", source="Narayanan et al. 2021, arXiv:2104.04473, section 2.2.2; Megatron Core, pipeline_model_parallel_layout"
)
def interleave_divides(layers, interleave, pipeline_parallel, uneven_stages):
    """1 where a stage's layers can be cut into that many pieces, and there is more than one stage, else 0."""
    even = maximum(_whole(ceil(layers / pipeline_parallel) / interleave), uneven_stages)
    return even * where(interleave <= 1, 1.0, where(pipeline_parallel > 1, 1.0, 0.0))


@quantity(unit="", source=_PTD)
def sequence_divides(sequence_length, context_parallel, tensor_parallel, sequence_parallel, activation_shards):
    """1 where CP (and TP under sequence parallelism) divides the sequence, and there is a TP group to split it, else 0."""
    lone = where(sequence_parallel > 0, where(tensor_parallel > 1, 1.0, 0.0), 1.0)
    return _whole(sequence_length / (context_parallel * activation_shards)) * lone


@quantity(unit="", source=_PTD, label="strategy divides the chips")
def chips_divide(data_parallel):
    """1 where TP, PP and CP together divide the chips, else 0."""
    return _whole(data_parallel)


@quantity(unit="", source="Narayanan et al. 2021, arXiv:2104.04473, section 2.2.2", label="strategy divides the batch")
def batch_divides(batch_size, microbatch_size, data_parallel, microbatches, pipeline_parallel, interleave):
    """1 where the replicas' microbatches divide the batch, and the interleaved schedule has whole rounds of them, else 0."""
    rounds = where(interleave > 1, _whole(microbatches / pipeline_parallel), 1.0)
    return _whole(batch_size / (data_parallel * microbatch_size)) * rounds


@quantity(
    unit="", source="Megatron-LM: expert parallelism takes its groups from TP, CP and DP", label="strategy divides the experts"
)
def experts_divide(experts, expert_parallel):
    """1 where EP divides the experts (1 chip for a dense model), else 0."""
    return where(experts > 0, _whole(experts / expert_parallel), where(expert_parallel > 1, 0.0, 1.0))


@quantity(unit="", source=_PTD, label="strategy divides the model")
def model_divides(tensor_divides, pipeline_divides, interleave_divides, sequence_divides, experts_divide):
    """1 where the strategy divides what it cuts of the model, whatever the chips and the batch, else 0."""
    return tensor_divides * pipeline_divides * interleave_divides * sequence_divides * experts_divide


@quantity(unit="", source="Megatron-LM; Rajbhandari et al. 2020, arXiv:1910.02054", label="strategy divides into groups")
def groups_divide(replica_ranks, tensor_parallel, expert_parallel, zero_stage, pipeline_parallel):
    """1 where the chips of a stage divide into EP groups, and ZeRO has replicas to shard over, else 0.

    From stage 2 on, ZeRO does not go with a pipeline, which would gather and scatter for every microbatch of every stage.
    """
    several = where(zero_stage > 0, where(replica_ranks > 1, 1.0, 0.0), 1.0)
    sharded = several * where(zero_stage >= 2, where(pipeline_parallel > 1, 0.0, 1.0), 1.0)
    return _whole(replica_ranks * tensor_parallel / expert_parallel) * sharded


@quantity(unit="", source=_SUM, label="strategy divides")
def divides(model_divides, chips_divide, batch_divides, groups_divide):
    """1 where every part of the strategy divides what it cuts, else 0."""
    return model_divides * chips_divide * batch_divides * groups_divide
