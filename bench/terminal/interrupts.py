"""Signals that end a command (Ctrl+C, SIGTERM, a lost terminal): KeyboardInterrupt, held back while things are put in order.

An exit code of 128 and the signal's number says which it was, as shells have it.
"""

import atexit
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
PATIENCE_SECONDS = 3.0  # after a signal further ones are not raised: they would cut off what puts things in order
AGAIN_SECONDS = 0.02
BROKEN_PIPE = 141  # what a shell says of a program that wrote to a pipe that nobody reads: 128 and SIGPIPE


@dataclass
class _State:
    """What came so far: the first signal's number, when one was raised last (s), the files that are written, what is kept."""

    number: int | None = None
    raised_at: float | None = None
    shields: int = 0
    held_back: bool = False
    kept: str = ""
    written: list[Path] = field(default_factory=list)


_state = _State()


def catch_signals() -> None:
    """Raise KeyboardInterrupt where a signal comes that is to end the process, unless the process was told to ignore it."""
    for name in ENDING:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _raise)
    sys.unraisablehook = _send_again


def _send_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Send the signal once more where it came while Python ran what can raise nothing: a weak reference's callback, C's."""
    if unraisable.exc_type is KeyboardInterrupt and _state.number is not None:
        _state.raised_at = None
        again = threading.Timer(AGAIN_SECONDS, os.kill, (os.getpid(), _state.number))
        again.daemon = True
        again.start()
    else:
        sys.__unraisablehook__(unraisable)


def _raise(number: int, _: Any) -> None:
    _state.number = _state.number or number
    if _state.shields:
        _state.held_back = True
        return
    now = time.monotonic()
    if _state.raised_at is None or now - _state.raised_at > PATIENCE_SECONDS:
        _state.raised_at = now
        raise KeyboardInterrupt


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold signals back while something is put in order or a file gets its name; raise KeyboardInterrupt afterwards.

    Raises
    ------
    KeyboardInterrupt
        At its end, where a signal came that was the first.
    """
    _state.shields += 1
    try:
        yield
    finally:
        _state.shields -= 1
    if _state.held_back and not _state.shields:
        _state.held_back = False
        if _state.raised_at is None:
            _state.raised_at = time.monotonic()
            raise KeyboardInterrupt


def note_written(path: Path) -> None:
    """Remember a file that a command wrote for its user, so that the user hears of it where a signal ends the command."""
    _state.written.append(path)


def interrupted() -> bool:
    """Tell whether a signal came that is to end the process."""
    return _state.number is not None


def exit_code() -> int:
    """Return 128 and the number of the signal that came first: 130 for Ctrl+C, 143 for SIGTERM."""
    return 128 + (_state.number or signal.SIGINT)


def note_kept(words: str) -> None:
    """Remember what a signal leaves beside written files, from where the same command goes on.

    Parameters
    ----------
    words
        The rest of a sentence that begins with "interrupted;".
    """
    _state.kept = words


def message() -> str:
    """Say in a line what the signal left: the files written, what is kept, or nothing."""
    saved = f"saved {', '.join(map(str, _state.written))}" if _state.written else _state.kept or "nothing was saved"
    return f"interrupted; {saved}"


def leave(code: int) -> NoReturn:
    """End the process now, with what was registered for its end but without waiting for threads that still compute.

    Parameters
    ----------
    code
        The exit code.
    """
    for name in ENDING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    _flush()
    os._exit(code)


def expect_the_end() -> None:
    """Have a signal end the process at once from now on: nothing is left to be put in order."""
    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is _raise:
            signal.signal(number, _end)


def _end(number: int, _: Any) -> NoReturn:
    _state.number = number
    _flush()
    with contextlib.suppress(OSError):
        os.write(2, f"{message()}\n".encode())
    os._exit(exit_code())


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, lost or never there
            stream.flush()
