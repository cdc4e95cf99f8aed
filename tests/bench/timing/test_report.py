"""The table of ``flopwatt bench``: names are text, whatever they hold."""

import io
from dataclasses import replace

from rich.console import Console

from flopwatt.bench.machine.noise import Disturbance, DisturbanceKind, Noise, describe
from flopwatt.bench.records.record import Benchmark, Stop
from flopwatt.bench.stats.inference import MedianInterval
from flopwatt.bench.timing.report import outcome, remarks, shown_names, table


def shown(*benchmarks):
    console = Console(file=io.StringIO(), width=120)
    console.print(table(benchmarks))
    return console.file.getvalue()


def test_speed_counts_only_what_was_evaluated():
    stop = Stop("fixed", interval=MedianInterval(0.5))
    benchmark = Benchmark(name="a", samples=(0.5,), points=10**9, stop=stop)
    assert "2 billion" in shown(benchmark)
    assert "500 million" in shown(replace(benchmark, evaluated=250_000_000))


def test_a_name_in_brackets_is_not_markup():
    stop = Stop("precision", 0.01, interval=MedianInterval(0.5, 0.49, 0.51, 0.95, 3))
    benchmark = Benchmark(name="test_peer[numexpr-float64]", group="best", samples=(0.49, 0.5, 0.51), points=10**9, stop=stop)
    text = shown(benchmark, replace(benchmark, name="test_peer[bold]", fullname=""))
    assert "test_peer[numexpr-float64]" in text
    assert "test_peer[bold]" in text


def disturbed(*disturbances):
    return Benchmark(name="a", samples=(0.5,), noise=Noise(disturbances=disturbances))


def test_of_disturbances_of_one_kind_the_largest_is_said_and_how_many_there_are():
    kind = DisturbanceKind
    crowded, more = (Disturbance(kind.OTHER_PROCESSES, share) for share in (0.09, 0.25))
    lines = remarks([disturbed(crowded), disturbed(more, Disturbance(kind.DRIFT)), disturbed()])
    assert lines[:2] == [
        "unstable: other processes used 25% of the CPU time (2 of 3 benchmarks)",
        "unstable: the passes differ by more than their samples explain (1 of 3 benchmarks)",
    ]


def test_an_interval_of_unknown_width_is_wider_than_any():
    known, unknown = (Disturbance(DisturbanceKind.IMPRECISION, width, 0.01) for width in (0.5, None))
    (line, *_) = remarks([disturbed(known), disturbed(unknown)])
    assert line == "unstable: the median's interval is unknown, wider than the ±1.0% asked for (2 of 2 benchmarks)"


def test_every_kind_has_its_words():
    said = {describe(Disturbance(kind, 0.5, 2.0, "powersave")) for kind in DisturbanceKind}
    assert len(said) == len(DisturbanceKind)
    assert not said & set(DisturbanceKind)
    assert "the frequency governor is 'powersave', not 'performance'" in said
    assert describe(Disturbance("what a later version knows")) == "what a later version knows"


def test_names_are_as_short_as_they_can_be_and_still_tell():
    fullnames = ["a.py::test_x[1::2]", "b.py::test_x[1::2]", "a.py::A::test_y", "a.py::B::test_y", "a.py::test_z[a/b]", "plain"]
    shown = shown_names([Benchmark(name="x", fullname=fullname, samples=(1.0,)) for fullname in fullnames])
    assert list(shown.values()) == [
        "a.py::test_x[1::2]",
        "b.py::test_x[1::2]",
        "A::test_y",
        "B::test_y",
        "test_z[a/b]",
        "plain",
    ]


def test_the_outcome_is_a_sentence():
    precise = Benchmark(name="a", samples=(0.5, 0.5), blocks=(1, 1), stop=Stop("precision"))
    assert outcome([precise]) == "1 benchmark timed in 2 processes: 1 as precise as asked for, 0 stopped by the budget."
    slow = replace(precise, name="b", stop=Stop("budget"))
    assert outcome([precise, slow]) == "2 benchmarks timed in 2 processes: 1 as precise as asked for, 1 stopped by the budget."
