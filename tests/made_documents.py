"""Small documents of runs and estimates, for the tests of holding them against each other."""

from pathlib import Path
from typing import Any

from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study

STUDY = """title = "t"
[given]
training_flops = 1e24
peak_flops = 1e15
server_rating = 1200
tdp = 700
chip_price = 30000
[axes.site]
labels = ["a", "b"]
columns.electricity_price = [0.05, 0.10]
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.draws]
draws = 64
columns.goodput = { uniform = [0.8, 0.9] }
columns.mfu = { uniform = [0.3, 0.5] }
[[questions]]
name = "cheapest"
minimize = "P50(cost)"
where = ["P80(run_time) <= 40 day"]
by = ["site"]
[[questions]]
name = "energy"
quantiles = "energy"
at = [0.1, 0.5, 0.9]
by = ["site"]
[[questions]]
name = "time"
summary = "run_time"
"""


def run_of(folder: Path, *sets: str, text: str = STUDY) -> Run:
    """Run a study of this text by NumPy."""
    path = folder / "made.toml"
    path.write_text(text)
    return run_study(load_study(path, sets), "numpy", most_samples=1, budget_seconds=0.0)


def answer(kind: str, dims: dict[str, list[Any]], **values: Any) -> dict[str, Any]:
    """Make an answer of a document: its dimensions' coordinates, and its values in dollars."""
    return {
        "question": "q",
        "kind": kind,
        "engine": "numpy",
        "dims": list(dims),
        "coords": dims,
        "values": {name: {"unit": "USD", "data": data} for name, data in values.items()},
    }


def run_document(*answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make the document of a run."""
    engines = [{"engine": "numpy", "points_per_second": 1.0}]
    return {"study": "s", "dtype": "float64", "engines": engines, "answers": list(answers)} | more


def estimate_document(cost: float, **more: Any) -> dict[str, Any]:
    """Make the document of an estimate."""
    quantities = {"cost": {"unit": "USD", "median": cost, "low": 0.5 * cost, "high": 2 * cost}}
    return {"inputs": {"model": "m", "chip": "h100", "tokens": 1e12}, "quantities": quantities} | more
