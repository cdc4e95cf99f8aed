"""``bench --against``: a commit checked out beside this tree, and the real thing on a core that another process uses."""

import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flopwatt.bench.records.commit import git

pytestmark = pytest.mark.alone

ROOT = Path(__file__).resolve().parents[3]

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
    prepared = _prepare(self, problem, question, settings)
    return _Slow(prepared) if question.kind == "summary" else prepared


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


def against(tree, *args, which="not energy"):
    command = [sys.executable, "-m", "flopwatt", "bench", "questions", "--quick", "--engine", "numpy", "--dtype", "float32"]
    command += ["-k", which, "--budget", "0.25", "--against", *args]
    environment = {"PYTHONPATH": str(tree / "src"), "PATH": "/usr/bin:/bin", "HOME": str(tree.parent)}
    return subprocess.run(command, capture_output=True, text=True, cwd=tree, env=environment, check=False)


@pytest.mark.slow
@pytest.mark.usefixtures("loaded_core")
def test_a_slow_down_of_20_percent_in_one_kernel_is_found_and_named(tree):
    kernel = tree / "kernels/engines/cpu_numpy.py"
    kernel.write_text(kernel.read_text() + SLOW)
    run_git(tree, "commit", "-q", "-a", "-m", "slower")
    done = against(tree, "HEAD~1", "--save", str(tree.parent / "results"))
    if done.returncode == 0:  # a machine that others crowd too may hide it, though seldom twice
        shutil.rmtree(tree.parent / "results")
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
    done = against(tree, "HEAD~1", which="time")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "slower" not in done.stdout


@pytest.mark.slow
def test_a_commit_that_cannot_be_timed_is_an_error_in_one_line(tree):
    session = tree / "bench/timing/session.py"
    text = session.read_text()
    session.write_text("import nothing_of_that_name\n")
    run_git(tree, "commit", "-q", "-a", "-m", "broken")
    session.write_text(text)
    done = against(tree, "HEAD")
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith("Error: HEAD: its benchmarks do not run: ModuleNotFoundError")
    assert "Traceback" not in done.stderr
