"""The progress bar: silent while it is quick, lines with the time left where stderr is no terminal."""

import re
import subprocess
import sys
import threading

import pytest

from flopwatt.bench.terminal import progress

pytestmark = pytest.mark.alone


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress.time, "monotonic", made)
    return made


def test_what_is_quick_says_nothing(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Bars() as bars:
        told = bars("numba: cheapest")
        for share in (0.1, 0.5, 1.0):
            clock.now += 0.2
            told(share)
    assert capsys.readouterr() == ("", "")


def test_the_time_left_is_counted_from_the_first_share_not_from_compiling(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress.Bars() as bars:
        told = bars("numba: cheapest")
        clock.now += 50  # compiles
        told(0.0)
        for share in (0.1, 0.2, 0.3, 0.4):
            clock.now += 6
            told(share)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["numba: cheapest: 10% 54 s left"]  # the next after half a minute more


def test_what_takes_long_writes_ever_fewer_lines(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Bars() as bars:
        told = bars("numba: cheapest")
        for second in range(300):
            clock.now += 1
            told(second / 300)
    assert len(capsys.readouterr().err.splitlines()) == 3  # after 15, 60 and 195 s


def test_minutes(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Bars() as bars:
        told = bars("numpy: all")
        told(0.0)
        clock.now += 60
        told(0.01)
    assert capsys.readouterr().err == "numpy: all: 1% 99 min left\n"


def test_a_terminal_gets_a_bar_and_is_left_clean(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress.Bars() as bars:
        told = bars("numba: cheapest")
        told(0.0)
        clock.now += 5
        told(0.5)
        assert bars._progress is not None
        task = bars._progress.tasks[0]
        assert (task.description, task.completed, task.time_remaining) == ("numba: cheapest", 0.5, 5)
        assert bars._progress.live.is_started
    assert bars._progress is None
    assert capsys.readouterr().out == ""


def test_on_a_terminal_compiling_before_the_first_share_does_not_count(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    with progress.Bars() as bars:
        clock.now += 2  # so that the bar is there before anything is told
        told = bars("numba: cheapest")
        assert bars._progress is not None
        clock.now += 50  # compiles
        told(0.0)
        clock.now += 5
        told(0.25)
        assert bars._progress.tasks[0].time_remaining == 15
    assert capsys.readouterr().out == ""


def test_what_is_quick_does_not_load_rich() -> None:
    code = (
        "import sys; from flopwatt.bench.terminal.progress import Bars\n"
        "with Bars() as bars: told = bars('a'); told(0.0); told(0.5); told(1.0)\n"
        "assert 'rich' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_many_threads_may_tell(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Bars() as bars:
        told = bars("numba: cheapest")
        threads = [threading.Thread(target=lambda i=i: [told(i / 8 + j / 8000) for j in range(1000)]) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert re.fullmatch(r"(numba: cheapest: \d+%.*\n)*", capsys.readouterr().err)
