"""The page of a service."""

import re

import pytest

import flopwatt
from flopwatt.bench.reports.service_report import SECTIONS, service_report


@pytest.fixture(scope="module")
def page() -> str:
    service = flopwatt.serve("llama-3.1-8b", "h100", 8, draws=128)
    return service_report({service.name: service}, "flopwatt serve --model llama-3.1-8b")


def test_it_has_what_the_screen_says_and_every_section(page: str) -> None:
    service = flopwatt.serve("llama-3.1-8b", "h100", 8, draws=128)
    for sentence in service.sentences:
        assert sentence in page
    for anchor, title in SECTIONS:
        assert f'id="{anchor}"' in page
        assert title in page
    assert "Made by flopwatt with <code>flopwatt serve --model llama-3.1-8b</code>" in page


def test_it_lists_inputs_with_their_sources(page: str) -> None:
    assert "drawn: " in page
    assert "default: " in page
    assert "price of a chip" in page


def test_it_loads_nothing(page: str) -> None:
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<(link|img|iframe)\b", markup)
    assert "<script src" not in page


def test_chips_stand_in_columns() -> None:
    compared = flopwatt.serve_chips("llama-3.1-8b", ["h100", "v100", "b200"], 8, draws=128, interactivity=20)
    page = service_report(compared)
    assert compared.sentence in page
    for chip in compared.left_out:
        assert f"{chip.chip} is left out" in page
    for chip in compared.results:
        assert f">{chip}</th>" in page
