"""Files are read, and what is wrong with one is said in a line that names it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from flopwatt.configs.toml_files import FactError, check_form, checked, parse_toml, read_text, read_toml
from flopwatt.kernels.validation.validator import Validator


@dataclass(frozen=True)
class Plant:
    watts: float


FORM = Validator[Plant](Plant)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", r"is UTF-16 text; save it as UTF-8"),
        (b"watts = ", "is not valid TOML: "),
        (b"a = 1\nprice = 0,08  # dear\n", r"at line 2, column 10\); a number has a decimal point: 0\.08$"),
        (b"tokens = 15 T\n", r"\); a number with a unit stands in quotes: \"15 T\"$"),
        (b"price = 80,5 USD/MWh\n", r"\); a number with a unit stands in quotes: \"80\.5 USD/MWh\"$"),
        (b"share = 9 %\n", r"\"9 %\"$"),
        (b"rows = [1, 2 3]\n", r"\)$"),
        (b"a = " + b"[" * 50_000, "nested more than 64 deep"),
    ],
)
def test_a_file_that_is_no_toml(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "plant.toml"
    path.write_bytes(content)
    with pytest.raises(FactError, match=message) as caught:
        read_toml(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FactError, match=r"none.toml: cannot be read: No such file"):
        read_text(tmp_path / "none.toml")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "plant.toml"
    path.write_text("watts = 1", encoding="utf-8-sig")
    assert read_text(path) == "watts = 1"
    assert read_toml(path) == {"watts": 1}


def test_data_becomes_its_type_or_an_error_names_file_and_key() -> None:
    path = Path("plant.toml")
    assert checked(FORM, parse_toml("watts = 5", path), path) == Plant(5.0)
    with pytest.raises(FactError, match=r"^plant.toml: .*plants.*watts"):
        checked(FORM, {"watts": "many"}, path, ("plants",))


def test_a_form_is_checked_without_pydantic_where_it_fits() -> None:
    code = (
        "import sys; from dataclasses import make_dataclass; from pathlib import Path\n"
        "from flopwatt.configs.toml_files import check_form; from flopwatt.kernels.validation.validator import Validator\n"
        "form = Validator(make_dataclass('Plant', [('watts', float)]))\n"
        "check_form(form, {'watts': 5}, Path('plant.toml')); assert 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_form_that_does_not_fit_is_said() -> None:
    with pytest.raises(FactError, match=r"^plant.toml: plants\[1\].watts must be a number, not 'many'$"):
        check_form(FORM, {"watts": "many"}, Path("plant.toml"), ("plants", 0))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = " + "[" * 100, 2),
        ("a = " + "{b = " * 100, 1),
        ("[" + ".".join("a" * 100) + "]", 1),
        ("\n\n" + "a." * 10**6 + "b = 1", 3),
    ],
)
def test_nesting_is_refused_before_it_is_parsed(text: str, line: int) -> None:
    with pytest.raises(FactError, match=rf"s.toml: is not valid TOML: nested more than 64 deep \(at line {line}\)"):
        parse_toml(text, Path("s.toml"))


def test_brackets_and_dots_in_text_and_lists_are_no_nesting() -> None:
    inner = "[" * 100 + "." * 100
    numbers = ", ".join(["1.5"] * 500)
    texts = f"""a = "{inner}" # {inner}\nb = '{inner}'\nc = \'\'\'\n{inner}\n\'\'\'\n"""
    text = f"""{texts}d = \"\"\"{inner}\\"\"\"\"\ne = [{numbers}]\n"""
    document = parse_toml(text, Path("s.toml"))
    assert document["a"] == document["b"] == inner
    assert document["d"] == inner + '"'
    assert document["e"] == [1.5] * 500


def test_a_key_without_end_is_refused() -> None:
    with pytest.raises(FactError, match=r"a name of 5,000 characters, 'kkkk") as caught:
        parse_toml(f"{'k' * 5000} = 1", Path("s.toml"))
    assert len(str(caught.value)) < 200
