"""Groups in which no decision can be taken, in sentences."""

from pathlib import Path

from decided_study import TEXT, answer_to, study_of

from flopwatt.bench.runner.unmet_groups import MAX_SENTENCES, unmet_sentences


def test_of_many_groups_without_a_decision_the_first_are_told(tmp_path: Path) -> None:
    text = TEXT.replace('by = ["site"]\nat', 'by = ["site", "chip_count"]\nat').replace(
        "run_time <= 25 day", "run_time <= 2 day"
    )
    study = study_of(tmp_path, text)
    sentences = unmet_sentences(answer_to(study, "surer"), study)
    assert len(sentences) == MAX_SENTENCES
    assert sentences[0].startswith(
        "a, number of chips 1,000 at 50%: the only decision fails run time <= 2 days in at least 50%"
    )
    assert sentences[-1] == f"In {12 - MAX_SENTENCES + 1} other groups no decision meets the conditions either."
    assert unmet_sentences(answer_to(study, "surer"), study, 1) == ["In 12 groups no decision meets the conditions."]


def test_of_what_is_not_known_nothing_is_said_to_fail(tmp_path: Path) -> None:
    sites = 'labels = ["a", "b"]\ncolumns.peak_flops = [1e15, 4e14]'
    study = study_of(tmp_path, TEXT.replace(sites, 'from = "hardware"\nrows = ["h100-sxm-80gb", "mi455x"]'))
    (sentence,) = unmet_sentences(answer_to(study, "fewest"), study)
    assert sentence == "MI455X: no decision is known to meet the conditions."
    sentences = [text for text in unmet_sentences(answer_to(study, "surer"), study) if text.startswith("MI455X")]
    assert sentences == [f"MI455X at {share}: no decision is known to meet the conditions." for share in ("50%", "95%")]
    assert unmet_sentences(answer_to(study, "median"), study) == []


def test_what_cannot_be_missed_by_a_little_is_named(tmp_path: Path) -> None:
    study = study_of(tmp_path, TEXT.replace("chip_count >= 3000", "chip_count == 3000"))
    (sentence,) = unmet_sentences(answer_to(study, "never"), study)
    assert sentence == "No decision is known to meet number of chips == 3,000 chips."
