"""A kernel's arguments by their names: what emitters of kernels have in common."""

from collections.abc import Mapping

from .code import Argument, Array, Value


class Arguments:
    """A kernel's arguments, each an array or a number."""

    arguments: Mapping[str, Argument]

    def array(self, name: str) -> Array:
        """Find an argument that is an array."""
        argument = self.arguments[name]
        assert isinstance(argument, Array)
        return argument

    def number(self, name: str) -> Value:
        """Find an argument that is a number."""
        argument = self.arguments[name]
        assert isinstance(argument, Value)
        return argument
