"""The MFU's regression as defaults of the model's inputs: what `flopwatt validate --fit` wrote to configs/prior/mfu.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .toml_files import FactError

SOURCE = "configs/prior/mfu.toml: {}"
SEEN = {
    "mfu_greatest_peak": "greatest_peak",
    "mfu_centre_narrowness": "narrowness",
    "mfu_spread_narrowness": "narrowness_spread",
}
UNITS = {"mfu_greatest_peak": "FLOP/s"}  # of what is not dimensionless


@dataclass(frozen=True)
class Evidence:
    """The chips, by their key in the hardware table, of which something is published that a predicted MFU can rest on.

    Parameters
    ----------
    runs
        Those of the fitted training runs.
    steps
        Those of which step times are published.
    """

    runs: tuple[str, ...]
    steps: tuple[str, ...]


def evidence(fit: Mapping[str, Any]) -> Evidence:
    """Return the chips of which runs or step times are published. Raises KeyError where the file does not list them."""
    return Evidence(tuple(fit["chips"]), tuple(fit["chips_with_step_times"]))


def covariance_name(first: str, second: str) -> str:
    """Name the input that is the covariance of two terms (features, or the intercept), or the variance of one."""
    return f"mfu_variance_{first}" if first == second else f"mfu_covariance_{'_'.join(sorted((first, second)))}"


def inputs(fit: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of a fit by the model's input that each is of.

    Parameters
    ----------
    fit
        What the file holds, as plain tables, lists and numbers.

    Raises
    ------
    KeyError, TypeError, ValueError
        Where something is missing or no number.
    """
    features = list(fit["features"])
    terms = ["intercept", *features]
    result = {"mfu_intercept": fit["intercept"], "mfu_noise": fit["scale"]}
    for kind, table in (("slope", "coefficients"), ("centre", "centre"), ("spread", "spread")):
        result |= {f"mfu_{kind}_{name}": fit[table][name] for name in features}
    result |= {name: fit["seen"][key] for name, key in SEEN.items()}
    result |= {f"practice_{name}": fit["practice"][name] for name in ("weight", "intercept")}
    result |= {f"practice_slope_{name}": fit["practice"]["slopes"][name] for name in features}
    for i, (term, row) in enumerate(zip(terms, fit["covariance"], strict=True)):
        result |= {covariance_name(term, other): value for other, value in list(zip(terms, row, strict=True))[i:]}
    return {name: float(value) for name, value in result.items()}


def defaults_document(fit: Mapping[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    """Turn what the file holds into the form of a file of defaults.

    Raises
    ------
    FactError
        Where something is missing or no number.
    """
    try:
        told = {"source": SOURCE.format(fit["source"]), "date": fit.get("date", "")}
        return {name: {"value": value, "unit": UNITS.get(name, ""), **told} for name, value in inputs(fit).items()}
    except (KeyError, TypeError, ValueError) as error:
        raise FactError(f"{path}: is not complete: {error!r}; without the file `flopwatt validate` can fit it anew") from None
