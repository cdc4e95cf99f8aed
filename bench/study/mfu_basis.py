"""What a study's MFU rests on where the model predicts it: features that nothing tells, and what is published of its chips."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from ... import configs
from ...kernels.model.quantity import Model
from ...kernels.model.questions import Question
from ...kernels.quantities.run_features import FOLLOW_FROM_PEAKS, HAVE_A_STAND_IN, MAY_BE_UNKNOWN
from ..prior.drawn_inputs import has_evidence, unseen_chips
from ..prior.fit_inputs import PREDICTED
from .bindings import Bindings
from .conditions import ON_EVIDENCE
from .detail import Detail
from .planned_axis import AxisColumns
from .prior_axis import has_chips
from .questions import KINDS
from .resolution import listed

BALANCE = "chip_balance"  # by which the MFU's prediction knows the chip
EVIDENCE = ON_EVIDENCE.quantity
EVIDENCE_SOURCE = "configs/prior/mfu.toml: the chips of fitted training runs and published step times"


def hold_unknown(model: Model, targets: Iterable[str], bindings: Bindings) -> None:
    """Hold at NaN what only the MFU's prediction would need and nothing gives, and say so in the notes.

    The prediction does without: the mean of the fitted runs stands in, and its scale grows.

    Parameters
    ----------
    model
        The study's quantities.
    targets
        Those that the questions ask for.
    bindings
        What has a value.
    """
    targets, held = list(targets), {*bindings.given, *bindings.columns()}
    if not _is_predicted(model, targets, held):
        return
    elsewhere = {item.name for item in model.order(targets, {*held, *PREDICTED})}
    needed = set(model.inputs(targets, held)) - elsewhere
    replaced = [name for name in HAVE_A_STAND_IN if name in needed and name not in held]
    valued = held | set(configs.defaults()) | set(replaced)
    unknown = [
        name
        for name in (*FOLLOW_FROM_PEAKS, *MAY_BE_UNKNOWN)
        if name not in held | elsewhere and any(item not in valued for item in model.inputs([name], held))
    ]
    bindings.given |= dict.fromkeys((*replaced, *unknown), float("nan"))
    told = [name for name in unknown if name in MAY_BE_UNKNOWN]
    if told:
        lacking = {name: [item for item in model.inputs([name], held) if item not in valued] for name in told}
        without = f"mfu: predicted without {', '.join(_needing(*item) for item in lacking.items())}, which nothing gives"
        bindings.notes.append(f"{without}; the mean of published runs stands in")


def _needing(name: str, lacking: Sequence[str]) -> str:
    """Name a quantity, and the input that somebody could give where one is enough: ``chip_balance (of memory_bandwidth)``."""
    return f"{name} (of {lacking[0]})" if len(lacking) == 1 and lacking[0] != name else name


def rest_on_evidence(model: Model, questions: Sequence[Question], bindings: Bindings) -> tuple[Question, ...]:
    """Let questions that choose the chip by an MFU that the model predicts choose among chips with evidence, and note others.

    A chip without a fitted run or published step times has the MFU that the regression extrapolates, and no history that could
    contradict it. A question that names ``mfu_evidence`` itself chooses as it says, as does one of which no
    chip has evidence.

    Parameters
    ----------
    model
        The study's quantities.
    questions
        Those that are asked.
    bindings
        What has a value. The axis of the chips gets a column where it is needed; notes say which chips are left out, and of
        which the regression saw no run.

    Returns
    -------
    tuple of Question
        The questions, some with one more condition.
    """
    held = {*bindings.given, *bindings.columns()}
    resting = [question for question in questions if _is_predicted(model, question.targets(), held)]
    place = _chip_axis(model, bindings)
    left_out, choosing = list[configs.FactRow](), list[Question]()
    if place is not None:
        axis = _with_evidence(bindings.axes[place])
        left_out = [row for row, seen in zip(axis.rows, axis.columns[EVIDENCE].tolist(), strict=True) if not seen]
        if len(left_out) < len(axis.rows) and left_out and not axis.uncertain:
            choosing = [question for question in resting if _chooses(question, axis.name)]
        if choosing or any(EVIDENCE in question.targets() for question in questions):
            bindings.axes[place] = axis
    bindings.notes += _left_out_note(choosing, [row.shown for row in left_out])
    if resting:
        unanswered = {row.key for row in left_out} if len(choosing) == len(resting) else set()
        rows = [row.base_key for axis in bindings.axes if has_chips(axis) for row in axis.rows]
        chips = [chip for chip in rows if chip not in unanswered]
        bindings.notes += map(Detail, unseen_chips(filter(has_evidence, chips)))
        bindings.notes += unseen_chips(chip for chip in chips if not has_evidence(chip))
    return tuple(
        replace(question, where=(*question.where, ON_EVIDENCE)) if question in choosing else question for question in questions
    )


def _chip_axis(model: Model, bindings: Bindings) -> int | None:
    """Find the axis whose chips the MFU is of; None where there is none or several, or the study says itself what is known."""
    if EVIDENCE not in model or not model[EVIDENCE].given or EVIDENCE in bindings.given:
        return None
    held = {*bindings.given, *bindings.columns()}
    features = set(model.inputs([BALANCE], held))
    axes = {i: axis for i, axis in enumerate(bindings.axes) if has_chips(axis)}
    places = [i for i, axis in axes.items() if features & set(axis.columns)] if len(axes) > 1 else list(axes)
    elsewhere = any(EVIDENCE in axis.columns for i, axis in enumerate(bindings.axes) if [i] != places)
    return None if len(places) != 1 or elsewhere else places[0]


def _with_evidence(axis: AxisColumns) -> AxisColumns:
    """Add the column of which chips something is published, where the table has none."""
    if EVIDENCE in axis.columns:
        return axis
    seen = np.array([float(has_evidence(row.base_key)) for row in axis.rows])
    return replace(axis, columns={**axis.columns, EVIDENCE: seen}, sources={**axis.sources, EVIDENCE: EVIDENCE_SOURCE})


def _chooses(question: Question, axis: str) -> bool:
    """Tell whether a question chooses a point of an axis, and does not say itself which evidence is enough."""
    return KINDS.of(question).chooses and axis not in question.by and EVIDENCE not in question.targets()


def _left_out_note(questions: Sequence[Question], chips: Sequence[str]) -> tuple[str, ...]:
    if not questions:
        return ()
    names = listed([question.name for question in questions])
    verb, their, them = ("is", "its", "it") if len(chips) == 1 else ("are", "their", "them")
    return (
        f"{names}: {listed(chips)} {verb} left out of the choice, since no published run or step time tells {their} MFU; "
        f"the condition `{EVIDENCE} >= 0` lets {them} in",
    )


def _is_predicted(model: Model, targets: Iterable[str], held: Iterable[str]) -> bool:
    return any(item.name in PREDICTED for item in model.order(targets, held))
