"""Columns of shown tables: what a person reads, the numbers behind it, and the unit that all cells share."""

import numpy as np

from flopwatt.bench.answers.column import Column
from flopwatt.bench.runner.shown_column import Look, ShownColumn, columns_alike, known_numbers, label_column, text_column


def test_columns_of_a_quantity_share_a_scale_and_keep_their_numbers() -> None:
    low, high = Column(np.array([9e8, 1.5e9, np.nan]), "USD"), Column(np.array([2.4e9, 3e9, 4e9]), "USD")
    first, second = columns_alike(["P5", "P95"], [low, high], [0, 1, 2], Look("cost"))
    assert (first.shared, second.shared) == ("billion USD", "billion USD")
    assert first.texts == ("0.9 billion USD", "1.5 billion USD", "-")
    assert first.bare() == ("0.9", "1.5", "-")
    assert first.numbers == (9e8, 1.5e9, None)
    assert (first.unit, first.name, first.heading) == ("USD", "cost", "P5")
    assert second.bare() == ("2.4", "3", "4")


def test_rows_are_picked_and_singulars_lose_their_unit_too() -> None:
    (column,) = columns_alike(["chips"], [Column(np.array([[1.0, 2.0], [3.0, 16384.0]]), "chip")], [0, 3], Look())
    assert column.texts == ("1 chip", "16,384 chips")
    assert column.bare() == ("1", "16,384")


def test_a_flag_is_its_words_and_a_year_is_written_as_it_is() -> None:
    words = Look("depreciation", words=("straight-line", "capital-recovery"))
    (column,) = columns_alike(["d"], [Column(np.array([1.0, 0.0, np.nan]))], [0, 1, 2], words)
    assert column.texts == ("capital-recovery", "straight-line", "-")
    (year,) = columns_alike(["year"], [Column(np.array([2026.0]))], [0], Look("year", plain=True))
    assert year.texts == ("2026",)


def test_labels_have_no_numbers() -> None:
    assert label_column("chip", ["a"], "chip") == ShownColumn("chip", "", ("a",), None, is_label=True, name="chip")
    assert text_column("share", ["50%"], [0.5]).numbers == (0.5,)
    assert known_numbers([1, np.nan, None]) == (1.0, None, None)
