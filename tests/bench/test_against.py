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


class World:
    """A made-up machine whose speed drifts, for whoever runs on it; some processes are slower as a whole."""

    def __init__(self, seed=0, drift=0.0, noise=0.02, process=0.0):
        self.random = random.Random(seed)
        self.drift, self.noise, self.process = drift, noise, process
        self.passes, self.speed = 0, 1.0
        self.order = []

    def mood(self):
        if self.passes % 2 == 0:  # it changes between two passes and the next two, seldom within
            self.speed = self.random.lognormvariate(0, self.drift)
        self.passes += 1
        return self.speed

    def side(self, label, seconds):
        return Side(label, lambda: FakeWorker(self, label, seconds))


class FakeWorker:
    """A process that takes so many seconds for each benchmark; None: it fails."""

    def __init__(self, world, label, seconds):
        self.world, self.label, self.seconds = world, label, seconds
        self.luck = world.random.lognormvariate(0, world.process)
        self.names, self.samples = [], {name: [] for name in seconds}

    def start(self):
        self.names = list(self.seconds)
        self.world.order.append((self.label, "start"))

    def close(self):
        self.world.order.append((self.label, "close"))

    def take_pass(self, name):
        world = self.world
        world.order.append((self.label, name))
        if self.seconds[name] is None:
            return "it fails"
        speed = world.mood() * self.luck
        self.samples[name].append([self.seconds[name] * speed * world.random.lognormvariate(0, world.noise) for _ in range(3)])
        flat = tuple(sample for one in self.samples[name] for sample in one)
        blocks = tuple(len(one) for one in self.samples[name])
        benchmark = Benchmark(name=name, samples=flat, blocks=blocks, params={"case": name})
        return Record(
            benchmarks=(benchmark,), machine=MACHINE, commit=Commit(self.label * 40), created="2026-09-28T10:00:00+00:00"
        )


def fight(baseline, candidate, world=None, **options):
    world = world or World()
    return duel(world.side("a", baseline), world.side("b", candidate), Thresholds(Limits()), "mine", **options), world.order


def test_passes_are_taken_in_turn_and_every_round_starts_new_processes():
    found, order = fight({"one": 0.01}, {"one": 0.01})
    labels = [label for label, name in order if name == "one"]
    assert labels[:8] == ["a", "b", "b", "a", "b", "a", "a", "b"]
    assert [one for one in order if one[1] == "start"][:4] == [("a", "start"), ("b", "start"), ("b", "start"), ("a", "start")]
    assert order.count(("a", "start")) == order.count(("a", "close")) == found.rounds == LOOKS[0]
    assert found.baseline.benchmarks[0].blocks == (6,) * LOOKS[0]
    assert found.comparison.exit_code == 0
    assert found.baseline.subject == found.candidate.subject == "mine"


def test_a_slow_down_is_found_under_drift():
    names = [f"b{i}" for i in range(10)]
    world = World(drift=0.3, process=0.02)
    found, _ = fight(dict.fromkeys(names, 0.01), {**dict.fromkeys(names, 0.01), "b3": 0.012}, world)
    assert [row.name for row in found.comparison.failed] == ["b3"]
    assert found.comparison.exit_code == 1


def test_more_rounds_only_where_it_is_unsure():
    _, order = fight({"steady": 0.01, "other": 0.01}, {"steady": 0.01, "other": 0.0109}, World(noise=0.05))
    counts = {name: order.count(("a", name)) // 2 for name in ("steady", "other")}
    assert set(counts.values()) <= set(LOOKS)
    assert counts["other"] > counts["steady"]


@pytest.mark.parametrize(
    "moods", [{}, {"drift": 0.3}, {"noise": 0.2}, {"process": 0.1}, {"drift": 0.3, "noise": 0.1, "process": 0.05}]
)
def test_without_a_change_nothing_fails(moods):
    """Ten benchmarks, fifteen times over, looked at up to four times each."""
    names = [f"b{i}" for i in range(10)]
    for seed in range(15):
        found, _ = fight(dict.fromkeys(names, 0.01), dict.fromkeys(names, 0.01), World(seed, **moods))
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
