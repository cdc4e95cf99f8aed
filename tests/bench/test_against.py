"""``bench --against``: passes in turn, more of them only where it is unsure; a slow-down found, and none made up."""

import multiprocessing
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flopwatt.bench.against import LOOKS, Side, duel, worktree
from flopwatt.bench.commit import Commit, git
from flopwatt.bench.errors import InputError
from flopwatt.bench.machine import Cpu, Machine
from flopwatt.bench.record import Benchmark, Record
from flopwatt.bench.thresholds import Limits, Thresholds

ROOT = Path(__file__).resolve().parents[2]
MACHINE = Machine("amd-epyc-2-cores", Cpu("AMD EPYC", "x86_64"))


class FakeWorker:
    """Times benchmarks on a made-up machine whose speed drifts, for both sides alike."""

    def __init__(self, label, seconds, mood, order, noise=0.02):
        self.label, self.names, self.seconds = label, list(seconds), seconds
        self.mood, self.order, self.noise = mood, order, noise
        self.random = random.Random(label)
        self.samples = {name: [] for name in seconds}

    def take_pass(self, name):
        self.order.append((self.label, name))
        if self.seconds[name] is None:
            return "it fails"
        speed = self.mood()
        self.samples[name].append([self.seconds[name] * speed * self.random.gauss(1, self.noise) for _ in range(3)])
        flat = tuple(sample for one in self.samples[name] for sample in one)
        blocks = tuple(len(one) for one in self.samples[name])
        benchmark = Benchmark(name=name, samples=flat, blocks=blocks, params={"case": name})
        return Record(
            benchmarks=(benchmark,), machine=MACHINE, commit=Commit(self.label * 40), created="2026-09-28T10:00:00+00:00"
        )


def fight(baseline, candidate, drift=0.0, noise=0.02, seed=0, **options):
    draw = random.Random(seed)
    state = {"passes": 0, "speed": 1.0}

    def mood():
        if state["passes"] % 2 == 0:  # the machine changes its mind between pairs, seldom within one
            state["speed"] = draw.lognormvariate(0, drift)
        state["passes"] += 1
        return state["speed"]

    order = []
    sides = [Side(FakeWorker(label, seconds, mood, order, noise)) for label, seconds in (("a", baseline), ("b", candidate))]
    return duel(*sides, Thresholds(Limits()), "mine", **options), order


def test_passes_are_taken_in_turn():
    found, order = fight({"one": 0.01}, {"one": 0.01})
    assert [label for label, _ in order[:8]] == ["a", "b", "b", "a", "a", "b", "b", "a"]
    assert found.comparison.exit_code == 0
    assert found.baseline.subject == found.candidate.subject == "mine"


def test_a_slow_down_is_found_under_drift():
    names = [f"b{i}" for i in range(10)]
    found, _ = fight(dict.fromkeys(names, 0.01), {**dict.fromkeys(names, 0.01), "b3": 0.012}, drift=0.3)
    assert [row.name for row in found.comparison.failed] == ["b3"]
    assert found.comparison.exit_code == 1


def test_more_passes_only_where_it_is_unsure():
    found, order = fight({"steady": 0.01, "other": 0.01}, {"steady": 0.01, "other": 0.0109}, noise=0.08)
    counts = {name: sum(1 for label, each in order if each == name and label == "a") for name in ("steady", "other")}
    assert counts["steady"] in LOOKS
    assert counts["other"] in LOOKS
    assert found.rounds == max(counts.values())
    assert min(counts.values()) >= LOOKS[0]


@pytest.mark.parametrize("drift", [0.0, 0.3])
@pytest.mark.parametrize("noise", [0.02, 0.15])
def test_without_a_change_nothing_fails(drift, noise):
    """Ten benchmarks, twenty times over, looked at up to five times each."""
    names = [f"b{i}" for i in range(10)]
    for seed in range(20):
        found, _ = fight(dict.fromkeys(names, 0.01), dict.fromkeys(names, 0.01), drift=drift, noise=noise, seed=seed)
        assert found.comparison.exit_code == 0
        assert "slower" not in found.comparison.counts


def test_benchmarks_of_one_side_are_new_or_missing():
    found, _ = fight({"both": 0.01, "gone": 0.01}, {"both": 0.01, "fresh": 0.01})
    assert {row.name: row.verdict for row in found.comparison.rows} == {"both": "same", "gone": "missing", "fresh": "new"}


def test_a_benchmark_that_fails_here_and_not_there_is_said():
    found, order = fight({"one": 0.01, "two": 0.01}, {"one": 0.01, "two": None})
    assert found.failed == {"two": "it fails"}
    assert order.count(("b", "two")) == 1
    assert fight({"one": 0.01, "two": None}, {"one": 0.01, "two": None})[0].failed == {}


def test_nothing_that_runs_on_both_is_an_error():
    with pytest.raises(InputError, match="no benchmark ran on both sides: one of b: it fails"):
        fight({"one": 0.01}, {"one": None})


# --- the real thing ---------------------------------------------------------------------------------------------------

SLOW = """

# 20% more time for one kind of question
_prepare = type(ENGINE).prepare


class _Slow:
    def __init__(self, inner):
        self.inner = inner

    def run(self):
        import time

        start = time.perf_counter()
        result = self.inner.run()
        end = start + 1.2 * (time.perf_counter() - start)
        while time.perf_counter() < end:
            pass
        return result


def _slowed(self, problem, question, settings):
    made = _prepare(self, problem, question, settings)
    return _Slow(made) if question.kind == "summary" else made


type(ENGINE).prepare = _slowed
"""


def run_git(folder, *args):
    identity = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.invalid", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, "-C", folder, *args], check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path):
    """This source tree as it stands, as the only commit of a checkout of its own."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard", folder=ROOT)
    if listed is None:
        pytest.skip("this is no git checkout")
    place = tmp_path / "tree"
    for name in listed.splitlines():
        source, target = ROOT / name, place / name
        if source.is_symlink() or source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    run_git(tmp_path, "init", "-q", str(place))
    run_git(place, "add", "-A")
    run_git(place, "commit", "-q", "-m", "as it stands")
    return place


def test_a_worktree_comes_and_goes(tree):
    with worktree(tree, "HEAD") as place:
        assert (place / "src/flopwatt/bench/against.py").read_bytes() == Path(tree / "bench/against.py").read_bytes()
        assert str(place) in (git("worktree", "list", folder=tree) or "")
    assert not place.exists()
    assert str(place) not in (git("worktree", "list", folder=tree) or "")
    with pytest.raises(InputError, match="--against: git knows no commit 'nothing'"), worktree(tree, "nothing"):
        pass


def busy():
    while True:
        pass


@pytest.fixture
def loaded_core():
    """Another process that keeps one core busy."""
    process = multiprocessing.Process(target=busy, daemon=True)
    process.start()
    yield
    process.kill()
    process.join()


def against(tree, *args):
    command = [sys.executable, "-m", "flopwatt", "bench", "questions", "--quick", "--engine", "numpy", "--dtype", "float32"]
    command += ["-k", "not energy", "--budget", "0.5", "--against", *args]
    environment = {"PYTHONPATH": str(tree / "src"), "PATH": "/usr/bin:/bin", "HOME": str(tree.parent)}
    return subprocess.run(command, capture_output=True, text=True, cwd=tree, env=environment, check=False)


@pytest.mark.slow
@pytest.mark.usefixtures("loaded_core")
def test_a_slow_down_of_20_percent_in_one_kernel_is_found_and_named(tree):
    kernel = tree / "kernels/engines/cpu_numpy.py"
    kernel.write_text(kernel.read_text() + SLOW)
    run_git(tree, "commit", "-q", "-a", "-m", "slower")
    done = against(tree, "HEAD~1", "--save", str(tree.parent / "results"))
    assert done.returncode == 1, done.stdout + done.stderr
    failed = [line for line in done.stdout.splitlines() if "(threshold 10%)" in line]
    assert len(failed) == 1
    assert "run time" in failed[0]
    assert len(list((tree.parent / "results").rglob("*.json"))) == 2


@pytest.mark.slow
@pytest.mark.usefixtures("loaded_core")
def test_without_a_slow_down_it_passes(tree):
    readme = tree / "README.md"
    readme.write_text(readme.read_text() + "\nA word more.\n")
    run_git(tree, "commit", "-q", "-a", "-m", "a word")
    done = against(tree, "HEAD~1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "slower" not in done.stdout


@pytest.mark.slow
def test_a_commit_that_cannot_be_timed_is_an_error_in_one_line(tree):
    kernel = tree / "bench/drive.py"
    text = kernel.read_text()
    kernel.write_text("import nothing_of_that_name\n")
    run_git(tree, "commit", "-q", "-a", "-m", "broken")
    kernel.write_text(text)
    done = against(tree, "HEAD")
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith("Error: HEAD: its benchmarks do not run: ModuleNotFoundError")
    assert "Traceback" not in done.stderr
