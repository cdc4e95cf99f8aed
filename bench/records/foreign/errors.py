"""What is wrong with another tool's file: all of it, or one benchmark."""

from ....kernels.errors import FlopwattError
from ....kernels.validation.validator import DataError


class ForeignError(DataError):
    """A file of another tool that cannot be read: the message names the tool and what would help."""

    def __init__(self, message: str):
        super().__init__((), message)


class UnusableError(FlopwattError, ValueError):
    """A benchmark of a file that cannot be used, which costs that benchmark and no other."""
