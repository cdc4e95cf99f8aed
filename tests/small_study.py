"""A small study of every way that conditions leave something or nothing, and `flopwatt run` of it."""

from typing import Any

from click.testing import CliRunner

from flopwatt.bench.cli import cli

STUDY = """title = "Small"
[given]
training_flops = 1e24
goodput = 1
tokens = 1e12
[axes.chip]
columns.peak_flops = [1e15, 2e15]
labels = ["slow", "fast"]
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.load]
values = [0.5, 1.0]
[axes.mfu]
values = [0.25, 0.5]
[[questions]]
name = "fastest"
minimize = "run_time"
where = ["chip_count <= 2000", "mfu < 0.4"]
by = ["chip", "load"]
[[questions]]
name = "never"
maximize = "run_time"
where = ["run_time <= 1 s"]
by = ["chip"]
[[questions]]
name = "spread"
quantiles = "run_time"
at = [0, 0.5, 1]
by = ["chip"]
[[questions]]
name = "all"
summary = "run_time"
where = ["chip_count >= 2000"]
by = ["chip_count"]
"""


def run(*args: object) -> Any:
    """Run `flopwatt run` with some arguments."""
    return CliRunner().invoke(cli, ["run", *map(str, args)])
