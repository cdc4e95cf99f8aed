from made_records import MACHINE, record, timed

from flopwatt.bench.machine.noise import Disturbance, Noise
from flopwatt.bench.records.commit import Commit
from flopwatt.bench.reports.record_machines import disturbance_columns, machine_facts, record_columns


def test_a_machine_is_described_by_what_is_known_of_it() -> None:
    facts = dict(machine_facts(MACHINE))
    assert facts == {"processor": "AMD EPYC, 2 cores, 2 threads, 2 of them usable", "clock": "governor performance"}


def test_disturbances_are_counted_with_the_worst() -> None:
    def noisy(share: float) -> Noise:
        return Noise(other_cpu_share=share, reasons=("x",), disturbances=(Disturbance("other processes", share),))

    first = record(timed("a", noise=noisy(0.2)), timed("b"))
    second = record(timed("a", noise=noisy(0.6)), created="2026-09-29T10:00:00.000+00:00")
    what, count, records, worst, when = disturbance_columns([first, second])
    assert (what.texts, count.heading, count.numbers, records.numbers) == (
        ("other processes",), "of 3 measurements", (2,), (2,),
    )  # fmt: skip
    assert worst.texts == ("other processes used 60% of the CPU time",)
    assert when.texts == ("2026-09-29 10:00",)
    assert disturbance_columns([record(timed("a"))]) == ()


def test_records_are_listed_with_what_they_are() -> None:
    columns = record_columns([record(timed("a"), commit=Commit("c" * 40, dirty=True), label="before", subject="questions")])
    assert [(column.heading, column.texts[0]) for column in columns][:5] == [
        ("measured (UTC)", "2026-09-28 10:11"),
        ("machine", "amd-epyc-2-cores"),
        ("of", "questions"),
        ("commit", "cccccccccccc-dirty"),
        ("label", "before"),
    ]
    assert "file" not in [column.heading for column in columns]
