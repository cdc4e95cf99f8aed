"""Answers of every kind of question, and answers with values that no one asked for: for what draws and shows answers."""

import dataclasses
from pathlib import Path

import numpy as np

from flopwatt.bench.answers.answer import Answer
from flopwatt.bench.answers.column import Column
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study

EVERY_KIND = """title = "Every kind"
[given]
training_flops = 1e24
goodput = 1
peak_flops = 1e15
tdp = "700 W"
server_rating = "1.3 kW"

[axes.chip_count]
geomspace = [1000, 32000]
num = 12

[axes.site]
columns.pue = [1.1, 1.3, 1.5]
labels = ["north", "south", "a name that is far too long to stand beside a row of a picture on a phone"]

[axes.load]
values = [0.6, 0.7]
labels = ["calm", "busy"]

[axes.price]
columns.electricity_price = ["0.05 USD/kWh", "0.1 USD/kWh", "0.2 USD/kWh"]
labels = ["cheap", "fair", "dear"]

[axes.mfu]
linspace = [0.25, 0.5]
num = 16
uncertain = true

[[questions]]
name = "decision"
minimize = "P50(electricity_cost)"
where = ["P80(run_time) <= 60 day"]
by = ["site", "load"]
[[questions]]
name = "surer"
minimize = "P50(electricity_cost)"
where = ["run_time <= 60 day"]
at = [0.5, 0.8, 0.95]
by = ["site"]
[[questions]]
name = "choice of a price"
maximize = "P50(electricity_cost)"
by = ["site", "load"]
[[questions]]
name = "along"
minimize = "P50(run_time)"
by = ["chip_count", "site", "load"]
[[questions]]
name = "one axis"
minimize = "P50(electricity_cost)"
by = ["site"]
[[questions]]
name = "best"
minimize = "run_time"
by = ["load", "price"]
[[questions]]
name = "alone"
minimize = "run_time"
[[questions]]
name = "summary"
summary = "run_time"
by = ["site"]
[[questions]]
name = "quantiles"
quantiles = "run_time"
at = [0.05, 0.25, 0.5, 0.75, 0.95]
by = ["chip_count", "site"]
[[questions]]
name = "three axes"
quantiles = "energy"
by = ["site", "load", "price"]
[[questions]]
name = "no axis"
quantiles = "energy"
[[questions]]
name = "one quantile"
quantiles = "energy"
at = [0.9]
by = ["load"]
[[questions]]
name = "histogram"
histogram = "run_time"
bins = 24
by = ["load"]
[[questions]]
name = "sensitivity"
sensitivity = "electricity_cost"
by = ["load"]
[[questions]]
name = "pareto"
pareto = ["electricity_cost", "run_time"]
by = ["site", "load"]
[[questions]]
name = "table"
table = ["electricity_cost", "run_time"]
[[questions]]
name = "one quantity"
table = ["run_time"]
"""


def run_text(text: str, folder: Path, name: str = "made.toml") -> Run:
    """Run a study that is written as text, on NumPy."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return run_study(load_study(path), "numpy")


def spoilt(answer: Answer, random: np.random.Generator) -> Answer:
    """Make some of an answer's values unknown, infinite, zero or of another size; counts and shares stay as they are."""

    def spoil(column: Column) -> Column:
        if column.data.dtype.kind != "f":
            return column
        data = column.data * 10.0 ** random.integers(-12, 13)
        for value in (np.nan, np.inf, 0.0):
            if random.random() < 0.5:
                data = np.where(random.random(data.shape) < 0.2, value, data)
        if random.random() < 0.2:
            data = np.full_like(data, np.nan)
        return dataclasses.replace(column, data=data)

    own = {"count", "feasible", "nan", "share", "error", "from", "to"}
    return dataclasses.replace(answer, values={n: c if n in own else spoil(c) for n, c in answer.values.items()})
