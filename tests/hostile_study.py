"""A study of every kind of question with names that no file should trip over, for the tests of what is written."""

import json
from pathlib import Path
from typing import Any

import flopwatt

SITES = ["=cmd|' /C calc'!A0", "+1", "@x", "-2", "é <b>中文</b>\u202e\x1b[2J", "x" * 300]
LONG = "cost of a run of Llama 3.1 405B's size, within the days that are left"
TEXT = f"""title = "=SUM(1) of <script>alert(1)</script> \\u202e"
description = "What is chosen: a site."
unusual = true
[given]
training_flops = 1e24
goodput = 1
[axes.site]
labels = {json.dumps(SITES)}
columns.peak_flops = [1e15, 2e15, 3e15, 4e15, 5e15, 6e15]
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.year]
values = [2026, 2028]
[axes.mfu]
values = [0.25, 0.5, 0.4]
uncertain = true
[[questions]]
name = "{LONG}"
quantiles = "run_time"
at = [0.05, 0.5, 0.95]
by = ["site", "year"]
[[questions]]
name = "{LONG}!"
minimize = "P50(run_time)"
where = ["run_time <= 5 day"]
at = [0.5, 0.9]
by = ["site"]
[[questions]]
name = "least/of:all"
minimize = "run_time"
by = ["chip_count", "mfu"]
[[questions]]
name = "summed"
summary = "run_time"
by = ["site", "chip_count"]
[[questions]]
name = "bins"
histogram = "run_time"
bins = 8
[[questions]]
name = "=front"
pareto = ["chip_count", "run_time"]
[[questions]]
name = "shares"
sensitivity = "run_time"
[[questions]]
name = "all of it"
table = ["run_time", "chip_hours"]
where = ["run_time <= 20 day"]
[[questions]]
name = "by number"
quantiles = "run_time"
at = [0.1, 0.5, 0.9]
by = ["year", "chip_count"]
"""


def hostile_run(folder: Path, text: str = TEXT) -> Any:
    """Run the study on NumPy."""
    path = folder / "hostile.toml"
    path.write_text(text, encoding="utf-8")
    return flopwatt.run_study(flopwatt.load_study(path), engines="numpy")
