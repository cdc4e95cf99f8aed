"""The page of a validation: sentences, tables, pictures, a list of cases that is filtered, and what is not predicted."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from browser import DESKTOP, beyond_the_page, count_marks, draw_pictures, print_preview, reader, serious_violations
from made_findings import two_generations
from made_pages import HOSTILE

from flopwatt.bench.reports.validation_report import validation_report
from flopwatt.bench.validate.results import Findings, LeftOut

__all__ = ["reader"]  # a fixture
NARROW = (360, 740)


def test_a_page_begins_with_the_sentences_and_holds_every_case() -> None:
    page = validation_report(two_generations(), "generation")
    first = re.search("<li>(.*?)</li>", page.split('id="short-heading"')[1])
    assert first is not None
    assert first[1].startswith("Step time: off by 15% in the median of 12 steps")
    ends = "least off for Hopper (10%), most for Ampere (20%); P10 to P90 holds too little for Ampere (0% of 6)"
    assert f"Step time by generation: {ends}." in page
    (data,) = re.findall('id="cases-data">(.*?)</script>', page)
    columns = {column["name"]: column["values"] for column in json.loads(data)["columns"]}
    assert len(columns["case"]) == 13
    assert columns["published"][:3] == [1.0, 10.0, 100.0]
    assert columns["unit"][-1] == "MWh"
    for words in ("no hours", "no scope", "mean |ln|", "its 90% interval", "By generation", "By source"):
        assert words in page
    assert "By developer" not in page


def test_a_page_of_nothing_says_so() -> None:
    page = validation_report(Findings([], [LeftOut("a", "energy", "why")]), "generation")
    assert "Nothing could be predicted, so there are no errors." in page
    assert "why" in page
    empty = validation_report(Findings(), "generation")
    assert "Everything that was published is predicted." in empty


def hostile() -> Findings:
    made = two_generations()
    cases = [dataclasses.replace(case, name=HOSTILE, labels={"generation": HOSTILE}) for case in made.predicted[:6]]
    return Findings([*cases, *made.predicted[6:]], [LeftOut(HOSTILE, "energy", HOSTILE)])


@pytest.mark.slow
@pytest.mark.parametrize(("size", "dark"), [(NARROW, True), (DESKTOP, False)])
def test_everyone_can_read_it(reader, tmp_path: Path, size, dark: bool) -> None:
    opened = reader.open(validation_report(two_generations(), "generation"), tmp_path, size, dark=dark)
    draw_pictures(opened)
    assert count_marks(opened, "picture-1") >= 12
    assert serious_violations(opened) == []
    assert beyond_the_page(opened) == []
    opened.get_by_label("Only cases with the words").fill("step ampere")
    assert opened.locator("#cases-table tbody tr").count() == 6
    assert opened.locator("#said").text_content() == "6 of 13 rows"
    opened.locator("#cases-table").get_by_role("button", name="published").click()
    assert opened.locator("#cases-table tbody tr").count() == 6
    print_preview(opened)
    assert beyond_the_page(opened) == []
    assert reader.faults == []


@pytest.mark.slow
def test_hostile_texts_are_shown_as_texts(reader, tmp_path: Path) -> None:
    opened = reader.open(validation_report(hostile(), "generation"), tmp_path)
    draw_pictures(opened)
    assert opened.evaluate("window.broken") is None
    assert HOSTILE in opened.locator("#cases-table").text_content()
    assert opened.locator("main img").count() == 0
    assert reader.faults == []
