"""What emitters for the CPU write with beyond the operations that every language has."""

import abc
from collections.abc import Callable, Sequence
from typing import Any

from ..code import Argument, Array, Code, Operand, Value

Parameter = tuple[str, str]  # a name and a kind, which ends in * for an array and in ** for one of rows


class CpuCode(Code):
    """A language for the CPU: it also has memory of its own, rows of arrays, and functions that a kernel calls."""

    @abc.abstractmethod
    def parameters(self, *parameters: Parameter) -> list[Any]:
        """Begin the function: give the handles of its arguments, each a `Value` or an `Array`."""

    @abc.abstractmethod
    def alloc(self, kind: str, length: Operand, fill: Operand | None = None) -> Array:
        """Take memory that is freed when the function ends.

        Parameters
        ----------
        kind : str
            The kind of the elements.
        length : Value or number
            How many there are.
        fill : Value or number, optional
            What each is at first; nothing in particular without it.
        """

    @abc.abstractmethod
    def fill(self, array: Array, value: Operand) -> None:
        """Set every element of an array."""

    @abc.abstractmethod
    def row(self, array: Array, index: Value) -> Array:
        """Take one row of an array of rows."""

    @abc.abstractmethod
    def part(self, array: Array, first: Value) -> Array:
        """Take an array from one of its elements on."""

    @abc.abstractmethod
    def function(self, name: str, parameters: Sequence[Parameter], write: Callable[..., Value | None]) -> None:
        """Define a function beside the one that is written.

        Parameters
        ----------
        name : str
            What `run` calls it by.
        parameters : Sequence[Parameter]
            Its parameters' names and kinds.
        write : Callable
            ``write(code, *arguments)`` writes it, and gives its result if it has one.
        """

    @abc.abstractmethod
    def run(self, name: str, *arguments: Argument) -> Value | None:
        """Call a function that was defined."""
