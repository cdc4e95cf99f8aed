"""Whether a model's states fit a run's chips is checked in every estimate, not only with a strategy."""

import pytest
from click.testing import CliRunner, Result

from flopwatt.bench.cli import cli
from flopwatt.bench.errors import InputError, Parameter
from flopwatt.bench.estimate.memory_check import check_memory, memory_note, state_memory
from flopwatt.bench.estimate.scenario import Scenario, StatedValue
from flopwatt.bench.estimate.source import Source, SourceKind

TEST = Source(SourceKind.RULE, "test")
SMALL = {  # 1,000 parameters on chips of 6 kB, of which 2 are kept in reserve
    name: StatedValue(value, TEST) for name, value in {"parameters": 1e3, "memory_capacity": 6e3, "memory_reserve": 2e3}.items()
}


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["estimate", "--draws", "64", *args])


def check(chips: float, **stated: float) -> None:
    fixed = SMALL | {name: StatedValue(value, TEST) for name, value in stated.items()}
    check_memory(fixed, chips, ("tiny", "toy"), Parameter("chip_count"))


def test_the_fewest_chips_are_named_and_are_enough() -> None:
    memory = state_memory(SMALL)
    assert memory is not None
    assert (memory.least_chips, memory.states, memory.bytes_each) == (5, 18e3, 18)
    with pytest.raises(InputError, match=r"tiny needs at least 5 toy, not 4: .* x 18 bytes") as refused:
        check(4)
    assert refused.value.where == Parameter("chip_count")
    check(5)
    check(2, optimizer_bytes=1.0, gradient_bytes=0.5)  # what is stated of the states counts


def test_what_is_not_known_is_not_checked() -> None:
    assert state_memory({"parameters": SMALL["parameters"]}) is None
    check(1, memory_capacity=float("nan"))


def test_a_chip_without_room_is_refused() -> None:
    with pytest.raises(InputError, match="no number of toy holds tiny"):
        check(1e9, memory_reserve=6e3)


@pytest.mark.parametrize("more", [[], ["--strategy", "auto"], ["--tp", "8"]])
def test_too_few_chips_are_refused_with_and_without_a_strategy(more: list[str]) -> None:
    result = run("--model", "deepseek-v3", "--chip", "b200", "--chips", "48", *more)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "--chips: DeepSeek-V3 needs at least 6" in result.stderr  # 63 to 69, as the chip's memory is counted
    assert ", not 48: 671 billion parameters x 18 bytes of weights, gradients and optimizer are 12.1 TB" in result.stderr


def test_chips_that_are_solved_for_are_checked() -> None:
    result = run("--params", "1e12", "--tokens", "1e10", "--chip", "b200", "--days", "3000")
    assert result.exit_code == 2
    assert "--days: a model of this size needs at least 96 B200-SXM" in result.stderr


def test_tight_and_unchecked_memory_is_said() -> None:
    tight = " ".join(run("--model", "llama-3.1-405b", "--chip", "h100", "--chips", "100").stdout.split())
    assert "of the chips' memory." in tight
    assert "No best strategy was found: " in tight
    assert "model's states" not in run("--model", "deepseek-v3", "--chip", "b200", "--chips", "2048").stdout
    unknown = Scenario({**SMALL, "memory_capacity": StatedValue(float("nan"), TEST), "chip_count": StatedValue(1, TEST)})
    assert memory_note(unknown) == (
        "Whether the model's states fit the chips is not checked: the chip's memory is not published.",
    )
