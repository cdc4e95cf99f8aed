"""Every figure that comes with flopwatt says of when its source is; a source is a document; what others tell is marked so.

`flopwatt show sources NAME` prints what is tested here. A failure names the file, the row and the column.
"""

import re
from collections.abc import Iterable

import pytest

from flopwatt import configs
from flopwatt.bench.facts import sources
from flopwatt.bench.facts.sources import SourcedFigure
from flopwatt.bench.prior import forms, store
from flopwatt.bench.prior.draw_sources import drawn_figures
from flopwatt.configs.fact_row import is_date
from flopwatt.kernels.quantities import MODEL

# Sites that copy what others publish, gather it or tell of it: a figure that is taken from one is secondary.
COPIES = (
    "2008 blog", "aicerts.ai", "aiseotoolshub", "aiwiki", "crn.com", "datacenter.news", "datacentremagazine", "edgen.tech",
    "engineered.at", "fourweekmba", "gridreadiness", "hothardware", "imgtag", "labindex", "livemint", "mexc", "mirrorfrog",
    "moneycheck", "muxup", "nextbigfuture", "particle.news", "regantih.github.io", "sherwood", "sipoch", "stacker.news",
    "substack.com", "theaipost", "thedailyscout", "tomshardware", "trendforce", "unanswered.io", "wikipedia", "ycharts",
)  # fmt: skip
# Words with which a text says that somebody else tells what somebody published: "EIA, by YCharts", "told by", "quoted".
TOLD = re.compile(r", by [A-Z]|, by \w[\w-]*\.\w|\btold by\b|\bvia\b|\bquoted\b|\bciting\b|\bas transcribed\b|\bcopy of\b")
HOST = re.compile(
    r"\b(?:[a-z0-9-]+\.)+(?:ai|at|blog|cn|co|com|dev|eu|gov|in|info|io|net|news|org|tech|xyz)\b(?!/)", re.IGNORECASE
)
# A page, a paper's number, a file or a day: what leads to the document where a host alone does not.
LEADS = re.compile(r"\w\.\w+/\w|arXiv:\d|\b(?:19|20)\d\d\b|\.(?:csv|ipynb|json|md|pdf|py|toml)\b")
FILES = {sources.DEFAULTS: "defaults.toml or a fit's file", sources.DRAWS: "prior/draws.toml"}
TABLES = (*configs.tables(), sources.DEFAULTS, sources.DRAWS)


def figures(table: str) -> tuple[SourcedFigure, ...]:
    """List the figures of a table, or what else holds some."""
    held = {sources.DEFAULTS: sources.default_figures, sources.DRAWS: drawn_figures}
    return held[table]() if table in held else sources.table_figures(table)


def place(figure: SourcedFigure) -> str:
    """Name the file, the row and the column of a figure."""
    file = FILES.get(figure.table, f"{figure.table}.toml")
    return f"configs/{file}: {' '.join(filter(None, (figure.row, figure.name)))}: {figure.quantity}"


def cited(figure: SourcedFigure) -> str:
    """Name a figure's place, and say what stands there as its source."""
    return f"{place(figure)}: {figure.source.text!r}"


def expect_none(wrong: Iterable[str]) -> None:
    """Fail where anything is wrong, with a line for each."""
    lines = list(wrong)
    assert not lines, "\n".join(["", *lines])


def is_document(text: str) -> bool:
    """Tell whether a text leads to a document: it is not empty, and none of its parts is a host and no more."""
    parts = [part.strip() for part in text.split(";")]
    return bool(text.strip()) and all(not HOST.match(part) or LEADS.search(part) is not None for part in parts)


def is_told(text: str) -> bool:
    """Tell whether a text says that others tell what somebody published."""
    return TOLD.search(text) is not None or any(host in text.lower() for host in COPIES)


@pytest.mark.parametrize("table", TABLES)
def test_every_figure_has_a_date(table: str) -> None:
    expect_none(place(figure) for figure in figures(table) if not is_date(figure.source.date))


@pytest.mark.parametrize("table", TABLES)
def test_every_source_is_a_document(table: str) -> None:
    assert [
        f"{place(figure)}: {figure.source.text!r}" for figure in figures(table) if not is_document(figure.source.text)
    ] == []


@pytest.mark.parametrize("table", TABLES)
def test_what_others_tell_is_marked_as_secondary(table: str) -> None:
    expect_none(cited(figure) for figure in figures(table) if figure.source.primary and is_told(figure.source.text))


def test_every_formula_has_a_source() -> None:
    formulas = [sources.formula_figure(item.name) for item in MODEL.quantities.values() if not item.given]
    expect_none(place(figure) for figure in formulas if not is_document(figure.source.text))


def test_the_rules_for_what_is_drawn_have_dates() -> None:
    file = configs.checked(forms.DRAWS, configs.read_toml(store.DRAWS), store.DRAWS)
    rules = ("sketch", "run_time", "published_mfu", "published_site", "counted_by_die")
    assert [name for name in rules if not is_date(getattr(file, name).date)] == []


# --- published cases, whose rows have keys of their own --------------------------------------------------------------

DATES = {"fleets": "as_of", "training_runs": "year", "power_facts": "date"}  # a step's software says when it was taken


def cases(name: str) -> list[tuple[str, dict[str, object]]]:
    """List the cases of a file under configs/published, each with its place in it."""
    path = configs.FOLDER / "published" / f"{name}.toml"
    rows = configs.read_toml(path)["cases"]
    return [(f"configs/published/{name}.toml: case {number}", row) for number, row in enumerate(rows, 1)]


@pytest.mark.parametrize(("name", "key"), DATES.items())
def test_every_published_case_has_a_date(name: str, key: str) -> None:
    expect_none(where for where, row in cases(name) if not is_date(str(row.get(key, ""))))


@pytest.mark.parametrize("name", [*DATES, "step_times", "bridge_perf"])
def test_every_published_case_has_a_document_and_says_who_tells_it(name: str) -> None:
    for where, row in cases(name):
        text, address = str(row.get("source", "")), str(row.get("url", ""))
        assert text.strip(), where
        assert is_document(text) or "/" in address.partition("://")[2].rstrip("/"), f"{where}: {text!r} at {address!r}"
        if name in DATES:
            assert row.get("secondary") is True or not is_told(f"{text} {address}"), f"{where}: {text!r} at {address!r}"


# --- the rules themselves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "document", "told"),
    [
        ("", False, False),
        ("sherwood.news", False, True),
        ("gridreadiness.com: 80 to 100 billion USD", False, True),
        ("Llama Team 2024, arXiv:2407.21783; muxup.com", False, True),
        ("livemint.com, 2025-09-01: 35 billion USD", True, True),
        ("epoch.ai/data-insights/ai-datacenter-cost-breakdown", True, False),
        ("EIA, industry in the United States, mean of 2025, by YCharts", True, True),
        ("IDC 2025, quoted by Amazon (sustainability.aboutamazon.com)", True, True),
        ("a choice: none is counted unless it is stated", True, False),
        ("38 to 43% by number of chips (arXiv:2407.21783, table 4)", True, False),
        ("NVIDIA H100 data sheet", True, False),
    ],
)
def test_documents_and_tales_are_told_apart(text: str, document: bool, told: bool) -> None:
    assert (is_document(text), is_told(text)) == (document, told)


def test_a_figure_is_named_by_file_row_and_column() -> None:
    figure = SourcedFigure("hardware", "h100", "H100", "tdp", 700.0, "W", "700 W", configs.FactSource("a data sheet"))
    assert place(figure) == "configs/hardware.toml: h100 H100: tdp"
