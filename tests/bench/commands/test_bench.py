"""``flopwatt bench`` and ``pytest bench/suites``: the same suites, each in processes of their own as users run them."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flopwatt.bench.records.store import load
from flopwatt.bench.timing.session import SUITES

ROOT = Path(__file__).resolve().parents[3]

SUITE = """
import time
import pytest

def nap(seconds):
    time.sleep(seconds)
    return seconds

@pytest.mark.parametrize("ms", [1, 2])
def test_nap(benchmark, ms):
    assert benchmark(nap, ms / 1000) == ms / 1000

def test_first_call_is_slow(benchmark):
    calls = []
    def call():
        time.sleep(0.3 if not calls else 0.001)
        calls.append(1)
    benchmark(call)

@pytest.mark.benchmark(group="made anew")
def test_setup(benchmark):
    def setup():
        return ([3, 1, 2],), {}
    benchmark.pedantic(sorted, setup=setup, rounds=3)

def test_times_nothing():
    pass
"""


def flopwatt(*args, cwd=None, **options):
    command = [sys.executable, "-m", "flopwatt", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, **options)


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "test_mine.py"
    path.write_text(SUITE)
    return path


def bench(suite, *args):
    return flopwatt("bench", suite, "--budget", "0.2", "--precision", "20%", *args, cwd=suite.parent)


def bench_once(suite, *args):
    """Where what is measured does not matter: one pass in place of ten, each of which starts a process."""
    return bench(suite, "--passes", "1", *args)


def saved(folder):
    (path,) = Path(folder).rglob("*.json")
    return load(path)


@pytest.mark.alone
@pytest.mark.slow
def test_long_calls_take_no_more_passes_than_the_budget_has_room_for(suite, tmp_path):
    suite.write_text("import time\ndef test_long(benchmark):\n    benchmark(time.sleep, 0.1)\n")
    assert bench(suite, "--save", tmp_path / "results").returncode == 0
    assert len(saved(tmp_path / "results").benchmarks[0].blocks) == 3


@pytest.mark.alone
@pytest.mark.slow
def test_any_pytest_benchmark_suite_is_measured(suite, tmp_path):
    done = bench(suite, "--save", tmp_path / "results")
    assert done.returncode == 0, done.stderr
    record = saved(tmp_path / "results")
    found = {one.name: one for one in record.benchmarks}
    assert set(found) == {"test_nap[1]", "test_nap[2]", "test_first_call_is_slow", "test_setup"}
    assert (record.kind, record.subject) == ("bench", "mine")
    nap = found["test_nap[2]"]
    assert nap.params == {"ms": 2}
    assert min(nap.samples) >= 0.002
    assert 3 <= len(nap.blocks) <= 10
    assert nap.stop.why in ("precision", "budget")
    assert nap.cpu_seconds.value < 0.5 * nap.stop.interval.median
    assert nap.noise.load_before is not None
    assert nap.memory.host_peak_bytes.value > 1e6
    assert nap.energy.per_billion_points.value is None
    assert nap.energy.per_billion_points.reason
    assert found["test_setup"].group == "made anew"
    slow = found["test_first_call_is_slow"]
    assert slow.phases["first_call"].seconds.median >= 0.3
    assert max(slow.samples) < 0.3
    assert "test_nap[2]" in done.stdout


@pytest.mark.slow
def test_a_failing_benchmark_is_exit_1_and_nothing_is_saved(suite, tmp_path):
    suite.write_text(SUITE + "\ndef test_wrong(benchmark):\n    assert benchmark(lambda: 1) == 2, 'the answer is wrong'\n")
    done = bench_once(suite, "--save", tmp_path / "results")
    assert done.returncode == 1
    assert "test_wrong: AssertionError: the answer is wrong" in done.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere"], "there is no suite 'nowhere'"),
        (["question"], "did you mean 'questions'"),
        (["questions", "--engine", "nump"], "there is no engine 'nump'; did you mean 'numpy'"),
        (["questions", "--engine", "cupy"], "cupy cannot run here"),
        (["questions", "-k", "nothing_is_called_so"], "no benchmark was selected"),
        (["questions", "-k", "(("], "pytest:"),
        (["questions", "--precision", "soon"], "--precision: 'soon' is no share"),
        (["questions", "--save", "x", "--machine", "a/b"], "--machine: 'a/b' is no name for a machine"),
        (["questions", "--save", "x", "--label", "a\x1b[1m"], "--label: 'a\\x1b[1m' has characters that are not printed"),
        (["questions", "--save", "x", "--label", "l" * 65], "--label: 65 characters are too long"),
        (["questions", "--label", "before"], "--label: labels a record, and none is stored without --save"),
        (
            ["questions", "--format", "markdown"],
            "--format: markdown is for a comparison, and nothing is compared without --against",
        ),
        (["questions", "--against", "HEAD", "--thresholds", "none.toml"], "none.toml: cannot be read"),
        (["questions", "--against", "HEAD", "--margin", "x"], "--margin: 'x' is no share"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(args, message, tmp_path):
    from flopwatt.kernels import engines

    if "cupy" in args and engines.availability("cupy").available:
        pytest.skip("this machine has CuPy and a GPU")
    done = flopwatt("bench", *args, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_a_suite_that_cannot_be_imported_is_exit_2(tmp_path):
    path = tmp_path / "test_broken.py"
    path.write_text("import nothing_of_that_name\n")
    done = flopwatt("bench", path, cwd=tmp_path)
    assert done.returncode == 2
    assert "nothing_of_that_name" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_suite_that_cannot_be_imported_fails_beside_one_that_runs(tmp_path):
    (tmp_path / "test_broken.py").write_text("import nothing_of_that_name\n")
    (tmp_path / "test_sum.py").write_text("def test_sum(benchmark):\n    benchmark(sum, range(1000))\n")
    done = flopwatt("bench", tmp_path, "--budget=0.01", "--passes=1", "--save", tmp_path / "results", cwd=tmp_path)
    assert done.returncode == 1
    assert "FAILED test_broken.py: " in done.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
def test_flopwatts_own_suite(tmp_path):
    options = ("--quick", "--budget", "0.2", "--passes", "1", "--engine", "numpy", "--engine", "numba", "--dtype", "float64")
    done = flopwatt("bench", "questions", *options, "--save", tmp_path, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    record = saved(tmp_path)
    assert len(document["benchmarks"]) == len(record.benchmarks) == 6
    for one in record.benchmarks:
        assert one.fullname.startswith("bench/suites/test_questions.py::test_question[")
        assert one.params["engine"] == one.engine
        assert one.dtype == "float64"
        assert 1e5 < one.evaluated <= one.points > 1e6
        assert one.phases["compile"].seconds.median > 0
        assert one.answers[0].values
        assert one.max_relative_error.value <= 1e-12
    compared = subprocess.run(
        [Path(sys.executable).parent / "pytest-benchmark", "compare", *tmp_path.rglob("*.json"), "--group-by=param:engine"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert "benchmark 'engine=numba': 3 tests" in compared.stdout, compared.stderr


@pytest.mark.alone  # pytest-benchmark measures nothing in processes side by side
@pytest.mark.slow
def test_the_suites_are_ordinary_pytest_benchmark_tests(tmp_path):
    """Its own options work, among them the JSON it writes, which flopwatt reads."""
    files = [SUITES / "test_questions.py", SUITES / "test_limits.py"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        *files,
        "--quick",
        "--engine=numpy",
        "--dtype=float64",
        "-q",
        "-k",
        "question or copy",
    ]
    command += ["--benchmark-max-time=0.05", "--benchmark-min-rounds=3", "--benchmark-json", tmp_path / "plain.json"]
    command += ["--benchmark-group-by=param:engine", f"--benchmark-storage={tmp_path}", "--benchmark-columns=median"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "benchmark 'engine=numpy': 3 tests" in done.stdout
    assert "benchmark 'engine=None': 1 tests" in done.stdout
    record = load(tmp_path / "plain.json")
    questions = [one for one in record.benchmarks if one.engine == "numpy"]
    assert len(questions) == 3
    assert all(one.points > 1e6 and len(one.samples) >= 3 for one in questions)


@pytest.mark.slow
def test_killed_at_any_moment_results_hold_only_whole_records(suite, tmp_path):
    """SIGKILL at 12 random moments of `bench --save`, most of them around the writing."""
    suite.write_text("def test_sum(benchmark):\n    benchmark(sum, range(1000))\n")
    results = tmp_path / "results"
    command = [sys.executable, "-m", "flopwatt", "bench", suite, "--budget", "0.02", "--passes", "1", "--save", results]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    whole = time.perf_counter() - start
    draw = random.Random(0)
    killed = 0
    for _ in range(6):
        running = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path) for _ in range(2)
        ]
        for process in running:
            time.sleep(draw.uniform(0, 0.7) * whole)
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
    files = [path for path in results.rglob("*") if path.is_file()]
    assert killed >= 6
    assert files
    assert all(load(path).benchmarks for path in files)


@pytest.mark.slow
def test_speeds_of_engines_and_peers_are_said_after_the_table(suite, tmp_path):
    suite.write_text(
        "from flopwatt.bench.timing.speeds import annotate\ndef test_one(benchmark):\n"
        "    annotate(benchmark, role='engine', name='mine', points=1000, shape='a shape', question='best', dtype='float64')\n"
        "    benchmark(sum, range(1000))\n"
    )
    done = bench_once(suite)
    assert done.returncode == 0, done.stderr
    *_, head, line = done.stdout.splitlines()
    assert head == "a shape, best, float64"
    assert line.startswith("  mine: ")
    assert line.endswith(" points/s")


@pytest.mark.slow
def test_interrupted_it_ends_and_saves_nothing(suite, tmp_path):
    started = tmp_path / "started"
    suite.write_text(
        f"import pathlib, time\ndef test_first(benchmark):\n    benchmark(sum, range(1000))\n"
        f"def test_second(benchmark):\n    pathlib.Path({str(started)!r}).touch()\n    benchmark(time.sleep, 60)\n"
    )
    command = [sys.executable, "-m", "flopwatt", "bench", suite, "--budget", "0.02", "--save", tmp_path / "results"]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    while not started.exists():
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, "")
    assert err == "interrupted; nothing was saved\n"
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
def test_two_at_once_write_two_records(suite, tmp_path):
    suite.write_text("def test_sum(benchmark):\n    benchmark(sum, range(1000))\n")
    command = [
        sys.executable,
        "-m",
        "flopwatt",
        "bench",
        suite,
        "--budget",
        "0.02",
        "--passes",
        "1",
        "--save",
        tmp_path / "results",
    ]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tmp_path) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    assert len([load(path) for path in (tmp_path / "results").rglob("*.json")]) == 2


@pytest.mark.slow
def test_a_write_that_fails_half_way_is_a_clear_error(suite, tmp_path):
    """RLIMIT_FSIZE stops the record at 2,000 bytes; the record that was there stays as it was."""
    suite.write_text("def test_sum(benchmark):\n    benchmark(sum, range(1000))\n")
    assert bench_once(suite, "--save", tmp_path / "results").returncode == 0
    (old,) = (tmp_path / "results").rglob("*.json")
    before = old.read_bytes()
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); "
    limited += "from flopwatt.__main__ import main; sys.argv = ['flopwatt', *sys.argv[1:]]; main()"
    options = ("--budget", "0.02", "--passes", "1", "--save", tmp_path / "results")
    command = [sys.executable, "-c", limited, "bench", suite, *options]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, env=environment)
    assert done.returncode == 2, done.stderr
    assert "the record could not be written (File too large); nothing was saved" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.read_bytes() for path in (tmp_path / "results").rglob("*") if path.is_file()] == [before]
