"""Signals: what is held back and what not, and commands that get some at random moments leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path

import pytest
import signals

from flopwatt.bench.terminal import interrupts

TRIALS = 4


@pytest.fixture(autouse=True)
def state(monkeypatch):
    """Signals are caught, and none came."""
    monkeypatch.setattr(interrupts, "_state", interrupts._State())
    numbers = [getattr(signal, name) for name in interrupts.ENDING]
    before = [signal.signal(number, interrupts._raise) for number in numbers]
    yield interrupts._state
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def send(number):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_is_an_interrupt_with_its_code(number, code):
    assert not interrupts.interrupted()
    with pytest.raises(KeyboardInterrupt):
        send(number)
    assert (interrupts.interrupted(), interrupts.exit_code()) == (True, code)


def test_a_signal_waits_for_what_is_put_in_order():
    done = []

    def put_in_order():
        with interrupts.uninterrupted():
            with interrupts.uninterrupted():
                send(signal.SIGINT)
                done.append("inner")
            done.append("outer")
        done.append("never")

    with pytest.raises(KeyboardInterrupt):
        put_in_order()
    assert done == ["inner", "outer"]


def test_a_second_one_does_not_cut_off_what_the_first_one_began(state):
    with pytest.raises(KeyboardInterrupt):
        send(signal.SIGTERM)
    send(signal.SIGINT)
    with interrupts.uninterrupted():
        send(signal.SIGINT)
    assert interrupts.exit_code() == 143
    state.raised_at -= interrupts.PATIENCE_SECONDS + 1  # whoever kept the first to himself gets another
    with pytest.raises(KeyboardInterrupt):
        send(signal.SIGINT)


def test_the_message_says_what_was_saved():
    assert interrupts.message() == "interrupted; nothing was saved"
    interrupts.note_written(Path("results/one.json"))
    assert interrupts.message() == "interrupted; saved results/one.json"


def test_what_was_to_be_ignored_stays_ignored():
    """A shell's background jobs, and what `nohup` starts."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupts.catch_signals()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_one_that_a_callback_swallowed_comes_again(monkeypatch):
    """Python prints what a weak reference's callback raises, and goes on."""
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    interrupts.catch_signals()

    class Thing:
        pass

    thing = Thing()
    reference = weakref.ref(thing, lambda _: send(signal.SIGTERM))

    def go_on():
        nonlocal thing
        thing = None
        assert reference() is None
        time.sleep(10)

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        go_on()
    assert time.monotonic() - begun < 5
    assert interrupts.exit_code() == 143


NUMBA = """
import os, signal, sys
from flopwatt.bench import cli
from flopwatt.bench.commands import doctor
def compiler():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        raise RuntimeError("Numba makes one of it") from None
doctor.command.callback = lambda **_: compiler()
from flopwatt.__main__ import main
sys.argv = ["flopwatt", "doctor"]
main()
"""


def test_what_else_a_compiler_makes_of_an_interrupt_is_one():
    done = subprocess.run([sys.executable, "-c", NUMBA], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted; nothing was saved\n")


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="what still runs is looked up in /proc")
@pytest.mark.parametrize("command", signals.COMMANDS)
def test_signals_at_random_moments_leave_nothing(command, tmp_path):
    trials = TRIALS // 2 if command == "against" else TRIALS  # which takes two commits' builds each time
    outcomes, wrong = signals.try_command(signals.Ground(tmp_path / command), command, trials)
    assert sum(outcomes.values()) == trials
    assert not wrong, "\n".join(wrong)
