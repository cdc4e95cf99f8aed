"""Files are read, and what is wrong with one is said in a line that names it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from flopwatt.configs.toml_files import FactError, checked, parse_toml, read_text, read_toml, trusted
from flopwatt.kernels.validation import Validator


@dataclass(frozen=True)
class Plant:
    watts: float


FORM = Validator[Plant](Plant)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", r"is not UTF-8 text \(byte 0\); save it as UTF-8"),
        (b"watts = ", "is not valid TOML: "),
        (b"a = " + b"[" * 50_000, "nested too deeply"),
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


def test_a_trusted_file_is_checked_only_where_it_fails() -> None:
    checks = []
    assert trusted(lambda: 5, lambda: checks.append(1)) == 5
    assert not checks
    with pytest.raises(KeyError):  # the form is as it should be: the error is the maker's own
        trusted(lambda: {}["watts"], lambda: checks.append(1))
    assert checks
    path = Path("plant.toml")
    with pytest.raises(FactError, match=r"^plant.toml: "):
        trusted(lambda: {}["watts"], lambda: checked(FORM, {}, path))
