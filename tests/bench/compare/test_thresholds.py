"""Thresholds: shares as text, and files of them."""

import pytest
from made_records import record, timed

from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.options import ComparisonOptions
from flopwatt.bench.compare.thresholds import MetricLimits, load_thresholds, share
from flopwatt.bench.errors import InputError, Parameter


def test_thresholds_from_a_file(tmp_path):
    path = tmp_path / "limits.toml"
    path.write_text(
        'time = "30%"\n[[benchmarks]]\nname = "test_it[[]tight*"\ntime = 0.05\n'
        '[[benchmarks]]\nwhere = { engine = "numba" }\ntime = "60%"\n'
    )
    thresholds = load_thresholds(path, MetricLimits())
    names = ["tight", "plain"]
    base = record(*(timed(name) for name in names))
    slow = record(*(timed(name, 0.012, seed=1) for name in names))
    assert [row.name for row in compare([base], [slow], ComparisonOptions(thresholds)).failed] == ["test_it[tight]"]
    numba = timed("tight", params={"engine": "numba"})
    assert thresholds.of(numba) == MetricLimits(time=0.6)


BOTH = [timed("a[1]"), timed("a[12]"), timed("size", params={"n": 1, "flag": True, "text": "1"}), timed("other")]


def rules(tmp_path, text):
    path = tmp_path / "limits.toml"
    path.write_text(text)
    return load_thresholds(path, MetricLimits())


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ('name = "test_it[a[1]]"', {"test_it[a[1]]"}),
        ('name = "test_it[a[1*"', {"test_it[a[1]]", "test_it[a[12]]"}),
        ('name = "test_it[size]"\nwhere = { n = 1 }', {"test_it[size]"}),
        ("where = { flag = true, n = 1.0 }", {"test_it[size]"}),
        ('where = { text = "1" }', {"test_it[size]"}),
    ],
)
def test_a_rule_is_for_those_that_it_names(tmp_path, rule, names):
    thresholds = rules(tmp_path, f"[[benchmarks]]\n{rule}\ntime = 0.5")
    thresholds.check(BOTH)
    assert {benchmark.name for benchmark in BOTH if thresholds.of(benchmark).time == 0.5} == names


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('name = "test_it[othr]"', r"no benchmark is named 'test_it\[othr\]'; did you mean 'test_it\[other\]'\?$"),
        ("where = { n = true }", r"where.n is True for none of the benchmarks named '\*', which have 1$"),
        ('where = { n = "1" }', r"where.n is '1' for none of the benchmarks named '\*', which have 1$"),
        ("where = { text = 1 }", r"where.text is 1 for none of .*, which have '1'$"),
        ("where = { flag = 1 }", r"where.flag is 1 for none of .*, which have True$"),
        ("where = { sise = 1 }", r"none of the 4 benchmarks named '\*' has a parameter 'sise'$"),
        ('where = { n = 1, case = "other" }', r"no benchmark named '\*' has all of n = 1, case = 'other'$"),
    ],
)
def test_a_rule_that_is_for_nothing_is_an_error(tmp_path, rule, message):
    thresholds = rules(tmp_path, f'[[benchmarks]]\nname = "*"\n[[benchmarks]]\n{rule}')
    with pytest.raises(InputError, match=rf"limits.toml: benchmarks\[2\]: {message}"):
        thresholds.check(BOTH)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tme = 0.1", "unknown key 'tme'; did you mean 'time'"),
        ("time = 'fast'", "'fast' is no share; write 10% or 0.1"),
        ("time = -1", "must be above 0"),
        ("time = true", "no share"),
        ("time =", "not valid TOML"),
        ("benchmarks = 3", "benchmarks must be a list of tables, not 3"),
        ("[benchmarks]\nname = 3", r"benchmarks must be a list of tables; write \[\[benchmarks\]\], not \[benchmarks\]"),
        ("[[benchmarks]]\nwhere = 3", r'benchmarks\[1\].where must be a table such as { engine = "numba" }, not 3$'),
        ("[[benchmarks]]\nname = 3", r"benchmarks\[1\].name must be text, the name of benchmarks with \* and \? in it, not 3"),
        ("[[benchmarks]]\nwher = {}", r"benchmarks\[1\]: unknown key 'wher'; did you mean 'where'"),
    ],
)
def test_a_wrong_thresholds_file(tmp_path, text, message):
    path = tmp_path / "limits.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_thresholds(path, MetricLimits())
    with pytest.raises(InputError, match="cannot be read"):
        load_thresholds(tmp_path / "none.toml", MetricLimits())


@pytest.mark.parametrize(
    ("text", "value"), [("10%", 0.1), ("0.1", 0.1), ("10", 0.1), (0.05, 0.05), ("2.5 %", 0.025), ("1", 0.01)]
)
def test_shares(text, value):
    assert share(text, Parameter("threshold")) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "x", "0", "-5%", "nan", "1e400", "2000%"])
def test_wrong_shares(text):
    with pytest.raises(InputError, match=r"^threshold: "):
        share(text, Parameter("threshold"))


def test_a_decimal_comma_in_a_share_is_told_how_it_is_written():
    with pytest.raises(InputError, match=r"^threshold: '1,5' has a decimal comma; write 1\.5$"):
        share("1,5%", Parameter("threshold"))
