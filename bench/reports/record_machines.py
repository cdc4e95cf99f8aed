"""The machines that records are of, what disturbed the measurements, and the list of the records."""

import math
from collections.abc import Sequence

from ..machine.info import Machine
from ..machine.noise import Disturbance, describe
from ..records.record import Record
from ..runner.shown_column import ShownColumn
from ..terminal import numbers
from .record_columns import kept, moment_of, number_column, words_column

Facts = list[tuple[str, str]]


def machine_facts(machine: Machine) -> Facts:
    """Describe a machine: what there is to say, and in which words.

    Parameters
    ----------
    machine
        As its newest record has it.
    """
    cpu = machine.cpu
    cores = [
        f"{cpu.cores} cores" if cpu.cores else "",
        f"{cpu.threads} threads" if cpu.threads else "",
        f"{cpu.usable} of them usable" if cpu.usable else "",
        f"up to {cpu.mhz:.0f} MHz" if cpu.mhz else "",
        f"cache {cpu.cache}" if cpu.cache else "",
        "a virtual machine" if cpu.virtual else "",
    ]
    clock = [
        f"governor {cpu.governor}" if cpu.governor else "",
        "" if cpu.boost is None else f"boost {'on' if cpu.boost else 'off'}",
    ]
    gpus = [f"{gpu.name}, {numbers.memory(gpu.memory_bytes)}" for gpu in machine.gpus] or [machine.gpu_reason]
    facts = [
        ("processor", ", ".join(filter(None, [cpu.model or cpu.architecture, *cores]))),
        ("vector instructions", ", ".join(cpu.simd)),
        ("clock", ", ".join(filter(None, clock))),
        ("memory", numbers.memory(machine.memory_bytes) if machine.memory_bytes else ""),
        ("GPUs", "; ".join(gpus)),
        ("system", f"{machine.system} {machine.release}".strip()),
        ("Python", machine.python),
        ("packages", ", ".join(f"{name} {version}" for name, version in machine.packages.items())),
    ]
    return [(name, text) for name, text in facts if text]


def disturbance_columns(records: Sequence[Record]) -> tuple[ShownColumn, ...]:
    """Count what disturbed measurements, over all records; no columns where nothing did or nobody looked.

    Parameters
    ----------
    records
        Of one machine, oldest first.
    """
    alike: dict[str, list[tuple[Disturbance, Record]]] = {}
    for record in records:
        for benchmark in record.benchmarks:
            for disturbance in benchmark.noise.disturbances if benchmark.noise else ():
                alike.setdefault(str(disturbance.kind), []).append((disturbance, record))
    if not alike:
        return ()
    total = sum(len(record.benchmarks) for record in records)
    worst = [max(items, key=lambda item: math.inf if item[0].size is None else item[0].size) for items in alike.values()]
    return (
        words_column("what", list(alike)),
        number_column(f"of {total:,} measurements", [len(items) for items in alike.values()]),
        number_column("records", [len({id(record) for _, record in items}) for items in alike.values()]),
        words_column("at worst", [describe(disturbance) for disturbance, _ in worst]),
        words_column("in the record of", [moment_of(record) for _, record in worst]),
    )


def record_columns(records: Sequence[Record]) -> tuple[ShownColumn, ...]:
    """List the records, oldest first."""
    disturbed = [
        sum(bool(benchmark.noise and benchmark.noise.reasons) for benchmark in record.benchmarks) for record in records
    ]
    columns = [
        words_column("measured (UTC)", [moment_of(record) for record in records]),
        words_column("machine", [record.machine.name for record in records]),
        words_column("of", [record.subject for record in records]),
        words_column("commit", [record.commit.short + ("-dirty" if record.commit.dirty else "") for record in records]),
        words_column("label", [record.label for record in records]),
        words_column("tool", [f"{record.source.tool} {record.source.version}".strip() for record in records]),
        number_column("benchmarks", [len(record.benchmarks) for record in records]),
        number_column("disturbed", disturbed),
        words_column("file", [record.path.name if record.path else "" for record in records]),
    ]
    return kept(columns)
