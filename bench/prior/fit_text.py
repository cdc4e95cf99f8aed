"""The file of the MFU's fit, written: configs/prior/mfu.toml as `flopwatt validate --fit` leaves it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ... import configs
from ..terminal.numbers import significant
from ..terminal.toml_text import start_document
from .developers import DeveloperEffect
from .method import Fitted

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_DIGITS = 6  # of every number
_FIT_HEAD = """\
# The MFU's regression: log(MFU) = intercept + sum of coefficient x feature, with Student's t around it.
# Written by `flopwatt validate --fit` from the published runs; regression.toml says how.
"""


def write_fit(
    path: Path, fit: Fitted, source: str, steps: Sequence[str], quality: Mapping[str, str], *, date: str = ""
) -> None:
    """Write a fit to a file.

    Parameters
    ----------
    source
        What it was fitted on, for a person.
    steps
        The keys of the chips of which step times are published.
    quality
        Lines about how good it is, by name.
    date
        The newest of what it was fitted on: a year, month or day.

    Raises
    ------
    OSError
        Where the file cannot be written; the old one is still there.
    """
    from ...kernels.files import write_whole

    write_whole(path, _toml(fit, configs.FactSource(source, date), steps, quality).encode())


def _toml(fit: Fitted, source: configs.FactSource, steps: Sequence[str], quality: Mapping[str, str]) -> str:
    import tomlkit

    document = start_document(_FIT_HEAD)
    document["source"] = source.text
    document["date"] = source.date
    document["chips"] = tomlkit.array().multiline(True)
    document["chips"].extend(fit.chips)
    document.add(tomlkit.comment("not fitted on; chips of configs/published/step_times.toml and bridge_perf.toml"))
    document["chips_with_step_times"] = tomlkit.array().multiline(True)
    document["chips_with_step_times"].extend(steps)
    document["features"] = list(fit.names)
    _add_regression(document, fit)
    document["seen"] = tomlkit.table().comment("of the fitted runs: FLOP/s in BF16 of the fastest chip, the models' narrowness")
    document["seen"].update(_rounded(asdict(fit.seen)))
    _add_practice(document, fit)
    document["developers"] = tomlkit.table().comment(
        "added to log(MFU); known is the share of the noise's variance that runs tell"
    )
    for effect in fit.developers.values():
        document["developers"][effect.name] = tomlkit.inline_table()
        document["developers"][effect.name].update(_effect_entry(effect))
    document["quality"] = dict(quality)
    return tomlkit.dumps(document)


def _add_regression(document: "TOMLDocument", fit: Fitted) -> None:
    """Add the coefficients, how sure they are, and what stands in for a feature that is not known."""
    import tomlkit

    post = fit.posterior
    document.update(_rounded({"intercept": post.coefficients[0], "scale": post.scale, "freedom": post.freedom}))
    document.add(tomlkit.comment("of intercept and coefficients, in units of scale^2"))
    document["covariance"] = tomlkit.array().multiline(True)
    document["covariance"].extend([[significant(value, _DIGITS) for value in row] for row in post.covariance])
    by_feature = {
        "coefficients": (post.coefficients[1:], "each is multiplied by its feature"),
        "centre": (post.centre, "a feature that is not known takes this value ..."),
        "spread": (post.spread, "... and adds this variance times its coefficient squared"),
    }
    for key, (values, comment) in by_feature.items():
        document[key] = tomlkit.table().comment(comment)
        document[key].update(_rounded(dict(zip(fit.names, values, strict=True))))


def _add_practice(document: "TOMLDocument", fit: Fitted) -> None:
    """Add how the best strategy's MFU counts."""
    import tomlkit

    practice = fit.practice
    document["practice"] = tomlkit.table().comment("of the best strategy's log MFU, less what intercept and slopes give of it")
    document["practice"].update(_rounded({"weight": practice.weight, "intercept": practice.intercept}))
    document["practice"]["slopes"] = _rounded(dict(zip(fit.names, practice.slopes, strict=True)))


def _effect_entry(effect: DeveloperEffect) -> dict[str, float]:
    return _rounded({"mean": effect.mean, "sd": effect.sd, "known": effect.known}) | {"runs": effect.runs}


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: significant(value, _DIGITS) for name, value in values.items()}
