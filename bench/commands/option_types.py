"""Types of options' values, which refuse what means nothing: an empty text, a number that is not finite."""

import math
import os
from pathlib import Path
from typing import Any

import click


class FilePath(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.3 only
    """The path of a file or folder; ``~`` and ``~user`` at its beginning are a home, as for a shell."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Read a path.

        Parameters
        ----------
        value
            The text, or a default.
        param, ctx
            What click is reading, for its errors.
        """
        text = str(value)
        if not text or "\0" in text:
            self.fail(f"{text!r} is no path; name a file or a folder", param, ctx)
        path = os.path.expanduser(text)  # unlike Path's it leaves ./~ alone
        if path.startswith("~"):
            user = path.partition(os.sep)[0]
            self.fail(f"there is no home of {user!r}; write './{text}' for a name that begins with '~'", param, ctx)
        return Path(path)


class Text(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.3 only
    """Text that is not empty: a name, a path, a number with its unit."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a text.

        Parameters
        ----------
        value
            The text, or a default.
        param, ctx
            What click is reading, for its errors.
        """
        if not str(value).strip():
            self.fail("it is empty; leave it out or give it a value", param, ctx)
        return str(value)


class WholeNumber(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.3 only
    """A whole number, written as numbers are everywhere: ``16_384``, ``16,384``, ``1e4`` or ``16k``."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a whole number.

        Parameters
        ----------
        value
            The text, or a default.
        param, ctx
            What click is reading, for its errors.
        """
        from ...kernels.model.units import UnitError, parse_whole

        try:
            return value if isinstance(value, int) else parse_whole(str(value))
        except UnitError as error:
            self.fail(str(error), param, ctx)


class WholeRange(click.IntRange):
    """A whole number within bounds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a whole number.

        Parameters
        ----------
        value
            The text, or a default.
        param, ctx
            What click is reading, for its errors.
        """
        return int(super().convert(WHOLE.convert(value, param, ctx), param, ctx))


class FiniteRange(click.FloatRange):
    """A number within bounds; neither infinite nor "not a number", which compares with none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a number.

        Parameters
        ----------
        value
            The text, or a default.
        param, ctx
            What click is reading, for its errors.
        """
        from ...kernels.model.number_text import NumberError, read_number

        try:
            written = read_number(value) if isinstance(value, str) else value
        except NumberError as error:
            self.fail(str(error), param, ctx)
        number = float(super().convert(written, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number", param, ctx)
        return number


class DeviceNumber(WholeNumber):
    """The number of a GPU on the command line, counted from 0, or ``all`` of the machine."""

    name = "device"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a number, or ``all``.

        Parameters
        ----------
        value
            What was given.
        param, ctx
            What click is reading, for its errors.
        """
        return value if value == "all" else super().convert(value, param, ctx)


FILE_PATH, TEXT, WHOLE, DEVICE = FilePath(), Text(), WholeNumber(), DeviceNumber()
