"""Windows and macOS: every module imports and the commands run where the POSIX modules and names are not there."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from house import ROOT, House
from made_records import record

from flopwatt.bench.machine import info, noise
from flopwatt.bench.records.store import file_stem
from flopwatt.kernels import files

HOUSE = House(ROOT)

# What Windows' Python lacks. The libraries are imported before it is hidden: they look at the platform's name, which stays.
HIDE = """
import importlib, os, signal, sys, tempfile, time, warnings

libraries = ["click.testing", "numba", "numpy", "pint", "pyarrow.parquet", "pydantic", "pynvml", "pytest", "rich.console",
             "rich.progress", "rich.table", "scipy.optimize", "scipy.special", "scipy.stats", "subprocess", "xarray"]
for name in libraries:
    importlib.import_module(name)
for name in ("numba.cuda", "cuda.bindings.nvrtc"):
    try:
        importlib.import_module(name)
    except ImportError:
        pass
for name in ("resource", "fcntl", "termios", "pwd", "grp", "tty", "pty", "curses", "syslog", "readline", "posix"):
    sys.modules[name] = None
prefixes = ("sched_", "posix_", "SCHED_", "P_", "W", "wait", "get", "set")
kept = {"getcwd", "getcwdb", "getpid", "getppid", "getenv", "get_terminal_size", "getlogin", "get_exec_path", "get_inheritable",
        "set_inheritable", "waitpid", "waitstatus_to_exitcode", "W_OK", "WNOHANG"}  # WNOHANG: subprocess on this system
gone = [name for name in dir(os) if name.startswith(prefixes) and name not in kept]
gone += ["fork", "forkpty", "killpg", "chown", "fchown", "lchown", "fchmod", "fchdir", "chroot", "statvfs", "fstatvfs",
         "sysconf", "sysconf_names", "confstr", "uname", "mkfifo", "mknod", "nice", "pread", "pwrite", "sendfile", "openpty",
         "pipe2", "sync", "fdatasync", "memfd_create", "register_at_fork", "O_TMPFILE", "O_NOFOLLOW", "O_DIRECTORY",
         "O_NONBLOCK", "O_CLOEXEC", "O_SYNC"]
tempfile._O_TMPFILE_WORKS = False  # which the library found out when it was imported
for name in gone:
    if hasattr(os, name):
        delattr(os, name)
everywhere = ("SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGKILL", "SIGSEGV", "SIGTERM", "SIG_DFL", "SIG_IGN")
for name in dir(signal):
    if name.startswith("SIG") and name not in everywhere:
        delattr(signal, name)
for name in ("alarm", "setitimer", "getitimer", "pause", "pthread_kill", "pthread_sigmask", "siginterrupt", "sigwait"):
    delattr(signal, name)
for name in ("clock_gettime", "clock_gettime_ns", "tzset"):
    delattr(time, name)
# text files whose encoding is not stated are read in Windows' own
warnings.filterwarnings("error", category=EncodingWarning, module="flopwatt")
"""


def hidden(code: str) -> str:
    """What a process prints that runs the code where nothing of POSIX is there."""
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", HIDE + code], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


COMMAND = """
from click.testing import CliRunner
from flopwatt.bench.cli import cli

result = CliRunner().invoke(cli, ARGUMENTS)
print(result.output)
if result.exception is not None and not isinstance(result.exception, SystemExit):
    raise result.exception
sys.exit(result.exit_code)
"""


def flopwatt(*arguments: str) -> str:
    return hidden(COMMAND.replace("ARGUMENTS", repr(list(arguments))))


@pytest.mark.slow
def test_every_module_imports() -> None:
    names = [f"flopwatt.{name}" for name in HOUSE.modules]
    absent = hidden(f"""
for name in {names}:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(name, error.name)
    assert not any(part in sys.modules for part in ("cupy", "jax"))
""")
    optional = {"cupy", "cuda", "duckdb", "jax", "numexpr", "numba_cuda"}  # what a plain installation has not
    assert {line.split()[1].partition(".")[0] for line in absent.splitlines()} <= optional


@pytest.mark.slow
def test_the_listings_show() -> None:
    assert "h100-sxm-80gb" in flopwatt("show", "hardware")


@pytest.mark.slow
def test_doctor_describes_the_machine() -> None:
    text = flopwatt("doctor")
    assert "numpy       ready" in text
    assert "memory" in text


@pytest.mark.slow
def test_a_study_runs_and_its_record_is_stored(tmp_path: Path) -> None:
    text = flopwatt("run", "quick", "--engine", "numpy", "--save", str(tmp_path), "--machine", "made")
    assert "GB200 NVL72" in text
    (record,) = (tmp_path / "made").iterdir()
    assert not set(record.name) & set('<>:"/\\|?*')
    assert '"kind": "run"' in record.read_text(encoding="utf-8")


@pytest.mark.slow
def test_benchmarks_are_timed(tmp_path: Path) -> None:
    suite = tmp_path / "bench_one.py"
    suite.write_text("def test_sum(benchmark):\n    benchmark(sum, range(1000))\n", encoding="utf-8")
    assert "test_sum" in flopwatt("bench", str(suite), "--budget", "0.05", "--passes", "2")


# --- single readings ------------------------------------------------------------------------------------------------------


def test_without_resource_this_process_is_counted_and_nothing_is_said_of_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(noise, "resource", None)
    before = noise.moment(tmp_path)
    sum(i * i for i in range(300_000))
    after = noise.moment(tmp_path)
    assert 0 < after.own - before.own < 60
    said = noise.noise(before, after)
    assert (said.load_before, said.steal_share, said.other_cpu_share, said.reasons) == (None, None, None, ())


def test_what_the_machine_does_not_tell_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("sysconf", "sched_getaffinity"):
        monkeypatch.delattr(info.os, name, raising=False)
    machine = info.read_machine(tmp_path)
    assert (machine.memory_bytes, machine.cpu.cores, machine.cpu.governor, machine.cpu.cache) == (None, None, None, None)
    assert machine.cpu.usable == machine.cpu.threads


def test_windows_is_never_asked_by_a_signal_whether_a_process_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """``os.kill(process, 0)`` sends Ctrl+C there."""
    monkeypatch.setattr(files, "os", SimpleNamespace(name="nt", kill=lambda process, signal: pytest.fail("a signal was sent")))
    assert files._alive(1)


def test_a_records_name_is_one_on_every_system() -> None:
    assert not set(file_stem(record())) & set('<>:"/\\|?*')


# --- encodings ------------------------------------------------------------------------------------------------------------


def test_every_text_file_is_opened_in_a_stated_encoding() -> None:
    """ruff's rule PLW1514, which it has as a preview: asked for here alone, since previews change other rules too."""
    rule = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--preview",
        "--select",
        "PLW1514",
        "--no-cache",
        "--output-format",
        "concise",
    ]
    done = subprocess.run([*rule, "bench", "configs", "kernels", "src"], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
