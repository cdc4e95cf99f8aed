"""A shard of a study: its share of every question is computed, and written to a file that `flopwatt merge` reads."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...kernels.engines import Settings
from ...kernels.errors import EngineError
from ..errors import InputError, Parameter, cause
from ..runner.kinds import KINDS
from .checkpoint import Origin
from .part_file import ENDING, write_states
from .shard import Shard
from .shared_study import SharedStudy

Progress = Callable[[str], Callable[[float], None] | None]


def check_part_path(path: Path | None) -> Path:
    """Check where a shard's file goes. Raises InputError for none, and for one of another ending."""
    if path is None or path.suffix.lower() != ENDING or path.name.lower() == ENDING:
        given = "is needed" if path is None else f"{str(path)!r} is no file of a part"
        raise InputError(
            f"{given}: a shard's answers are no answers yet; write them to one that ends in {ENDING}", where=Parameter("out")
        )
    return path


def check_replaceable(path: Path, study: str, digest: str, shard: Shard) -> None:
    """Check that a file that is there already may be replaced: the same shard, or of an earlier text of the study.

    Parameters
    ----------
    path
        Where a shard's file goes.
    study, digest
        The study's name, and the digest of its text.
    shard
        Which share it is.

    Raises
    ------
    InputError
        Where it is anything else.
    """
    if not path.exists():
        return
    from .merged_shards import PartOfStudy

    where, right = Parameter("out"), "name another file, or remove it"
    try:
        part = PartOfStudy.read(path)
    except InputError:
        raise InputError(f"{str(path)!r} is there, and no part of a study; {right}", where=where) from None
    if part.origin.study != study:
        raise InputError(f"{str(path)!r} is a part of the study {part.origin.study!r}; {right}", where=where)
    if part.origin.digest == digest and part.shard.count == shard.count and part.shard != shard:
        raise InputError(f"{str(path)!r} is shard {part.shard}, not {shard}; {right}", where=where)


def compute_shard(shared: SharedStudy, dtype: str, progress: Progress) -> None:
    """Compute a shard's share of every question; its states are in the spread's ``recorded``.

    Parameters
    ----------
    shared
        The study, on a spread of a shard.
    dtype
        ``float64`` or ``float32``.
    progress
        Called with a question's name; what it returns is told the share done.

    Raises
    ------
    InputError
        Where an engine cannot answer.
    """
    problem, engine = shared.study.problem, shared.collapsing()
    for question in shared.study.questions:
        settings = Settings(dtype, progress=progress(question.name))
        try:
            if KINDS.of(question).in_stretches and not engine.leaves_to_numpy(problem, question):
                shared.walk(shared.prepare_table(problem, question, settings), settings.progress)
            else:
                prepared = engine.prepare(problem, question, settings)
                if not KINDS.of(question).in_stretches:
                    prepared.run()
                else:  # of statistics: their rows are few, and are made of what is merged
                    next(iter(prepared.chunks()), None)
        except EngineError as error:
            raise InputError(str(error), where=Parameter("engine")) from None


def write_part(path: Path, shared: SharedStudy, shard: Shard, origin: Origin, asked: Mapping[str, Any]) -> None:
    """Write a shard's states.

    Parameters
    ----------
    path
        Where to.
    shared
        What was computed.
    shard
        Which share it is.
    origin
        What the states are of.
    asked
        How the study was asked for, so that a merge can ask for it in the same way.

    Raises
    ------
    InputError
        Where it could not be written.
    """
    table = None if shared.place is None else str(shared.place.path.absolute())
    header = {"origin": origin.entry(), "shard": [shard.number, shard.count], "asked": dict(asked), "table": table}
    try:
        write_states(path, header, shared.spread.recorded)
    except OSError as error:
        raise InputError(f"{str(path)!r} could not be written ({cause(error)})", where=Parameter("out")) from None
