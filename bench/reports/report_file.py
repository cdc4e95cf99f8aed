"""Reports as files: checked before the work, and written whole or not at all."""

import importlib.util
from pathlib import Path

from ...kernels.files import write_whole
from ...kernels.text import nearest
from ..errors import InputError, Place, cause
from ..terminal import interrupts
from ..terminal.file_place import check_file_place
from ..terminal.numbers import memory

ENDINGS = (".html", ".htm")
_NEEDED = {"jinja2": "Jinja2", "vl_convert": "vl-convert"}


def check_report(path: Path | None, where: Place) -> None:
    """Check that a report can be made, and written to a path.

    Parameters
    ----------
    path
        The file; None where the report is printed.
    where
        What errors name: the parameter that gave the path.

    Raises
    ------
    InputError
        Where what makes reports is not installed, or the file could not be written.
    """
    lacking = [name for module, name in _NEEDED.items() if importlib.util.find_spec(module) is None]
    if lacking:
        raise InputError(f"a report needs {' and '.join(lacking)}: pip install 'flopwatt[report]'")
    if path is None:
        return
    if path.suffix.lower() not in ENDINGS:
        close = nearest(path.suffix.lower(), ENDINGS)
        raise InputError(f"{str(path)!r} ends in neither {' nor '.join(ENDINGS)}{close}", where=where)
    check_file_place(path, where)


def write_report(text: str, path: Path, where: Place) -> str:
    """Write a report whole or not at all.

    Parameters
    ----------
    text
        The HTML.
    path
        The file, in place of the one of that name if there is one.
    where
        What errors name: the parameter that gave the path.

    Returns
    -------
    str
        What was written, in words: ``quick.html (1.2 MB)``.

    Raises
    ------
    InputError
        Where it could not be written; a file that was there is still as it was.
    """
    data = text.encode()
    try:
        write_whole(path, data)
    except (OSError, MemoryError) as error:
        raise InputError(f"{str(path)!r} could not be written ({cause(error)})", where=where) from None
    interrupts.note_written(path)
    return f"{path} ({memory(len(data))})"
