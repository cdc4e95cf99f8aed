# mypy: allow-untyped-defs
"""Time to train until a target is met: the steps that it takes, and the evaluations that look for it.

MLPerf Training scores a system so: training runs until an evaluation meets a quality target. How many sequences that takes
depends on the batch and is measured by the reference implementation (reference convergence points); how often and on how many
sequences a run evaluates is part of each benchmark's rules.
"""

from ..model.quantity import ceil, floor, given, maximum, quantity, where

_RULES = "MLPerf Training rules (github.com/mlcommons/training_policies, training_rules.adoc)"
_REFERENCE = "mlcommons/training, large_language_model_pretraining/nemo/pretrain_llama31.py: whole batches, rounded up"
_START = "mlcommons/training, large_language_model_pretraining/nemo/config.sh: START_EVAL_AT"

given(
    "samples_to_convergence",
    "",
    "Sequences trained until an evaluation meets the target.",
    low=1,
    label="sequences until the target is met",
)
given(
    "evaluation_interval",
    "",
    "Sequences trained between two evaluations, which rules bound.",
    low=1,
    label="sequences between evaluations",
)
given(
    "evaluation_start",
    "",
    "Intervals trained before the first evaluation, beside those that come with the batch.",
    label="intervals before the first evaluation",
)
given(
    "evaluation_start_slope",
    "",
    "Intervals by which the first evaluation comes later for every sequence of the batch.",
    label="later first evaluation for each sequence",
)
given("evaluation_samples", "", "Sequences that an evaluation computes.", label="sequences of an evaluation")
given(
    "forward_share",
    "",
    "Time of a forward pass over that of a training step of as many sequences.",
    high=1,
    show="%",
    label="share of a forward pass in a step",
)
given(
    "evaluation_pause",
    "s",
    "Time that an evaluation takes beside its forward passes: from training to evaluating and back.",
    label="pause of an evaluation",
)
given(
    "submission_share",
    "",
    "Sequences that submissions train until the target is met, over what the reference implementation trains.",
    high=2,
    low_open=True,
    show="%",
    label="sequences of submissions over reference's",
)
given(
    "submission_spread",
    "",
    "Standard deviation of the logarithm of what a submission trains over what is usual for its batch.",
    label="spread of submissions' sequences",
)
given(
    "submission_step_ratio",
    "",
    "Step time with a submission's own strategy over that with the best one.",
    low=1,
    label="step of submissions over the best",
)
given(
    "submission_step_spread",
    "",
    "Standard deviation of the logarithm of a submission's step time over that with the best strategy.",
    label="spread of submissions' strategies",
)
given("reference_batch", "", "Sequences of a batch of a reference run.", low=1, label="batch of a reference run")
given(
    "reference_samples",
    "",
    "Sequences that reference runs train on average until the target is met.",
    low=1,
    label="sequences of reference runs",
)
given(
    "reference_spread",
    "",
    "Standard deviation of the logarithm of the sequences that reference runs train.",
    label="spread of reference runs",
)
given(
    "reference_interval",
    "",
    "Sequences trained between two evaluations of a reference run.",
    low=1,
    label="reference's sequences per evaluation",
)
given("reference_runs", "", "Reference runs at one batch.", low=1, label="number of reference runs")


@quantity(unit="", source=_REFERENCE, label="steps until the target is met")
def convergence_steps(samples_to_convergence, batch_size):
    """Steps of a run until the target is met."""
    return samples_to_convergence / batch_size


@quantity(unit="", source=_REFERENCE, label="sequences between two evaluations in whole steps")
def evaluation_spacing(evaluation_interval, batch_size):
    """Sequences trained between two evaluations: whole steps, at least as many as the rules' interval."""
    return ceil(evaluation_interval / batch_size) * batch_size


@quantity(unit="", source=_START, label="sequences before the first evaluation")
def first_evaluation(evaluation_interval, evaluation_spacing, evaluation_start, evaluation_start_slope, batch_size):
    """Sequences trained before the first evaluation: whole intervals, by the rules more of them for larger batches."""
    return maximum(floor(evaluation_start + evaluation_start_slope * batch_size) * evaluation_interval, evaluation_spacing)


@quantity(unit="", source=_RULES, label="evaluations of a run")
def evaluations(samples_to_convergence, first_evaluation, evaluation_spacing):
    """Evaluations of a run, with the one that meets the target."""
    return 1 + maximum(samples_to_convergence - first_evaluation, 0) / evaluation_spacing


@quantity(unit="", source=_REFERENCE, show="%", label="time of evaluations over that of steps")
def evaluation_share(evaluations, evaluation_samples, batch_size, forward_share, convergence_steps):
    """Time of a run's evaluations over that of its steps: whole batches, or a part of one, forward alone."""
    batches = evaluation_samples / batch_size
    return evaluations * where(batches > 1, ceil(batches), batches) * forward_share / convergence_steps


@quantity(unit="s", source=_RULES, show="min", label="time to train")
def time_to_train(convergence_steps, step_time, evaluation_share, evaluations, evaluation_pause):
    """Time from the start of a run to the evaluation that meets the target."""
    return convergence_steps * step_time * (1 + evaluation_share) + evaluations * evaluation_pause
