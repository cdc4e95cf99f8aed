"""Sentences on answers: a study's own, those of each kind, and the headlines of a run."""

from pathlib import Path

import pytest

from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.runner.sentences import answer_sentences, headlines, left_out, spoken_group
from flopwatt.bench.study.loader import load_study

HEAD = """title = "t"
{headlines}
[given]
training_flops = 1e24
goodput = 1
[axes.site]
labels = ["a", "b"]
names = {{ a = "the old site" }}
columns.peak_flops = [1e15, 4e14]
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.mfu]
values = [0.25, 0.5]
uncertain = true
weights = [1, 3]
"""
KINDS = {  # what is asked, and what is said of it unasked
    "decision": (
        'minimize = "run_time"\nwhere = ["chip_hours <= 1e8 h"]\nby = ["site"]',
        "The least median run time is 5.79 days (P10 to P90: 5.79 to 11.6), with 4,000 chips, the old site, "
        "chip-hours at most 100 million h in all draws.",
    ),
    "at confidences": (
        'minimize = "chip_count"\nwhere = ["run_time <= 25 day"]\nat = [0.5, 0.8, 0.95]\nby = ["site"]',
        "The least number of chips is 2,000, with the old site, run time at most 25 days in all draws.",
    ),
    "never": (
        'minimize = "P50(run_time)"\nwhere = ["P80(run_time) <= 1 day"]',
        "No decision of 6 meets P80 of run time <= 1 day. The nearest is",
    ),
    "best": (
        'maximize = "chip_count"\nwhere = ["chip_count <= 2000"]\nby = ["site"]',
        "The greatest number of chips is 2,000, with the old site.",
    ),
    "summary": (
        'summary = "run_time"\nby = ["site"]',
        "Mean run time over every number of chips is 20.3 days (5.79 to 46.3 days) for the old site, up to 50.6 days (14.5 to "
        "116 days) for b.",
    ),
    "summary of some": (
        'summary = "run_time"\nwhere = ["run_time <= 12 day"]',
        "Mean run time over every site and number of chips is 9.65 days (5.79 to 11.6 days); 25% of the scenarios meet the "
        "conditions.",
    ),
    "quantiles": (
        'quantiles = "run_time"\nat = [0, 0.5, 1]\nby = ["site"]\nwhere = ["chip_count >= 4000"]',
        "4,000 chips: median run time is 5.81 days (least to greatest: 5.79 to 11.6) for the old site, up to 14.5 days (least "
        "to greatest: 14.5 to 28.9) for b.",
    ),
    "quantiles along an axis": (
        'quantiles = "run_time"\nat = [1]\nby = ["chip_count", "site"]',
        "4,000 chips: greatest run time is 11.6 days for the old site, up to 28.9 days for b.",
    ),
    "histogram": (
        'histogram = "run_time"\nbins = 4\nwhere = ["chip_count >= 4000"]\nby = ["site"]',
        "The old site, 4,000 chips: run time is most often",
    ),
    "sensitivity": ('sensitivity = "run_time"', "What moves run time most is"),
    "pareto": (
        'pareto = ["chip_count", "P50(run_time)"]\nby = ["site"]',
        "The old site: 3 choices weigh number of chips and median run time against each other, the less the better: from 1,000 "
        "and 23.1 days to 4,000 and 5.79 days.",
    ),
    "more": (
        'pareto = ["chip_count", "P50(run_time)"]\nbetter = ["more", "more"]\nby = ["site"]',
        "The old site: 3 choices weigh number of chips and median run time against each other, the more the better: from 4,000 "
        "and 5.79 days to 1,000 and 23.1 days.",
    ),
    "table": ('table = ["run_time"]\nwhere = ["run_time <= 12 day"]', "3 scenarios meet the conditions."),
    "nothing": ('quantiles = "run_time"\nwhere = ["run_time <= 1 s"]', "No scenario meets the conditions."),
}


def run_of(folder: Path, *questions: str, headlines: str = "") -> Run:
    path = folder / "study.toml"
    path.write_text(HEAD.format(headlines=headlines) + "".join(f"[[questions]]\n{text}\n" for text in questions))
    return run_study(load_study(path), "numpy", budget_seconds=0)


def said(run: Run) -> list[tuple[str, ...]]:
    return [answer_sentences(answer, run.study) for answer in run.answers]


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory) -> Run:
    questions = [f'name = "{name}"\n{text}' for name, (text, _) in KINDS.items()]
    return run_of(tmp_path_factory.mktemp("kinds"), *questions)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_sentence_of_its_own(every_kind: Run, name: str) -> None:
    (sentence,) = answer_sentences(every_kind.answer(name), every_kind.study)
    assert sentence.startswith(KINDS[name][1])
    assert sentence.endswith(".")


QUANTILES = 'name = "time"\nquantiles = "run_time"\nat = [0, 0.5, 1]\nby = ["site", "chip_count"]\n'
SAID = {
    "{run_time} on {chip_count} of {site}": "5.81 days on 4,000 of the old site",
    "{run_time:P50 site=b chip_count=1000}": "58 days",
    "{run_time:min-max}": "5.79 to 11.6 days",
    "{run_time site=*}": "5.81 to 14.5 days",
    "{run_time:min-max site=* chip_count=*}": "5.79 to 116 days",
    "{{run_time}} <script> [bold]": "{run_time} <script> [bold]",
}


@pytest.mark.parametrize("say", SAID)
def test_what_a_study_says(tmp_path: Path, say: str) -> None:
    ((sentence,),) = said(run_of(tmp_path, f"{QUANTILES}say = '{say}'"))
    assert sentence == SAID[say]


def test_names_of_every_kind_can_be_said(tmp_path: Path) -> None:
    run = run_of(
        tmp_path,
        'name = "a"\nminimize = "P50(run_time)"\nwhere = ["P80(run_time) <= 25 day", "chip_hours <= 1e8 h"]\nat = [0.8]\n'
        'say = "{run_time} ({run_time:P10-P90}): {chip_count} {site}, {share}, {confidence}"',
        'name = "b"\nsummary = "run_time"\nwhere = ["run_time <= 12 day"]\n'
        'say = "{run_time:mean} of {run_time:min-max}, {count}, {feasible}, {unknown}"',
        'name = "c"\nhistogram = "run_time"\nbins = 3\nsay = "{run_time:mode} {share} {run_time:min-max}"',
        'name = "d"\nsensitivity = "run_time"\nsay = "{first} {first:share}, {second} {second:share}"',
        'name = "e"\npareto = ["chip_count", "P50(run_time)"]\n'
        'say = "{count}: {chip_count:first} {site:first} {P50(run_time):last}"',
        'name = "f"\ntable = ["run_time"]\nsay = "{count}: {run_time} {site} {chip_count}"',
        'name = "g"\nmaximize = "chip_count"\nwhere = ["chip_count <= 2000"]\nsay = "{chip_count}"',
    )
    texts = [sentences[0] for sentences in said(run)]
    assert texts[0] == "5.79 days (5.79 to 11.6 days): 4,000 the old site, 100%, 80%"
    assert texts[1] == "9.65 days of 5.79 to 11.6 days, 12, 25%, 0%"
    assert texts[3].startswith(("number of chips ", "site "))
    assert texts[4] == "3: 1,000 the old site 5.79 days"
    assert texts[5] == "12: 46.3 days the old site 1,000"
    assert texts[6] == "2,000"
    assert all("{" not in text for text in texts)


def test_of_what_is_not_known_the_kind_s_own_sentence_is_said(tmp_path: Path) -> None:
    run = run_of(tmp_path, f'{QUANTILES}where = ["run_time <= 1 s"]\nsay = "A run takes {{run_time}}."')
    assert said(run) == [("No scenario meets the conditions.",)]
    two = run_of(
        tmp_path, f'{QUANTILES}where = ["run_time <= 12 day"]\nsay = ["{{run_time site=b chip_count=1000}}", "{{run_time}}"]'
    )
    assert said(two) == [("5.81 days",)]


def test_headlines_are_the_study_s_and_of_any_question(tmp_path: Path) -> None:
    headlines_text = """headlines = ["{run_time question=time} with {chip_count question=few}", "{run_time:mean}"]"""
    few = 'name = "few"\nminimize = "chip_count"\nwhere = ["P50(run_time) <= 25 day"]'
    run = run_of(
        tmp_path,
        QUANTILES,
        few,
        'name = "m"\nsummary = "run_time"',
        headlines=headlines_text.replace('"{run_time:mean}"', '"{run_time:mean question=m}"'),
    )
    assert headlines(run) == ("5.81 days with 1,000", "35.4 days")


def test_without_headlines_the_first_sentences_on_what_is_shown_are_said(tmp_path: Path) -> None:
    asked = [f'name = "{i}"\nsummary = "run_time"\nsay = ["{i}", "more"]' for i in range(7)]
    asked[1] += "\nshow = false"
    assert headlines(run_of(tmp_path, *asked)) == ("0", "2", "3", "4", "5")
    only = run_of(tmp_path, asked[1])
    assert headlines(only) == ("1",)


NEVER = 'quantiles = "run_time"\nat = [0.5]\nby = ["site"]\nwhere = ["chip_count >= 9000"]\n'


def test_several_questions_without_a_scenario_are_told_once_with_their_condition(tmp_path: Path) -> None:
    run = run_of(tmp_path, f'name = "a"\n{NEVER}', QUANTILES, f'name = "b"\n{NEVER}show = false', f'name = "c"\n{NEVER}')
    first, second = headlines(run)
    assert first == "3 of 4 questions ask for number of chips >= 9,000 chips, which no scenario has."
    assert "median run time is" in second
    assert headlines(run_of(tmp_path, f'name = "a"\n{NEVER}'))[0] == "No scenario meets the conditions."


def test_sentences_that_are_left_out_are_told_with_what_is_not_known(tmp_path: Path) -> None:
    text = """headlines = ["{run_time question=time}", "{run_time question=never} at most"]"""
    run = run_of(tmp_path, QUANTILES, f'name = "never"\n{NEVER}say = "It takes {{run_time site=b}}."', headlines=text)
    assert headlines(run) == ("5.81 days",)
    assert left_out(run) == (
        "headlines[2] is left out: {run_time question=never} is not known",
        "questions[2].say is left out: {run_time site=b} is not known",
    )


def test_the_group_that_is_spoken_of_first(tmp_path: Path) -> None:
    def group(*questions: str, headlines: str = "") -> object:
        run = run_of(tmp_path, *questions, headlines=headlines)
        return spoken_group(run.answers[0], run.study)

    assert group(QUANTILES) == {"site": 0, "chip_count": 2}
    say = f'{QUANTILES}say = "{{run_time site=b}}"'
    assert group(say) == {"site": 1, "chip_count": 2}
    assert group(say, headlines='headlines = ["{run_time chip_count=1000}"]') == {"site": 0, "chip_count": 0}
    assert group('minimize = "run_time"\nby = ["site"]') is None
