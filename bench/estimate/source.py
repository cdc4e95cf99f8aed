"""Where a value of an estimate comes from: a kind, for the code that asks, and what a person reads of it."""

from dataclasses import dataclass
from enum import Enum, auto

from ..errors import Parameter, Spelling, named


class SourceKind(Enum):
    """What kind of source a value has."""

    STATED = auto()  # by the user; `option` says with what
    PUBLISHED = auto()  # by the case that is predicted
    FACT = auto()  # by a row of a facts table
    UNPUBLISHED = auto()  # a fact that its row does not tell
    FILE = auto()  # by a model's config.json
    MEASURED = auto()  # by `flopwatt calibrate`
    SKETCHED = auto()  # from the parameters alone
    DEFAULT = auto()
    USUAL = auto()  # a default in place of what the model should say
    SEARCHED = auto()  # by the search for the best strategy
    RULE = auto()  # it follows from something else that is stated
    PRIOR = auto()  # drawn from a distribution
    FORMULA = auto()  # computed
    SOLVED = auto()
    UNKNOWN = auto()  # nothing gives it


_PREFIX = {
    SourceKind.MEASURED: "measured: ",
    SourceKind.SKETCHED: "sketched from the parameters: ",
    SourceKind.DEFAULT: "default: ",
    SourceKind.USUAL: "default, since ",
    SourceKind.SEARCHED: "the strategy of highest MFU of ",
    SourceKind.SOLVED: "solved: ",
}


@dataclass(frozen=True)
class Source:
    """Where a value comes from.

    Parameters
    ----------
    kind
        What code asks for.
    detail
        What a person reads beside it: a table and its source, a file, a reason.
    option
        What the user stated it with, where the kind is STATED; what it can be stated with, where it is UNPUBLISHED.
    date
        Of when a fact is; empty where nobody said.
    method
        How a fact was counted, where that is done in several ways.
    owner
        Whose a fact is: the name of its row.
    """

    kind: SourceKind
    detail: str = ""
    option: Parameter | None = None
    date: str = ""
    method: str = ""
    owner: str = ""

    @property
    def is_default(self) -> bool:
        """Whether nobody stated the value."""
        return self.kind in (SourceKind.DEFAULT, SourceKind.USUAL)

    def text(self, spell: Spelling = named) -> str:
        """Word the source for a person, with the option as ``spell`` words it."""
        if self.option is not None and self.kind is SourceKind.UNPUBLISHED:
            return f"{self.detail}; give {_option_text(self.option, spell)}"
        if self.option is not None:
            return f"stated with {spell(self.option)}"
        return f"{_PREFIX.get(self.kind, '')}{self.detail}"


def stated_with(option: str) -> Source:
    """Return the source of what the user stated with a parameter, by the parameter's name."""
    return Source(SourceKind.STATED, option=Parameter(option))


def unpublished(quantity: str, owner: str) -> Source:
    """Return the source of a fact that its table does not tell: of whom it is, and what can be given in its place.

    Parameters
    ----------
    quantity
        The fact, by the name of its quantity; what is asked for in place of the ends of a range (``chip_price_low``) is the
        quantity between them.
    owner
        Whose it is: the name of a country or a chip.
    """
    name = quantity.removesuffix("_low").removesuffix("_high")
    return Source(SourceKind.UNPUBLISHED, f"{name.replace('_', ' ')} of {owner} is not published here", Parameter(name))


def _option_text(option: Parameter, spell: Spelling) -> str:
    """Word what a quantity can be given with: its own parameter, else the one that sets any quantity."""
    own = spell(option)
    return own if spell is named or own != option.name else spell(Parameter("sets", f"{option.name}=VALUE"))


AS_PUBLISHED = Source(SourceKind.PUBLISHED, "published")
