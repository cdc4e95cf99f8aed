"""One run on several chips, side by side: which is cheapest and fastest, and which cannot do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ... import configs
from ..errors import InputError, Parameter, Part, Spelling, UnknownNameError, argument, joined, named
from ..facts.currencies import find_currency
from ..facts.precisions import peak_column
from ..prior.drawn_inputs import DEVIATION
from ..terminal import numbers
from ..terminal.notebook import html_paragraphs, html_table
from .estimate_result import EstimateResult
from .estimation import Drawing, estimate_request
from .natural_units import cell_text, join_words, spread_interval
from .practice import PILOT, RATE
from .request import Request, find
from .result_sentences import model_words, natural_of, spread_of, table_words, verb_of, words
from .scenario import Scenario
from .shown_quantities import shown_quantities

_DIGITS = 2  # of the share by which one is below another; what is 0 then is alike
_MFU_APART = 0.15  # relative, from which it is said why the expected MFU of two chips differs


@dataclass(frozen=True)
class UnableChip:
    """A chip that cannot do the run.

    Attributes
    ----------
    chip, key
        What it is called, and its key in the hardware table.
    reason
        Text and parameters that say why.
    """

    chip: str
    key: str
    reason: tuple[Part, ...]

    def words(self, spell: Spelling = argument) -> str:
        """Word why it is left out, its parameters as ``spell`` has them."""
        return f"{self.chip} is left out: {joined(self.reason, spell)}"


@dataclass(frozen=True, repr=False)
class ChipComparison:
    """One run on several chips.

    Attributes
    ----------
    results
        What the run takes, by what people call the chip, in the order asked.
    left_out
        The chips that cannot do it.
    """

    results: Mapping[str, EstimateResult]
    left_out: tuple[UnableChip, ...] = ()

    # By what is compared, in which words its least is said, and in which that several have it.
    best_words: ClassVar[Mapping[str, str]] = {
        "cost": "is cheapest",
        "run_time": "is fastest",
        "chip_count": "needs the fewest chips",
    }
    alike_words: ClassVar[Mapping[str, str]] = {
        "cost": "cost the least alike",
        "run_time": "are as fast as each other",
        "chip_count": "need as few chips",
    }
    kinds_of_money: ClassVar[Mapping[str, str]] = {"cost": "of own cost"}
    better_more: ClassVar[frozenset[str]] = frozenset()  # of which the greatest is said
    verb: ClassVar[str] = ""  # which is said in place of the run's own

    def __getitem__(self, chip: str) -> EstimateResult:
        """Return what the run takes on a chip, by its name or any other of the hardware table's. Raises UnknownNameError."""
        name = chip if chip in self.results else find("hardware", chip, "chip").shown
        if name not in self.results:
            raise UnknownNameError(
                f"there is no result on {name}; there are {', '.join(self.results)}", where=Parameter("chip")
            )
        return self.results[name]

    @property
    def sentence(self) -> str:
        """Which chip is cheapest, which is fastest or takes the fewest chips, by the medians."""
        if len(self.results) == 1:
            return next(iter(self.results.values())).sentence
        scenario = next(iter(self.results.values())).scenario
        done = f"{self.verb or verb_of(scenario)} {model_words(scenario)}"
        compared = [name for name in self.best_words if self._differs(name)]
        best: dict[str, list[str]] = {}
        for name in compared:
            if len(self._alike(name)) == 1:
                best.setdefault(self._alike(name)[0], []).append(name)
        texts = [
            f"{chip} {join_words([self.best_words[name] for name in names]).replace(' and is ', ' and ')}: "
            f"{', and '.join(map(self._best_words, names))}"
            for chip, names in best.items()
        ]
        texts += [
            f"{join_words(chips)} {self.alike_words[name]}: {self._least_words(name)}"
            for name in compared
            if len(chips := self._alike(name)) > 1
        ]
        texts += self._unknown_words(compared)
        return f"{done}, by the medians: {'; '.join(texts)}." if texts else f"{done}: no chip differs."

    @property
    def notes(self) -> tuple[str, ...]:
        """What is left out and why, and why chips of the same peak are expected to reach different shares of it."""
        return (*(f"{chip.words()}." for chip in self.left_out), *self.mfu_notes)

    @property
    def mfu_notes(self) -> tuple[str, ...]:
        """Say of which chips of the same dense peak the expected MFU differs, and by what."""
        groups: dict[str, dict[str, float]] = {}
        for chip, result in self.results.items():
            median, peak = self._median(chip, "mfu"), _peak(result.scenario)
            if median is not None and peak is not None and DEVIATION in result.scenario.drawn:
                groups.setdefault(f"{peak:.2e}", {})[chip] = median
        return tuple(
            f"The expected MFU of {join_words(list(group))} differs at the same peak: by published runs it falls with the "
            "operations for each byte of memory bandwidth, and the best strategies differ too."
            for group in groups.values()
            if max(group.values()) > (1 + _MFU_APART) * min(group.values())
        )

    def _differs(self, name: str) -> bool:
        return len({self._median(chip, name) for chip in self.results} - {None}) > 1

    def _median(self, chip: str, name: str) -> float | None:
        spread = self.results[chip].estimate.spreads.get(name)
        return spread.median if spread is not None else None

    def _unknown_words(self, names: Sequence[str]) -> list[str]:
        """Word which chips are not among those compared, by what is not known of them."""
        unknown: dict[tuple[str, ...], list[str]] = {}
        for name in names:
            chips = tuple(chip for chip in self.results if self._median(chip, name) is None)
            if chips:
                unknown.setdefault(chips, []).append(words(name))
        return [
            f"the {join_words(whose)} of {join_words(chips)} {'is' if len(whose) == 1 else 'are'} not known"
            for chips, whose in unknown.items()
        ]

    def _ordered(self, name: str) -> dict[str, float]:
        """Return the shares by which the best of a quantity is below that of every chip, or above it; the best itself first."""
        medians = {chip: median for chip in self.results if (median := self._median(chip, name)) is not None}
        more = name in self.better_more
        order = sorted(medians, key=lambda chip: medians[chip], reverse=more)
        best = medians[order[0]]
        apart = {chip: (best / medians[chip] - 1 if more else 1 - best / medians[chip]) for chip in order if medians[chip] > 0}
        return {chip: round(apart.get(chip, 0.0), _DIGITS) for chip in order}

    def _alike(self, name: str) -> list[str]:
        """Name the chips that have the least of a quantity, or what reads the same."""
        return [chip for chip, less in self._ordered(name).items() if less == 0]

    def _least_words(self, name: str) -> str:
        """Word ``23.1 million USD of own cost (18.2 to 33)``, the least of a quantity."""
        first = next(iter(self._ordered(name)))
        return spread_of(self.results[first].estimate.spreads[name], self.kinds_of_money.get(name, ""))

    def _best_words(self, name: str) -> str:
        """Word ``23.1 million USD of own cost (18.2 to 33), 40% below H100``."""
        second, less = list(self._ordered(name).items())[1]
        return f"{self._least_words(name)}, {numbers.share(less)} {'above' if name in self.better_more else 'below'} {second}"

    def shown(self, full: bool = False) -> list[str]:
        """List the quantities that are shown of some chip, as `shown_quantities` chooses them."""
        chosen = [shown_quantities(result.estimate, result.scenario, full) for result in self.results.values()]
        first = next(iter(self.results.values()))
        return [name for name in first.estimate.spreads if any(name in names for names in chosen)]

    def rows(self, names: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        """Write the quantities that some chip has an answer for: by name, of every chip the median and P10 to P90.

        Parameters
        ----------
        names
            The quantities.
        """
        table = {}
        for name in names:
            spreads = [result.estimate.spreads.get(name) for result in self.results.values()]
            if any(spread is not None and spread.median is not None for spread in spreads):
                table[name] = [
                    (natural_of(spread) or "-", spread_interval(spread)) if spread else ("-", "") for spread in spreads
                ]
        return table

    def to_dict(self, spell: Spelling = named) -> dict[str, Any]:
        """Return a document with that of every chip under ``chips``, and the chips left out with the reasons.

        Parameters
        ----------
        spell
            Words the parameters that values were stated with.
        """
        left_out = [
            {"chip": chip.chip, "chip_key": chip.key, "reason": chip.words(spell).partition(" is left out: ")[2]}
            for chip in self.left_out
        ]
        chips = [result.to_dict(spell=spell) for result in self.results.values()]
        return {"chips": chips, "left_out": left_out, "sentence": self.sentence}

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: a row per chip and quantity, with its P10, P50, P90 and unit."""
        import pandas

        frames = {name: result.to_frame() for name, result in self.results.items()}
        return pandas.concat(frames, names=["chip"])

    def __repr__(self) -> str:
        return f"ChipComparison: {self.sentence}"

    def _repr_html_(self) -> str:
        """Show the comparison in a notebook: its sentence, and a column for each chip."""
        rows = [(table_words(name), *(cell_text(cell) for cell in cells)) for name, cells in self.rows(self.shown()).items()]
        return html_paragraphs((self.sentence, *self.notes)) + html_table(("", *self.results), rows)


def _peak(scenario: Scenario) -> float | None:
    """Return the dense peak (FLOP/s) of a run's chip in its precision; None where it is not known."""
    bits = scenario.fixed["precision_bits"].value if "precision_bits" in scenario.fixed else None
    column = peak_column(configs.defaults()["precision_bits"].value if bits is None else bits)
    return scenario.fixed[column].value if column in scenario.fixed else None


def chip_names(text: str) -> tuple[str, ...]:
    """Split the names of chips at commas.

    Raises
    ------
    InputError
        Where a name is missing, wrong, or there twice.
    """
    names = tuple(name.strip() for name in text.split(","))
    if len(names) == 1:
        return names
    if not all(names):
        raise InputError(f"a name is missing in {text!r}; write one between two commas", where=Parameter("chip"))
    rows = [find("hardware", name, "chip").name for name in names]
    twice = next((row for row in rows if rows.count(row) > 1), None)
    if twice is not None:
        raise InputError(f"{text!r} names {twice} twice; leave one out", where=Parameter("chip"))
    return names


def compare_chips(request: Request, chips: Sequence[str], drawing: Drawing) -> ChipComparison:
    """Estimate one run on several chips. Those that cannot do it are left out.

    Parameters
    ----------
    request
        What is stated of the run; its chip is not looked at.
    chips
        The chips' names.
    drawing
        How the run is estimated.

    Raises
    ------
    InputError
        Where what is stated is wrong, or no chip can do it.
    """
    drawing.check()
    pilot = next((name for name in (PILOT, RATE) if name in request.stated), None)
    if pilot is not None and len(chips) > 1:
        raise InputError("a pilot is of one chip; name that one", where=Parameter(pilot))
    money = find_currency(drawing.currency)
    results: dict[str, EstimateResult] = {}
    errors: list[InputError] = []
    unable: list[UnableChip] = []
    for chip in chips:
        row = find("hardware", chip, "chip")
        try:
            results[row.shown], _ = estimate_request(replace(request, chip=chip), drawing, money)
        except InputError as error:
            errors.append(error)
            unable.append(UnableChip(row.shown, row.key, error.parts))
    if not results:
        refuse_all(errors, unable)
    return ChipComparison(results, tuple(unable))


def refuse_all(errors: Sequence[InputError], unable: Sequence[UnableChip]) -> None:
    """Raise what is wrong on every chip: once where it is the same.

    Parameters
    ----------
    errors
        Of each chip.
    unable
        The chips with the reasons.

    Raises
    ------
    InputError
        In any case.
    """
    if len({str(error) for error in errors}) == 1:
        raise errors[0]
    parts: list[Part] = []
    for chip in unable:
        parts += ["; " if parts else "", f"{chip.chip}: ", *chip.reason]
    raise InputError("none of the chips can do it: ", *parts, where=Parameter("chip"))
