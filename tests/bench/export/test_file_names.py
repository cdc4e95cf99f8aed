"""Names of sheets, files and variables: valid and unique, whatever they are made from."""

import re

from hypothesis import given
from hypothesis import strategies as st

from flopwatt.bench.export.file_names import sheet_names, slugs, variable_names

TEXTS = st.lists(st.text(max_size=60), max_size=12)


@given(TEXTS)
def test_sheets_names_are_what_excel_takes(texts: list[str]) -> None:
    names = sheet_names(texts, ["Answer"])
    assert len(names) == len(texts)
    assert len({name.casefold() for name in (*names, "Answer", "History")}) == len(texts) + 2
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]|^'|'$", name)


def test_forty_questions_with_names_alike_have_forty_sheets() -> None:
    texts = [f"cost of a run of Llama 3.1 405B's size within {i} days" for i in range(40)]
    names = sheet_names(texts)
    assert names[:2] == ["cost of a run of Llama 3.1 405B", "cost of a run of Llama 3.1 40 2"]
    assert len(set(names)) == 40


def test_a_short_name_stays_as_it_is() -> None:
    assert sheet_names(["run time", "Run Time", "é 中文", "a/b", "", "History"]) == [
        "run time", "Run Time 2", "é 中文", "a b", "question", "History 2",
    ]  # fmt: skip


@given(TEXTS)
def test_slugs_are_names_of_files_on_any_system(texts: list[str]) -> None:
    names = slugs(texts, ["metadata"])
    assert len({name.casefold() for name in (*names, "metadata", "con")}) == len(texts) + 2
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,90}", name) for name in names)


@given(TEXTS)
def test_variables_are_identifiers(texts: list[str]) -> None:
    names = variable_names(texts)
    assert len({name.casefold() for name in names}) == len(texts)
    assert all(name.isidentifier() and name.isascii() for name in names)


def test_statistics_read_as_words() -> None:
    assert variable_names(["P80(run_time)", "share(run_time <= 120 day)", "share(cost > 5%)"]) == [
        "P80_run_time", "share_run_time_at_most_120_day", "share_cost_above_5_percent",
    ]  # fmt: skip
