"""`flopwatt init`: it writes a study that runs, asks only on a terminal, and never writes over one unasked."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.commands import init
from flopwatt.bench.study.loader import load_study


def run(*args: object, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["init", *map(str, args)], input=text)


def test_flags_make_a_study_and_say_how_to_run_it(tmp_path: Path) -> None:
    result = run(tmp_path / "site", "--power", "600 MW", "--chip", "b200,gb200", "--chip", "h100", "--country", "france")
    assert result.exit_code == 0, result.output
    assert result.stderr == f"wrote {tmp_path}/site.toml; run it with: flopwatt run {tmp_path}/site.toml\n"
    assert result.stdout == ""
    study = load_study(tmp_path / "site.toml")
    assert [len(axis) for axis in study.problem.grid.axes if axis.name == "chip"] == [3]


def test_a_file_is_not_written_over_unasked(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text("mine")
    result = run(path, "--days", "30")
    assert result.exit_code == 2
    assert result.stderr == f"Error: {path}: is there already; take another name, or write over it with --force\n"
    assert path.read_text() == "mine"
    assert run(path, "--days", "30", "--force").exit_code == 0
    assert path.read_text().startswith("# Run it with")


def test_a_value_that_will_not_do_leaves_no_file(tmp_path: Path) -> None:
    result = run(tmp_path / "plan", "--power", "600")
    assert result.exit_code == 2
    assert result.stderr == "Error: --power: has no unit; write for example '600 MW'\n"
    assert list(tmp_path.iterdir()) == []
    assert run(tmp_path / "no" / "plan", "--days", "30").stderr.startswith(
        f"Error: {tmp_path}/no/plan.toml: there is no folder"
    )


def test_a_dash_is_stdout(tmp_path: Path) -> None:
    result = run("-", "--chips", "20000")
    assert result.exit_code == 0
    (tmp_path / "plan.toml").write_text(result.stdout)
    assert load_study(tmp_path / "plan.toml").problem.given["site_chips"] == 20000


def test_on_a_terminal_it_asks_and_asks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init, "_is_terminal", lambda: True)
    result = run(tmp_path / "plan", text="site\nlarge\n600\n600 MW\nh1000\nb200\n\nfrance\n\n")
    assert result.exit_code == 0, result.output
    assert "'large' is no size of a site" in result.stderr
    assert "'600' has no unit; write '600 MW', '600 chips' or" in result.stderr
    assert "--chip: " in result.stderr
    text = (tmp_path / "plan.toml").read_text()
    assert 'title = "A site of 600 MW in France with B200: what it holds, uses, costs and trains"' in text


def test_a_file_that_is_here_is_refused_before_anything_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init, "_is_terminal", lambda: True)
    (tmp_path / "plan.toml").write_text("mine")
    result = run(tmp_path / "plan", text="site\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {tmp_path}/plan.toml: is there already")


def test_off_a_terminal_it_takes_what_is_usual(tmp_path: Path) -> None:
    result = run(tmp_path / "plan")
    assert result.exit_code == 0
    assert 'title = "Llama 3.1 405B within 90 days: the cheapest of' in (tmp_path / "plan.toml").read_text()


def test_a_missing_name_of_a_chip_is_refused(tmp_path: Path) -> None:
    for text in ("h100,", ",", "h100,,b200"):
        result = run(tmp_path / "plan", "--chip", text)
        assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
        assert "--chip: a name is missing" in result.stderr


def test_a_name_with_a_blank_is_quoted_where_it_is_to_be_typed(tmp_path: Path) -> None:
    result = run(tmp_path / "my plan", "--days", "30")
    assert result.stderr.endswith(f"run it with: flopwatt run '{tmp_path}/my plan.toml'\n")
    assert (tmp_path / "my plan.toml").read_text().startswith("# Run it with: flopwatt run 'my plan.toml'\n")


def test_a_template_is_a_copy_of_a_shipped_study_that_says_how_to_run_it(tmp_path: Path) -> None:
    result = run(tmp_path / "ours", "--template", "quick")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "ours.toml").read_text()
    assert text.startswith("# Run it with: flopwatt run ours.toml\n# A copy of quick, which comes with flopwatt")
    assert text.endswith(configs.studies()["quick"].read_text())
    assert load_study(tmp_path / "ours.toml").points == load_study("quick").points


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            ["--template", "plannr-600mw"],
            "--template: no study 'plannr-600mw' comes with flopwatt; did you mean 'planner-600mw'?",
        ),
        (
            ["--template", "quick", "--power", "1 GW"],
            "--template: copies a study as it is; change the file in place of --power",
        ),
        (["--template", "quick", "--chip", "h100"], "--template: copies a study as it is; change the file in place of --chip"),
    ],
)
def test_what_is_wrong_with_a_template_is_said(more: list[str], message: str, tmp_path: Path) -> None:
    result = run(tmp_path / "ours", *more)
    assert (result.exit_code, result.stderr) == (2, f"Error: {message}\n")
    assert list(tmp_path.iterdir()) == []


def test_phases_are_offered_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init, "_is_terminal", lambda: True)
    result = run(tmp_path / "plan", text="phases\n")
    assert result.exit_code == 0, result.output
    assert "# A copy of planner-600mw" in (tmp_path / "plan.toml").read_text()
