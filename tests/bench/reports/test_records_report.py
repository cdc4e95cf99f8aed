import dataclasses
import json
import re
from pathlib import Path

import pytest
from browser import (
    DESKTOP,
    PHONE,
    beyond_the_page,
    count_marks,
    draw_pictures,
    print_preview,
    reader,
    seconds_to_open,
    serious_violations,
)
from made_history import SLOWER, history_of
from made_pages import HOSTILE
from made_records import MACHINE, record, timed
from varied_records import real_record, varied

from flopwatt.bench.machine.info import Cpu
from flopwatt.bench.records.store import load, save
from flopwatt.bench.reports.records_report import records_report

__all__ = ["reader"]  # a fixture


def sentences(page: str) -> list[str]:
    return re.findall("<li>(.*?)</li>", page.split('id="short-heading"')[1].split("</ul>")[0])


def test_a_page_begins_with_what_the_records_come_to() -> None:
    lines = sentences(records_report(history_of(SLOWER, spread=0.01)))
    assert len(lines) <= 5
    assert lines[0] == "14 records of 2 benchmarks, measured 2026-10-01 to 2026-10-14."
    assert lines[-1].startswith("1 of 2 benchmarks changed over up to 14 records; most of all a")


def test_machines_are_never_mixed() -> None:
    other = dataclasses.replace(MACHINE, cpu=Cpu("AMD EPYC", "x86_64", 2, 2, 2, cache="512 KB"))
    same_name = dataclasses.replace(MACHINE, cpu=Cpu("AMD EPYC", "x86_64", 2, 2, 2, cache="1024 KB"))
    third = dataclasses.replace(MACHINE, name="another")
    page = records_report([record(timed("a", 0.01), machine=machine) for machine in (other, same_name, third)])
    assert "They are of 3 machines, whose times do not compare: each stands apart below." in sentences(page)
    assert page.count("<h3>amd-epyc-2-cores (2)</h3>") >= 4
    assert "Apart from what had this name before: CPU cache" in page
    assert page.count("Nothing to compare with") == 3


def test_all_measurements_are_in_the_page() -> None:
    page = records_report(history_of(SLOWER, spread=0.01), unread=["old.json: is empty <b>"])
    data = json.loads(re.search('id="measurements">(.*?)</script>', page)[1])
    columns = {column["name"]: column for column in data["columns"]}
    assert len(columns["seconds"]["values"]) == 28
    assert columns["seconds"]["unit"] == "s"
    assert "old.json: is empty &lt;b&gt;" in page


@pytest.mark.slow
@pytest.mark.alone
def test_a_hundred_records_open_in_three_seconds(reader, tmp_path: Path) -> None:
    path = tmp_path / "records.html"
    path.write_text(records_report(varied(100)), encoding="utf-8")
    assert path.stat().st_size < 4e6
    assert seconds_to_open(reader, path, tmp_path) < 3


@pytest.mark.slow
def test_a_hundred_records_are_drawn(reader, tmp_path: Path) -> None:
    opened = reader.open(records_report(varied(100)), tmp_path)
    draw_pictures(opened)
    assert count_marks(opened, "history-1") > 100
    assert count_marks(opened, "speed-1-1") > 30
    slider = opened.locator("#history-1 input")
    before = opened.locator("#history-1 svg").inner_html()
    slider.press("ArrowRight")
    opened.wait_for_function("before => document.querySelector('#history-1 svg').innerHTML !== before", arg=before)
    assert reader.faults == []


@pytest.mark.slow
@pytest.mark.parametrize(("size", "dark"), [(PHONE, True), (DESKTOP, False)])
def test_everyone_can_read_it(reader, tmp_path: Path, size, dark: bool) -> None:
    records = [*varied(8), *varied(3, real_record(), machine=dataclasses.replace(real_record().machine, name="another"))]
    opened = reader.open(records_report(records), tmp_path, size, dark=dark)
    draw_pictures(opened)
    assert serious_violations(opened) == []
    assert beyond_the_page(opened) == []
    rows = opened.locator("#speeds-1 tbody tr th:first-child")
    first = rows.first.text_content()
    opened.locator("#speeds-1").get_by_role("button", name="median time of a call").click()
    assert rows.first.text_content() != first
    print_preview(opened)
    assert beyond_the_page(opened) == []
    assert reader.faults == []


@pytest.mark.slow
def test_hostile_texts_are_shown_as_texts(reader, tmp_path: Path) -> None:
    params = {"case": HOSTILE, "engine": "numpy"}
    one = dataclasses.replace(timed("a", params=params), name=f"test_it[{HOSTILE}]", fullname=f"test_it[{HOSTILE}]")
    written = record(one, label="<i>label</i>", subject=HOSTILE)
    path = save(written, tmp_path / "results")
    opened = reader.open(records_report([load(path)], unread=[HOSTILE]), tmp_path)
    draw_pictures(opened)
    assert opened.evaluate("window.broken") is None
    assert HOSTILE in opened.locator("#speeds-1").text_content()
    assert opened.locator("main img, main i").count() == 0
    assert reader.faults == []
