"""The command as a process in odd environments: one line and exit code 2, or what was asked for; never a traceback."""

import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="of Linux's shell and limits")
RUN = [sys.executable, "-m", "flopwatt"]
QUICK = ("run", "quick", "--engine", "numpy")
TABLE = """
title = "A table"
given.tokens = 1e12
[axes.model]
from = "models"
rows = ["llama-3.1-8b"]
[axes.mfu]
linspace = [0.1, 0.9]
num = 200000
[[questions]]
name = "most"
maximize = "training_flops"
[[questions]]
name = "all"
table = ["training_flops"]
"""


def process(arguments: Sequence[str], folder: Path, before: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, after a line of the shell such as ``ulimit -f 0``."""
    paths = os.pathsep.join(str(Path(path).absolute()) for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths, "FLOPWATT_CACHE": str(folder / "cache"), **variables}
    command = ["bash", "-c", f'{before}\nexec "$@"', "bash", *RUN, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def refused(done: subprocess.CompletedProcess[str], text: str) -> None:
    """Check that it was refused with one line."""
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert text in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("save", [("--out", "x.csv"), ("--save", "records")])
def test_a_working_folder_that_is_gone_is_named(tmp_path: Path, save: tuple[str, str]) -> None:
    gone = "mkdir gone; cd gone; rmdir ../gone"
    refused(process([*QUICK, *save], tmp_path, gone), "the working folder is gone")


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("run", "quick"), ("doctor",), ("show", "hardware"), ("compare", "latest", "previous")])
def test_without_a_working_folder_goes_what_needs_none(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = process(arguments, tmp_path, "mkdir gone; cd gone; rmdir ../gone")
    assert done.returncode == (2 if "compare" in arguments else 0), done.stderr
    assert len(done.stderr.splitlines()) == (1 if "compare" in arguments else 0)


@pytest.mark.slow
def test_files_of_no_size_are_named_and_the_answers_printed(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("old")
    process(QUICK, tmp_path)  # fills the cache
    for option, path in (("--out", "old.csv"), ("--out", "new.parquet"), ("--save", "records")):
        done = process([*QUICK, option, path], tmp_path, "ulimit -f 0")
        refused(done, "File too large")
        assert "cheapest" in done.stdout
    assert (tmp_path / "old.csv").read_text() == "old"
    assert [path for path in tmp_path.rglob("*") if path.is_file() and "cache" not in path.parts] == [tmp_path / "old.csv"]
    done = process(["run", "quick", "--engine", "numba"], tmp_path, "ulimit -f 0", FLOPWATT_CACHE=str(tmp_path / "fresh"))
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
    assert "File too large" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_that_does_not_fit_is_named_with_what_was_written(tmp_path: Path, ending: str) -> None:
    (tmp_path / "study.toml").write_text(TABLE)
    (tmp_path / f"out.all.{ending}").write_text("old")
    arguments = ["run", "study.toml", "--engine", "numpy", "--out", f"out.{ending}"]
    refused(process(arguments, tmp_path, "ulimit -f 100"), f"out.all.{ending}' could not be written (File too large)")
    assert (tmp_path / f"out.all.{ending}").read_text() == "old"
    other = "out.most.csv" if ending == "csv" else "out.parquet"
    assert {path.name for path in tmp_path.iterdir()} - {"cache"} == {"study.toml", other, f"out.all.{ending}"}


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [140_000, 2_000_000])
def test_too_little_memory_is_one_line(tmp_path: Path, kilobytes: int) -> None:
    done = process(["run", "quick"], tmp_path, f"ulimit -v {kilobytes}", OPENBLAS_NUM_THREADS="1")
    assert done.returncode in (0, 2)
    assert len(done.stderr.splitlines()) == (done.returncode == 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("NUMBA_DISABLE_JIT", "1"),
        ("NUMBA_CPU_FEATURES", "garbage"),
    ],
)
def test_a_numba_that_cannot_compile_is_not_here(tmp_path: Path, variable: str, value: str) -> None:
    refused(process(["run", "quick", "--engine", "numba"], tmp_path, **{variable: value}), variable)
    done = process(["run", "quick", "--verbose"], tmp_path, **{variable: value})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nnumpy " in done.stdout
    assert "numba" not in done.stdout


@pytest.mark.slow
def test_planning_without_numba_says_so(tmp_path: Path) -> None:
    refused(process(["plan", "quick"], tmp_path, NUMBA_DISABLE_JIT="1"), "NUMBA_DISABLE_JIT")


@pytest.mark.slow
@pytest.mark.parametrize(
    "variables",
    [
        {"COLUMNS": "0"},
        {"COLUMNS": "20"},
        {"COLUMNS": "99999999"},  # took 71 s
        {"HOME": "/nonexistent/x", "TERM": ""},
        {"OMP_NUM_THREADS": "0"},
        {"OMP_NUM_THREADS": "garbage"},
        {"NUMBA_NUM_THREADS": "many", "NUMBA_OPT": "x", "NUMBA_CACHE_DIR": "/dev/null"},  # Numba's, which is not there
    ],
)
def test_an_odd_environment_changes_nothing(tmp_path: Path, variables: dict[str, str]) -> None:
    done = process(["run", "quick"], tmp_path, "unset LANG", **variables)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "none-such"])
def test_names_beyond_ascii_in_any_locale(tmp_path: Path, locale: str) -> None:
    arguments = [*QUICK, "--out", "ausgäbe.csv", "--save", "ergäbnis"]
    done = process(arguments, tmp_path, LC_ALL=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ausgäbe.cheapest.csv").exists()
    assert list((tmp_path / "ergäbnis").rglob("*.json"))


@pytest.mark.slow
@pytest.mark.parametrize("cache", ["file/below", "file", "/dev/null", "/dev/full", "/proc/x", "~nosuchuser/x"])
def test_a_cache_folder_that_will_not_do_is_one_line(tmp_path: Path, cache: str) -> None:
    (tmp_path / "file").write_text("")
    done = process(["run", "quick", "--engine", "numba"], tmp_path, FLOPWATT_CACHE=cache, TMPDIR=str(tmp_path))
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert "cache" in done.stderr
    left = [path for path in tmp_path.iterdir() if path.name != "file"]
    assert [path.name for path in left] == [f"flopwatt-{os.getuid()}"]
    assert stat.S_IMODE(left[0].stat().st_mode) == 0o700


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [("--help",), ("compare", "--help"), ("run", "quick", "--engine", "numpy"), ("show", "models")]
)
def test_a_reader_that_leaves_ends_the_command_quietly(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*RUN, *arguments], stdout=write, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")
