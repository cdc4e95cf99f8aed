"""Services from Python: the command's options as keywords, numbers or texts, and errors that name these keywords."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InputError, Parameter
from ..estimate.chip_comparison import chip_names
from ..estimate.estimation import Drawing
from ..estimate.request import Request
from ..estimate.stated_keywords import check_whole, quantity_name, stated_switch, stated_text, worded
from .service_comparison import ServiceComparison, compare_services
from .service_estimate import DRAWS, serve_request
from .service_result import ServiceResult
from .serving_request import ServingRequest

Said = str | float | bool | os.PathLike[str] | None

# By keyword, the quantity that it states.
_QUANTITIES = {
    "chips": "chip_count",
    "queries_per_day": "queries_per_day",
    "input": "serving_input_tokens",
    "output": "serving_output_tokens",
    "cache_hits": "cache_hit_share",
    "drafts": "draft_tokens",
    "acceptance": "draft_acceptance",
    "batch": "concurrent_sequences",
    "replica_chips": "replica_chips",
    "prefill_chips": "prefill_replica_chips",
    "utilisation": "service_utilisation",
    "carbon_intensity": "carbon_intensity",
    "electricity_price": "electricity_price",
    "rental_price": "rental_price",
    "pue": "pue",
}
_LIMITS = {"interactivity": "interactivity", "ttft": "time_to_first_token"}
_TEXTS = {"params": "parameters", "active_params": "active_parameters", "precision": "precision", "country": "country"}
_OWN = ("cache_precision", "confidence", "software", "disaggregated", "unusual", "currency")
_KEYWORDS = (*_QUANTITIES, *_LIMITS, *_TEXTS, *_OWN)
_CALLED = {inside: keyword for keyword, inside in (*_QUANTITIES.items(), *_LIMITS.items(), *_TEXTS.items())}


@worded(_CALLED)
def serve(
    model: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    chip: str | None = None,
    chips: str | float | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    **stated: Said,
) -> ServiceResult:
    """Estimate what serving a model takes: queries a day, latency, Wh and cost of a query, with P10 to P90.

    ``flopwatt.serve(model="deepseek-v3", chip="gb200", chips=72, interactivity=50)``.

    Parameters
    ----------
    model
        A name that ``flopwatt show models`` lists, the path of a Hugging Face ``config.json``, or what such a file holds.
        ``params`` takes its place where only the size is known.
    chip
        A name that ``flopwatt show hardware`` lists.
    chips
        Number of chips; ``queries_per_day`` in its place solves for it.
    draws, seed
        The number of joint draws of what is not stated, and their seed.
    **stated
        The command's options by their names, with ``_`` for ``-`` (``input``, ``output``, ``interactivity``, ``ttft``,
        ``confidence``, ``software``, ``precision``, ``cache_precision``, ``cache_hits``, ``batch``, ``replica_chips``,
        ``drafts``, ``utilisation``, ``country``, ``rental_price``, ``currency``, ...), ``disaggregated`` as True or False, and
        any other quantity of the model by its own name (``tdp="600 W"``). Texts may carry a unit: ``ttft="500 ms"``. None is
        left out.

    Returns
    -------
    ServiceResult
        Its ``sentence``, ``strategy``, ``quantiles``, ``draws``, ``drivers``, ``to_frame()`` and ``to_dict()``.

    Raises
    ------
    InputError
        Names the keyword that is wrong or missing, and what would be right.
    """
    request, drawing = _request(model, chip, {"chips": chips, **stated}, Drawing(draws, seed))
    if chip is not None and len(chip_names(request.run.chip or "")) > 1:
        raise InputError(f"{chip!r} names several chips, which flopwatt.serve_chips compares", where=Parameter("chip"))
    return serve_request(request, drawing)


@worded(_CALLED)
def serve_chips(
    model: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    chip: str | Sequence[str] = (),
    chips: str | float | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    **stated: Said,
) -> ServiceComparison:
    """Estimate what serving a model takes on several chips, side by side; those that cannot do it are left out.

    Parameters
    ----------
    model, chips, draws, seed, **stated
        As of `serve`.
    chip
        The chips' names, as a sequence or as one text with commas.

    Returns
    -------
    ServiceComparison
        The ``results`` by chip, its ``sentence``, ``left_out``, ``to_frame()`` and ``to_dict()``.

    Raises
    ------
    InputError
        Names the keyword that is wrong or missing, or says why no chip can do it.
    """
    text = chip if isinstance(chip, str) else ",".join(stated_text("chip", name) for name in chip)
    request, drawing = _request(model, text or None, {"chips": chips, **stated}, Drawing(draws, seed))
    if request.run.chip is None:
        raise InputError("name the chips, such as h100 and b200; `flopwatt show hardware` lists them", where=Parameter("chip"))
    return compare_services(request, chip_names(request.run.chip), drawing)


def _request(model: Any, chip: Any, stated: Mapping[str, Said], drawing: Drawing) -> tuple[ServingRequest, Drawing]:
    """Sort what is stated by keyword into a request and how it is estimated."""
    check_whole(draws=drawing.draws, seed=drawing.seed)
    given = {name: value for name, value in stated.items() if value is not None}
    switches = {name: stated_switch(name, given.pop(name)) for name in ("disaggregated", "unusual") if name in given}
    texts = {name: stated_text(name, value) for name, value in given.items()}
    own_texts = ("currency", "cache_precision", "confidence", "software")
    currency, cache, sure, software = (texts.pop(name, None) for name in own_texts)
    known: dict[str, Any] = {inside: texts.pop(keyword) for keyword, inside in _TEXTS.items() if keyword in texts}
    limits = {inside: texts.pop(keyword) for keyword, inside in _LIMITS.items() if keyword in texts}
    own = {inside: texts.pop(keyword) for keyword, inside in _QUANTITIES.items() if keyword in texts}
    run = Request(
        model=model if model is None or isinstance(model, Mapping) else stated_text("model", model),
        chip=None if chip is None else stated_text("chip", chip),
        stated=own,
        sets=tuple(f"{quantity_name(name, _KEYWORDS)}={text}" for name, text in texts.items()),
        unusual=switches.get("unusual", False),
        **known,
    )
    request = ServingRequest(run, limits, cache, switches.get("disaggregated"), sure, software)
    return request, Drawing(drawing.draws, drawing.seed, currency=currency)
