"""A text means one row of the tables of places, or is refused by what it is."""

import pytest

from flopwatt import configs
from flopwatt.bench.facts.countries import country_names
from flopwatt.bench.facts.place_names import TABLES, PlaceError, find_place, find_row


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("france", ("FR", "fr", "FRA", "France", " france ")),
        ("usa", ("US", "USA", "U.S.", "United States of America", "America")),
        ("united-kingdom", ("UK", "GB", "GBR", "Great Britain")),
        ("south-korea", ("KR", "KOR", "South Korea", "Republic of Korea", "Korea")),
        ("czechia", ("Czechia", "Czech Republic")),
        ("turkiye", ("T\u00fcrkiye", "Turkey")),
        ("uae", ("UAE", "Emirates")),
        ("switzerland", ("CH", "CHE", "Switzerland", "Swiss Confederation")),
        ("texas", ("TX", "tx", "Texas", "US-TX", "us_tx", "Texas, USA", "ERCOT")),
        ("georgia", ("US-GA", "Georgia, USA", "Georgia (US)", "Georgia (United States)")),
        ("california", ("US-CA", "California", "California, US")),
        ("canada", ("CA", "CAN", "Canada")),
        ("india", ("IN",)),
        ("germany", ("DE",)),
        ("world", ("World", "global")),
        ("usa-direct", ("usa-direct", "United States, direct")),
        ("google-us-central1", ("us-central1", "GCP us-central1", "Google Cloud us-central1", "us-central1-a")),
        ("google-europe-west4", ("europe-west4",)),
    ],
)
def test_a_place_by_what_it_is_called(key: str, names: tuple[str, ...]) -> None:
    for name in names:
        assert find_place(name).row.key == key, name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Hong Kong", "there is no row for Hong Kong (HK)"),
        ("SA", "there is no row for Saudi Arabia (SA)"),
        ("GA", 'there is no row for Gabon (GA); the state of Georgia (United States) is "US-GA"'),
        ("AZ", 'there is no row for Azerbaijan (AZ); the state of Arizona is "US-AZ"'),
        ("Niger", "there is no row for Niger (NE)"),
        ("North Korea", "there is no row for North Korea (KP)"),
        ("Guinea", "there is no row for Guinea (GN)"),
        ("Northern Ireland", "there is no row for Northern Ireland (GB-NIR); the whole country has one, 'united-kingdom'"),
        ("Delaware", "there is no row for Delaware (US-DE); the whole country has one, 'usa'"),
        ("Ontario", "there is no row for Ontario (CA-ON); the whole country has one, 'canada'"),
        ("Montana", "there is no row for Montana (BG-12) or Montana (US-MT)"),
        (
            "Virgin Islands",
            "'Virgin Islands' may be Virgin Islands, British (VG) or Virgin Islands, U.S. (VI); write the code; "
            "there is a row for neither",
        ),
        ("EU", "there is no row for 'EU', which is no single country; name a country, or 'world'"),
        ("Europe", "there is no row for 'Europe', which is no single country; name a country, or 'world'"),
        *(
            (
                name,
                f"where the cloud region {name!r} stands is not known here; `flopwatt show cloud_regions` lists those that are",
            )
            for name in (
                "us-east-1",
                "us-gov-west-1",
                "europe-west3",
                "AWS Frankfurt",
                "eastus",
                "East US 2",
                "UK South",
                "us-east-1a",
            )
        ),
    ],
)
def test_a_place_without_a_row_is_refused_by_what_it_is(name: str, message: str) -> None:
    with pytest.raises(PlaceError) as refused:
        find_place(name)
    assert str(refused.value) == message
    assert refused.value.exists


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Eurpe", "'europe'"),
        ("Frankreich", "'France'"),
        ("Swizerland", "'switzerland'"),
        ("Nigera", "'Niger'"),
        ("Gernamy", "'germany'"),
    ],
)
def test_what_is_no_place_gets_the_nearest_name(name: str, hint: str) -> None:
    with pytest.raises(PlaceError) as refused:
        find_place(name)
    assert str(refused.value) == f"there is no place {name!r} in the tables {', '.join(TABLES)}; did you mean {hint}?"
    assert not refused.value.exists


@pytest.mark.parametrize("name", ["Dubai", "Bavaria", "Nippon", "CAISO", "Delaware, US"])
def test_a_place_that_is_spelt_a_little_alike_is_no_hint(name: str) -> None:
    with pytest.raises(PlaceError, match="`flopwatt show grids` lists countries") as refused:
        find_place(name)
    assert "did you mean" not in str(refused.value)


@pytest.mark.parametrize("name", ["", " ", "-", "a" * 500, "Paris, Atlantis", "Texas, France"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(PlaceError):
        find_place(name)


def test_what_else_two_letters_could_mean_is_said() -> None:
    assert find_place("CA").note == 'CA is read as Canada; California is "US-CA".'
    assert find_place("in").note == 'in is read as India; Indiana is "US-IN".'
    assert find_place("DE").note == find_place("FR").note == find_place("TX").note == ""


def test_no_country_has_anothers_row() -> None:
    """Whatever name of a country is asked for: its own row, or none."""
    rows = {row.name for row in configs.load("grids").rows.values()}
    for name in country_names():
        try:
            place = find_place(name)
        except PlaceError:
            assert name not in rows
            continue
        own = configs.load("grids").rows.get(place.row.key)
        assert own is not None or name == "Georgia", name  # whose row says that it is the state's


def test_a_table_of_places_is_searched_by_all_that_a_place_is_called() -> None:
    grids = configs.load("grids")
    assert find_row(grids, "Swiss Confederation").key == "switzerland"
    with pytest.raises(PlaceError, match=r"^Texas has no row in grids; grids_direct has it, as 'texas'$"):
        find_row(grids, "TX")
    with pytest.raises(
        PlaceError, match=r'^Canada has no row in grids_direct; .*; CA is read as Canada; California is "US-CA"$'
    ):
        find_row(configs.load("grids_direct"), "CA")
    assert find_row(configs.load("hardware"), "h100").key == "h100-sxm-80gb"
    with pytest.raises(configs.FactError, match="did you mean 'h100'"):
        find_row(configs.load("hardware"), "h101")


def test_a_name_of_two_countries_without_a_row_says_both_codes() -> None:
    with pytest.raises(
        PlaceError, match=r"^'Congo' may be The Democratic .* \(CD\) or Congo \(CG\); write the code; there is a"
    ):
        find_place("Congo")
