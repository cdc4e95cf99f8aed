"""Studies and reports made up for the tests of reports, and what a reader of their markup sees."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from flopwatt.bench.reports.study_report import study_report
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study

VOID = {"meta", "img", "input", "br", "link", "hr"}
HOSTILE = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>\"'&amp; ünïcødé 数据 🔌 {{ 7*7 }}"
LONG = "a very long name " * 30

SLIDERS = """
title = "Four kept axes"
[given]
tokens = 1e12
[axes.model]
from = "models"
rows = ["llama-3.1-405b", "gpt-3-175b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "b200-sxm", "gb200-nvl72"]
[axes.chip_count]
geomspace = [1e3, 1e5]
num = 5
[axes.price]
quantity = "electricity_price"
values = ["0.05 USD/kWh", "0.1 USD/kWh"]
[axes.assumptions]
draws = 32
seed = 1
columns.mfu = { uniform = [0.3, 0.5] }
[[questions]]
name = "costs"
quantiles = "cost"
at = [0.1, 0.5, 0.9]
by = ["model", "chip", "chip_count", "price"]
[[questions]]
name = "one decision"
minimize = "P50(cost)"
where = ["P80(run_time) <= 1 hour"]
by = ["chip"]
"""

EVERY_KIND = """
title = "Every kind of question"
[given]
tokens = 1e12
[axes.model]
from = "models"
rows = ["llama-3.1-405b", "gpt-3-175b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "b200-sxm"]
[axes.chip_count]
geomspace = [1e3, 1e5]
num = 16
[axes.mfu]
linspace = [0.3, 0.5]
num = 5
[[questions]]
name = "best"
minimize = "cost"
by = ["model", "chip"]
[[questions]]
name = "summary"
summary = "run_time"
where = ["run_time <= 100 day"]
by = ["chip"]
[[questions]]
name = "quantiles"
quantiles = "energy"
by = []
[[questions]]
name = "histogram"
histogram = "cost"
by = ["model"]
[[questions]]
name = "sensitivity"
sensitivity = "cost"
[[questions]]
name = "front"
pareto = ["cost", "run_time"]
by = ["chip"]
[[questions]]
name = "table"
table = ["cost", "energy"]
where = ["run_time <= 1 day"]
[[questions]]
name = "nothing"
minimize = "cost"
where = ["run_time <= 1 s"]
"""

ENDLESS = """
title = "Infinite values"
[given]
active_parameters = 2.1e12
parameters = 2.1e12
training_flops = 1e27
chip_count = "run_chips"
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "b200-sxm"]
[axes.bound]
quantity = "run_days_limit"
values = ["2 day", "100 day"]
[axes.assumptions]
draws = 32
seed = 1
prior = "run"
[[questions]]
name = "chips"
quantiles = "run_chips"
at = [0.1, 0.5, 0.9]
by = ["chip", "bound"]
"""

LARGE = """
title = "A large answer"
[given]
tokens = 1e12
[axes.model]
from = "models"
rows = ["llama-3.1-405b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb"]
[axes.chip_count]
geomspace = [1e3, 1e5]
num = 400
[axes.mfu]
linspace = [0.2, 0.6]
num = 250
[[questions]]
name = "cost"
minimize = "cost"
by = ["chip_count", "mfu"]
[[questions]]
name = "energies"
quantiles = "energy"
at = [0.1, 0.5, 0.9]
by = ["chip_count", "mfu"]
[[questions]]
name = "every scenario"
table = ["cost", "energy"]
"""


def run_of(text: str, folder: Path, name: str = "made") -> Run:
    """Run a study that is given as text, on NumPy and once."""
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return run_study(load_study(path), "numpy", budget_seconds=0)


def quick_run() -> Run:
    return run_study(load_study("quick", ["axes.assumptions.draws=64", "axes.chip_count.num=16"]), "numpy", budget_seconds=0)


def hostile_run(folder: Path) -> Run:
    """Run a study whose every text would break a page that took it for markup."""
    (folder / "sites.toml").write_text(
        f'[columns]\npue = ""\n[rows.a]\nname = {quoted(HOSTILE)}\npue = 1.1\nsource = {quoted(HOSTILE)}\n'
        f'date = "2025"\n[rows.b]\nname = {quoted(LONG)}\npue = 1.2\nsource = "https://example.org/{LONG.replace(" ", "-")}"\n',
        encoding="utf-8",
    )
    text = f"""
title = {quoted(HOSTILE)}
description = {quoted(HOSTILE + LONG)}
[given]
tokens = 1e12
chip_count = 1024
[axes.model]
from = "models"
rows = ["llama-3.1-405b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb"]
[axes.site]
from = "sites.toml"
[axes.mfu]
values = [0.3, 0.4]
labels = [{quoted(HOSTILE)}, {quoted(LONG)}]
[[questions]]
name = {quoted(HOSTILE)}
minimize = "cost"
by = ["site", "mfu"]
[[questions]]
name = {quoted(LONG)}
quantiles = "energy"
by = ["site"]
"""
    return run_of(text, folder, "hostile")


def quoted(text: str) -> str:
    """Write text as TOML's basic string."""
    return json.dumps(text, ensure_ascii=False)


@dataclass
class Element:
    """An element of a page, with what is in it."""

    name: str
    attributes: dict[str, str]
    parts: list[Any] = field(default_factory=list)

    def find(self, name: str = "", **attributes: str) -> "list[Element]":
        """List the elements in it of a name and with some attributes."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        result = []
        for part in self.parts:
            if isinstance(part, Element):
                if name in ("", part.name) and wanted.items() <= part.attributes.items():
                    result.append(part)
                result += part.find(name, **attributes)
        return result

    def one(self, name: str = "", **attributes: str) -> "Element":
        (element,) = self.find(name, **attributes)
        return element

    def text(self) -> str:
        return " ".join("".join(part if isinstance(part, str) else part.text() for part in self.parts).split())


class PageReader(HTMLParser):
    """Reads a page as a browser does, as far as a page without faults needs it."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Element("page", {})
        self.open = [self.page]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].parts.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"{tag} is closed that is not open"

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def read_page(text: str) -> Element:
    """Read a page; an element that is not closed in its place is a fault."""
    reader = PageReader()
    reader.feed(text)
    assert reader.open == [reader.page]
    return reader.page


def data_of(page: Element) -> dict[str, Any]:
    """Read the data that a study's report carries."""
    data: dict[str, Any] = json.loads(page.one("script", id="document").text())
    return data


def report_of(run: Run, **values: Any) -> str:
    return study_report(run, **values)
