"""Which country, or part of one, a text names: the codes and names of ISO 3166, and what is said every day beside them.

A name is taken as it is or not at all: no country is ever taken for another because it is spelt much like it.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# What people say and ISO does not: short, former and other English names.
_SAID = {
    "AE": ("UAE", "Emirates"),
    "BN": ("Brunei",),
    "CD": ("DR Congo", "DRC", "Congo Kinshasa", "Democratic Republic of Congo"),
    "CG": ("Congo Brazzaville",),
    "CI": ("Ivory Coast",),
    "CN": ("PRC", "Mainland China"),
    "CV": ("Cape Verde",),
    "GB": ("UK", "Great Britain", "Britain"),
    "HK": ("Hong Kong SAR",),
    "KP": ("DPRK",),
    "KR": ("ROK", "Korea (South)"),
    "MK": ("Macedonia",),
    "MM": ("Burma",),
    "MO": ("Macau",),
    "NL": ("Holland",),
    "RU": ("Russia",),
    "SA": ("KSA", "Saudi"),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey",),
    "US": ("America",),
    "VA": ("Vatican", "Vatican City"),
}


@dataclass(frozen=True)
class IsoPlace:
    """A country or a part of one, as ISO 3166 has it.

    Attributes
    ----------
    code
        Of two letters, or with the part behind it: FR, US-TX.
    name
        Its short English name, or that of the part in its own language.
    """

    code: str
    name: str

    @property
    def country(self) -> str:
        """The code of the country that it is, or is a part of."""
        return self.code[:2]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


def folded(name: str) -> str:
    """Write a name without what spelling varies in: case, accents, stops, hyphens, blanks, "the", "St" for "Saint"."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[^\W_]+", re.sub("[.'`\u2019]", "", plain).replace("&", " and "))
    return " ".join("saint" if word == "st" else word for word in words if word != "the")


def countries_named(text: str) -> tuple[IsoPlace, ...]:
    """List the countries that a text is a code or a name of; several where it is a name of several, such as Korea."""
    return _countries().get(folded(text), ())


def parts_named(text: str) -> tuple[IsoPlace, ...]:
    """List the parts of countries, such as states, that a text is the code or the name of."""
    return _parts().get(folded(text), ())


def country_names() -> Iterator[str]:
    """Yield every country's short English name, and what else is said of it every day."""
    for country in _database().countries:
        yield _short(country)
        yield from _SAID.get(country.alpha_2, ())


def translated(text: str) -> str:
    """Return the English name of the country that a text names in another language; nothing where there is none or several.

    The translations are volunteers' and not free of errors: they do for a suggestion, and not to take one for it.
    """
    import gettext
    from pathlib import Path

    wanted, database = folded(text), _database()
    meant = set()
    for path in Path(database.LOCALES_DIR).glob("*/LC_MESSAGES/iso3166-1.mo"):
        with path.open("rb") as file:
            words = gettext.GNUTranslations(file)
        meant |= {_short(country) for country in database.countries if folded(words.gettext(_short(country))) == wanted}
    return meant.pop() if len(meant) == 1 else ""


def _database() -> Any:
    import pycountry  # takes a thirtieth of a second, which names that the tables have do without

    return pycountry


@functools.cache
def _countries() -> Mapping[str, tuple[IsoPlace, ...]]:
    return _index(
        (name, IsoPlace(country.alpha_2, _short(country)))
        for country in _database().countries
        for name in (country.alpha_2, country.alpha_3, *_names(country), *_SAID.get(country.alpha_2, ()))
    )


@functools.cache
def _parts() -> Mapping[str, tuple[IsoPlace, ...]]:
    parts = ((part, re.split(r"[\[\]]", part.name)) for part in _database().subdivisions)
    return _index((text, IsoPlace(part.code, names[0].strip())) for part, names in parts for text in (part.code, *names))


def _index(names: Iterable[tuple[str, IsoPlace]]) -> dict[str, tuple[IsoPlace, ...]]:
    known: dict[str, tuple[IsoPlace, ...]] = {}
    for name, place in names:
        others = known.get(folded(name), ())
        if name and place not in others:
            known[folded(name)] = (*others, place)
    return known


def _names(country: Any) -> Iterator[str]:
    """Yield the names of a country: as ISO has them, in the order of speech, and short ("Korea, Republic of")."""
    for key in ("common_name", "name", "official_name"):
        name = getattr(country, key, "")
        first, comma, rest = name.partition(", ")
        yield name
        if comma:
            yield first
            yield f"{rest} {first}"


def _short(country: Any) -> str:
    """Return the everyday name of a country, else ISO's, in the order of speech."""
    name = getattr(country, "common_name", country.name)
    first, comma, rest = name.partition(", ")
    return f"{rest} {first}" if comma and re.search(r"\b(of|the)$", rest) else name
