"""How a study is shared out, as a command reads it: imported for every run, so it imports little itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError, Parameter

if TYPE_CHECKING:
    from ..study.loader import Study
    from .placement import TablePlace
    from .shard import Shard

ALL = "all"  # devices of a machine


@dataclass(frozen=True)
class Spreading:
    """How a study is shared out.

    Attributes
    ----------
    shard
        The share that is computed, all where it is None.
    dask
        The address of a Dask cluster, or ``local:4``; None for this process.
    checkpoint
        The folder where states are kept; None for nowhere.
    table
        Where a table's rows are written while they are computed.
    device
        The number of a GPU, or ``all`` of this machine; None where none was named.
    """

    shard: Shard | None = None
    dask: str | None = None
    checkpoint: Path | None = None
    table: TablePlace | None = None
    device: int | str | None = None

    @property
    def wanted(self) -> bool:
        """Whether anything is to be shared out, kept or written on the way."""
        return any((self.shard, self.dask, self.checkpoint, self.table)) or self.device == ALL

    @property
    def device_number(self) -> int:
        """The number of the GPU, the first where none was named."""
        return self.device if isinstance(self.device, int) else 0

    def check_device(self, engine: str) -> None:
        """Check that there is a GPU for an engine, where one was named. Raises InputError.

        Parameters
        ----------
        engine
            ``auto``, ``all`` or a name.
        """
        if self.device is None or self.dask is not None:
            return
        from ...kernels import engines

        if engine not in ("auto", ALL, *engines.NAMES):  # which others refuse
            return
        where = Parameter("device")
        if engine in engines.NAMES and engines.availability(engine).available and engines.count_devices(engine) == 0:
            raise InputError(f"{self.device}: {engine} runs on no GPU", where=where)
        if not any(engines.count_devices(name) for name in engines.available()):
            raise InputError(f"{self.device}: no GPU engine can run here; `flopwatt doctor` says why", where=where)

    def check(self, study: Study, engine: str, dtype: str, threads: int | None) -> None:
        """Check that these go together, and with the study, before anything is computed.

        Parameters
        ----------
        study
            What is asked.
        engine, dtype, threads
            As `run_study` takes them.

        Raises
        ------
        InputError
            Where they do not.
        """
        from ...kernels.engines import NAMES
        from ...kernels.reductions.over_draws import wanted_statistics
        from ..runner.kinds import KINDS
        from ..verify.tolerance import check_dtype

        if engine == ALL:
            raise InputError("one engine computes what is shared out; name it, or leave it to auto", where=Parameter("engine"))
        check_dtype(dtype)
        if self.dask is not None and threads is not None:
            raise InputError(
                "does not go with ", Parameter("dask"), ", whose workers have their own", where=Parameter("threads")
            )
        if self.dask is not None and self.device is not None:
            raise InputError(
                "does not go with ", Parameter("dask"), ", whose workers have their own", where=Parameter("device")
            )
        if engine not in ("auto", *NAMES):
            raise InputError(f"there is no engine {engine!r}; there are auto, {', '.join(NAMES)}", where=Parameter("engine"))
        tables = [question for question in study.questions if KINDS.of(question).in_stretches]
        if self.table is not None and len(tables) != 1:
            names = ", ".join(question.name for question in tables)
            told = f"asks for {len(tables)} tables ({names})" if tables else "asks for no table"
            raise InputError(
                f"takes one table, and the study {told}; choose one by ", Parameter("only"), where=Parameter("table")
            )
        if self.table is not None and wanted_statistics(study.problem, tables[0].targets()):
            raise InputError(
                f"{tables[0].name!r} is of statistics, and has few rows: ",
                Parameter("out"),
                " writes it",
                where=Parameter("table"),
            )
