"""Bad input: one line on stderr that names the file, the key and what would be right; exit 2; nothing on stdout."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import cli

HEAD = """title = "t"
[given]
tokens = 1e13
training_flops = 1e24
[axes.chip]
from = "hardware"
rows = ["h100"]
[axes.chip_count]
values = [1024, 2048]
"""
ASK = """
[[questions]]
minimize = "run_time"
"""


def axis(text: str, name: str = "mfu") -> str:
    return f"{HEAD}[axes.{name}]\n{text}\n{ASK}"


def drawn(column: str, draws: int = 8) -> str:
    return axis(f"draws = {draws}\ncolumns.mfu = {column}", "z")


def ask(text: str) -> str:
    return f"{HEAD}{ASK}{text}\n"


def decided(objective: str, *where: str, more: str = "", weights: str = "") -> str:
    study = axis(f"values = [0.3, 0.4]\nuncertain = true\n{weights}")
    return study.replace('"run_time"', f'"{objective}"\nwhere = [{", ".join(map(repr, where))}]\n{more}')


CASES = {
    "unknown key of the file": (f'titel = "x"\n{HEAD}{ASK}', "titel", "'title'"),
    "unknown key of an axis": (axis("linspce = [0.1, 0.2]\nnum = 3"), "axes.mfu.linspce", "'linspace'"),
    "unknown key of a question": (ask('wher = ["run_time <= 1 day"]'), "questions[1].wher", "'where'"),
    "unknown quantity": (HEAD.replace("tokens", "tokns") + ASK, "given.tokns", "'tokens'"),
    "unknown quantity of an axis": (axis("values = [1]", "mfuu"), "axes.mfuu", "'mfu'"),
    "unknown objective": (HEAD + ASK.replace("run_time", "run_tme"), "questions[1].minimize", "'run_time'"),
    "wrong unit": (HEAD.replace("1e13", '"120 GW"') + ASK, "given.tokens", "token"),
    "wrong unit of an axis": (axis('linspace = ["1 h", "2 h"]\nnum = 2'), "axes.mfu.linspace", "plain number"),
    "unknown unit": (HEAD.replace("1e13", '"120 tokns"') + ASK, "given.tokens", "unknown unit"),
    "wrong unit in where": (ask('where = ["run_time <= 120 GW"]'), "questions[1].where", "'s'"),
    "where on an unknown quantity": (ask('where = ["run_tme <= 1 day"]'), "questions[1].where", "'run_time'"),
    "where that is Python": (ask("where = ['__import__(\"os\").abort() <= 1']"), "questions[1].where", "write it as"),
    "where that is no list": (ask('where = "run_time <= 1 day"'), "questions[1].where", "list"),
    "by an axis that is not there": (ask('by = ["chp"]'), "questions[1].by", "'chip'"),
    "a sentence on what is not asked": (ask('say = "{run_tme} days"'), "questions[1].say", "'run_time'"),
    "a sentence with a brace alone": (ask('say = "{run_time"'), "questions[1].say", "stands alone"),
    "a sentence that is Python": (ask('say = "{run_time.__class__}"'), "questions[1].say", "is not understood"),
    "a sentence on a point that is not there": (
        ask('by = ["chip"]\nsay = "{run_time chip=h10}"'),
        "questions[1].say",
        "there is h100-sxm-80gb",
    ),
    "shown points of an axis that is not kept": (
        ask("show = { chip_count = 1024 }"),
        "questions[1].show.chip_count",
        "keeps no",
    ),
    "headlines that are no list": (f'headlines = "x"\n{HEAD}{ASK}', "headlines", "list"),
    "by the same axis twice": (ask('by = ["chip", "chip"]'), "questions[1].by", "twice"),
    "no values": (axis("values = []"), "axes.mfu.values", "at least one value"),
    "one table of questions": (
        HEAD + ASK.replace("[[questions]]", "[questions]"),
        "questions: must be a list",
        "[[questions]]",
    ),
    "a name without end": (ask(f'name = "{"q" * 5000}"'), "questions[1].name", "at most 1,000 characters"),
    "a key without end": (f"{'k' * 5000} = 1\n{HEAD}{ASK}", "not valid TOML", "at most 1,000"),
    "escape codes in a name": (ask('minimise = "a\\u001b[2J"'), "minimise", "minimize"),
    "a unit without end": (HEAD.replace("1e13", f'"1 {"m" * 5000}"') + ASK, "given.tokens", "unknown unit"),
    "too wide a range": (axis("linspace = [-1e308, 1e308]\nnum = 3"), "axes.mfu.linspace", "too wide"),
    "draws that overflow": (axis("draws = 8\ncolumns.mfu = { normal = [1e308, 1e308] }"), "axes.mfu.columns.mfu", "infinite"),
    "an empty axis": (axis(""), "axes.mfu", "from = 'hardware'"),
    "no rows": (HEAD.replace('["h100"]', "[]") + ASK, "axes.chip.rows", "at least one row"),
    "an empty range": (axis("arange = [0.5, 0.4, 0.1]"), "axes.mfu.arange", "step"),
    "num of 0": (axis("linspace = [0.1, 0.2]\nnum = 0"), "axes.mfu.num", "at least 1"),
    "no num": (axis("linspace = [0.1, 0.2]"), "axes.mfu.num", "how many"),
    "zero": (axis("values = [0.3, 0]"), "axes.mfu.values[2]", "above 0"),
    "negative": (axis("values = [-0.3]"), "axes.mfu.values[1]", "above 0"),
    "negative given": (HEAD.replace("1e13", "-1") + ASK, "given.tokens", "0"),
    "too large": (axis("values = [1.5]"), "axes.mfu.values[1]", "at most 1"),
    "range that reaches below": (axis("linspace = [-0.1, 0.5]\nnum = 3"), "axes.mfu.linspace", "above 0"),
    "geomspace from 0": (axis("geomspace = [0, 0.5]\nnum = 3"), "axes.mfu.geomspace", "above 0"),
    "a range with more values than can be counted": (axis("arange = [0.1, 1.0, 1e-320]"), "axes.mfu.arange", "step larger"),
    "NaN": (axis("values = [nan]"), "axes.mfu.values[1]", "not a number"),
    "NaN given": (HEAD.replace("1e13", "nan") + ASK, "given.tokens", "not a number"),
    "NaN as text": (HEAD.replace("1e13", '"nan token"') + ASK, "given.tokens", "not a number"),
    "NaN at the end of a range": (axis("linspace = [0.1, nan]\nnum = 3"), "axes.mfu.linspace", "not a number"),
    "infinite": (HEAD.replace("1e13", "inf") + ASK, "given.tokens", "infinite"),
    "NaN in where": (ask('where = ["run_time <= nan"]'), "questions[1].where", "not a number"),
    "2^63-1 points": (axis(f"linspace = [0.1, 0.9]\nnum = {2**62}"), "axes", "2^63-2"),
    "many large axes": (
        axis("linspace = [0.1, 0.9]\nnum = 4000000")
        + "[axes.pue]\nlinspace = [1.1, 1.9]\nnum = 4000000\n[axes.load]\nlinspace = [0.1, 0.9]\nnum = 4000000\n",
        "axes",
        "2^63-2",
    ),
    "points beyond any float": (axis(f"linspace = [0.1, 0.9]\nnum = 1{'0' * 400}"), "axes", "2^63-2"),
    "a number beyond any float": (HEAD.replace("1e13", f"1{'0' * 400}") + ASK, "given.tokens", "too large"),
    "a number beyond any parser": (HEAD.replace("1e13", f"1{'0' * 5000}") + ASK, "not valid TOML", "digits"),
    "an axis too long for memory": (axis("linspace = [0.1, 0.9]\nnum = 300000000"), "axes.mfu", "at most"),
    "TOML that does not parse": ('title = "t"\n[given]\ntokens = 1e13 token\n', "not valid TOML", "line 3, column 15"),
    "text for a number": (axis('linspace = [0.1, 0.2]\nnum = "x"'), "axes.mfu.num", "whole number"),
    "a decimal comma": (HEAD.replace("1e13", '"7,5e9"') + ASK, "given.tokens", "'7,5e9' has a decimal comma; write 7.5e9"),
    "a decimal comma on an axis": (axis('values = ["0,35"]'), "axes.mfu.values[1]", "write 0.35"),
    "a decimal comma at the end of a range": (axis('linspace = ["0,1", 0.9]\nnum = 3'), "axes.mfu.linspace", "write 0.1"),
    "a decimal comma of a whole number": (axis('linspace = [0.1, 0.2]\nnum = "1,5"'), "axes.mfu.num", "write 1.5"),
    "a decimal comma in where": (ask('where = ["run_time <= 1,5 days"]'), "questions[1].where", "write 1.5"),
    "a decimal comma of a share": (
        HEAD + '[[questions]]\nquantiles = "run_time"\nat = ["0,5"]\n',
        "questions[1].at",
        "write 0.5",
    ),
    "months": (ask('where = ["run_time <= 3 months"]'), "questions[1].where", "write days"),
    "truth for a number": (HEAD.replace("1e13", "true") + ASK, "given.tokens", "number"),
    "a list for a number": (HEAD.replace("1e13", "[1, 2]") + ASK, "given.tokens", "number"),
    "axes that are no table": (f'title = "t"\naxes = 3\n{ASK}', "axes", "table"),
    "an axis that is no table": (f'title = "t"\naxes.mfu = 3\n{ASK}', "axes.mfu", "table"),
    "no title": (ASK, "title", "line of title"),
    "questions as one table": (HEAD + '[questions]\nminimize = "cost"\n', "questions", "[[questions]]"),
    "a date for a number": (HEAD.replace("1e13", "2026-01-01") + ASK, "given.tokens", "not a date"),
    "no questions": ('title = "t"', "questions", "at least one question"),
    "an empty file": ("", "title", "missing"),
    "a question that asks nothing": (HEAD + '[[questions]]\nby = ["chip"]\n', "questions[1]", "minimize"),
    "a question that asks twice": (ask('summary = "cost"'), "questions[1]", "at once"),
    "a key of another kind of question": (ask("bins = 5"), "questions[1].bins", "does not go with minimize"),
    "a share above 1": (HEAD + '[[questions]]\nquantiles = "run_time"\nat = [1.5]\n', "questions[1].at", "between 0 and 1"),
    "two questions of one name": (ask(ASK), "questions", "name of its own"),
    "a value given twice": (axis("values = [1e12]", "tokens"), "axes.tokens", "twice"),
    "nothing gives an input": (f'title = "t"\n{ASK}', "given", "--set"),
    "an unknown row": (HEAD.replace("h100", "h10") + ASK, "axes.chip.rows", "'h100'"),
    "an unknown table": (HEAD.replace('"hardware"', '"hardwre"') + ASK, "axes.chip.from", "'hardware'"),
    "a row twice": (HEAD.replace('["h100"]', '["h100", "H100"]') + ASK, "axes.chip.rows", "twice"),
    "two ways at once": (axis("values = [0.5]\nlinspace = [0.1, 0.2]\nnum = 2"), "axes.mfu", "one of"),
    "rows without a table": (axis('rows = ["h100"]\nvalues = [0.5]'), "axes.mfu.rows", "from"),
    "an axis named as what answers hold": (axis('quantity = "mfu"\nvalues = [1]', "bin"), "axes.bin", "otherwise"),
    "an axis with the name of another quantity": (axis('quantity = "mfu"\nvalues = [0.5]', "pue"), "axes.pue", "brings mfu"),
    "no draws": (drawn("{ uniform = [0.1, 0.2] }", 0), "axes.z.draws", "at least 1"),
    "a distribution that falls": (drawn("{ uniform = [0.2, 0.1] }"), "axes.z.columns.mfu.uniform", "rise"),
    "an unknown distribution": (drawn("{ unifrom = [0.1, 0.2] }"), "columns.mfu.unifrom", "'uniform'"),
    "bounds that draws would leave": (drawn("{ uniform = [0.3, 1.2] }"), "axes.z.columns.mfu.uniform", "at most 1"),
    "triangular bounds that draws would leave": (drawn("{ triangular = [-0.1, 0.2, 0.3] }"), "mfu.triangular", "above 0"),
    "draws out of bounds": (drawn("{ normal = [0.9, 0.5] }", 64), "axes.z.columns.mfu.normal", "bounds"),
    "a distribution without draws": (axis("columns.mfu = { uniform = [0.1, 0.2] }", "z"), "columns.mfu.uniform", "draws = "),
    "columns of two lengths": (axis("columns.mfu = [0.1, 0.2]\ncolumns.pue = [1.1]", "z"), "axes.z.columns", "one length"),
    "labels that are too few": (axis('values = [0.1, 0.2]\nlabels = ["a"]'), "axes.mfu.labels", "1 labels for 2"),
    "uncertain that is no truth": (axis("values = [0.3]\nuncertain = 1"), "axes.mfu.uncertain", "true or false"),
    "draws that are certain": (drawn("{ uniform = [0.1, 0.2] }\nuncertain = false"), "axes.z.uncertain", "always uncertain"),
    "weights of a decision": (axis("values = [0.3]\nweights = [1]"), "axes.mfu.weights", "add uncertain = true"),
    "too few weights": (decided("run_time", weights="weights = [1]"), "axes.mfu.weights", "1 weight for 2 values"),
    "negative weights": (decided("run_time", weights="weights = [1, -1]"), "axes.mfu.weights[2]", "at least 0"),
    "weights that are all 0": (decided("run_time", weights="weights = [0, 0]"), "axes.mfu.weights", "above 0"),
    "weights without end": (decided("run_time", weights="weights = [1, inf]"), "axes.mfu.weights[2]", "infinite"),
    "weights of a column that is not there": (
        decided("run_time", weights="weights = 'x'"),
        "axes.mfu.weights",
        "no column 'x'",
    ),
    "P0": (decided("P0(run_time)"), "questions[1].minimize", "P is above 0 and below 100"),
    "P101 in where": (decided("run_time", "P101(run_time) <= 1 day"), "questions[1].where", "P is above 0 and below 100"),
    "nested statistics": (decided("P50(P80(run_time))"), "questions[1].minimize", "statistics do not nest"),
    "a statistic that there is not": (decided("median(run_time)"), "questions[1].minimize", "write P50(...)"),
    "a statistic that does not end": (decided("P50(run_time"), "questions[1].minimize", "parentheses do not match"),
    "a share of no condition": (decided("run_time", "share() >= 95%"), "questions[1].where", "meet a condition"),
    "a share above 1 in where": (decided("run_time", "share(run_time <= 1 day) >= 95"), "questions[1].where", "write 95%"),
    "a share of either": (
        decided("run_time", "share(run_time <= 1 day or mfu > 0.3) >= 95%"),
        "questions[1].where",
        "only 'and' joins conditions",
    ),
    "a statistic of what is certain": (
        decided("P50(chip_count)"),
        "questions[1].minimize",
        "depends on no uncertain axis that is not kept; write chip_count",
    ),
    "a statistic of what is kept": (
        decided("P50(run_time)", more='by = ["mfu"]'),
        "questions[1].minimize",
        "depends on no uncertain axis that is not kept; write run_time",
    ),
    "confidences of nothing": (decided("run_time", more="at = [0.5]"), "questions[1].at", "none depends on an uncertain axis"),
    "a confidence of 1": (decided("run_time", more="at = [0.5, 1]"), "questions[1].at", "above 0 and below 1"),
    "a statistic of nothing uncertain in another kind of question": (
        HEAD + '[[questions]]\nsummary = "P50(chip_count)"\n',
        "questions[1].summary",
        "chip_count depends on no uncertain axis that is not kept; write chip_count",
    ),
    "code that is not allowed": (f'quantities = ["mine.py"]\n{HEAD}{ASK}', "quantities", "--allow-code"),
}


@pytest.mark.parametrize("name", CASES)
def test_one_line_names_the_file_the_key_and_the_fix(name: str, tmp_path: Path) -> None:
    text, key, fix = CASES[name]
    path = tmp_path / "bad.toml"
    path.write_text(text)
    result = CliRunner().invoke(cli, ["run", str(path), "--engine", "numpy"])
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"Error: {path}: ")
    assert key in result.stderr
    assert fix in result.stderr


SETS = {
    "foo": "name=value",
    "=3": "name=value",
    "tokns=1": "'tokens'",
    "tokens=abc": "number",
    "tokens=5 day": "token",
    "tokens=nan": "not a number",
    "mfu=0": "above 0",
    "chip=h10": "'h100'",
    "axes.chip_cout.num=3": "'chip_count'",
    "axes.chip_count.valus=[3]": "'values'",
    "axes.chip_count.weights=[1, 2]": "add uncertain = true",
    "axes.chip_count.uncertain=maybe": "true or false",
    "questions.1.minimize=P101(run_time)": "P is above 0 and below 100",
    "questions.1.at=[0.5]": "none depends on an uncertain axis",
    "questions.3.by=[]": "no question is named '3'",
    "titel.x=1": "'title'",
}


@pytest.mark.parametrize("override", SETS)
def test_overrides_that_are_wrong(override: str, tmp_path: Path) -> None:
    path = tmp_path / "good.toml"
    path.write_text(HEAD + ASK)
    result = CliRunner().invoke(cli, ["run", str(path), "--engine", "numpy", "--set", override])
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "--set" in result.stderr
    assert SETS[override] in result.stderr


@pytest.mark.parametrize("section", ["given", "axes", "questions"])
def test_a_whole_section_cannot_be_set(section: str) -> None:
    result = CliRunner().invoke(cli, ["run", "quick", "--set", f"{section}=3"])
    assert result.exit_code == 2
    assert f"name a key of {section}, for example" in result.stderr


FLAGS = {
    ("--engine", "numbaa"): "'numba'",
    ("--dtype", "float16"): "float64, float32",
    ("--threads", "0"): "at least 1",
    ("--threads", "many"): "not a number",
    ("--device", "-1"): "at least 0",
    ("--out", "answers.docx"): ".csv, .json, .parquet",
    ("--out", "/nothing/here/answers.csv"): "no folder",
    ("--bogus",): "--bogus",
}


@pytest.mark.parametrize("flags", FLAGS)
def test_flags_that_are_wrong(flags: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, ["run", "quick", "--engine", "numpy", *flags])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert flags[0] in result.stderr
    assert FLAGS[flags] in result.stderr


def test_a_study_that_is_not_there_names_the_nearest() -> None:
    result = CliRunner().invoke(cli, ["run", "quik"])
    assert result.exit_code == 2
    assert "'quick'" in result.stderr
    assert "there are" in CliRunner().invoke(cli, ["run", "zzzzzz"]).stderr


LONG = "x" * 5000


@pytest.mark.parametrize(
    "args",
    [
        ["run", LONG],
        ["compare", LONG, LONG],
        ["compare", f"{LONG}.json", "x"],
        ["bench", LONG],
        ["run", "quick", "--set", f"{LONG}=1"],
        ["run", "quick", "--set", f"axes.mfu.num={'[' * 3000}"],
    ],
    ids=lambda args: " ".join(args)[:20],
)
def test_a_name_that_is_too_long_is_one_line(args: list[str]) -> None:
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 2, result.exception
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < 1500


def test_what_is_no_study_file(tmp_path: Path) -> None:
    noise = tmp_path / "noise.toml"
    noise.write_bytes(bytes(range(128, 256)))
    deep = tmp_path / "deep.toml"
    deep.write_text("a = " + "[" * 50_000)
    for path, says in ((noise, "UTF-8"), (deep, "TOML"), (tmp_path, "folder"), (tmp_path / "none.toml", "no study")):
        result = CliRunner().invoke(cli, ["run", str(path)])
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
        assert says in result.stderr


def test_a_study_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(HEAD + ASK, encoding="utf-8-sig")
    result = CliRunner().invoke(cli, ["run", str(path), "--engine", "numpy", "--json"])
    assert result.exit_code == 0, result.output


def test_the_ends_of_a_bounded_distribution_may_be_limits_of_the_quantity(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(drawn("{ uniform = [0, 1] }"))  # 0 itself would be no MFU, and is never drawn
    result = CliRunner().invoke(cli, ["run", str(path), "--engine", "numpy", "--json"])
    assert result.exit_code == 0, result.output


def test_as_a_process_too_there_is_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(CASES["wrong unit"][0])
    done = subprocess.run([sys.executable, "-m", "flopwatt", "run", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"Error: {path}: given.tokens: ")
    assert done.stderr.count("\n") == 1
