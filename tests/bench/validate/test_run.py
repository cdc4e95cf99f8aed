"""Which kind of case a file holds, and a file that holds none."""

from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.validate import rows
from flopwatt.bench.validate.run import SHIPPED, kind_of, kinds


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "", "holds no table"),
        ("a.csv", "model,hardware\n", "holds no table"),
        ("a.csv", "model,model\n1,2\n", "two columns 'model'"),
        ("a.csv", "model,hardware\nx\n", "line 2: has 1 cell for 2 columns"),
        ("a.csv", "x,y\n1,2\n", "columns do not say what it holds"),
        ("a.csv", 'model,hardware\n"x,y\n', "is not valid CSV"),
        ("a.toml", "cases = 3", "holds no cases"),
        ("a.toml", "[[cases]\n", "is not valid TOML"),
        ("a.xlsx", "x", "must be a .csv or a .toml"),
    ],
)
def test_a_file_that_is_wrong_is_said_in_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=says) as error:
        kind_of(rows.read(path))
    assert "\n" not in error.value.message


def test_every_kind_tells_itself_apart() -> None:
    for name in SHIPPED:
        assert kind_of(rows.shipped(name)) in kinds()
    needs = [kind.needs for kind in kinds()]
    assert not any(a < b or b < a for a in needs for b in needs)
