"""A country is known by its codes and names, however they are spelt, and never taken for another that is spelt much like it."""

import pytest

from flopwatt.bench.facts.countries import IsoPlace, countries_named, country_names, folded, parts_named, translated


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("FR", ("FR", "fr", "FRA", " France ", "french republic")),
        ("US", ("USA", "us", "U.S.A.", "United States", "the United States of America", "america")),
        ("GB", ("GB", "UK", "U.K.", "Great Britain", "united-kingdom", "Britain")),
        ("KR", ("KR", "KOR", "South Korea", "Republic of Korea", "Korea, Republic of")),
        ("CZ", ("Czechia", "Czech Republic", "CZE")),
        ("TR", ("T\u00fcrkiye", "Turkiye", "Turkey", "TUR")),
        ("AE", ("UAE", "Emirates", "United Arab Emirates")),
        ("CI", ("C\u00f4te d'Ivoire", "Cote d\u2019Ivoire", "Ivory Coast")),
        ("LC", ("St. Lucia", "Saint Lucia")),
        ("NL", ("Netherlands", "The Netherlands", "Holland")),
        ("CD", ("COD", "Democratic Republic of the Congo", "DR Congo")),
        ("CG", ("COG", "Republic of the Congo")),
        ("PS", ("Palestine", "State of Palestine")),
    ],
)
def test_a_country_by_its_codes_and_names(code: str, names: tuple[str, ...]) -> None:
    for name in names:
        assert [country.code for country in countries_named(name)] == [code], name


@pytest.mark.parametrize(
    ("first", "second"),
    [("Niger", "Nigeria"), ("Austria", "Australia"), ("Slovakia", "Slovenia"), ("China", "Taiwan"), ("China", "Hong Kong"),
     ("Guinea", "Guinea-Bissau"), ("Guinea", "Equatorial Guinea"), ("Dominica", "Dominican Republic"), ("Sudan", "South Sudan"),
     ("Mali", "Malawi"), ("Iran", "Iraq"), ("Georgia", "South Georgia and the South Sandwich Islands")],
)  # fmt: skip
def test_no_country_is_another(first: str, second: str) -> None:
    one, other = countries_named(first), countries_named(second)
    assert len(one) == len(other) == 1
    assert one != other


def test_a_name_of_several_countries_is_all_of_them() -> None:
    assert {country.code for country in countries_named("Korea")} == {"KR", "KP"}
    assert {country.code for country in countries_named("Congo")} == {"CD", "CG"}
    assert {country.code for country in countries_named("Virgin Islands")} == {"VG", "VI"}


@pytest.mark.parametrize("text", ["", " ", "-", "Atlantis", "Eurpe", "Frnce", "Europe", "Northern Ireland", "F R"])
def test_what_is_no_country_is_none(text: str) -> None:
    assert countries_named(text) == ()


def test_a_part_of_a_country_by_its_code_and_name() -> None:
    assert parts_named("us-tx") == parts_named("Texas") == (IsoPlace("US-TX", "Texas"),)
    assert [part.country for part in parts_named("Northern Ireland")] == ["GB"]
    assert {part.code for part in parts_named("Montana")} == {"US-MT", "BG-12"}
    assert [part.code for part in parts_named("Illes Balears")] == ["ES-IB", "ES-PM"]


def test_every_code_and_name_of_iso_is_understood() -> None:
    names = list(country_names())
    assert len(names) > 249
    assert all(countries_named(name) for name in names)
    codes = {country.code for name in names for country in countries_named(name)}
    assert len(codes) == 249


def test_spelling_varies_in_nothing_that_tells_names_apart() -> None:
    assert folded("  The U.S.A. ") == "usa"
    assert folded("us_east-1") == folded("us east 1") != folded("us-east1")
    assert folded("Trinidad & Tobago") == folded("trinidad and tobago")


def test_a_name_in_another_language_is_translated() -> None:
    assert translated("Frankreich") == "France"
    assert translated("Suisse") == "Switzerland"
    assert translated("Atlantis") == ""
