"""What a service takes, as an object for Python: an estimate whose sentences and document are those of a service."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from ..errors import Spelling, named
from ..estimate.entry_parts import DocumentForm
from ..estimate.estimate_result import EstimateResult
from ..estimate.explain import Step
from ..estimate.result_sentences import driver_sentence
from .served_strategy import ServedStrategy
from .service_document import service_document
from .service_scenario import ServiceScenario
from .service_sentences import DRIVEN, served_sentence
from .serving_request import Service


@dataclass(frozen=True, repr=False)
class ServiceResult(EstimateResult):
    """What serving a model takes, with intervals.

    Attributes
    ----------
    scenario
        The service: what is fixed, and what is drawn.
    service
        As it was stated.
    strategy
        How it is served, and what bounds a step.
    """

    scenario: ServiceScenario
    _: KW_ONLY
    service: Service
    strategy: ServedStrategy = field(default_factory=ServedStrategy)

    @property
    def kind_words(self) -> str:
        """What it is an estimate of."""
        return "Serving a model"

    @property
    def sentence(self) -> str:
        """The result in a sentence."""
        return served_sentence(self.estimate, self.scenario)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The result, how the model is served, what bounds a step, and what drives the spread."""
        return tuple(filter(None, (self.sentence, *self.strategy.sentences, driver_sentence(self.estimate, DRIVEN))))

    def to_dict(self, steps: Sequence[Step] | None = None, spell: Spelling = named) -> dict[str, Any]:
        """Return the document that the command prints as JSON: plain numbers, texts and None.

        Parameters
        ----------
        steps
            How it was computed, as `explain` lists it; left out otherwise.
        spell
            Words the parameters that values were stated with.
        """
        told = (self.service, self.strategy)
        return service_document(self.estimate, self.scenario, told, DocumentForm(steps, spell, self.currency))

    def __repr__(self) -> str:
        return f"ServiceResult: {self.sentence}"
