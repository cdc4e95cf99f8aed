"""Published counts of chips in 10 GW against the power of a chip, on both bases."""

from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.validate import gigawatts
from flopwatt.bench.validate.gigawatts import Claim, Count, Place, claims, document, sentences


@pytest.fixture(scope="module")
def said() -> list[Claim]:
    return claims(1024)


def _of(said: list[Claim], who: str, chip: str) -> Claim:
    (claim,) = (claim for claim in said if claim.who == who and claim.chip.key == chip)
    return claim


@pytest.mark.parametrize(
    ("who", "chip", "millions", "inside"),
    [
        ("Bernstein", "gb200-nvl72", 4.27, ["facility"]),
        ("Barclays", "gb200-nvl72", 5.0, ["IT"]),
        ("SemiAnalysis", "gb200-nvl72", 4.76, ["IT"]),
        ("SemiAnalysis", "h100-sxm-80gb", 5.78, ["facility"]),
        ("SemiAnalysis, of IT", "h100-sxm-80gb", 7.3, ["IT"]),
        ("xAI, Colossus", "h100-sxm-80gb", 5.52, ["facility"]),
        ("Epoch AI", "gb200-nvl72", 3.41, []),
    ],
)
def test_which_published_counts_lie_inside(who: str, chip: str, millions: float, inside: list[str], said: list[Claim]) -> None:
    claim = _of(said, who, chip)
    assert claim.least == claim.most == pytest.approx(millions * 1e6, rel=2e-3)
    assert [basis for basis, place in claim.places().items() if place is Place.INSIDE] == inside


def test_the_announcement_counts_dies_of_vera_rubin(said: list[Claim]) -> None:
    """4 to 5 million dies overlap what 10 GW of the facility hold; IT alone would hold more."""
    claim = _of(said, "Announcement (Huang)", "vr200-nvl72")
    assert (claim.least, claim.most, claim.counted) == (4e6, 5e6, "dies")
    assert claim.places() == {"facility": Place.OVERLAPS, "IT": Place.BELOW}


def test_gigawatts_of_it_hold_more_by_the_overhead_of_the_facility(said: list[Claim]) -> None:
    for claim in said:
        assert claim.counts["IT"].median / claim.counts["facility"].median == pytest.approx(1.25, rel=0.01)
        assert claim.source
        assert claim.date


@pytest.mark.parametrize(
    ("least", "most", "place"),
    [
        (1, 1, Place.BELOW),
        (2, 2, Place.INSIDE),
        (2, 3, Place.INSIDE),
        (1, 2, Place.OVERLAPS),
        (1, 4, Place.OVERLAPS),
        (4, 5, Place.ABOVE),
    ],
)
def test_where_a_count_lies(least: float, most: float, place: Place) -> None:
    assert Count(2, 2.5, 3).place(least, most) is place


def test_the_sentences_name_each_count_on_the_basis_that_it_fits(said: list[Claim]) -> None:
    facility, overlapping, it, *_, outside = sentences(said)
    assert facility.startswith("If 10 GW are the facility's peak, these lie inside: ")
    assert "Bernstein, 4.27 GB200-NVL72" in facility
    assert "Announcement (Huang), 4.00 to 5.00 VR200-NVL72 dies" in overlapping
    assert "Barclays, 5.00 GB200-NVL72" in it
    assert outside.startswith("Outside on both readings: ")
    assert "Epoch AI, 3.41 GB200-NVL72" in outside


def test_the_document_has_every_claim(said: list[Claim]) -> None:
    entries = document(said)["claims"]
    assert len(entries) == len(said)
    assert entries[0]["computed"]["IT"].keys() == {"low", "median", "high"}
    assert entries[0]["places"].keys() == {"facility", "IT"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('counted = "dies"', 'counted = "halves"', "counted must be packages or dies, not 'halves'"),
        ('chip = "mi355x"', 'chip = "mi356x"', "there is no row 'mi356x'; did you mean 'mi355x'"),
        ("least = 1944000", "least = 0", "least must be above 0, not 0"),
    ],
)
def test_a_wrong_row_is_named(old: str, new: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (gigawatts.configs.FOLDER / "published" / "gigawatts.toml").read_text()
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "gigawatts.toml").write_text(text.replace(old, new, 1))
    monkeypatch.setattr(gigawatts.configs, "FOLDER", tmp_path)
    with pytest.raises(InputError, match=says):
        claims(128)
