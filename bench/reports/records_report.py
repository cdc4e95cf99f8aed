"""Records as one page of HTML: speed, the machine's limits, energy, verdicts, history, what disturbed it, and the data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..history.report import by_machine, document
from ..history.series import History, Series, series_of
from ..pages.page import render_page
from ..pictures.picture import Picture
from ..records.record import Record
from ..runner.shown_column import ShownColumn
from . import record_history, record_limits, record_machines, record_speeds, record_verdicts
from .record_columns import BenchmarkNames, kept, number_column, runner_of, words_column

MAX_SENTENCES = 3  # about single machines, where there are several
SECTIONS = (
    ("short", "In short"),
    ("speed", "Speed"),
    ("limits", "Share of the machine's limits"),
    ("energy", "Energy"),
    ("verdicts", "The newest records against those before"),
    ("history", "Over time"),
    ("machines", "Machines"),
    ("disturbed", "What disturbed the measurements"),
    ("data", "The data"),
)


@dataclass(frozen=True)
class MachineShown:
    """What a page says of one machine.

    Parameters
    ----------
    name
        The machine, numbered where hardware that does not compare has the same name.
    apart
        What tells it from hardware that had its name before; empty where nothing did.
    fastest
        Which engine is the fastest, in a sentence; empty where there is one.
    speed_pictures, speeds
        The newest measurements.
    limits
        What engines reach of what the machine can do; None where no record timed both.
    energy
        In a sentence.
    verdicts
        The newest records against those before.
    history, history_columns, history_picture
        Over time, in a sentence, a table and a picture, None where there are too few records.
    facts
        What the machine is.
    disturbances
        What disturbed measurements.
    """

    name: str
    apart: str
    fastest: str
    speed_pictures: list[Picture]
    speeds: tuple[ShownColumn, ...]
    limits: record_limits.LimitsShown | None
    energy: str
    verdicts: record_verdicts.VerdictsShown
    history: str
    history_columns: tuple[ShownColumn, ...]
    history_picture: Picture | None
    facts: record_machines.Facts
    disturbances: tuple[ShownColumn, ...]


def records_report(records: Sequence[Record], unread: Sequence[str] = (), past: Sequence[Record] = ()) -> str:
    """Write records as one HTML document that loads nothing.

    Parameters
    ----------
    records
        At least one with a benchmark; those of other machines stand apart.
    unread
        Why files could not be read.
    past
        Records of the same machines, those of the page among them, by which verdicts tell how far records of one commit lie
        apart; the page's own alone where there are none.

    Returns
    -------
    str
        The document.

    Raises
    ------
    InputError
        Where what makes pages or pictures is not installed, or a record holds one benchmark twice.
    """
    history = History(tuple(series_of(records)), tuple(unread))
    groups = [(group[0].machine, group) for group in by_machine(history).values()]
    counts: Counter[str] = Counter()
    machines = []
    for name, group in groups:
        counts[name] += 1
        machines.append(_machine_shown(name if counts[name] == 1 else f"{name} ({counts[name]})", group, past))
    ordered = sorted(records, key=lambda record: record.created)
    return render_page(
        "records.html.j2",
        title=_title(ordered, machines),
        sections=[section for section in SECTIONS if section[0] != "limits" or any(machine.limits for machine in machines)],
        headlines=_headlines(ordered, machines),
        machines=machines,
        records=record_machines.record_columns(ordered),
        measurements=_measurements(history),
        unread=unread,
    )


def _machine_shown(name: str, group: Sequence[Series], past: Sequence[Record]) -> MachineShown:
    records = _records_of(group)
    names = BenchmarkNames(one.newest.benchmark for one in group)
    points = record_speeds.measured(group)
    timed = [one for one in group if not record_limits.is_limit(one.newest.benchmark)] or list(group)
    return MachineShown(
        name,
        group[0].apart,
        record_speeds.fastest_sentence(points, names),
        record_speeds.speed_pictures(points, name, names),
        record_speeds.speed_columns(points, names),
        record_limits.limits_shown(records),
        record_limits.energy_sentence(points),
        record_verdicts.verdicts_shown(records, names, past),
        record_history.history_sentence(timed, names),
        record_history.history_columns(timed, names),
        record_history.history_picture(timed, name, names),
        record_machines.machine_facts(records[-1].machine),
        record_machines.disturbance_columns(records),
    )


def _records_of(group: Sequence[Series]) -> list[Record]:
    """List the records that hold some series, oldest first."""
    records = {id(point.record): point.record for one in group for point in one.points}
    return sorted(records.values(), key=lambda record: record.created)


def _title(records: Sequence[Record], machines: Sequence[MachineShown]) -> str:
    """Name the page by what was timed."""
    projects = dict.fromkeys(record.commit.project for record in records if record.commit.project)
    of = " and ".join(projects) or "benchmarks"
    return f"Speed of {of} on {machines[0].name if len(machines) == 1 else f'{len(machines)} machines'}"


def _headlines(records: Sequence[Record], machines: Sequence[MachineShown]) -> list[str]:
    """Say in at most five sentences what the records come to."""
    days = [record.created[:10] for record in records if record.created]
    when = f", measured {days[0]}" if days and days[0] == days[-1] else f", measured {days[0]} to {days[-1]}" if days else ""
    count = len({benchmark.fullname for record in records for benchmark in record.benchmarks})
    lines = [f"{_counted(len(records), 'record')} of {_counted(count, 'benchmark')}{when}."]
    if len(machines) > 1:
        apart = f"They are of {len(machines)} machines, whose times do not compare: each stands apart below."
        own = [f"{machine.name}: {machine.fastest or machine.history}" for machine in machines]
        return [*lines, apart, *own[:MAX_SENTENCES]]
    (machine,) = machines
    return [
        *lines,
        *filter(
            None, [machine.fastest, machine.verdicts.headline or machine.verdicts.outcome, machine.history, _disturbed(records)]
        ),
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def _disturbed(records: Sequence[Record]) -> str:
    newest = records[-1]
    noisy = [benchmark for benchmark in newest.benchmarks if benchmark.noise and benchmark.noise.reasons]
    if not noisy:
        return ""
    count = _counted(len(newest.benchmarks), "measurement")
    return f"In the newest record {len(noisy)} of {count} were disturbed by what else the machine did."


def _measurements(history: History) -> tuple[ShownColumn, ...]:
    """List every measurement of every benchmark, for programs."""
    rows = [
        (series, record)
        for series, data in zip(history.series, document(history)["series"], strict=True)
        for record in data["records"]
    ]
    benchmarks = [series.newest.benchmark for series, _ in rows]
    words = {name: [str(record[name] or "") for _, record in rows] for name in ("created", "commit", "label", "noise")}
    figures = {name: [record[name] for _, record in rows] for name in ("seconds", "low", "high", "samples")}
    columns = [
        words_column("machine", [f"{series.machine}{series.apart and f', apart: {series.apart}'}" for series, _ in rows]),
        words_column("benchmark", [benchmark.fullname for benchmark in benchmarks]),
        words_column("engine", list(map(runner_of, benchmarks))),
        words_column("type", [benchmark.dtype for benchmark in benchmarks]),
        number_column("points", [benchmark.work for benchmark in benchmarks]),
        *(words_column(name, texts) for name, texts in words.items()),
        *(number_column(name, values, "" if name == "samples" else "s") for name, values in figures.items()),
    ]
    return kept(columns)
