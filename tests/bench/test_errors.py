"""The library's errors know no click and no flag, and are of one family."""

import ast
import pickle
import re

import click
import pytest
from house import ROOT, House

import flopwatt
from flopwatt.bench.cli import COMMANDS, cli
from flopwatt.bench.errors import MAX_LINE, InputError, Parameter, UserCodeError

HOUSE = House(ROOT)
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
OTHERS_FLAGS = {"bench.records.commit": {"--format"}}  # git's
LIBRARY = [
    name
    for name in HOUSE.modules
    if name.startswith(("kernels", "configs", "bench")) and not name.startswith(("bench.commands", "bench.cli", "bench.suites"))
]


def all_flags() -> set[str]:
    return {
        opt
        for command in (cli.get_command(click.Context(cli), name) for name in COMMANDS)
        if command
        for parameter in command.params
        for opt in parameter.opts
        if opt[:2] == "--"
    }


def texts(tree: ast.Module) -> set[str]:
    """The strings of a module, docstrings and the comments of files that it writes apart."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    first = [node.body[0] for node in ast.walk(tree) if isinstance(node, holders) and node.body]
    docs = {id(line.value) for line in first if isinstance(line, ast.Expr)}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {str(node.value) for node in strings if id(node) not in docs and not str(node.value).startswith("# ")}


@pytest.mark.parametrize("name", LIBRARY)
def test_no_flag_of_a_command_and_no_click_in_the_library(name: str) -> None:
    tree = HOUSE.trees[name]
    named = {flag for text in texts(tree) for flag in FLAG.findall(text)} & all_flags()
    assert named <= OTHERS_FLAGS.get(name, set())
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    modules = {alias.name for node in imports for alias in node.names} | {getattr(node, "module", None) for node in imports}
    assert "click" not in modules


def test_the_flags_are_collected_and_seen() -> None:
    assert {"--engine", "--max-size", "--seq-len", "--serve"} <= all_flags()
    assert texts(ast.parse('"""--engine of a docstring"""\nx = f"see --engine {1}"\n"# written by --fit"')) == {"see --engine "}


def test_a_place_may_be_a_file_with_parameters() -> None:
    where = "x.toml with ", Parameter("sets", "pue=1")
    assert str(InputError("is\n wrong", where=where)) == "x.toml with sets pue=1: is wrong"


def test_a_long_line_is_cut_in_the_middle() -> None:
    line = str(InputError("x" * 10_000, where="file.toml"))
    assert line.startswith("file.toml: xx")
    assert MAX_LINE <= len(line) <= MAX_LINE + 5


def test_an_error_survives_another_process() -> None:
    error = InputError("at most ", Parameter("threads", 2), where=Parameter("only"))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.args, again.parts, again.where) == (str(error), error.args, error.parts, error.where)
    study = pickle.loads(pickle.dumps(UserCodeError("add ", Parameter("allow_code"))))
    assert (type(study), str(study)) == (UserCodeError, "add the argument allow_code")


def test_args_and_repr_hold_the_whole_line() -> None:
    error = InputError("is wrong; add ", Parameter("sets"), where=("x.toml with ", Parameter("sets", "pue=1")))
    line = "x.toml with sets pue=1: is wrong; add the argument sets"
    assert (str(error), error.args, repr(error)) == (line, (line,), f"InputError({line!r})")
    assert error.text(lambda parameter: f"--{parameter.name[:-1]}") == "x.toml with --set: is wrong; add --set"


def test_python_names_the_parameter() -> None:
    study = flopwatt.load_study("quick")
    with pytest.raises(flopwatt.InputError, match=r"^engine: there is no engine 'nope'; "):
        flopwatt.run_study(study, "nope")
    with pytest.raises(flopwatt.InputError, match=r"^only: no question is named 'nope'"):
        flopwatt.load_study("quick", only=["nope"])


def test_every_error_class_is_of_the_family() -> None:
    outside = {"IrError"}  # a fault in one of flopwatt's own emitters
    classes = [node for name in LIBRARY for node in ast.walk(HOUSE.trees[name]) if isinstance(node, ast.ClassDef)]
    bases = {node.name: {base.id for base in node.bases if isinstance(base, ast.Name)} for node in classes}

    def belongs(name: str) -> bool:
        return name == "FlopwattError" or any(belongs(base) for base in bases.get(name, ()))

    errors = {name for name in bases if name.endswith("Error") and bases[name] and not name.startswith("Step")}
    assert {name for name in errors if not belongs(name)} == outside
