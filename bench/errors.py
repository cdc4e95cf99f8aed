"""The library's exceptions: what is wrong and where, in words of the library; which flag that is, the command line says.

All that flopwatt raises on purpose is a `kernels.errors.FlopwattError`: those of the engines and the model (EngineError,
ModelError, GridError, UnitError), of the facts (configs.FactError), and those below. Errors of one room that are always caught
by the next (a row that cannot be used, a strategy that does not exist) are of the family too, and stand where they are raised.
"""

import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..kernels.errors import FlopwattError
from ..kernels.text import visible

__all__ = [
    "DisagreementError",
    "InputError",
    "Parameter",
    "Place",
    "Spelling",
    "StudyError",
    "UnknownNameError",
    "UserCodeError",
    "argument",
    "cause",
    "joined",
    "named",
    "one_line",
]

MAX_LINE = 1200  # characters: a line that quotes a whole file helps nobody


@dataclass(frozen=True)
class Parameter:
    """What a caller gave, or could give: an argument of the library or a quantity, by its name, and perhaps a value for it.

    A message holds it as it is, not as text, so that a command can put the name of its flag in its place.

    Attributes
    ----------
    name
        The argument's or the quantity's name in Python.
    value
        What it is, or should be; None where the message speaks of the name alone.
    """

    name: str
    value: object = None


Part = str | Parameter  # of a message
Place = Part | tuple[Part, ...]  # where something is wrong: a file, a key in it, a parameter
Spelling = Callable[[Parameter], str]


def named(parameter: Parameter) -> str:
    """Spell a parameter as Python has it: its name, then its value."""
    return parameter.name if parameter.value is None else f"{parameter.name} {parameter.value}"


def argument(parameter: Parameter) -> str:
    """Spell a parameter as running text for Python has it: ``the argument sets``."""
    return f"the argument {named(parameter)}"


def joined(parts: Iterable[Part], spell: Spelling) -> str:
    """Write text and parameters one after the other, the parameters as ``spell`` has them."""
    return "".join(part if isinstance(part, str) else spell(part) for part in parts)


def one_line(text: str) -> str:
    """Fold text into one line of at most ``MAX_LINE`` characters, with dots where its middle was cut out.

    Escape codes and the like in it, which may come from a file, are written out.
    """
    line = visible(" ".join(text.split()))
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE * 2 // 3]} ... {line[-MAX_LINE // 3 :]}"


def cause(error: OSError | MemoryError) -> str:
    """Name what a system lacked, in a line: a full disk, a file that may not be written, memory."""
    if isinstance(error, MemoryError):
        return one_line(f"not enough memory: {error}" if str(error) else "not enough memory")
    text = str(error.strerror or error)
    if error.errno is not None and "[errno " in text:  # Arrow's, which says where in Arrow it was
        text = os.strerror(error.errno)
    return one_line(text) or type(error).__name__


class MessageError(FlopwattError):
    """An error whose message is made of text and parameters.

    Parameters
    ----------
    *message
        What is wrong and what would be right, to be read one after the other.
    """

    def __init__(self, *message: Part):
        self.parts = message
        super().__init__(self.text())  # what `args` and `repr` show

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the parts, of which `args` is made anew."""
        return type(self), self.parts, vars(self)

    @property
    def message(self) -> str:
        """The message as Python spells it."""
        return self.text()

    def text(self, spell: Spelling = argument) -> str:
        """Return the message as text, its parameters as ``spell`` has them."""
        return joined(self.parts, spell)

    def __str__(self) -> str:
        return self.text()


class InputError(MessageError):
    """Bad input: what is wrong with it, what would be right, and where.

    Parameters
    ----------
    *message
        Text and parameters.
    where
        The place: a file, a key in it, or the parameter that was given; nothing where the message says it.
    """

    def __init__(self, *message: Part, where: Place = ""):
        self.where = where
        super().__init__(*message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle place and parts, of which `args` is made anew."""
        return functools.partial(type(self), where=self.where), self.parts, vars(self)

    def text(self, spell: Spelling | None = None) -> str:
        """Return place and message as `one_line`, their parameters as ``spell`` has them; as Python has them without it."""
        where = self.where if isinstance(self.where, tuple) else (self.where,)
        place, message = joined(where, spell or named), joined(self.parts, spell or argument)
        return one_line(f"{place}: {message}" if place else message)


class UnknownNameError(InputError, KeyError):
    """A name that a mapping does not have: which it has, or the nearest one. It is a KeyError, too."""


class DisagreementError(FlopwattError):
    """An engine does not agree with the reference; nothing is saved."""


class StudyError(MessageError, ValueError):
    """A study's document will not do; the message begins with the key. Who knows the file makes an InputError of it."""


class UserCodeError(StudyError):
    """A user's file of quantities will not do; the message names the file, and the line where that is known."""
