"""Addresses in the text of sources become links, and nothing else does."""

import pytest

from flopwatt.bench.facts.sources import all_figures
from flopwatt.bench.prior.draw_sources import drawn_figures
from flopwatt.bench.reports.source_links import linked


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("Llama 3, arXiv:2407.21783, section 3.3.4", ["https://arxiv.org/abs/2407.21783"]),
        ("(arXiv:2602.00277: every 18 min)", ["https://arxiv.org/abs/2602.00277"]),
        ("told by muxup.com/2025q4/olmo3.", ["https://muxup.com/2025q4/olmo3"]),
        (
            "https://example.org/a?b=1&c=2, and https://example.org/d).",
            ["https://example.org/a?b=1&c=2", "https://example.org/d"],
        ),
        ("https://en.wikipedia.org/wiki/Roofline_(model)", ["https://en.wikipedia.org/wiki/Roofline_(model)"]),
        ("as Investing.com and packet.ai said", []),
        ("configs/hardware.toml; coreweave_estimate.ipynb", []),
        ("javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.org/b", []),
        ("someone@example.com/a", []),
        ("", []),
    ],
)
def test_addresses_are_links(text: str, addresses: list[str]) -> None:
    parts = linked(text)
    assert [part.address for part in parts if part.address] == addresses
    assert "".join(part.text for part in parts) == text


def test_no_source_loses_a_letter_and_none_leads_elsewhere_than_the_web() -> None:
    for figure in all_figures(drawn_figures()):
        parts = linked(figure.source.text)
        assert "".join(part.text for part in parts) == figure.source.text
        assert all(part.address == "" or part.address.startswith(("https://", "http://")) for part in parts)
