"""What a study's MFU rests on: what nothing tells is left out with a note, chips without evidence are named and not chosen."""

import math
from pathlib import Path

import numpy as np
import pytest
from written_studies import ASK, HEAD, study

from flopwatt import configs, run_study
from flopwatt.bench.errors import InputError
from flopwatt.bench.prior import store
from flopwatt.bench.prior.drawn_inputs import has_evidence
from flopwatt.bench.prior.features import Known
from flopwatt.bench.runner.question_words import question_text
from flopwatt.bench.study.conditions import ON_EVIDENCE
from flopwatt.bench.study.loader import Study
from flopwatt.kernels.model.evaluate import evaluate_at


def test_an_mfu_of_which_nothing_is_known_is_that_of_published_runs(tmp_path: Path) -> None:
    loaded = study(tmp_path, f"{HEAD}chip_count = 8\n{ASK}")
    (note,) = loaded.notes
    assert note.startswith(
        "mfu: predicted without chip_balance (of memory_bandwidth), active_parameters, parameters, which nothing gives;"
    )
    (mfu,) = evaluate_at(loaded.problem, ["mfu"], [0])["mfu"]  # type: ignore[arg-type]
    median, _ = store.fitted().predict(Known(math.nan, year=2026.0))
    assert mfu == pytest.approx(math.exp(median), rel=1e-12)


def test_a_peak_stands_in_for_that_in_bf16(tmp_path: Path) -> None:
    """A study that holds peak_flops and tells no other peak: the balance is counted from it, and no note is needed."""
    more = "active_parameters = 4e11\nparameters = 4e11\nmemory_bandwidth = 3e12\nprecision_bits = 8\n"
    loaded = study(tmp_path, f"{HEAD.replace('GFLOP', 'TFLOP')}chip_count = 8\n{more}{ASK}")
    assert loaded.notes == ()
    (mfu,) = evaluate_at(loaded.problem, ["mfu"], [0])["mfu"]  # type: ignore[arg-type]
    median, _ = store.fitted().predict(Known(4e11, 4e11, 1e15, 3e12, 2026, precision_bits=8))
    assert mfu == pytest.approx(math.exp(median), rel=1e-12)


FORMATS = """
title = "Formats"
[given]
goodput = 1
chip_count = 8192
{given}
[axes.chip]
from = "hardware"
rows = ["h100", "h200", "gb200"]
[axes.precision]
columns.precision_bits = [16, 8, 4]
[axes.assumptions]
draws = 256
prior = "run"
{axis}
[[questions]]
name = "mfus"
quantiles = "mfu"
at = [0.1, 0.5, 0.9]
by = {by}
"""


@pytest.mark.parametrize(
    ("given", "axis", "by"),
    [
        ("training_flops = 1e27", "", '["chip", "precision"]'),
        ("tokens = 1e13", "[axes.model]\ncolumns.active_parameters = [7e10, 4e11]\ncolumns.parameters = [7e10, 4e11]", None),
        ("tokens = 1e13", '[axes.model]\nfrom = "models"\nrows = ["llama-3.1-405b", "deepseek-v3"]', None),
        ("training_flops = 1e27\nactive_parameters = 1e12\nparameters = 1e12", "", '["chip", "precision"]'),
    ],
)
def test_the_mfu_is_drawn_for_each_chip_and_format(given: str, axis: str, by: str | None, tmp_path: Path) -> None:
    """A precision axis, a chip axis, and a model that is a table's, an axis's, given or not known at all."""
    by = by or '["model", "chip", "precision"]'
    loaded = study(tmp_path, FORMATS.format(given=given, axis=axis, by=by))
    assert any(note.startswith("axes.assumptions draws mfu") for note in loaded.notes)
    told = any(note.startswith("mfu: predicted without active_parameters, parameters, which") for note in loaded.notes)
    assert told == ("parameters" not in given and not axis)
    answer = run_study(loaded, ["numpy"]).answer("mfus", "numpy")
    assert answer.dims[-3:] == ("chip", "precision", "quantile")
    mfus = np.asarray(answer.values["mfu"].data).reshape(-1, 3, 3, 3)
    bf16, fp8, fp4 = np.moveaxis(mfus, 2, 0)
    assert np.isnan(fp4[:, :2]).all()  # Hopper has no FP4
    assert (np.diff(bf16, axis=-1) > 0).all()
    assert (fp8[..., 1] < bf16[..., 1]).all()
    assert (fp4[:, 2, 1] < fp8[:, 2, 1]).all()
    assert (mfus[:, 1, :2] >= mfus[:, 0, :2]).all()  # H200 and H100
    width = np.log(mfus[..., 2] / mfus[..., 0])
    assert (width[:, 2, 1] > width[:, 0, 1]).all()  # Blackwell is less certain than Hopper


def test_what_other_quantities_need_is_still_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"given: (peak_bf16|memory_bandwidth) .* has no value and no default"):
        study(tmp_path, f'{HEAD}chip_count = 8\n{ASK}[[questions]]\nsummary = "chip_balance"\n')


@pytest.mark.parametrize("how", ["mfu = 0.4", 'mfu = "load"', "sustained_flops = 1e18"])
def test_an_mfu_that_is_not_predicted_needs_no_note(how: str, tmp_path: Path) -> None:
    chips = '[axes.chip]\nfrom = "hardware"\nrows = ["gaudi3", "h100"]\n'
    notes = study(tmp_path, f"{HEAD}chip_count = 8\n{how}\n{chips}{ASK}").notes[1:]
    assert all("which would follow from it, is given too" in note for note in notes)  # of the peak beside what is sustained


HARDWARE = """
title = "t"
[given]
tokens = 1e13
{given}
[axes.model]
from = "models"
rows = ["llama-3.1-405b"]
[axes.chip]
{chip}
[axes.chip_count]
values = [8192, 16384, 32768]
[axes.assumptions]
draws = 64
seed = 3
prior = "run"
[[questions]]
name = "cheapest"
minimize = "P50(cost)"
where = ["P80(run_time) <= 120 day"{where}]
by = {by}
"""
OWN_TABLE = """
[columns]
memory_bandwidth = "TB/s"
chip_price = "USD"
tdp = "W"
server_rating = "W"
mfu_evidence = ""
[rows.mine]
source = "x"
memory_bandwidth = 3
chip_price = 1000
tdp = 700
server_rating = 1000
mfu_evidence = {}
[rows.h100-sxm-80gb]
source = "x"
memory_bandwidth = 3
chip_price = 2000
tdp = 700
server_rating = 1000
mfu_evidence = 1
"""
CHIPS = 'from = "hardware"\nrows = ["gaudi3", "mi300x", "h100", "b200"]'
UNSEEN_CHIPS = ("gaudi3", "mi300x")
UNSEEN = "MFU of Gaudi3 and MI300X: predicted from published runs on other chips; there are none on them, and no step times"
STEPS_ALONE = "MFU of B200: predicted from published runs on other chips; there are none on it, only step times"
LEFT_OUT = (
    "cheapest: Gaudi3 and MI300X are left out of the choice, since no published run or step time tells their MFU; "
    "the condition `mfu_evidence >= 0` lets them in"
)


def chosen(
    folder: Path, *sets: str, chip: str = CHIPS, where: str = "", by: str = "[]", given: str = "", more: str = ""
) -> tuple[list[str], Study]:
    """Tell which chips are chosen, and the study."""
    loaded = study(folder, HARDWARE.format(chip=chip, where=where, by=by, given=given) + more, *sets)
    answer = run_study(loaded, ["numpy"]).answer("cheapest", "numpy")
    labels = answer.at["chip"] if "chip" in answer.at else answer.coords["chip"]
    return np.ravel(labels.data).tolist(), loaded


def noted(loaded: Study, start: str) -> bool:
    return any(note.startswith(start) for note in loaded.notes)


def test_a_chip_is_chosen_among_those_with_evidence(tmp_path: Path) -> None:
    chips, loaded = chosen(tmp_path)
    assert chips == ["b200-sxm"]
    assert LEFT_OUT in loaded.notes
    assert noted(loaded, STEPS_ALONE)
    assert not noted(loaded, UNSEEN)  # nothing is answered about them
    assert ON_EVIDENCE in loaded.questions[0].where
    column = loaded.problem.grid.axes[1].columns["mfu_evidence"]
    assert column.tolist() == [0, 0, 1, 1]
    assert "mfu.toml" in loaded.sources["mfu_evidence"]
    assert question_text(loaded.questions[0], loaded).endswith(", on chips with fitted runs or published step times")


def test_all_chips_of_the_table_are_chosen_among(tmp_path: Path) -> None:
    (chip,), loaded = chosen(tmp_path, chip='from = "hardware"')
    assert has_evidence(chip)
    (note,) = [note for note in loaded.notes if note.startswith("cheapest: ")]
    names = note.removeprefix("cheapest: ").partition(" are left out")[0].replace(" and ", ", ").split(", ")
    rows = configs.load("hardware").rows
    assert "Gaudi3" in names
    assert set(names) == {row.shown for row in rows.values() if not has_evidence(row.key)}
    assert rows[chip].shown not in names
    (cheapest,), _ = chosen(tmp_path, chip='from = "hardware"', where=', "mfu_evidence >= 0"')
    assert not has_evidence(cheapest)


def test_the_answer_is_that_of_a_study_of_the_chips_with_evidence(tmp_path: Path) -> None:
    _, loaded = chosen(tmp_path)
    _, alone = chosen(tmp_path, "chip=h100,b200")
    one, other = (run_study(item, ["numpy"]).answer("cheapest", "numpy") for item in (loaded, alone))
    for name in other.values:
        np.testing.assert_array_equal(one.values[name].data, other.values[name].data)
    assert ON_EVIDENCE not in alone.questions[0].where  # it would change nothing, and nothing is said of it
    assert not noted(alone, "cheapest: ")


def test_no_choice_falls_back_on_a_chip_without_evidence(tmp_path: Path) -> None:
    """Where no decision meets the conditions, the nearest is one of a chip with evidence."""
    _, loaded = chosen(tmp_path, where=', "P50(cost) <= 1 USD"')
    nearest = run_study(loaded, ["numpy"]).answer("cheapest", "numpy").nearest
    assert nearest is not None
    assert has_evidence(str(np.ravel(nearest.at["chip"].data)[0]))


@pytest.mark.parametrize("condition", ["mfu_evidence >= 0", "mfu_evidence < 2"])
def test_a_condition_of_the_studys_own_says_which_evidence_is_enough(condition: str, tmp_path: Path) -> None:
    (chip,), loaded = chosen(tmp_path, where=f', "{condition}"')
    assert chip in UNSEEN_CHIPS
    assert not noted(loaded, "cheapest: ")
    assert noted(loaded, UNSEEN)
    assert chosen(tmp_path, where=', "mfu_evidence >= 1"')[0] == ["b200-sxm"]


def test_what_the_study_says_of_evidence_itself_goes_first(tmp_path: Path) -> None:
    (by_argument,), (by_study,) = chosen(tmp_path, "mfu_evidence=1")[0], chosen(tmp_path, given="mfu_evidence = 1")[0]
    assert by_argument == by_study
    assert by_study in UNSEEN_CHIPS
    for evidence, chip in ((1, "mine"), (0, "h100-sxm-80gb")):
        (tmp_path / "own.toml").write_text(OWN_TABLE.format(evidence))
        chips, _ = chosen(tmp_path, chip='from = "own.toml"', given='peak_flops = "1000 TFLOP/s"')
        assert chips == [chip]


def test_by_chip_every_chip_is_answered_and_noted(tmp_path: Path) -> None:
    chips, loaded = chosen(tmp_path, by='["chip"]')
    assert chips == ["gaudi3", "mi300x", "h100-sxm-80gb", "b200-sxm"]
    assert loaded.questions[0].where == ()
    assert noted(loaded, UNSEEN)
    assert noted(loaded, STEPS_ALONE)
    assert not noted(loaded, "cheapest: ")
    assert "mfu_evidence" not in loaded.problem.grid.column_axis


def test_another_question_of_the_same_chips_has_their_note(tmp_path: Path) -> None:
    _, loaded = chosen(tmp_path, more='[[questions]]\nquantiles = "cost"\n[[questions]]\nname = "dear"\nmaximize = "cost"\n')
    assert noted(loaded, UNSEEN)
    assert noted(loaded, "cheapest and dear: Gaudi3 and MI300X are left out")
    assert [ON_EVIDENCE in question.where for question in loaded.questions] == [True, False, True]


def test_one_chip_is_left_out_in_the_singular(tmp_path: Path) -> None:
    _, loaded = chosen(tmp_path, "chip=gaudi3,h100")
    assert noted(loaded, "cheapest: Gaudi3 is left out of the choice, since no published run or step time tells its MFU;")


def test_where_no_chip_has_evidence_all_are_chosen_among(tmp_path: Path) -> None:
    (chip,), loaded = chosen(tmp_path, "chip=gaudi3,mi300x")
    assert chip in UNSEEN_CHIPS
    assert noted(loaded, UNSEEN)
    assert not noted(loaded, "cheapest: ")


@pytest.mark.parametrize("sets", [("mfu=0.4",), ("sustained_flops=1e19",), ("mfu=load",)])
def test_an_mfu_that_is_given_is_evidence_enough(sets: tuple[str, ...], tmp_path: Path) -> None:
    (chip,), loaded = chosen(tmp_path, *sets)
    assert not has_evidence(chip)
    assert loaded.questions[0].where == ()
    assert not noted(loaded, "cheapest: ")
    assert not noted(loaded, "mfu of ")


def test_what_does_not_hang_on_the_mfu_is_chosen_among_all(tmp_path: Path) -> None:
    _, loaded = chosen(tmp_path, more='[[questions]]\nname = "lightest"\nminimize = "tdp"\n')
    assert [ON_EVIDENCE in question.where for question in loaded.questions] == [True, False]
    assert noted(loaded, "cheapest: Gaudi3")


def test_an_mfu_at_its_median_is_predicted_too(tmp_path: Path) -> None:
    chips = '[axes.chip]\nfrom = "hardware"\nrows = ["gaudi3", "h100", "a100"]\n'
    loaded = study(tmp_path, f"{HEAD.replace('peak_flops', '# peak_flops')}chip_count = 8\n{chips}{ASK}")
    assert ON_EVIDENCE in loaded.questions[0].where
    assert noted(loaded, "fastest: Gaudi3 is left out")


def test_an_uncertain_chip_is_not_chosen(tmp_path: Path) -> None:
    loaded = study(tmp_path, HARDWARE.format(chip=f"{CHIPS}\nuncertain = true", where="", by="[]", given=""))
    assert loaded.questions[0].where == ()


def test_evidence_of_no_chip_has_no_value(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"given: mfu_evidence \(1 where .*\) has no value and no default") as error:
        study(tmp_path, f'{HEAD}chip_count = 8\n{ASK}where = ["mfu_evidence >= 1"]\n')
    assert "\n" not in str(error.value)
