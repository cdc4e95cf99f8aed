"""Two studies without anything uncertain, of the shapes whose plans are known by hand."""

from pathlib import Path

_COLUMNS = """
[axes.assumptions]                      # chosen together, so that the best of them is asked for
columns.mfu = {{ linspace = [0.25, 0.55], num = {0} }}
columns.load = {{ linspace = [0.70, 1.00], num = {0} }}
columns.pue = {{ linspace = [1.08, 1.40], num = {0} }}
{1}
"""

SMALL = (
    """
title = "Llama 3.1 405B on three chips"
[given]
tokens = "15.6e12 token"
[axes.model]
from = "models"
rows = ["llama-3.1-405b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "b200-sxm", "gb200-nvl72"]
[axes.chip_count]
geomspace = [1024, 131072]
num = 64
"""
    + _COLUMNS.format(512, 'columns.electricity_price = { linspace = ["0.06 USD/kWh", "0.10 USD/kWh"], num = 512 }')
    + """
[[questions]]
name = "cheapest"
minimize = "cost"
where = ["run_time <= 120 day", "peak_facility_power <= 200 MW"]
by = ["model", "chip"]
[[questions]]
name = "energy"
quantiles = "energy"
at = [0.05, 0.5, 0.95]
by = ["chip"]
[[questions]]
name = "run time"
summary = "run_time"
by = ["chip"]
"""
)

_WHERE = 'where = ["run_time <= 120 day", "peak_facility_power <= 150 MW"]\nby = ["model", "chip"]\n'

LARGE = (
    """
title = "Several models on several chips"
[axes.model]
from = "models"
rows = ["llama-3.1-405b", "nemotron-4-340b", "qwen3-235b-a22b", "deepseek-v3", "kimi-k2"]
columns = { tokens = "published_tokens" }
[axes.chip]
from = "hardware"
rows = ["a100-sxm-80gb", "h100-sxm-80gb", "b200-sxm", "gb200-nvl72", "gb300-nvl72"]
[axes.chip_count]
geomspace = [512, 131072]
num = 64
[axes.electricity_price]
linspace = ["0.06 USD/kWh", "0.10 USD/kWh"]
num = 5
"""
    + _COLUMNS.format(1024, 'columns.time_lost_per_failure = { linspace = ["10 min", "30 min"], num = 1024 }')
    + f"""
[[questions]]
name = "cheapest"
minimize = "cost"
{_WHERE}
[[questions]]
name = "cost"
quantiles = "cost"
{_WHERE}
[[questions]]
name = "energy"
quantiles = "energy"
{_WHERE}
[[questions]]
name = "run time"
summary = "run_time"
by = ["model", "chip"]
"""
)


def written(folder: Path, text: str) -> str:
    """Write a study and give its path."""
    path = folder / "planned.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)
