"""What a Dask cluster fails of, in one line each: it is gone, or a worker failed."""

import concurrent.futures
import contextlib
from asyncio import CancelledError
from collections.abc import Iterator
from typing import Any

from ...kernels.errors import FlopwattError
from ..errors import InputError, Parameter, one_line

# By which a lost cluster is told: a connection that closed is an OSError, and Dask cancels what it can no longer do.
GONE = OSError, TimeoutError, CancelledError, concurrent.futures.CancelledError
_THERE = "running", "connecting", "newly-created"  # states of a client that has its scheduler


@contextlib.contextmanager
def cluster_there(client: Any) -> Iterator[None]:
    """Say in one line that the cluster is gone, whatever tells it: Dask raises many things of a client that was closed.

    Parameters
    ----------
    client
        The cluster's.

    Raises
    ------
    InputError
        Where the cluster is gone.
    """
    try:
        yield
    except FlopwattError:
        raise
    except GONE as error:
        raise gone(_text(error)) from None
    except Exception as error:
        if client.status in _THERE:
            raise
        raise gone(_text(error)) from None


def gone(text: str) -> InputError:
    """Say that the cluster is gone.

    Parameters
    ----------
    text
        By what that is told.
    """
    return InputError(
        f"the cluster is gone ({text}); start it again: with ",
        Parameter("checkpoint"),
        " the same command goes on from what was done",
        where=Parameter("dask"),
    )


def failure(error: BaseException) -> Exception:
    """Say what a task failed of.

    Parameters
    ----------
    error
        What it raised.
    """
    if isinstance(error, FlopwattError):
        return error
    if type(error).__name__ == "KilledWorker":
        text = "workers were killed again and again while they did one part; do they lack memory?"
        return InputError(text, where=Parameter("dask"))
    return InputError(f"a worker failed: {type(error).__name__}: {_text(error)}", where=Parameter("dask"))


def _text(error: BaseException) -> str:
    return one_line(str(error)) or type(error).__name__
