"""What a shard is, and what is none."""

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.spread.shard import Shard, shards_of, shards_text


def test_shards_share_out_every_step_once() -> None:
    for steps in (0, 1, 5, 64, 1000):
        parts = [Shard(number, 7).steps(steps) for number in range(1, 8)]
        assert [step for low, high in parts for step in range(low, high)] == list(range(steps))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("0/16", "there is no shard 0/16; write from 1/16 to 16/16"),
        ("17/16", "there is no shard 17/16; write from 1/16 to 16/16"),
        ("1/0", "there is no shard 1/0; write 1/1 for all in one"),
        ("٣/٤", "'٣/٤' is no shard; write which of how many, as 3/16"),
        ("3", "'3' is no shard; write which of how many, as 3/16"),
        ("-1/4", "'-1/4' is no shard; write which of how many, as 3/16"),
    ],
)
def test_what_is_no_shard_is_refused(text: str, right: str) -> None:
    with pytest.raises(InputError, match=f"shard: {right}"):
        Shard.read(text)


def test_a_shard_is_read() -> None:
    assert Shard.read(" 3/16") == Shard(3, 16)
    assert str(Shard(3, 16)) == "3/16"


def test_shards_are_named_as_a_queue_takes_them() -> None:
    assert shards_text([2], 16) == "shard 2 of 16"
    assert shards_text([2, 5, 6, 7, 9], 16) == "shards 2,5-7,9 of 16"
    assert shards_text(range(1, 200, 2), 200).endswith(",57,59 and 70 more of 200")


def test_whose_steps_some_are() -> None:
    for count in (1, 3, 7, 20):
        owners = {step: n for n in range(1, count + 1) for step in range(*Shard(n, count).steps(12))}
        for asked in ([0], [3, 4, 11], list(range(12))):
            assert shards_of(asked, 12, count) == sorted({owners[step] for step in asked})
