"""Findings against bounds that a file stores: how far off predictions may be, by quantity and by group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar

from ... import configs
from ...kernels.text import nearest
from ...kernels.validation.plain_tests import NO_OTHER_KEYS
from ...kernels.validation.validator import Validator
from ...kernels.validation.wording import Wanted
from ..errors import InputError
from .case_labels import LABELS
from .results import ErrorSummary, Findings, Predicted, summaries
from .scores import grouped

# key in a bounds file -> (field of a summary, whether the bound is the least allowed)
BOUNDS = {
    "least_n": ("n", True),
    "median": ("median_absolute_relative_error", False),
    "mean": ("mean_absolute_relative_error", False),
    "greatest": ("greatest_absolute_relative_error", False),
    "mean_log": ("mean_absolute_log_error", False),
    "bias": ("bias", False),
    "least_coverage": ("coverage", True),
    "most_coverage": ("coverage", False),
}
EVERY = "every"  # in place of a group's name: every group of at least ``least_n`` cases


@dataclass(frozen=True)
class GroupBounds:
    """The bounds of a quantity or a group as a file has them: the keys of BOUNDS."""

    least_n: float | None = None
    median: float | None = None
    mean: float | None = None
    greatest: float | None = None
    mean_log: float | None = None
    bias: float | None = None
    least_coverage: float | None = None
    most_coverage: float | None = None
    __pydantic_config__: ClassVar = NO_OTHER_KEYS

    def written(self) -> dict[str, float]:
        """Return those that the file has, by key."""
        return {key: bound for key in BOUNDS if (bound := getattr(self, key)) is not None}


@dataclass(frozen=True)
class QuantityBounds(GroupBounds):
    """The bounds of a quantity, and under a label's name those of its groups: the keys of BOUNDS and LABELS."""

    generation: dict[str, GroupBounds] = field(default_factory=dict)
    precision: dict[str, GroupBounds] = field(default_factory=dict)
    framework: dict[str, GroupBounds] = field(default_factory=dict)
    source: dict[str, GroupBounds] = field(default_factory=dict)
    developer: dict[str, GroupBounds] = field(default_factory=dict)
    __pydantic_config__: ClassVar = NO_OTHER_KEYS

    def of_groups(self) -> Iterator[tuple[str, Mapping[str, GroupBounds]]]:
        """List the labels with bounds of groups."""
        yield from ((label, own) for label in LABELS if (own := getattr(self, label)))


_Wanted = Annotated[QuantityBounds, Wanted(f"a table with {', '.join(BOUNDS)}, or tables by {', '.join(LABELS)}")]
_FORM = Validator[dict[str, _Wanted]](dict[str, _Wanted])


def beyond(findings: Findings, path: Path) -> list[str]:
    """Write a line for each bound that a summary does not keep.

    The file has a table per quantity: ``[chip_hours]`` with ``median = 0.14``, ``least_n = 20`` and so on; ``bias`` bounds its
    size. ``[step_time.framework.fsdp]`` bounds a group, ``[step_time.source.every]`` every one of at least ``least_n`` cases.
    A quantity or a group that is bounded and was not predicted at all is beyond its bounds, as is every group where there is
    none.

    Parameters
    ----------
    findings
        What is bounded.
    path
        The file of bounds.

    Raises
    ------
    InputError
        Where the file is wrong.
    """
    try:
        bounds = configs.checked(_FORM, configs.read_toml(path), path)
    except configs.FactError as error:
        raise InputError(str(error)) from None
    whole = summaries(findings.predicted)
    lines: list[str] = []
    for quantity, own in bounds.items():
        lines += _all_beyond(quantity, whole.get(quantity), own, nearest(quantity, whole))
        for label, groups in own.of_groups():
            lines += _groups_beyond(f"{quantity}, {label} ", _groups(findings.predicted, quantity, label), groups)
    return lines


def _groups(predicted: Sequence[Predicted], quantity: str, label: str) -> Mapping[str, ErrorSummary]:
    return grouped(predicted, label).get(quantity, {})


def _groups_beyond(prefix: str, groups: Mapping[str, ErrorSummary], bounds: Mapping[str, GroupBounds]) -> Iterator[str]:
    known = {group.lower(): group for group in groups}
    for name, own in bounds.items():
        if name == EVERY:
            large = {group: summary for group, summary in groups.items() if summary.n >= (own.least_n or 0)}
            for group, summary in large.items():
                yield from _all_beyond(f"{prefix}{group}", summary, own)
            if not large:
                yield f"{prefix}{EVERY}: there is no group of at least {own.least_n or 1:g} cases, and every one is bounded"
        else:
            group = known.get(name.lower(), name)
            yield from _all_beyond(f"{prefix}{group}", groups.get(group), own, nearest(group, groups))


def _all_beyond(name: str, summary: ErrorSummary | None, bounds: GroupBounds, meant: str = "") -> Iterator[str]:
    """Write a line for each bound that is not kept; one where nothing was predicted, with the name that may be meant."""
    written = bounds.written()
    if summary is None:
        if written:
            verb = "is" if len(written) == 1 else "are"
            yield f"{name}: nothing was predicted, and {', '.join(written)} {verb} bounded{meant}"
        return
    yield from filter(None, (_beyond(name, summary, key, bound) for key, bound in written.items()))


def _beyond(name: str, summary: ErrorSummary, key: str, bound: float) -> str:
    measure, least = BOUNDS[key]
    value = getattr(summary, measure)
    if value is None:
        return f"{name}: no {measure.replace('_', ' ')}, and {key} is bounded"
    if (value < bound) if least else ((abs(value) if key == "bias" else value) > bound):
        asked = f"{'at least' if least else 'at most'} {bound:g} is asked for"
        return f"{name}: {measure.replace('_', ' ')} is {value:.4g}, {asked}"
    return ""
