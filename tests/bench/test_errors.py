"""The library's errors know no click and no flag, and are of one family."""

import ast
import builtins
import pickle
import re
from collections.abc import Iterable
from functools import cache

import click
import pytest
from house import HOUSE
from imports import texts

import flopwatt
from flopwatt.bench.cli import COMMANDS, cli
from flopwatt.bench.errors import MAX_LINE, InputError, Parameter, UserCodeError

FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*(?![\w-])")
OTHERS_FLAGS = {  # of git, of NVBench, of pytest with a suite's own conftest, and those that a worker is started with
    "bench.records.commit": {"--format"},
    "bench.records.foreign.nvbench": {"--json"},
    "bench.timing.pytest_settings": {"--engine", "--dtype", "--threads"},
    "bench.timing.session": {"--quick"},
    "bench.compare.against": {"--format", "--trees"},
    "bench.compare.worktree": {"--force"},
}
PYTESTS_PARSER = {"bench.timing.pytest_settings": {"argparse"}}  # whose options it reads as pytest has parsed them
ENDS_PROCESSES = {"bench.terminal.interrupts", "bench.timing.serving"}  # by a signal's number; where nobody listens any more
PARSERS = {"click", "argparse", "optparse", "getopt"}
LIBRARY = [  # a room's own command, for maintainers, is its `__main__`
    name
    for name in HOUSE.modules
    if not name.startswith(("bench.commands", "bench.cli", "bench.suites")) and not name.endswith(".__main__")
]


@cache
def all_flags() -> frozenset[str]:
    return frozenset(
        opt
        for command in (cli.get_command(click.Context(cli), name) for name in COMMANDS)
        if command
        for parameter in command.params
        for opt in parameter.opts
        if opt[:2] == "--"
    )


def said(tree: ast.Module) -> set[str]:
    """The strings of a module, docstrings and the comments of files that it writes apart."""
    return {text for text in texts(ast.walk(tree)) if not text.startswith("# ")}


def of_the_command_line(tree: ast.Module) -> set[str]:
    """What a module has that belongs to commands: parsers of the command line, `print`, and an end of the process."""
    names = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names} & PARSERS
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module).partition(".")[0]} & PARSERS if not node.level else set()
            names |= {alias.name for alias in node.names} & {"exit", "_exit"}
        elif isinstance(node, ast.Constant):
            names |= {str(node.value).partition(".")[0]} & PARSERS if str(node.value).replace(".", "").isidentifier() else set()
        elif isinstance(node, ast.Name):
            names |= {node.id} & {"print", "exit", "quit"}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names |= {f"{node.value.id}.{node.attr}"} & {"sys.exit", "os._exit"}
        elif isinstance(node, ast.Raise) and node.exc is not None:
            names |= {ast.unparse(node.exc).partition("(")[0]} & {"SystemExit"}
    return names


@pytest.mark.parametrize("name", LIBRARY)
def test_no_flag_of_a_command_and_no_click_in_the_library(name: str) -> None:
    tree = HOUSE.trees[name]
    named = {flag for text in said(tree) for flag in FLAG.findall(text)} & all_flags()
    assert named <= OTHERS_FLAGS.get(name, set())
    prints = name.startswith("bench.terminal.") or name.endswith((".report", ".screen", ".printing"))
    allowed = (
        ({"print"} if prints else set()) | ({"os._exit"} if name in ENDS_PROCESSES else set()) | PYTESTS_PARSER.get(name, set())
    )
    assert of_the_command_line(tree) - allowed == set()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import click", {"click"}),
        ("def f():\n    import click.core", {"click"}),
        ("from click.exceptions import UsageError", {"click"}),
        ("import_module('click.core')", {"click"}),
        ("import argparse as a", {"argparse"}),
        ("print('x')", {"print"}),
        ("say = print", {"print"}),
        ("sys.exit(1)", {"sys.exit"}),
        ("from sys import exit", {"exit"}),
        ("raise SystemExit(1)", {"SystemExit"}),
        ("from .click import f\nconsole.print('a click.')\ntry: f()\nexcept SystemExit: pass", set()),
    ],
)
def test_what_belongs_to_commands_is_seen(source: str, names: set[str]) -> None:
    assert of_the_command_line(ast.parse(source)) == names


def test_the_flags_are_collected_and_seen() -> None:
    assert {"--engine", "--max-size", "--seq-len", "--serve"} <= all_flags()
    assert FLAG.findall("--seq-len and --benchmark_format=json") == ["--seq-len"]
    assert said(ast.parse('"""--engine of a docstring"""\nx = f"see --engine {1}"\n"# written by --fit"')) == {"see --engine "}


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


def error_classes(trees: Iterable[ast.Module]) -> dict[str, set[str]]:
    """The classes that derive from an exception, whatever they are called, each with its bases."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = {node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases} for node in classes}
    known = {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)}
    errors = dict[str, set[str]]()
    while more := {
        name: parents
        for name, parents in bases.items()
        if name not in errors and any(base in {*known, *errors} or base.endswith(("Error", "Exception")) for base in parents)
    }:
        errors |= more
    return errors


def test_every_error_class_is_of_the_family() -> None:
    outside = {"IrError"}  # a fault in one of flopwatt's own emitters
    errors = error_classes(HOUSE.trees[name] for name in LIBRARY)

    def belongs(name: str) -> bool:
        return name == "FlopwattError" or any(belongs(base) for base in errors.get(name, ()))

    assert {name for name in errors if not belongs(name)} == outside


def test_an_error_class_is_seen_whatever_its_name() -> None:
    source = "class A(KeyError): pass\nclass B(A): pass\nclass C(errors.InputError): pass\nclass D(Warning, int): pass"
    assert set(error_classes([ast.parse(source + "\nclass StepError: pass\nclass E(int): pass")])) == set("ABCD")
