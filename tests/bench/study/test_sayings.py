"""What a study says and shows: read at load, each name and point checked."""

from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.bench.study.sayings import MAX_HEADLINES, Changed, changed_by

TEXT = """title = "t"
{top}
[given]
training_flops = 1e24
peak_flops = 1e15
goodput = 1
[axes.kind]
values = [1, 2]
quantity = "spare_share"
labels = ["old", "new"]
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.mfu]
values = [0.25, 0.5]
uncertain = true
[[questions]]
name = "time"
quantiles = "run_time"
at = [0, 0.5, 0.95]
by = ["kind", "chip_count"]
{time}
[[questions]]
name = "fewest"
minimize = "chip_count"
where = ["run_time <= 25 day"]
at = [0.5, 0.8]
by = ["kind"]
{fewest}
[[questions]]
name = "by count"
summary = "run_time"
by = ["chip_count"]
"""
TEXT = TEXT.replace('values = [1, 2]\nquantity = "spare_share"', 'values = [0, 0.1]\nquantity = "spare_share"')


def load(
    folder: Path, top: str = "", time: str = "", fewest: str = "", sets: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> Study:
    path = folder / "study.toml"
    path.write_text(TEXT.format(top=top, time=time, fewest=fewest))
    return load_study(path, sets, only)


def test_unasked_the_last_point_of_a_rising_axis_is_shown(tmp_path: Path) -> None:
    sayings = load(tmp_path).wording.sayings.questions
    assert sayings["time"].points == {"chip_count": (2,)}
    assert not sayings["time"].hidden
    assert sayings["fewest"].points == {}
    assert sayings["by count"].points == {}  # an only axis of few points is shown whole


def test_of_a_long_only_axis_points_from_end_to_end_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(TEXT.format(top="", time="", fewest="").replace("[1000, 2000, 4000]", str(list(range(1000, 41000, 1000)))))
    assert load_study(path).wording.sayings.questions["by count"].points == {"chip_count": (0, 10, 20, 29, 39)}


@pytest.mark.parametrize(
    ("show", "hidden", "points"),
    [
        ("false", True, {"chip_count": (2,)}),
        ('"last"', False, {"chip_count": (2,)}),
        ('"all"', False, {}),
        ('{ kind = "new" }', False, {"kind": (1,)}),
        ('{ chip_count = ["2 k", 1000], kind = ["new", "old"] }', False, {"chip_count": (1, 0), "kind": (1, 0)}),
    ],
)
def test_what_is_shown(tmp_path: Path, show: str, hidden: bool, points: dict[str, tuple[int, ...]]) -> None:
    saying = load(tmp_path, time=f"show = {show}").wording.sayings.questions["time"]
    assert (saying.hidden, saying.points) == (hidden, points)


def test_confidences_are_picked_as_points_are(tmp_path: Path) -> None:
    saying = load(tmp_path, fewest='show = { confidence = "80%" }').wording.sayings.questions["fewest"]
    assert saying.points == {"confidence": (1,)}


BAD = {
    "unknown name": (
        'time = say = "{run_tme}"',
        "questions[1].say: {run_tme}: time has no 'run_tme' to say; did you mean 'run_time'?",
    ),
    "unknown form": ('time = say = "{run_time:P10}"', "run_time has no 'P10' here; there are the name alone, min, P50, P95"),
    "second of two": ('time = say = ["a", "{"]', "questions[1].say[2]: a '{' stands alone"),
    "unknown axis": ('time = say = "{run_time kin=new}"', "the question keeps no axis 'kin'; did you mean 'kind'?"),
    "unknown point": ('time = say = "{run_time kind=nw}"', "kind has no point 'nw'; did you mean 'new'?"),
    "unknown number": (
        'time = say = "{run_time chip_count=3000}"',
        "chip_count has no point 3000; there are 1,000 chips, 2,000",
    ),
    "range of a spread": (
        'time = say = "{run_time:P50(min-P95) kind=*}"',
        "kind=* is a range over all its points, and P50(min-P95) has",
    ),
    "range of a name": ('time = say = "{kind kind=*}"', "kind=* is a range over all its points, and kind has none"),
    "value without a form": ('fewest = say = "{chip_count:P10}"', "there are none: write the name alone"),
    "attribute": ('time = say = "{run_time.real}"', "is not understood"),
    "no text": ("time = say = 3", "questions[1].say: must be text, not 3"),
    "shown axis": (
        'time = show = { kin = "new" }',
        "questions[1].show.kin: the question keeps no axis 'kin'; did you mean 'kind'?",
    ),
    "shown point": ('time = show = { kind = "nw" }', "questions[1].show.kind: kind has no point 'nw'; did you mean 'new'?"),
    "no point": ("time = show = { kind = [] }", "questions[1].show.kind: names no point; leave the axis out to show all"),
    "a flag": ("time = show = { kind = true }", "questions[1].show.kind: a point is a name or a number, not true"),
    "a table": ("time = show = { kind = { a = 1 } }", "questions[1].show.kind: a point is a name or a number, not a table"),
    "a date": ("time = show = { kind = [2020-01-01] }", "questions[1].show.kind: a point is a name or a number, not a date"),
    "shown otherwise": ("time = show = 3", "questions[1].show: must be false, 'last', 'all' or a table"),
    "headline of nothing": (
        'top = headlines = ["{run_tme}"]',
        "headlines[1]: {run_tme}: no question has 'run_tme' to say; did you mean",
    ),
    "headline of several": (
        'top = headlines = ["{kind}"]',
        "kind is of several questions ('time', 'fewest'); add question='...'",
    ),
    "headline of no question": (
        "top = headlines = [\"{kind question='tme'}\"]",
        "no question is named 'tme'; did you mean 'time'?",
    ),
    "too many headlines": (f"top = headlines = {['x'] * (MAX_HEADLINES + 1)}", "headlines: at most 5 sentences, not 6"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused_is_said_with_its_key(tmp_path: Path, case: str) -> None:
    (written, says) = BAD[case]
    place, _, text = written.partition(" = ")
    with pytest.raises(InputError) as caught:
        load(tmp_path, **{place: text})
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_overrides_take_sentences_on_what_is_gone_out_and_refuse_none(tmp_path: Path) -> None:
    time = 'say = ["{run_time chip_count=4000}", "{run_time}"]\nshow = { chip_count = 4000 }'
    top = 'headlines = ["{run_time question=time chip_count=4000}", "{chip_count question=fewest}"]'
    sets = ("axes.chip_count.values=[500, 600]",)
    study = load(tmp_path, top=top, time=time, sets=sets)
    saying = study.wording.sayings.questions["time"]
    assert (len(saying.texts), saying.points, len(study.wording.sayings.headlines)) == (1, {}, 1)
    with pytest.raises(InputError, match=r"say: \{x\}"):  # unless the sentences themselves are set
        load(tmp_path, sets=('questions.time.say="{x}"',))


def test_of_a_choice_of_questions_headlines_on_others_are_left_out(tmp_path: Path) -> None:
    top = 'headlines = ["{chip_count question=fewest}", "{run_time question=time}"]'
    assert len(load(tmp_path, top=top, only=("time",)).wording.sayings.headlines) == 1
    with pytest.raises(InputError, match="has no 'x' to say"):
        load(tmp_path, time='say = "{x}"', only=("time",))


def test_what_overrides_change() -> None:
    assert changed_by((), ()) == Changed(False, False)
    assert changed_by(("mfu=0.4",), ("q",)) == Changed(True, True)
    assert changed_by(("questions.q.say=x",), ()) == Changed(False, False)
