"""Replicas and batches that write the answers of reinforcement learning."""

import pytest

from flopwatt import InputError
from flopwatt.bench.estimate.request import Request, stated_run
from flopwatt.bench.estimate.rollouts import rollout_notes
from flopwatt.bench.estimate.training_task import PostTraining

TASK = PostTraining(rl=True)


def of(model: str, chip: str, **stated: str) -> dict[str, float]:
    """Return what is fixed of a run of reinforcement learning."""
    read = stated_run(Request(model=model, chip=chip, stated=stated, task=TASK))
    return {name: held.value for name, held in read.fixed.items()}


def test_a_replica_has_its_share_of_a_rollout_s_answers() -> None:
    """64 prompts, 8 answers to each: on 64 chips there is not more than one replica's share."""
    known = of("qwen2.5-7b", "h100", chip_count="64", rl_prompts="64", rl_group="8")
    assert known["concurrent_sequences"] == 512 * known["replica_chips"] / 64
    assert known["tokens"] == 650 * 512 * 4200


def test_a_batch_is_what_memory_holds() -> None:
    """A model of 70 billion parameters in 16 bits leaves a server of H100 room for few answers."""
    known = of("llama-3.1-70b", "h100", chip_count="16", serving_output_tokens="8000")
    assert known["replica_chips"] >= 4
    assert known["concurrent_sequences"] < 8192 * known["replica_chips"] / 16


def test_chips_that_hold_no_replica_are_too_few() -> None:
    with pytest.raises(InputError, match="chip_count: are too few to hold the model and the cache of one answer"):
        of("llama-3.1-405b", "h100", chip_count="8")


def test_the_longest_answer_is_faster_alone_than_in_a_full_replica() -> None:
    known = of("qwen2.5-32b", "h100", chip_count="64")
    assert 0.001 < known["rollout_token_latency"] < 0.1


def test_words_name_the_chips_of_a_replica() -> None:
    known = {"replica_chips": 8.0, "concurrent_sequences": 1024.0, "attention_data_parallel": 1.0}
    assert rollout_notes(known, "H100") == (
        "Answers are written by replicas of 8 H100, attention by data parallelism, 1,024 at once in each; a rollout ends with "
        "its longest.",
    )
    assert (
        "replicas of one B200, 7 at once"
        in rollout_notes({"replica_chips": 1.0, "concurrent_sequences": 7.0, "attention_data_parallel": 1.0}, "B200")[0]
    )
