"""What was read of a service: as sentences for a person, what is assumed apart, and as plain numbers for a program."""

from typing import Any

from ...kernels.model import units
from ..errors import Parameter, Spelling, named
from ..estimate.intervals import MEDIAN
from ..estimate.natural_units import join_words, natural
from ..estimate.said_inputs import also_stated, is_sketched, said_model, said_values
from ..estimate.source import SourceKind
from ..estimate.stated_model import changed_columns
from ..estimate.subject import Subject
from ..terminal import numbers
from .service_scenario import ServiceScenario
from .serving_request import CHIPS, LOAD, QUERIES, STEP_SPREAD, STRATEGY, Service, precision_held
from .usual_service import FIRST, INPUT, LIMITS, OUTPUT, SPEED

HITS, DRAFTS, ACCEPTED = "cache_hit_share", "draft_tokens", "draft_acceptance"
_BITS = ("precision_bits", "weight_bits", "cache_bits")
_SIZE = ("parameters", "active_parameters")
_SAID = (*STRATEGY, CHIPS, QUERIES, INPUT, OUTPUT, *LIMITS, *_BITS, HITS, DRAFTS, ACCEPTED, LOAD, *_SIZE)
_STATED_WITH = {"precision_bits": "precision", "cache_bits": "cache_precision"}
_OF_MODEL = (*_SIZE, "layers", "layer_passes")


def read_lines(scenario: ServiceScenario, service: Service, spell: Spelling = named) -> list[str]:
    """Say what was read of a service, and what is assumed since nobody stated it.

    Parameters
    ----------
    scenario
        The service.
    service
        As it was stated.
    spell
        Words the parameters that could be stated.
    """
    subject = scenario.subject or Subject("", "", "")
    place = f"electricity of {subject.country}" if subject.country else "no country stated"
    model = said_model(scenario, said_values(scenario))
    query = ", ".join((lengths_words(scenario), *_more(scenario)))
    asked = [text for text in (_limit_words(service, name) for name in LIMITS) if text]
    sure = f" in {numbers.share(service.confidence)} of cases" if service.confidence > MEDIAN else ""
    wanted = f"; {join_words(asked)}{sure}" if asked else ""
    stated = [
        f"{scenario.model[name].wording} {natural(value, scenario.model[name])}"
        for name, value in also_stated(scenario, _SAID).items()
    ]
    software = f", by {service.software}" if service.software else ""
    lines = [f"Read: {model}; {_chips(scenario)}, {precision_words(scenario)}{software}; {query}{wanted}; {place}."]
    lines += [f"Stated: {', '.join(stated)}."] if stated else []
    return [*lines, *_assumed(scenario, service, spell), *subject.notes]


def unseen_lines(scenario: ServiceScenario) -> list[str]:
    """Say that nobody measured a chip of this generation, where intervals are wider for that."""
    held = scenario.fixed.get(STEP_SPREAD)
    if held is None or held.source.kind is not SourceKind.RULE:
        return []
    chip = scenario.subject.chip if scenario.subject is not None else "the chip"
    return [f"Nobody measured serving on chips of the generation of {chip}: its intervals are wider for that."]


def lengths_words(scenario: ServiceScenario) -> str:
    """Word ``1,000 tokens in and 500 out``."""
    tokens = [numbers.count(scenario.fixed[name].value) for name in (INPUT, OUTPUT)]
    return f"{tokens[0]} tokens in and {tokens[1]} out"


def precision_words(scenario: ServiceScenario) -> str:
    """Word the precisions of products, weights and cache: FP8; FP8 with weights in FP4 and the cache in BF16."""
    products, weights, cache = (precision_held(name, scenario.fixed) for name in _BITS)
    own = [f"weights in {weights}"] if weights != products else []
    own += [f"the cache in {cache}"] if cache != products else []
    return f"{products} with {join_words(own)}" if own else products


def _chips(scenario: ServiceScenario) -> str:
    chip = scenario.subject.chip if scenario.subject is not None else "chips"
    if scenario.chips is None:
        asked = queries_words(scenario)
        return f"as many {chip} as {asked} {'needs' if queries_a_day(scenario) == 1 else 'need'}"
    return f"{numbers.count(scenario.chips)} {chip}"


def queries_a_day(scenario: ServiceScenario) -> float:
    """Return the queries of a day that are stated."""
    return float(units.from_base(scenario.fixed[QUERIES].value, scenario.model[QUERIES].unit))


def queries_words(scenario: ServiceScenario) -> str:
    """Word the queries of a day that are stated: ``2.5 billion queries a day``, ``1 query a day``."""
    asked = queries_a_day(scenario)
    return f"{numbers.count(asked)} {'query' if asked == 1 else 'queries'} a day"


def _drafted(scenario: ServiceScenario) -> float:
    """Return the tokens that are drafted for each step; 0 where nobody says."""
    return scenario.fixed[DRAFTS].value if DRAFTS in scenario.fixed else 0.0


def _more(scenario: ServiceScenario) -> list[str]:
    """Word what else is stated of queries and answers: prompts that are kept, tokens that are drafted."""
    texts = []
    hits = scenario.fixed[HITS].value if HITS in scenario.fixed else 0.0
    drafts = _drafted(scenario)
    if hits > 0:
        texts.append(f"{numbers.share(hits)} of the prompts kept")
    if drafts > 0:
        accepted = scenario.fixed[ACCEPTED].value
        texts.append(f"{numbers.count(drafts, 'token')} drafted for each step, of which {numbers.share(accepted)} are accepted")
    return texts


def _limit_words(service: Service, name: str) -> str:
    """Word what each user must get: ``at least 50 tokens a second for each user``; empty where nothing is asked."""
    if name not in service.limits:
        return ""
    value = service.limits[name].value
    if name == SPEED:
        return f"at least {numbers.number(value)} tokens a second for each user"
    return f"the first token within {numbers.duration(value)}"


def _assumed(scenario: ServiceScenario, service: Service, spell: Spelling) -> list[str]:
    """Say what is assumed, and with which parameters it is stated."""
    products, cache = (precision_held(name, scenario.fixed) for name in ("precision_bits", "cache_bits"))
    words = {
        INPUT: f"{numbers.count(scenario.fixed[INPUT].value)} tokens in",
        OUTPUT: f"{numbers.count(scenario.fixed[OUTPUT].value)} out",
        **{name: _limit_words(service, name) for name in LIMITS},
        "precision_bits": products,
        "cache_bits": f"the cache in {cache}",
        ACCEPTED: f"{numbers.share(scenario.fixed[ACCEPTED].value)} of drafts accepted" if _drafted(scenario) > 0 else "",
        LOAD: f"the chips {numbers.share(scenario.fixed[LOAD].value)} busy over a day" if LOAD in scenario.fixed else "",
    }
    held = {**scenario.fixed, **service.limits}
    texts = [
        f"{text} ({spell(Parameter(_STATED_WITH.get(name, name)))})"
        for name, text in words.items()
        if text and held[name].source.is_default
    ]
    return [f"Assumed, since not stated: {join_words(texts)}."] if texts else []


def service_inputs(scenario: ServiceScenario, service: Service) -> dict[str, Any]:
    """Return what was read as plain numbers, texts and None.

    Parameters
    ----------
    scenario
        The service; at the medians of what is drawn.
    service
        As it was stated.

    Returns
    -------
    dict
        ``model``, ``model_key``, ``file``, ``model_type``, ``parameters``, ``active_parameters``, ``layers``,
        ``layers_sketched``, ``chip``, ``chip_key``, ``chip_count`` and ``queries_per_day`` (None where it follows from the
        other), ``input_tokens``, ``output_tokens``, ``interactivity`` and ``time_to_first_token`` (what each user must get,
        None where nothing is asked), ``confidence``, ``precision``, ``weight_precision``, ``cache_precision``,
        ``cache_hit_share``, ``software``, ``country``, ``changed`` (what was set by hand of the model), ``assumed`` (what of
        these nobody stated), ``stated`` (all else that was stated, by quantity with ``value`` and ``unit``) and ``notes``.
    """
    subject, values = scenario.subject or Subject("", "", ""), said_values(scenario)
    precisions = [precision_held(name, scenario.fixed) for name in _BITS]
    read = {name: scenario.fixed[name] for name in (INPUT, OUTPUT, "precision_bits")} | dict(service.limits)
    return {
        "model": subject.model or None,
        "model_key": subject.model_key or None,
        "file": subject.file or None,
        "model_type": subject.model_type or None,
        **{name: values.get(name) for name in _OF_MODEL},
        "layers_sketched": is_sketched(scenario),
        "chip": subject.chip or None,
        "chip_key": subject.chip_key or None,
        "chip_count": scenario.chips,
        "queries_per_day": queries_a_day(scenario) if scenario.chips is None else None,
        "input_tokens": scenario.fixed[INPUT].value,
        "output_tokens": scenario.fixed[OUTPUT].value,
        "interactivity": service.limits[SPEED].value if SPEED in service.limits else None,
        "time_to_first_token": service.limits[FIRST].value if FIRST in service.limits else None,
        "confidence": service.confidence,
        **dict(zip(("precision", "weight_precision", "cache_precision"), precisions, strict=True)),
        "cache_hit_share": scenario.fixed[HITS].value if HITS in scenario.fixed else 0.0,
        "software": service.software or None,
        "country": subject.country or None,
        "changed": changed_columns(scenario.fixed),
        "assumed": [name for name, held in read.items() if held.source.is_default],
        "stated": {
            name: {"value": value, "unit": scenario.model[name].unit} for name, value in also_stated(scenario, _SAID).items()
        },
        "notes": list(subject.notes),
    }
