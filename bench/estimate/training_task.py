"""Post-training in place of pre-training: fine-tuning, adapters, reinforcement learning, as quantities of a run."""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from ...kernels.model.quantity import Model
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter
from ..facts.plausible import ImplausibleError, check_plausible
from ..step_time.adapters import FROZEN
from ..terminal import numbers
from .natural_units import join_words
from .rollouts import rollout_inputs, rollout_notes
from .scenario import Scenario, StatedValue, evaluate
from .source import Source, SourceKind
from .stated_number import number

_COUNTS = ("examples", "example_tokens", "epochs")
OF_RL = ("rl_steps", "rl_prompts", "rl_group", "serving_input_tokens", "serving_output_tokens", "rollout_share")
_LENGTHS = {"serving_input_tokens": 200.0, "serving_output_tokens": 4000.0}
_WHY = {
    "serving_input_tokens": "an assumption: questions of mathematics and code",
    "serving_output_tokens": "an assumption: DeepSeek-R1-Zero's answers grew from some hundred to ten thousand tokens",
}
_OF_RL_WORDS = {
    "rl_steps": ("step", ""),
    "rl_prompts": ("prompt", " a step"),
    "rl_group": ("answer", " to each"),
    "serving_input_tokens": ("token", " of a prompt"),
    "serving_output_tokens": ("token", " of an answer"),
}
_TARGETS = ("attention", "all")
_BATCH, _UPDATE = 128.0, 512.0  # sequences, and answers
_DRAWN_LENGTH = 4096.0  # of sequences whose length is drawn
_OF_PRE_TRAINING = "tokens", "run_time", "training_flops", "chip_hours", "energy", "carbon", "cost"  # published sizes
_KNOWN_PACE = "mfu", "pilot_mfu", "chip_token_rate"  # what says how fast this very run is
_OF_FLAGS = {"adapter_rank": "lora", "adapter_targets": "lora_targets", "rl_apart": "rl_apart"}
_DERIVED = Source(SourceKind.FORMULA, "counted from what is stated of the post-training")
POST_TRAINING_TARGETS = ("training_flops", "trained_state_bytes")
ADAPTER_TARGETS = ("adapter_parameters",)
RL_TARGETS = (
    "rollout_tokens", "rollout_flops", "scoring_flops", "rollout_time", "rollout_wait", "scoring_time", "update_time",
    "weight_transfer_time",
)  # fmt: skip


@dataclass(frozen=True)
class PostTraining:
    """What is asked for in place of pre-training.

    Attributes
    ----------
    sft, rl
        Whether it is supervised fine-tuning or reinforcement learning.
    lora
        The rank of adapters, as text; None where all weights are trained.
    lora_targets
        What adapters stand beside: ``attention`` or ``all``.
    rl_apart
        Whether some chips write answers while others train.
    examples, example_tokens, epochs
        Of fine-tuning, as text: their product is the tokens trained on.
    """

    sft: bool = False
    lora: str | None = None
    lora_targets: str | None = None
    rl: bool = False
    rl_apart: bool = False
    examples: str | None = None
    example_tokens: str | None = None
    epochs: str | None = None

    @property
    def asked(self) -> bool:
        """Whether anything of it is asked for."""
        switches = (self.sft, self.rl, self.rl_apart)
        return any(switches) or any(value is not None for value in (self.lora, self.lora_targets, *self._counts()))

    def named(self) -> dict[str, bool]:
        """Tell of each parameter whether it is stated."""
        return {own.name: bool(getattr(self, own.name)) for own in fields(self)}

    @property
    def verb(self) -> str:
        """Words what is done to the model: ``Training``, ``Fine-tuning``, ``Reinforcement learning of``."""
        if self.rl:
            return "Reinforcement learning of"
        return "Fine-tuning" if self.asked else "Training"

    def _check_targets(self) -> None:
        if self.lora_targets is not None and self.lora is None:
            raise InputError("goes with ", Parameter("lora"), where=Parameter("lora_targets"))
        if self.lora_targets not in (None, *_TARGETS):
            raise InputError(f"must be {' or '.join(_TARGETS)}, not {self.lora_targets!r}", where=Parameter("lora_targets"))

    @property
    def targets(self) -> tuple[str, ...]:
        """What is estimated beside what a run takes."""
        if not self.asked:
            return ()
        return (*POST_TRAINING_TARGETS, *(ADAPTER_TARGETS if self.lora is not None else ()), *(RL_TARGETS if self.rl else ()))

    def model(self) -> Model:
        """Return the quantities: adapters count what they train, and reinforcement learning's time is that of its phases."""
        taken: dict[str, str] = {}
        if self.lora is not None:
            taken |= {"all_weights_flops_per_token": "flops_per_token", "flops_per_token": "trained_flops_per_token"}
        if self.rl:
            taken |= {"run_time": "rl_run_time"}
        elif self.asked:
            taken |= {"run_time": "tuning_run_time"}
        return _renamed(tuple(taken.items())) if taken else MODEL

    def counted(self, run: Scenario) -> float:
        """Return the operations that a run counts, over those of training all weights, which a strategy's MFU counts."""
        if self.lora is None:
            return 1.0
        values = evaluate(run.medians(), ("flops_per_token", "all_weights_flops_per_token"))
        return float(values["flops_per_token"][0] / values["all_weights_flops_per_token"][0])

    def may_be_small(self, name: str) -> bool:
        """Tell whether what is known of a quantity is of pre-training, which is larger."""
        return self.asked and name in _OF_PRE_TRAINING

    def check_sizes(self, fixed: Mapping[str, StatedValue]) -> None:
        """Refuse sizes that lie far above those of pre-training. Raises InputError naming the parameter."""
        for name in (name for name in _OF_PRE_TRAINING if self.asked and name in fixed):
            counted = Parameter("rl_steps" if self.rl else "examples")
            try:
                check_plausible(name, fixed[name].value, as_small=True)
            except ImplausibleError as error:
                raise InputError(*error.parts, where=fixed[name].source.option or counted) from None

    def check(self, stated: Mapping[str, object], sets: Sequence[str] = ()) -> None:
        """Refuse what does not go together, ``sets`` being quantities that are stated by name. Raises InputError."""
        self._check_sets(sets)
        stated = {**stated, **dict.fromkeys(sets)}
        if self.rl and (self.sft or any(self._counts())):
            other = "sft" if self.sft else next(name for name in _COUNTS if getattr(self, name) is not None)
            raise InputError("goes with fine-tuning, and not with ", Parameter("rl"), where=Parameter(other))
        if self.rl and "tokens" in stated:
            raise InputError(
                "follow from steps, prompts, answers and their lengths, with ", Parameter("rl"), "; leave them out",
                where=Parameter("tokens"),
            )  # fmt: skip
        if self.rl and "chip_count" not in stated:
            raise InputError(
                "say how many chips there are, with ", Parameter("rl"), ": how answers are written depends on it",
                where=Parameter("chip_count"),
            )  # fmt: skip
        idle = "rl_apart" if self.rl_apart else next((name for name in OF_RL if name in stated), None)
        if not self.rl and idle is not None:
            raise InputError("goes with ", Parameter("rl"), where=Parameter(idle))
        if "rollout_share" in stated and not self.rl_apart:
            raise InputError("goes with ", Parameter("rl_apart"), where=Parameter("rollout_share"))
        self._check_targets()
        counted = next((name for name in _COUNTS if getattr(self, name) is not None), None)
        if "tokens" in stated and counted is not None:
            wrong = "two ways to say one thing" if counted == "examples" else "two ways to say how many are trained on"
            raise InputError("and ", Parameter("tokens"), f" are {wrong}; give one", where=Parameter(counted))
        if self.asked and not self.rl and "tokens" not in stated and "training_flops" not in stated:
            self._check_counts()

    def _check_sets(self, sets: Sequence[str]) -> None:
        for name in sets:
            if name in _OF_FLAGS:
                raise InputError(f"{name} is stated with ", Parameter(_OF_FLAGS[name]), where=Parameter("sets"))
            if self.lora is not None and name in FROZEN:
                wrong = f"{name} is 0 where weights are frozen, with "
                raise InputError(wrong, Parameter("lora"), "; leave it out", where=Parameter("sets"))

    def _check_counts(self) -> None:
        if self.examples is None or self.example_tokens is None:
            examples, lengths = Parameter("examples"), Parameter("example_tokens")
            raise InputError(
                "say how many tokens are trained on: this, or ", examples, " and ", lengths, where=Parameter("tokens")
            )

    def _counts(self) -> tuple[str | None, ...]:
        return tuple(getattr(self, name) for name in _COUNTS)

    def notes(self, fixed: Mapping[str, StatedValue], chip: str) -> tuple[str, ...]:
        """Say which weights are trained, and how answers are written, where that is not as in pre-training."""
        known = {name: held.value for name, held in fixed.items()}
        return (*self._adapter_notes(known), *((*_assumed(fixed), *rollout_notes(known, chip)) if self.rl else ()))

    def _adapter_notes(self, known: Mapping[str, float]) -> tuple[str, ...]:
        if self.lora is None:
            return ()
        weights = MODEL.compute(["adapter_parameters"], dict(known))["adapter_parameters"]
        beside = "attention's projections"
        if self.lora_targets == "all":
            experts, layers = known.get("moe_layers", 0.0), known.get("layers", math.inf)
            beside += " and the dense feed-forward blocks" if experts < layers else " alone, since all blocks are of experts"
            beside += ", not experts" if 0 < experts < layers else ""
        trained = numbers.count(float(weights), "weight")
        return (
            f"Adapters of rank {known['adapter_rank']:g} beside {beside}: {trained} are trained, the model's own are frozen.",
        )

    def values(self, fixed: Mapping[str, StatedValue]) -> dict[str, StatedValue]:
        """Work out what post-training fixes of a run, in base units.

        Parameters
        ----------
        fixed
            What is fixed already.

        Raises
        ------
        InputError
            Names the parameter that is wrong.
        """
        if not self.asked:
            return {}
        result: dict[str, StatedValue] = {}
        if not self.rl:
            result |= _pace(fixed)
        if "batch_size" not in fixed and not self.rl:
            why = f"an assumption: {_BATCH:.0f} sequences a step, as published recipes of fine-tuning have it"
            result["batch_size"] = StatedValue(_BATCH, Source(SourceKind.DEFAULT, why))
        if any(self._counts()):
            units = {"example_tokens": "token"}
            examples, length, epochs = (
                number(
                    getattr(self, name) or "1",
                    replace(MODEL["tokens"], name=name, unit=units.get(name, "")),
                    name,
                    unusual=True,
                )
                for name in _COUNTS
            )
            result["tokens"] = StatedValue(examples * length * epochs, _DERIVED)
            result |= _long_enough(length, "an example", fixed)
        if self.lora is not None:
            result |= self._adapters()
        return result | (self._reinforced({**fixed, **result}) if self.rl else {})

    def _adapters(self) -> dict[str, StatedValue]:
        rank = number(self.lora or "", MODEL["adapter_rank"], "lora", unusual=True)
        if rank < 1:
            raise InputError("must be a rank of at least 1, such as 16", where=Parameter("lora"))
        frozen = Source(SourceKind.FORMULA, "frozen weights have neither gradients nor optimizer states")
        targets = 1.0 if self.lora_targets == "all" else 0.0
        return {
            **{name: StatedValue(value, frozen) for name, value in FROZEN.items()},
            "adapter_rank": StatedValue(rank, Source(SourceKind.STATED, option=Parameter("lora"))),
            "adapter_targets": StatedValue(targets, Source(SourceKind.STATED, option=Parameter("lora_targets"))),
        }

    def _reinforced(self, fixed: Mapping[str, StatedValue]) -> dict[str, StatedValue]:
        """Fix lengths, the tokens that updates train on, and how rollouts are served."""
        result = {
            name: StatedValue(value, Source(SourceKind.DEFAULT, _WHY[name]))
            for name, value in _LENGTHS.items()
            if name not in fixed
        }
        if self.rl_apart:
            result["rl_apart"] = StatedValue(1.0, Source(SourceKind.STATED, option=Parameter("rl_apart")))
        result |= _of_updates({**fixed, **result})
        result |= rollout_inputs({**fixed, **result})
        known = {name: held.value for name, held in {**fixed, **result}.items()}
        tokens = rollout_tokens_trained(known)
        return result | {"tokens": StatedValue(tokens, _DERIVED)}


@functools.cache  # the orders of computing that a model keeps are those of every such run
def _renamed(taken: tuple[tuple[str, str], ...]) -> Model:
    """Return the quantities where some stand in place of others."""
    return MODEL.extended({name: replace(MODEL[source], name=name) for name, source in taken})


def _check_length(tokens: float, what: str, fixed: Mapping[str, StatedValue]) -> None:
    """Refuse a stated length of sequences that do not hold what is trained on. Raises InputError."""
    held = fixed.get("sequence_length")
    if held is not None and held.source.kind is SourceKind.STATED and held.value < tokens:
        wrong = f"{numbers.count(held.value)} tokens do not hold {what} of {numbers.count(math.ceil(tokens))}"
        raise InputError(wrong, where=Parameter("sequence_length"))


def _long_enough(tokens: float, what: str, fixed: Mapping[str, StatedValue]) -> dict[str, StatedValue]:
    """Lengthen sequences that do not hold what is trained on. Raises InputError where their length is stated."""
    _check_length(tokens, what, fixed)
    held = fixed.get("sequence_length")
    known = held is not None and not math.isnan(held.value)
    if tokens <= (held.value if held is not None and known else _DRAWN_LENGTH):
        return {}
    return {"sequence_length": StatedValue(float(math.ceil(tokens)), Source(SourceKind.FORMULA, f"as long as {what}"))}


def _assumed(fixed: Mapping[str, StatedValue]) -> tuple[str, ...]:
    """Say what nobody stated of reinforcement learning."""
    from ... import configs

    values = {name: held.value for name, held in fixed.items() if name in OF_RL and held.source.is_default}
    values |= {name: configs.defaults()[name].value for name in OF_RL if name not in fixed}
    words = ((values[name], *said) for name, said in _OF_RL_WORDS.items() if name in values)
    texts = [numbers.count(value, noun) + after for value, noun, after in words]
    return (f"Assumed, since not stated: {join_words(texts)}.",) if texts else ()


def _pace(fixed: Mapping[str, StatedValue]) -> dict[str, StatedValue]:
    """Fix that fine-tuning is as fast as an MFU says that was measured of it."""
    if not any(name in fixed for name in _KNOWN_PACE) or "tuning_overhead" in fixed:
        return {}
    return {"tuning_overhead": StatedValue(1.0, Source(SourceKind.FORMULA, "what is stated is the pace of this run itself"))}


def _of_updates(fixed: Mapping[str, StatedValue]) -> dict[str, StatedValue]:
    """Fix the sequences that updates train on, a prompt and an answer each, and how many an update has.

    Raises InputError where sequences of a stated length do not hold these.
    """
    from ... import configs

    def held(name: str) -> float:
        return fixed[name].value if name in fixed else configs.defaults()[name].value

    result = {}
    length, what = max(sum(held(name) for name in _LENGTHS), 1.0), "a prompt and its answer"
    _check_length(length, what, fixed)
    if "sequence_length" not in fixed or fixed["sequence_length"].source.kind is not SourceKind.STATED:
        result["sequence_length"] = StatedValue(float(math.ceil(length)), Source(SourceKind.FORMULA, f"as long as {what}"))
    if "batch_size" not in fixed:
        why = f"an assumption: updates of at most {_UPDATE:.0f} answers, as DeepSeek-R1-Zero's and NeMo RL's are"
        answers = min(held("rl_prompts") * held("rl_group"), _UPDATE)
        result["batch_size"] = StatedValue(answers, Source(SourceKind.DEFAULT, why))
    return result


def rollout_tokens_trained(known: Mapping[str, float]) -> float:
    """Count the tokens that updates train on, from what is stated and the defaults."""
    from ... import configs

    needed = MODEL.inputs(["rl_tokens"])
    defaults = {name: configs.defaults()[name].value for name in needed if name in configs.defaults()}
    given = defaults | {name: value for name, value in known.items() if name in needed}
    return float(MODEL.compute(["rl_tokens"], given)["rl_tokens"])
