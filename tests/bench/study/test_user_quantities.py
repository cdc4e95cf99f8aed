"""A user's own quantities: run only when allowed, checked when they load, never stale."""

import os
import sys
from pathlib import Path

import pytest
from written_studies import HEAD, study

from flopwatt.bench.errors import InputError

MINE = '''
from flopwatt import given, maximum, quantity

given("support_share", "", "What support takes of a run's time.", high=1)

@quantity(unit="s", source="our contract")
def supported_time(run_time, support_share):
    """The run's time with support."""
    return maximum(run_time, 1) * (1 + support_share)
'''
OWN = f"""quantities = ["mine.py"]
{HEAD}chip_count = 8
mfu = 0.41
support_share = 0.5
[[questions]]
minimize = "supported_time"
"""


def formula(body: str, parameters: str = "run_time, mfu", *, name: str = "mine", unit: str = "") -> str:
    """A file with one quantity."""
    head = f'import math\nfrom flopwatt import quantity\n@quantity(unit={unit!r}, source="none")\n'
    return f"{head}def {name}({parameters}):\n    {body}\n"


def test_own_quantities_need_allow_code(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(f"raise SystemExit(3)\n{MINE}")
    with pytest.raises(InputError, match="add the argument allow_code to run them"):
        study(tmp_path, OWN)


def test_own_quantities(tmp_path: Path) -> None:
    from flopwatt import run_study

    (tmp_path / "mine.py").write_text(MINE)
    loaded = study(tmp_path, OWN, allow_code=True)
    run = run_study(loaded, ["numpy", "numba"])
    expected = 1e24 / (8 * 1e12 * 0.41) * 1.5
    for engine in ("numpy", "numba"):
        answer = run.answer("minimize supported_time", engine)
        assert float(answer.values["supported_time"].data) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (
            "from flopwatt import given\ngiven('support_share', '', 'x', high='x')\n"
            + formula("return mfu", name="supported_time"),
            "line 2: ModelError: support_share: high must be a number in plain counts, not 'x'",
        ),
        ("1 / 0", "line 1: ZeroDivisionError"),
        ("def f(:", "line 1: SyntaxError"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("x = 1", "defines no quantity"),
        (
            formula("if run_time > 1:\n        return 1.0\n    return 2.0"),
            "line 3: the formula of 'mine': a formula cannot branch",
        ),
        (formula("return math.sin(mfu)"), "not those of math"),
        (formula("return 'text'"), "not str"),
        (formula("pass"), "not NoneType"),
        (formula("return mfu[0]"), "what no engine can compile"),
        (formula("return mfu * unknown"), "line 5: NameError"),
        (formula("return mfu", "run_time, mfuu"), "mine needs an unknown quantity 'mfuu'; did you mean 'mfu'?"),
        (formula("return mfu", "run_time, mfu=1"), "'mfu=1' of 'mine' is no plain name"),
        (formula("return mfu", "run_time, *mfu"), "'*mfu' of 'mine' is no plain name"),
        (formula("return mfu", name="run_time"), "run_time is in s, and formulas rely on that"),
        (formula("return mfu", unit="USDD"), "unknown unit 'USDD'"),
    ],
)
def test_own_quantities_that_will_not_do(tmp_path: Path, code: str, says: str) -> None:
    (tmp_path / "mine.py").write_text(code)
    with pytest.raises(InputError) as error:
        study(tmp_path, OWN, allow_code=True)
    assert says in str(error.value)
    assert "mine.py" in str(error.value)


def test_an_edit_within_a_second_is_seen_and_nothing_is_left_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    own, path = OWN.replace("support_share = 0.5\n", ""), tmp_path / "mine.py"
    notes = []
    for operator in "*+":
        path.write_text(formula(f"return run_time {operator} mfu", name="supported_time", unit="s"))
        os.utime(path, (1e9, 1e9))
        notes.append(study(tmp_path, own, allow_code=True).notes[:1])
    assert notes[0] == ()
    assert "do not fit" in notes[1][0]
    assert not (tmp_path / "__pycache__").exists()


def test_notes_on_own_quantities(tmp_path: Path) -> None:
    own = OWN.replace("support_share = 0.5\n", "")
    for code, note in (
        (
            formula("return run_time + mfu", name="supported_time", unit="s"),
            "the units of supported_time do not fit: Cannot conv",
        ),
        (formula("return run_time * mfu", name="supported_time", unit="W"), "do not fit: it gives s and not W"),
        (f"{MINE}\n{formula('return 0.3 * mfu ** 0', 'mfu', name='hfu')}", "mine.py: hfu takes the place of flopwatt's own"),
    ):
        (tmp_path / "mine.py").write_text(code)
        text = OWN if "support_share" in code else own
        (first,) = study(tmp_path, text, allow_code=True).notes[:1]
        assert note in first, code
    (tmp_path / "mine.py").write_text(MINE.replace("maximum(run_time, 1)", "run_time"))
    assert study(tmp_path, OWN, allow_code=True).notes == ()
