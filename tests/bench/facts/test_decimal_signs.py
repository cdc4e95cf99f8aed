"""Decimal signs: what one number says, what a file's numbers say together, and what nothing tells."""

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.facts.decimal_signs import COMMA, POINT, NumberCell, decimal_sign, plain_number


def cells(*texts: str) -> list[NumberCell]:
    return [NumberCell(text, "tokens_t", f"runs.csv, line {number}") for number, text in enumerate(texts, 2)]


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [("2048", 2048, 2048), ("1,500", 1500, 1.5), ("1.500", 1.5, 1500), ("0,369", None, 0.369), ("0.369", 0.369, None),
     ("6,74", None, 6.74), ("1.234,5", None, 1234.5), ("1,234.5", 1234.5, None), ("1,234,567", 1234567, None),
     ("1.234.567", None, 1234567), ("1 234,5", None, 1234.5), ("1\u00a0234.5", 1234.5, None), ("1\u2009234", 1234, 1234),
     ("1'234.5", 1234.5, None), ("1_500", 1500, 1500), ("7,5e9", None, 7.5e9), ("7E+09", 7e9, 7e9),
     ("1.979E+15", 1.979e15, None),
     ("1,979e15", None, 1.979e15), ("1,979,000e3", None, None), ("~1,2e6", None, 1.2e6),
     ("-0,5", None, -0.5), ("1,5 GWh", None, 1.5), ("2,048 GPUs", 2048, 2.048), ("12,34,567", None, None),
     ("1-2", None, None), ("2024-05", None, None), ("n/a", None, None), ("12 34", None, None), ("1,5,", None, None),
     ("1.2.3", None, None), ("", None, None)],
)  # fmt: skip
def test_readings_of_one_number(text: str, point: float | None, comma: float | None) -> None:
    (cell,) = cells(text)
    assert cell.readings() == (point, comma)


@pytest.mark.parametrize(
    ("text", "sign", "plain"),
    [(" 1,234.50 h", POINT, " 1234.50 h"), ("1.234,50 h (est.)", COMMA, "1234.50 h (est.)"), ("~6,74", COMMA, "~6.74"),
     ("6,74", POINT, "6,74"), ("6.74", COMMA, "6.74"), ("seven", COMMA, "seven"), ("1\u202f234,5", COMMA, "1234.5")],
)  # fmt: skip
def test_a_plain_number_has_a_decimal_point_alone(text: str, sign: str, plain: str) -> None:
    assert plain_number(text, sign) == plain


@pytest.mark.parametrize(
    ("texts", "separator", "sign"),
    [(["6,74", "2048"], ";", COMMA), (["6,74", "1,500"], "\t", COMMA), (["1,500", "6.74"], ";", POINT), (["2048"], ";", POINT),
     (["1,500", "2.5"], ",", POINT), (["1,500"], ",", POINT), (["1.500", "1.234,5"], ";", COMMA), ([], ";", POINT),
     (["1,234,567", "1,500"], ";", POINT), (["1.234.567", "1,500"], ";", COMMA)],
)  # fmt: skip
def test_a_file_tells_its_sign(texts: list[str], separator: str, sign: str) -> None:
    assert decimal_sign(cells(*texts), separator) == sign


@pytest.mark.parametrize(
    ("texts", "separator", "message"),
    [(["2048", "6,74"], ",", "line 3: tokens_t holds '6,74'; write 6.74, or separate the columns with semicolons"),
     (["1.234,5"], ",", "line 2: tokens_t holds '1.234,5'; write 1234.5,"),
     (["1,500"], ";", "line 2: tokens_t holds '1,500', and no number of the file tells whether that is 1500 or 1.5;"),
     (["1.234 h"], "\t", "whether that is 1.2340 h or 1234 h; write it so"),
     (["6.5", "6,74"], ";", r"line 3: .* '6,74', a decimal comma, and tokens_t '6.5' \(line 2\) has a decimal point")],
)  # fmt: skip
def test_what_contradicts_or_tells_nothing_is_refused(texts: list[str], separator: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        decimal_sign(cells(*texts), separator)
    assert str(caught.value).startswith("runs.csv, line ")


@pytest.mark.parametrize(
    ("text", "separator", "sign"),
    [("2.048", ";", COMMA), ("2,048", ";", POINT), ("2,048", ",", POINT), ("2048.0", ",", POINT), ("512,000", ";", None),
     ("512.000", ",", None), ("2.048", ",", None), ("2,5k", ";", COMMA), ("2.5k", ",", POINT)],
)  # fmt: skip
def test_whole_numbers_have_no_decimals(text: str, separator: str, sign: str | None) -> None:
    cell = NumberCell(text, "num_chips", "runs.csv, line 2", whole=True)
    if sign is not None:
        assert decimal_sign([cell], separator) == sign
        return
    with pytest.raises(InputError, match="num_chips holds"):
        decimal_sign([cell], separator)


def test_a_comma_between_commas_stands_between_thousands_unless_decimals_are_as_likely() -> None:
    cell = NumberCell("1,500", "total_params_b", "runs.csv, line 2", parts=True)
    with pytest.raises(InputError, match=r"whether that is 1500 or 1\.5"):
        decimal_sign([cell], ",")
    assert decimal_sign([cell, *cells("0.5")], ",") == POINT
    assert decimal_sign([NumberCell("1.500", "total_params_b", "x", parts=True)], ",") == POINT


def test_another_mark_between_thousands_makes_a_comma_between_commas_doubtful() -> None:
    with pytest.raises(InputError, match=r"whether that is 85275 or 85\.2750"):
        decimal_sign(cells("85,275", "33'399'727"), ",")
    assert decimal_sign(cells("85,275", "33'399'727.5"), ",") == POINT


@pytest.mark.parametrize("text", ["1,500", "1.234", "120,000 GWh"])
def test_the_spellings_that_a_refusal_offers_have_one_reading(text: str) -> None:
    with pytest.raises(InputError) as caught:
        decimal_sign(cells(text), ";")
    offered = str(caught.value).partition("whether that is ")[2].removesuffix("; write it so").split(" or ")
    told = [cell.readings() for cell in cells(*offered)]
    assert {value for values in told for value in values if value is not None} == set(cells(text)[0].readings())
    assert all(point == comma or None in (point, comma) for point, comma in told)
