"""``bench --against``: a commit checked out beside this tree, and the real thing on a core that another process uses."""

import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flopwatt.bench.compare.against import run_against
from flopwatt.bench.compare.options import ComparisonOptions
from flopwatt.bench.errors import InputError
from flopwatt.bench.records import store
from flopwatt.bench.records.commit import git

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


@pytest.mark.alone
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


@pytest.mark.alone
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


# --- other projects' suites -------------------------------------------------------------------------------------------

WORK = "def work(count):\n    return sum(range(count))\n"
SUITE = """
import pytest
from package import work

@pytest.mark.parametrize("function", [work, lambda count: work(count)])
def test_work(benchmark, function):
    benchmark(function, 3000)

class TestClass:
    def test_work(self, benchmark):
        benchmark(work, 1000)
"""


@pytest.fixture
def project(tmp_path):
    """A project of two commits, of which the second takes twice as long; its settings would spoil any timing."""
    root = tmp_path / "project"
    (root / "src/package").mkdir(parents=True)
    (root / "benchmarks").mkdir()
    (root / "pyproject.toml").write_text(
        '[project]\nname = "theirs"\nversion = "1.5"\n[tool.pytest.ini_options]\n'
        'addopts = "-ra -x --strict-markers --benchmark-skip"\n'
    )
    (root / "src/package/__init__.py").write_text(WORK)
    (root / "benchmarks/test_work.py").write_text(SUITE)
    run_git(tmp_path, "init", "-q", str(root))
    run_git(root, "add", "-A")
    run_git(root, "commit", "-q", "-m", "fast")
    (root / "src/package/__init__.py").write_text(WORK.replace("range(count)", "range(2 * count)"))
    run_git(root, "commit", "-q", "-a", "-m", "slow")
    return root


def bench_project(project, *args):
    command = [sys.executable, "-m", "flopwatt", "bench", str(project / "benchmarks"), "--quick", "--budget", "0.1", *args]
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin", "HOME": str(project.parent)}
    return subprocess.run(command, capture_output=True, text=True, cwd=project.parent, env=environment, check=False)


@pytest.mark.alone
@pytest.mark.slow
def test_another_projects_commits_are_timed_by_this_flopwatt(project):
    results = project.parent / "results"
    done = bench_project(project, "--against", "HEAD~1", "--save", results)
    assert done.returncode == 1, done.stdout + done.stderr
    records = sorted((store.load(path) for path in results.rglob("*.json")), key=lambda record: record.commit.time)
    commits = [git("rev-parse", ref, folder=project) for ref in ("HEAD~1", "HEAD")]
    assert {record.commit.id for record in records} == set(commits)
    for record in records:
        assert (record.commit.project, record.commit.project_version) == ("theirs", "1.5")
        assert [one.fullname for one in record.benchmarks] == [
            f"benchmarks/test_work.py::{name}" for name in ("test_work[work]", "test_work[<lambda>]", "TestClass::test_work")
        ]
        assert [one.params.get("function") for one in record.benchmarks] == ["package.work", "test_work.<lambda>", None]
    seconds = {record.commit.id: {one.fullname: min(one.samples) for one in record.benchmarks} for record in records}
    fast, slow = (seconds[commit] for commit in commits)
    assert all(1.5 < slow[name] / fast[name] < 3 for name in fast)
    assert git("status", "--porcelain", folder=project) == ""


@pytest.mark.slow
def test_code_from_elsewhere_than_the_checkout_is_an_error(project):
    """As where an editable install brings a finder of its own, which comes before the path."""
    (project / "benchmarks/conftest.py").write_text(f"import sys\nsys.path.insert(0, {str(project / 'src')!r})\n")
    run_git(project, "add", "-A")
    run_git(project, "commit", "-q", "-m", "as if it were installed")
    done = bench_project(project, "--against", "HEAD")
    assert done.returncode == 2
    said, error = done.stderr.splitlines()
    assert said.startswith("both are commit ")
    assert error.startswith(
        f"Error: HEAD: its benchmarks do not run: package is imported from {project}/src/package/__init__.py"
    )
    assert "pip uninstall theirs" in error


@pytest.mark.slow
def test_a_lazy_import_from_elsewhere_fails_the_benchmark(project):
    (project / "benchmarks/test_work.py").write_text(
        f"import sys\ndef test_late(benchmark):\n    sys.path.insert(0, {str(project / 'src')!r})\n"
        "    from package import work\n    benchmark(work, 100)\n"
    )
    run_git(project, "commit", "-q", "-a", "-m", "late")
    done = bench_project(project, "--against", "HEAD")
    assert done.returncode == 2
    assert "no benchmark ran on both sides" in done.stderr
    assert "package is imported from" in done.stderr


def test_a_suite_that_the_other_commit_lacks_is_said_with_where_it_came(project):
    (project / "benchmarks/test_new.py").write_text(SUITE)
    new = [str(project / "benchmarks/test_new.py")]
    with pytest.raises(InputError, match=r"^ref: HEAD has no benchmarks/test_new.py \(it was never committed\)"):
        run_against("HEAD", new, [], ComparisonOptions())
    run_git(project, "add", "-A")
    run_git(project, "commit", "-q", "-m", "new")
    came = git("rev-parse", "--short", "HEAD", folder=project)
    with pytest.raises(InputError, match=rf"^ref: HEAD~1 has no benchmarks/test_new.py \(it came with {came}\); name a suite"):
        run_against("HEAD~1", new, [], ComparisonOptions())


def test_a_file_is_never_compared_with_itself(project):
    outside = project.parent / "outside"
    (project / "benchmarks").rename(outside)
    (project / "benchmarks").symlink_to(outside)
    run_git(project, "add", "-A")
    run_git(project, "commit", "-q", "-m", "a link")
    with pytest.raises(InputError, match=r"outside is in no git checkout, so there is no other commit"):
        run_against("HEAD", [str(project / "benchmarks")], [], ComparisonOptions())
    with pytest.raises(InputError, match=r"theirs in .*project and outside in .*outside"):
        run_against("HEAD", [str(project / "benchmarks"), str(project / "src")], [], ComparisonOptions())
