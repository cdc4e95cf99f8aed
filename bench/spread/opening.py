"""Opening a spread as a command asks for it: which engine computes, on what, and where states are kept."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from ...kernels import engines
from ...kernels.engines import Settings
from ..errors import InputError, Parameter
from ..runner.run import choose
from ..study.loader import Study
from ..terminal import interrupts, numbers
from .checkpoint import Checkpoint, Origin
from .computed_by import computed_here
from .job_spread import HereSpread, JobSpread
from .shared_study import SharedStudy
from .spreading import ALL, Spreading

Say = Callable[[str], None]


@contextlib.contextmanager
def opened(
    spreading: Spreading, study: Study, engine: str, dtype: str, threads: int | None, say: Say
) -> Iterator[tuple[SharedStudy, Origin]]:
    """Open what shares a study out, and what its states are of.

    Parameters
    ----------
    spreading
        How it is shared out.
    study
        The study.
    engine
        ``auto`` or a name.
    dtype, threads
        As `run_study` takes them.
    say
        Hears in a line what a table will take, of a GPU that failed, and where a worker is waited for.

    Raises
    ------
    InputError
        Where the engine, the cluster, the devices or the checkpoint are not there.
    """
    with contextlib.ExitStack() as stack:
        spread: JobSpread
        if spreading.dask is not None:
            from .dask_spread import DaskSpread

            cluster = DaskSpread(spreading.dask, say, shard=spreading.shard)
            stack.callback(cluster.close)
            name = engine if engine != "auto" else cluster.engines()[0]
            cluster.check_workers(name)
            spread, by = cluster, cluster.computed_by
        else:
            (name,), _ = choose(engine)
            by = computed_here(name)
            spread = _here(spreading, name, Settings(dtype, threads), say)
        origin = Origin(study.name, study.digest, dtype, name, by)
        if spreading.checkpoint is not None:
            spread.checkpoint = Checkpoint(spreading.checkpoint, origin)
            sweeps = spread.checkpoint.sweeps
            if sweeps:
                say(f"{spreading.checkpoint}: goes on from what it holds of {numbers.count(sweeps, 'sweep')}")
            interrupts.note_kept(f"{spreading.checkpoint} keeps what is done, and the same command goes on")
        yield SharedStudy(study, name, spread, spreading.table, say), origin
        interrupts.note_kept("")  # what follows is done when it is done


def _here(spreading: Spreading, engine: str, settings: Settings, say: Say) -> JobSpread:
    if spreading.device == ALL:
        from .device_spread import DeviceSpread

        count = engines.count_devices(engine)
        if not count:
            raise InputError(f"{ALL}: {engine} runs on no GPU", where=Parameter("device"))
        return DeviceSpread(settings, range(count), say, shard=spreading.shard)
    return HereSpread(replace(settings, device=spreading.device_number), shard=spreading.shard)
