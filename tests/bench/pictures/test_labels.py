"""Words on pictures."""

from flopwatt.bench.pictures.labels import joined, sentence, wrapped, wrapped_apart


def test_words_are_wrapped_and_what_is_too_long_ends_in_dots() -> None:
    assert wrapped("GB200 NVL72") == "GB200 NVL72"
    assert wrapped("British household, typical (2023)", 20) == "British household,\ntypical (2023)"
    long = wrapped("many words " * 20, 20)
    assert long.count("\n") == 2
    assert long.endswith("…")


def test_what_steers_a_terminal_or_hides_is_written_out() -> None:
    assert "\x1b" not in wrapped("\x1b[31mred")
    assert wrapped("") == "-"


def test_labels_that_read_alike_are_told_apart() -> None:
    assert wrapped_apart(["a", "a", "a"]) == ["a", "a (2)", "a (3)"]
    assert len({*wrapped_apart(["word " * 60, "word " * 70])}) == 2


def test_sentences_begin_with_a_capital_but_for_symbols() -> None:
    assert sentence("energy in a year") == "Energy in a year"
    assert sentence("kWh of a run") == "kWh of a run"
    assert sentence("1e27 FLOP") == "1e27 FLOP"
    assert sentence("") == ""


def test_words_are_joined_as_a_sentence_does() -> None:
    assert [joined(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
