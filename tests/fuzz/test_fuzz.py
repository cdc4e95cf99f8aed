"""Whatever people write is answered or refused in one line; and the fuzzer that tries it notices what is not."""

import json
import subprocess
import sys
import time
import warnings
from pathlib import Path
from random import Random

import click
import numpy as np
import pytest

from fuzz import mutators, seeds, targets, trial
from fuzz.targets import Trial
from fuzz.trial import judge

COUNT = 1_200  # inputs, of 7 ms each
AS_THEY_ARE = {
    "record": {0, 3},
    "thresholds": {0, 2},
    "override": {0, 2},
}  # a rule must match a benchmark; one override is of an estimate too, which has no axes


@pytest.mark.slow
def test_no_input_breaks_anything() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--count", str(COUNT), "--seed", "11"]
    result = subprocess.run(command, cwd=seeds.ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert "0 failures" in result.stdout, result.stdout[-5000:] + result.stderr[-2000:]
    assert result.returncode == 0, result.stdout[-5000:]
    assert f"{COUNT:,} inputs" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("kind", seeds.KINDS)
def test_what_is_changed_is_as_it_should_be(kind: str, tmp_path: Path) -> None:
    for number, data in enumerate(seeds.seeds(kind)):
        outcome = judge(targets.TARGETS[kind](data, tmp_path, Random(number)))
        assert (number, outcome.fault) == (number, "")
        assert outcome.code in AS_THEY_ARE.get(kind, {0, trial.LOADED}), (number, data[:200])


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    def files(number: int) -> list[bytes]:
        for kind in seeds.KINDS:
            targets.make_trial(kind, tmp_path, Random(f"{number} {kind}"))
        return [path.read_bytes() for path in sorted(tmp_path.iterdir())]

    assert files(1) == files(1) != files(2)


@pytest.mark.parametrize("form", ["toml", "json", "csv", "text"])
def test_a_change_is_one(form: str) -> None:
    data = {"toml": b"a = 1\nb = [1, 2]\n", "json": b'{"a": [1, 2], "b": "x"}', "csv": b"a,b\n1,2\n", "text": b"a = 1"}[form]
    changed = [mutators.mutate(data, form, Random(number)) for number in range(300)]
    assert sum(item == data for item in changed) < 30
    assert len(set(changed)) > 150
    assert max(map(len, changed)) <= 1_000_000


def faults(monkeypatch: pytest.MonkeyPatch, body, codes=frozenset((0, 2))) -> str:
    """The fault that a command of this body has."""

    @click.command()
    def command() -> None:
        body()

    monkeypatch.setattr(trial, "cli", command)
    return judge(Trial((), codes)).fault


def warn() -> None:
    np.float64(1e308) * np.float64(10)
    print("{}")


def refuse(line: str, out: str = "") -> None:
    print(out, end="")
    print(line, file=sys.stderr)
    sys.exit(2)


def sleep() -> None:
    try:
        time.sleep(1)
    except Exception:
        print("{}")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (lambda: print("{}"), ""),
        (lambda: refuse("Error: x"), ""),
        (lambda: print("{} {}"), "stdout is no JSON document"),
        (lambda: print("NaN"), "stdout is no JSON document"),
        (lambda: print('{"a": "\x1b"}'), "'\\x1b' was printed"),
        (lambda: json.loads("["), "JSONDecodeError: Expecting value"),
        (lambda: sys.exit(1), "exit code 1"),
        (lambda: refuse("Error: a\nb"), "not one line"),
        (lambda: refuse("a"), "not one line"),
        (lambda: refuse(f"Error: {'x' * 2000}"), "not one line"),
        (lambda: refuse("Error: a", "{}"), "stdout beside an error"),
        (warn, "a warning: RuntimeWarning: overflow"),
        (lambda: warnings.warn("old", DeprecationWarning, stacklevel=1) or print("{}"), ""),
        (sleep, "a hang"),
    ],
)
def test_what_is_wrong_is_noticed(body, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "MAX_SECONDS", 0.2)
    seen = faults(monkeypatch, body)
    assert seen.startswith(fault)
    assert bool(seen) == bool(fault)
