# mypy: allow-untyped-defs
"""Post-training: what fine-tuning, adapters and reinforcement learning take beside or in place of pre-training.

Supervised fine-tuning trains all weights as pre-training does, on few tokens. Adapters (LoRA) leave the weights frozen: of a
product's two backward ones that for the weights falls away, and gradients and optimizer states are those of the adapters alone.
Reinforcement learning takes turns: the model answers prompts (rollouts, which is serving without a limit of speed), frozen
copies score the answers (forward passes), and an update trains on prompts and answers; then the new weights are sent to where
the next answers are written. Together, all chips do one after the other; apart, some write the next answers while the others
train on the last.

Sources: Hu et al. 2021 (arXiv:2106.09685), section 4, for adapters; Shao et al. 2024 (arXiv:2402.03300), section 4, for groups
of answers to a prompt and the passes of an update.
"""

from ..model.quantity import given, maximum, quantity, where

_LORA = "Hu et al. 2021, arXiv:2106.09685, section 4: two matrices of a rank beside each that they adapt"
_GRPO = "Shao et al. 2024, arXiv:2402.03300, section 4.1: a group of answers to each prompt, scored, then trained on"
_SUM = "definition"
_TAIL = "answers that start together: a step's time falls from that of a full replica to that of one answer as they end"

given(
    "adapter_rank",
    "",
    "Rank of adapters (LoRA); 0 where all weights are trained.",
    high=4096,
    whole=True,
    label="rank of the adapters",
)
given(
    "adapter_targets",
    "",
    "What adapters stand beside: 0 attention's projections, 1 the dense feed-forward blocks too.",
    high=1,
    whole=True,
    words=("attention", "all"),
    label="what the adapters stand beside",
)
given("adapter_state_bytes", "byte", "Memory of one weight of an adapter: weight, gradient, optimizer states.", low_open=True)
given(
    "rl_steps",
    "",
    "Steps of reinforcement learning: each a rollout, and updates on all its answers.",
    low=1,
    whole=True,
    label="steps of reinforcement learning",
)
given("rl_prompts", "", "Prompts of a rollout.", low=1, whole=True, label="prompts of a rollout")
given("rl_group", "", "Answers to each prompt.", low=1, whole=True, label="answers to a prompt")
given(
    "scoring_passes",
    "",
    "Forward passes over prompts and answers beside the update's: reference and old policy.",
    high=10,
    label="scoring passes",
)
given(
    "update_epochs",
    "",
    "Times that an update goes through a step's answers.",
    low_open=True,
    high=100,
    label="passes of an update",
)
given(
    "rollout_longest",
    "",
    "Tokens of a rollout's longest answer over the mean; 0 where nobody waits for it.",
    high=1000,
    label="longest answer over the mean",
)
given(
    "rollout_token_latency",
    "s",
    "Time between the tokens of an answer that is alone in its replica, as predicted.",
    low_open=True,
    show="ms",
    label="time between tokens of the longest answer",
)
given(
    "rl_overhead",
    "",
    "Time of a step over that of its phases: answers checked, short sequences, replicas that are not the best, waiting.",
    low_open=True,
    high=100,
    label="time of a step over that of its phases",
)
given(
    "turn_overhead",
    "",
    "Further time where phases take turns on the same chips: engines put aside and started again, batches that run dry.",
    low=1,
    high=100,
    label="time of taking turns over that of phases apart",
)
given(
    "weight_transfer_rate",
    "byte/s",
    "Rate at which a model's new weights get from where it is trained to where it writes answers, all of the model.",
    low_open=True,
    show="GB/s",
    label="rate of sending new weights",
)
given(
    "rl_apart",
    "",
    "1 where some chips write the next answers while others train on the last, 0 where all do one after the other.",
    high=1,
    whole=True,
    label="placement of rollouts and updates",
    words=("together", "apart"),
)
given(
    "rollout_share",
    "",
    "Share of the chips that write answers, where these are others than those that train.",
    low_open=True,
    high=0.99,
    show="%",
    label="share of the chips that write answers",
)
given(
    "tuning_overhead",
    "",
    "Time of fine-tuning over that at the MFU of pre-training: padding, short steps, software that is less tuned.",
    low_open=True,
    high=100,
    label="time of fine-tuning over that at the MFU",
)


@quantity(unit="parameter", source=_LORA)
def gqa_adapter_sides(hidden_size, query_width, kv_heads, kv_head_width):
    """Weights that rank 1 takes beside a layer's attention without MLA: in- and output of query, key, value and output."""
    return 4 * hidden_size + query_width + kv_heads * kv_head_width


@quantity(unit="parameter", source=_LORA)
def mla_adapter_sides(hidden_size, heads, query_rank, kv_rank, nope_head_size, rope_head_size, value_head_size):
    """Weights that rank 1 takes beside a layer's latent attention: in- and output of each of its projections."""
    queries, values = heads * (nope_head_size + rope_head_size), heads * value_head_size
    query = hidden_size + queries + 2 * query_rank  # of one product, or of two with the compressed query between
    latent = hidden_size + 2 * kv_rank + rope_head_size + heads * nope_head_size + values
    return query + latent + values + hidden_size


@quantity(unit="parameter", source=_LORA, label="weights of the adapters")
def adapter_parameters(
    adapter_rank, adapter_targets, layers, attention_free_layers, kv_rank, gqa_adapter_sides, mla_adapter_sides, moe_layers,
    hidden_size, ffn_size, ffn_matrices,
):  # fmt: skip
    """Weights of adapters beside the projections of attention, and where asked for beside dense feed-forward blocks."""
    attention = (layers - attention_free_layers) * where(kv_rank > 0, mla_adapter_sides, gqa_adapter_sides)
    blocks = adapter_targets * (layers - moe_layers) * ffn_matrices * (hidden_size + ffn_size)
    return adapter_rank * (attention + blocks)


@quantity(unit="FLOP", source="6 operations per weight and token: one product forward and two backward", low_open=True)
def all_weights_flops_per_token(flops_per_token):
    """Operations of training on a token where all weights are trained."""
    return flops_per_token


@quantity(
    unit="FLOP",
    source=f"{_LORA}; frozen weights have no gradient of their own; attention's core and scans are no products with weights",
    low_open=True,
)
def trained_flops_per_token(
    all_weights_flops_per_token, trained_weights, adapter_parameters, flops_convention, matmul_flops, mtp_flops, mtp_layers,
    layers, attention_free_layers, attention_core_flops,
):  # fmt: skip
    """Operations of training on a token: three times the forward pass, but for frozen weights' gradients; and adapters'."""
    core = mtp_layers * attention_core_flops / maximum(layers - attention_free_layers, 1)
    products = where(flops_convention < 2, matmul_flops + mtp_flops - core, all_weights_flops_per_token / 3)
    return all_weights_flops_per_token - (1 - trained_weights) * products + 6 * adapter_parameters


@quantity(unit="byte", source=_LORA, low_open=True, label="memory of the states trained")
def trained_state_bytes(
    parameters, element_bytes, gradient_bytes, optimizer_bytes, adapter_parameters, adapter_state_bytes
):  # fmt: skip
    """Memory of weights, and of gradients and optimizer states of what is trained, adapters among it."""
    states = parameters * (element_bytes + gradient_bytes + optimizer_bytes)
    return states + adapter_parameters * adapter_state_bytes


# --- reinforcement learning ---------------------------------------------------------------------------------------------------


@quantity(unit="", source=_GRPO, label="answers")
def rl_answers(rl_steps, rl_prompts, rl_group):
    """Answers of a whole run of reinforcement learning."""
    return rl_steps * rl_prompts * rl_group


@quantity(unit="token", source=_GRPO, label="tokens of the answers")
def rollout_tokens(rl_answers, serving_output_tokens):
    """Tokens that the model writes in all rollouts."""
    return rl_answers * serving_output_tokens


@quantity(unit="token", source=_GRPO, label="tokens trained on")
def rl_tokens(rl_answers, serving_input_tokens, serving_output_tokens, update_epochs):
    """Tokens that updates train on: prompts and answers, as often as an update goes through them."""
    return rl_answers * (serving_input_tokens + serving_output_tokens) * update_epochs


@quantity(unit="FLOP", source="2 operations per weight and token forward", label="compute of the rollouts")
def rollout_flops(rl_answers, serving_input_tokens, serving_output_tokens, all_weights_flops_per_token):
    """Operations of writing all answers and of reading their prompts."""
    return rl_answers * (serving_input_tokens + serving_output_tokens) * (all_weights_flops_per_token / 3)


@quantity(unit="FLOP", source=_GRPO, label="compute of the scoring")
def scoring_flops(rl_answers, serving_input_tokens, serving_output_tokens, scoring_passes, all_weights_flops_per_token):
    """Operations of the forward passes of frozen copies over prompts and answers."""
    return rl_answers * (serving_input_tokens + serving_output_tokens) * scoring_passes * (all_weights_flops_per_token / 3)


@quantity(unit="s", source=_SUM, low_open=True, show="day")
def tuning_run_time(training_flops, sustained_flops, goodput, tuning_overhead):
    """Wall-clock time of fine-tuning, restarts and lost work included."""
    return training_flops / (sustained_flops * goodput) * tuning_overhead


@quantity(unit="chip", source=_SUM, label="chips that write answers")
def rollout_chips(chip_count, rl_apart, rollout_share):
    """Chips that write answers: all, or their share where they are others than those that train."""
    return chip_count * where(rl_apart > 0, rollout_share, 1.0)


@quantity(unit="", source=_SUM, show="%")
def update_share(rl_apart, rollout_share):
    """Share of the chips that score answers and train on them."""
    return where(rl_apart > 0, 1 - rollout_share, 1.0)


@quantity(unit="s", source=_TAIL, show="day", label="rollouts' wait for the longest answers")
def rollout_wait(
    rl_steps, serving_output_tokens, rollout_longest, rollout_token_latency, serving_time_factor, goodput
):  # fmt: skip
    """Time in which few answers are still written, token by token, beyond the mean length of all."""
    beyond = maximum(rollout_longest - 1, 0.0) * serving_output_tokens
    return rl_steps * (beyond * rollout_token_latency * serving_time_factor) / goodput


@quantity(unit="s", source=_TAIL, show="day", label="time of the rollouts")
def rollout_time(rollout_tokens, throughput_per_chip, rollout_chips, rollout_wait, goodput):
    """Time in which answers are written: all at the throughput of full replicas, then the longest alone."""
    return rollout_tokens / (throughput_per_chip * rollout_chips * goodput) + rollout_wait


@quantity(unit="s", source="at the MFU of training", show="day", label="time of the scoring")
def scoring_time(scoring_flops, sustained_flops, update_share, goodput):
    """Time in which frozen copies score answers."""
    return scoring_flops / (sustained_flops * update_share * goodput)


@quantity(unit="s", source=_SUM, show="day", label="time of the updates")
def update_time(training_flops, sustained_flops, update_share, goodput):
    """Time in which the model is trained on answers."""
    return training_flops / (sustained_flops * update_share * goodput)


@quantity(unit="s", source=_SUM, show="h", label="time of sending new weights")
def weight_transfer_time(
    rl_steps, parameters, adapter_rank, adapter_parameters, element_bytes, weight_transfer_rate, goodput
):  # fmt: skip
    """Time in which new weights are sent to where the next answers are written, once a step: all, or those of adapters."""
    changed = where(adapter_rank > 0, adapter_parameters, parameters)
    return rl_steps * (changed * element_bytes / weight_transfer_rate) / goodput


@quantity(unit="s", source="phases in turn, or the longer of two at once", show="day", low_open=True)
def rl_run_time(
    rollout_time, scoring_time, update_time, weight_transfer_time, rl_overhead, turn_overhead, rl_apart
):  # fmt: skip
    """Wall-clock time of a run of reinforcement learning."""
    training = scoring_time + update_time
    phases = where(rl_apart > 0, maximum(rollout_time, training), (rollout_time + training) * turn_overhead)
    return phases * rl_overhead + weight_transfer_time
