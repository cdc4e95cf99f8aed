"""The table of ``flopwatt bench``: names are text, whatever they hold."""

import io
from dataclasses import replace

from rich.console import Console

from flopwatt.bench.records.record import Benchmark, Stop
from flopwatt.bench.stats.inference import MedianInterval
from flopwatt.bench.timing.report import table


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
    text = shown(benchmark, replace(benchmark, name="test_peer[bold]"))
    assert "test_peer[numexpr-float64]" in text
    assert "test_peer[bold]" in text
