"""One service on several chips, side by side: which is cheapest, which serves most, and which cannot do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ..errors import InputError
from ..estimate.chip_comparison import ChipComparison, UnableChip, refuse_all
from ..estimate.estimation import Drawing
from ..estimate.request import find
from ..facts.currencies import find_currency
from .service_estimate import serve_request
from .service_result import ServiceResult
from .serving_request import ServingRequest


@dataclass(frozen=True, repr=False)
class ServiceComparison(ChipComparison):
    """One service on several chips.

    Attributes
    ----------
    results
        What serving takes, by what people call the chip, in the order asked.
    """

    results: Mapping[str, ServiceResult]

    best_words: ClassVar[Mapping[str, str]] = {
        "cost_per_query": "is cheapest",
        "energy_per_query": "takes the least energy",
        "served_queries_per_day": "serves the most",
        "serving_chips": "needs the fewest chips",
    }
    alike_words: ClassVar[Mapping[str, str]] = {
        "cost_per_query": "cost the least alike",
        "energy_per_query": "take as little energy",
        "served_queries_per_day": "serve as much",
        "serving_chips": "need as few chips",
    }
    kinds_of_money: ClassVar[Mapping[str, str]] = {"cost_per_query": "a query", "energy_per_query": "a query"}
    better_more: ClassVar[frozenset[str]] = frozenset(("served_queries_per_day",))
    verb: ClassVar[str] = "Serving"

    @property
    def mfu_notes(self) -> tuple[str, ...]:
        """Nothing: no MFU is expected of a service."""
        return ()

    def __repr__(self) -> str:
        return f"ServiceComparison: {self.sentence}"


def compare_services(request: ServingRequest, chips: Sequence[str], drawing: Drawing) -> ServiceComparison:
    """Estimate one service on several chips. Those that cannot do it are left out.

    Parameters
    ----------
    request
        What is stated of the service; its chip is not looked at.
    chips
        The chips' names.
    drawing
        How it is estimated.

    Raises
    ------
    InputError
        Where what is stated is wrong, or no chip can do it.
    """
    drawing.check()
    money = find_currency(drawing.currency)
    results: dict[str, ServiceResult] = {}
    errors: list[InputError] = []
    unable: list[UnableChip] = []
    for chip in chips:
        row = find("hardware", chip, "chip")
        try:
            results[row.shown] = serve_request(replace(request, run=replace(request.run, chip=chip)), drawing, money)
        except InputError as error:
            errors.append(error)
            unable.append(UnableChip(row.shown, row.key, error.parts))
    if not results:
        refuse_all(errors, unable)
    return ServiceComparison(results, tuple(unable))
