"""A study with every kind of question, small enough to be run many times, and its answers from runs in parts."""

import json
import time
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from flopwatt.bench.cli import cli
from flopwatt.bench.spread.opening import opened
from flopwatt.bench.spread.spreading import Spreading
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels.engines.jobs import Job
from flopwatt.kernels.reductions.partials import Partial
from flopwatt.kernels.reductions.states import Visited

CHOICES = """[given]
tokens = "15e12 token"
[axes.model]
from = "models"
rows = ["llama-3.1-405b", "gpt-3-175b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "b200-sxm"]
"""
DRAWN = (
    'title = "Every kind of question"\n'
    + CHOICES
    + """[axes.chip_count]
geomspace = [1e3, 1e6]
num = 60
[axes.assumptions]
draws = 64
columns.mfu = { triangular = [0.25, 0.40, 0.55] }
columns.pue = { uniform = [1.08, 1.40] }
"""
)
EVERY_KIND = (
    DRAWN
    + """[[questions]]
name = "best"
minimize = "cost"
where = ["run_time <= 400 day"]
by = ["chip"]
[[questions]]
name = "decision"
minimize = "P50(cost)"
where = ["P80(run_time) <= 60 day"]
by = ["model", "chip"]
[[questions]]
name = "unmet"
minimize = "P50(cost)"
where = ["P80(run_time) <= 1 day"]
by = ["model"]
[[questions]]
name = "summary"
summary = "cost"
where = ["run_time <= 120 day"]
by = ["model"]
[[questions]]
name = "quantiles"
quantiles = "energy"
by = ["chip"]
[[questions]]
name = "histogram"
histogram = "run_time"
by = ["model"]
[[questions]]
name = "front"
pareto = ["cost", "run_time"]
by = ["model"]
[[questions]]
name = "drivers"
sensitivity = "cost"
by = ["model"]
[[questions]]
name = "statistics"
summary = "P50(cost)"
where = ["share(run_time <= 120 day) >= 50%"]
by = ["model"]
"""
)

TABLE = (
    'title = "Every scenario"\n'
    + CHOICES
    + """[axes.chip_count]
geomspace = [1e3, 1e6]
num = 40
[axes.mfu]
linspace = [0.2, 0.6]
num = 50
[[questions]]
name = "all"
table = ["cost", "energy"]
{where}
"""
)


def flopwatt(*args: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, list(map(str, args)))


def answers(result: Result) -> Any:
    """The answers of a command's JSON document."""
    assert result.exit_code == 0, result.output + result.stderr
    return json.loads(result.stdout)["answers"]


def write_study(folder: Path, text: str = EVERY_KIND, name: str = "study") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def table_text(where: str = "") -> str:
    return TABLE.format(where=where)


def results_of(study: Study, spreading: Spreading, engine: str = "numba") -> dict[str, Any]:
    """Every question's result by its name, in parts."""
    from flopwatt.kernels.engines import Settings

    with opened(spreading, study, engine, "float64", None, lambda line: None) as (shared, _):
        collapsing = shared.collapsing()
        return {q.name: collapsing.prepare(study.problem, q, Settings()).run() for q in study.questions}


def load(folder: Path, text: str = EVERY_KIND) -> Study:
    return load_study(write_study(folder, text))


class CountingParts:
    """Parts of a job of nothing: a state tells how many steps it is of."""

    def __init__(self, steps: int):
        self.steps = steps

    def partial(self, low: int, high: int) -> Partial:
        return Partial(low, 0, Visited(high - low), {}, {})


class NothingJob(Job):
    """A job that computes nothing, however long it says that it takes."""

    key = "nothing" * 9 + "n"
    name = "nothing"
    expected = 1e9  # seconds

    def __init__(self, steps: int = 1000):
        super().__init__("numba", None, "float64")  # type: ignore[arg-type]
        object.__setattr__(self, "count", steps)

    def seconds(self) -> float:
        return self.expected

    def begin(self, settings: Any) -> CountingParts:
        return CountingParts(self.count)  # type: ignore[attr-defined]

    def lean(self) -> "NothingJob":
        return self

    def complete(self, state: Partial) -> Partial:
        return state

    def wanted(self) -> tuple[str, ...]:
        return ()

    def told(self) -> str:
        return ""

    def merge(self, states: Any) -> Partial:
        return Partial(0, 0, Visited(sum(state.visited.nan for state in states)), {}, {})


class SlowJob(NothingJob):
    """Takes a while, so that a worker can be killed at it. It stands here because workers import it by its module's name."""

    key = "slow" * 16

    def begin(self, settings: Any) -> CountingParts:
        return _SlowParts(60)


class _SlowParts(CountingParts):
    def partial(self, low: int, high: int) -> Partial:
        time.sleep(0.02 * (high - low))
        return super().partial(low, high)
