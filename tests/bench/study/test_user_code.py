"""Code of the user's: whatever it raises is one line, what it prints goes to stderr, and Ctrl+C is still Ctrl+C."""

import json
import signal
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import cli
from flopwatt.bench.errors import UserCodeError
from flopwatt.bench.study.user_code import guarded, guarded_formula
from flopwatt.kernels.model.quantity import ModelError

STUDY = """title = "t"
quantities = ["mine.py"]
[given]
training_flops = 1e24
peak_flops = 1e15
chip_count = 8
mfu = 0.3
goodput = 1
[[questions]]
summary = "doubled"
"""
MINE = """from flopwatt import quantity
@quantity(unit="s", source="ours")
def doubled(run_time):
    {body}
    return 2 * run_time
"""


def run(folder: Path, code: str, *options: str):
    (folder / "mine.py").write_text(code)
    (folder / "study.toml").write_text(STUDY)
    arguments = ["run", str(folder / "study.toml"), "--allow-code", "--engine", "numpy", "--json", *options]
    return CliRunner().invoke(cli, arguments)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("raise KeyboardInterrupt", "line 1: KeyboardInterrupt\n"),
        ("raise SystemExit(3)", "line 1: SystemExit: 3"),
        ("raise GeneratorExit", "line 1: GeneratorExit"),
        ("class Odd(BaseException):\n    def __str__(self): raise KeyError\nraise Odd", "line 3: Odd: (its message raises"),
        ("from flopwatt import given\ngiven('a', 's', 'doc', show='dax')", "line 2: UnitError: unknown unit 'dax'"),
        (
            "from flopwatt import given\ngiven('a', 's', 'doc', show='W')",
            "line 2: ModelError: a: show is 'W', which is no unit",
        ),
        ("from flopwatt import given\ngiven('a', 's', 5)", "line 2: ModelError: a: doc must be text, not 5"),
        ("class Odd: pass\nraise Odd", "line 2: TypeError: exceptions must derive from BaseException"),
        ("def f(): f()\nf()", "line 1: RecursionError: "),
        ("raise ValueError('a\\nb\\x1b[2J')", r"line 1: ValueError: a b\x1b[2J"),
        ("x = '\0'", "SyntaxError"),
        ("x = (" * 300, "SyntaxError: too many nested"),
        (MINE.format(body="raise KeyboardInterrupt"), "line 4: KeyboardInterrupt"),
        (MINE.format(body="raise SystemExit"), "line 4: SystemExit"),
    ],
)
def test_whatever_it_raises_is_one_line(code: str, says: str, tmp_path: Path) -> None:
    result = run(tmp_path, code)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"Error: {tmp_path}/study.toml: {tmp_path}/mine.py")
    assert says in result.stderr


def test_what_it_prints_goes_to_stderr(tmp_path: Path) -> None:
    code = "import sys\nprint('loading')\n" + MINE.format(body="print('computing'); sys.stdout.write('written')")
    result = run(tmp_path, code)
    assert json.loads(result.stdout)["study"] == "study"
    assert result.stderr.startswith("loading\n")
    assert "computing\nwritten" in result.stderr


def test_a_formula_that_fails_later_is_one_line(tmp_path: Path) -> None:
    code = "calls = []\n" + MINE.format(body="calls.append(1); assert len(calls) < 3")
    result = run(tmp_path, code)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "mine.py line 5: AssertionError" in result.stderr


def test_a_signal_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), guarded(tmp_path):
        signal.raise_signal(signal.SIGINT)  # to this thread: one for the process may reach it later
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_stdout_is_back_when_the_last_thread_has_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = threading.Barrier(2, timeout=10)

    def wait(value: float) -> float:
        both.wait()
        print("inside")
        return value

    formula = guarded_formula(wait, tmp_path)
    threads = [threading.Thread(target=formula, args=(1.0,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("after")
    assert capsys.readouterr() == ("after\n", "inside\ninside\n")


def test_a_model_error_passes_and_others_do_not(tmp_path: Path) -> None:
    def model() -> None:
        raise ModelError("m")

    def other() -> None:
        raise OSError("o")

    with pytest.raises(ModelError, match=r"^m$"):
        guarded_formula(model, tmp_path)()
    with pytest.raises(UserCodeError, match="OSError: o"):
        guarded_formula(other, tmp_path)()


def test_a_study_comes_from_the_standard_input() -> None:
    text = STUDY.replace('quantities = ["mine.py"]', "").replace("doubled", "run_time")
    for name in ("-", "/dev/stdin"):
        result = CliRunner().invoke(cli, ["run", name, "--engine", "numpy", "--json"], input=text)
        assert json.loads(result.stdout)["study"] == "stdin"


def test_quantities_in_a_long_chain_are_refused(tmp_path: Path) -> None:
    chain = "from flopwatt import quantity\n"
    for number in range(2000):
        needs = f"q{number + 1}" if number < 1999 else "run_time"
        chain += f"@quantity('s', 'ours')\ndef {'doubled' if number == 0 else f'q{number}'}({needs}): return {needs}\n"
    result = run(tmp_path, chain)
    assert result.exit_code == 2
    assert "more than 300 quantities need each other in a chain: doubled, q1, q2, ..." in result.stderr
