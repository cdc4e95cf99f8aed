"""One input tried: the command runs in this process, under an alarm, and what it leaves behind is judged."""

import contextlib
import io
import json
import re
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

from click.testing import CliRunner, Result

from flopwatt.bench.cli import cli
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels.errors import FlopwattError

from .targets import MAX_POINTS, Trial

MAX_SECONDS = 5.0
MAX_LINE = 1_500  # characters of an error
# What a terminal would obey, or would not show.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LOADED = -1  # in place of an exit code: a study too large to be run


class HangError(BaseException):
    """The alarm went off."""


@dataclass(frozen=True)
class Outcome:
    """How a trial ended: its exit code, its seconds, and what was wrong with it (empty where nothing was)."""

    code: int
    seconds: float
    fault: str = ""


def judge(trial: Trial) -> Outcome:
    """Run a trial and judge what came of it."""
    start = time.perf_counter()
    try:
        with _alarm(), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            code, fault = _outcome(trial)
    except HangError as error:
        return Outcome(2, time.perf_counter() - start, f"a hang of more than {MAX_SECONDS:g} s:\n{_last_calls(error)}")
    except BaseException as error:
        return Outcome(2, time.perf_counter() - start, _last_calls(error))
    seconds = time.perf_counter() - start
    if seconds > MAX_SECONDS:
        fault = fault or f"a hang: it took {seconds:.1f} s"
    loud = [f"{item.category.__name__}: {item.message}" for item in warned if item.category is RuntimeWarning]
    return Outcome(code, seconds, fault or (f"a warning: {loud[0]}" if loud else ""))


def _outcome(trial: Trial) -> tuple[int, str]:
    if trial.study is not None and _is_large(trial):
        return LOADED, ""
    result = CliRunner().invoke(cli, list(trial.arguments), prog_name="flopwatt")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return 1, _last_calls(result.exception)
    return result.exit_code, _fault(trial, result)


def _is_large(trial: Trial) -> bool:
    """Tell whether a study loads and has too many scenarios to be run here."""
    assert trial.study is not None
    path, sets = trial.study
    with contextlib.suppress(FlopwattError), contextlib.redirect_stderr(io.StringIO()):
        return load_study(path, sets, allow_code="--allow-code" in trial.arguments).points > MAX_POINTS
    return False


def _fault(trial: Trial, result: Result) -> str:
    """Say what is wrong with what a command printed and with its exit code; nothing where it is as documented."""
    out, err = result.stdout, result.stderr
    if result.exit_code not in trial.codes:
        return f"exit code {result.exit_code}: {err[-500:]}"
    own = err
    if "--allow-code" in trial.arguments:  # code prints what it likes
        own = err.rstrip("\n").rpartition("\n")[2] if result.exit_code else ""
    if (hidden := OBEYED.search(out + own)) is not None:
        return f"{hidden[0]!r} was printed"
    if "Traceback" in err:
        return f"a traceback: {err[-500:]}"
    if result.exit_code == 2:
        lines = err.rstrip("\n").split("\n")
        error = lines[-1]
        printed_by_code = "--allow-code" in trial.arguments  # what a file prints goes to stderr
        if not error.startswith("Error: ") or (len(lines) > 1 and not printed_by_code) or len(error) > MAX_LINE:
            return f"not one line: {err[:500]!r}"
        return f"stdout beside an error: {out[:200]!r}" if out else ""
    if trial.json:
        try:
            json.loads(out, parse_constant=lambda name: 1 / 0)
        except (ValueError, ZeroDivisionError) as error:
            return f"stdout is no JSON document ({error!r}): {out[:200]!r}"
    return ""


def _last_calls(error: BaseException) -> str:
    calls = traceback.extract_tb(error.__traceback__)
    places = [f"{call.filename.partition('/flopwatt/')[2] or call.filename}:{call.lineno}" for call in calls[-4:]]
    try:
        text = f"{type(error).__name__}: {str(error)[:200]}"
    except BaseException:
        text = type(error).__name__
    return f"{text} ({' '.join(places)})"


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
    stdout = sys.stdout
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.stdout = stdout
