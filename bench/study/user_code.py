"""Code of the user's, run so that whatever it raises is one line, and what it prints goes to stderr."""

import contextlib
import functools
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TextIO

from ...kernels.model.quantity import ModelError
from ..errors import UserCodeError, one_line


@contextlib.contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Run code of a file within the block.

    Parameters
    ----------
    path
        The file, for the error.

    Raises
    ------
    UserCodeError
        For whatever the code raises: ``SystemExit`` and ``KeyboardInterrupt`` too, but for those that a signal has sent.
    """
    with _noting_signals() as sent, _printing_to_stderr():
        try:
            yield
        except BaseException as error:
            if sent:
                raise
            raise UserCodeError(f"{path}{_line(path, error)}: {_worded(error)}") from None


def guarded_formula(function: Callable[..., Any], path: Path) -> Callable[..., Any]:
    """Return a formula of a file that keeps to `guarded` wherever it is computed, and lets a ModelError pass.

    Parameters
    ----------
    function, path
        The formula, and its file for the error.

    Raises
    ------
    UserCodeError
        From what is returned: for whatever the formula raises.
    """

    @functools.wraps(function)
    def formula(*values: Any) -> Any:
        with _printing_to_stderr():
            try:
                return function(*values)
            except (ModelError, KeyboardInterrupt):
                raise
            except BaseException as error:
                raise UserCodeError(f"{path}{_line(path, error)}: {_worded(error)}") from None

    return formula


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """Return the code of a function, or None of what can be called without being one."""
    return getattr(function, "__code__", None)


def _worded(error: BaseException) -> str:
    try:
        text = str.__str__(str(error))  # which may be of a class of the user's too
    except BaseException:
        text = "(its message raises an error too)"
    return one_line(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def _line(path: Path, error: BaseException) -> str:
    """Say which line of the user's file the error came from, as `` line N``, or nothing."""
    if isinstance(error, SyntaxError):
        return f" line {error.lineno}" if isinstance(error.lineno, int) else ""
    frames = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in frames if os.path.abspath(frame.f_code.co_filename) == os.path.abspath(path)]
    return f" line {lines[-1]}" if lines else ""


@contextlib.contextmanager
def _noting_signals() -> Iterator[list[int]]:
    """Note which signals come within the block and pass them on: an exception of theirs is not the user's code's."""
    sent: list[int] = []
    before = {}

    def passing(handler: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], Any]:
        def note(number: int, frame: FrameType | None) -> Any:
            sent.append(number)
            return handler(number, frame)

        return note

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if callable(handler):
                before[number] = handler
                signal.signal(number, passing(handler))
    try:
        yield sent
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Stdout:
    """The standard output while code of the user's runs: stderr, from the first thread that enters until the last leaves."""

    def __init__(self) -> None:
        self.lock, self.inside = threading.Lock(), 0
        self.own: TextIO | None = None

    def enter(self) -> None:
        with self.lock:
            if self.inside == 0:
                self.own, sys.stdout = sys.stdout, sys.stderr
            self.inside += 1

    def leave(self) -> None:
        with self.lock:
            self.inside -= 1
            if self.inside == 0 and self.own is not None:
                sys.stdout, self.own = self.own, None


_stdout = _Stdout()


@contextlib.contextmanager
def _printing_to_stderr() -> Iterator[None]:
    _stdout.enter()
    try:
        yield
    finally:
        _stdout.leave()
