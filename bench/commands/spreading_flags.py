"""The options by which `flopwatt run` shares a study out, read as one."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..errors import InputError, Parameter
from .option_types import DEVICE, FILE_PATH, TEXT

_Command = Callable[..., Any]


def spreading_options(command: _Command) -> _Command:
    """Add the options, which the command takes as ``spreading``, a function of nothing that reads them."""

    @click.option("--device", type=DEVICE, metavar="N|all", help="Which GPU, counted from 0, or all; 0 unless given.")
    @click.option("--shard", type=TEXT, metavar="I/N", help="Compute share I of N alone, and write it to --out FILE.fw.")
    @click.option("--dask", type=TEXT, metavar="ADDRESS", help="Compute on a Dask cluster: tcp://host:8786, or local:4.")
    @click.option("--checkpoint", type=FILE_PATH, metavar="DIR", help="Keep what is done: killed, the same command goes on.")
    @click.option(
        "--table", type=FILE_PATH, metavar="FOLDER", help="Write a table as it is computed: to a folder .parquet or .zarr."
    )
    @functools.wraps(command)
    def read(
        *args: Any,
        device: int | str | None,
        shard: str | None,
        dask: str | None,
        checkpoint: Path | None,
        table: Path | None,
        **options: Any,
    ) -> Any:
        return command(*args, spreading=functools.partial(_read, device, shard, dask, checkpoint, table), **options)

    return read


def _read(device: int | str | None, shard: str | None, dask: str | None, checkpoint: Path | None, table: Path | None) -> Any:
    """Read the options as a `Spreading`. Raises InputError."""
    from ..spread.spreading import Spreading
    from .flags import check_range

    if isinstance(device, int):
        check_range("device", device, 0)
    read_shard = read_table = None
    if shard is not None:
        from ..spread.shard import Shard

        read_shard = Shard.read(shard)
    if dask is not None:
        from ..spread.dask_spread import check_address

        check_address(dask)
    if table is not None:
        from ..spread.placement import TablePlace

        read_table = TablePlace.of(table)
    return Spreading(read_shard, dask, checkpoint, read_table, device)


def check_outputs(spreading: Any, out: Path | None, **others: Any) -> None:
    """Check that what is to be written can be, where a study is shared out. Raises InputError.

    Parameters
    ----------
    spreading
        How it is shared out.
    out
        Where answers go, or a shard's file.
    **others
        Other outputs by the parameter's name; None or False where they are not wanted.
    """
    if not spreading.wanted:
        return
    if others.get("save") is not None:
        raise InputError(
            "a record times one engine that does all; leave it out, or what shares the study out", where=Parameter("save")
        )
    if spreading.shard is None:
        return
    from ..spread.part_of_study import check_part_path
    from ..terminal.file_place import check_file_place

    check_file_place(check_part_path(out), Parameter("out"))
    for name, value in others.items():
        if value:
            raise InputError(
                "a shard prints and draws no answers, which `flopwatt merge` does; leave it out", where=Parameter(name)
            )


def study_place(study: str) -> str:
    """Name a study such that it is found from any folder: a file by its whole path.

    Parameters
    ----------
    study
        As it was given: a name, a path, or what stands for the standard input.
    """
    from ... import configs
    from ...kernels.reading import STDIN

    return study if study in STDIN or study in configs.studies() else str(Path(study).absolute())


def check_no_table(out: Path, study: Any) -> None:
    """Refuse to write a table once more, here, when it was computed elsewhere. Raises InputError.

    Parameters
    ----------
    out
        Where answers go.
    study
        What is answered.
    """
    from ..runner.kinds import KINDS

    for question in study.questions:
        if KINDS.of(question).in_stretches:
            raise InputError(
                f"the table {question.name!r} is written where it is computed: give ",
                Parameter("table"),
                ", or leave it out by ",
                Parameter("only"),
                where=Parameter("out"),
            )
