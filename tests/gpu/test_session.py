"""A session on a GPU machine: steps that fail do not stop others, what is done stays done, and what is needed is said."""

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).with_name("session.py")


@pytest.fixture(scope="module")
def session() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gpu_session", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["gpu_session"] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


def test_every_stage_ends_within_ten_minutes_and_every_step_has_a_name_of_its_own(session: ModuleType, tmp_path: Path) -> None:
    stages = {name: make() for name, make in session.Session(tmp_path, tmp_path).stages().items()}
    for name, steps in stages.items():
        assert sum(step.limit for step in steps) <= 600, name
    names = [step.name for steps in stages.values() for step in steps]
    assert len(names) == len(set(names))


def test_every_shipped_study_is_run_and_every_record_is_kept(session: ModuleType, tmp_path: Path) -> None:
    steps = session.Session(tmp_path / "results", tmp_path)._study()
    shipped = {path.stem for path in (session.ROOT / "configs" / "studies").glob("*.toml")}
    assert shipped
    assert {step.command[step.command.index("run") + 1] for step in steps} == shipped
    assert all(str(tmp_path / "results") in step.command for step in steps)


def test_a_step_that_fails_or_takes_too_long_says_so_and_the_others_go_on(
    session: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def python(code: str) -> tuple[str, ...]:
        return sys.executable, "-c", code

    steps = [
        session.Step("broken", python("print('no kernel'); raise SystemExit(3)")),
        session.Step("slow", python("import time; time.sleep(60)"), limit=0.3),
        session.Step("absent", ("no-such-tool",), tool="no-such-tool"),
        session.Step("good", python("print('all is well')")),
    ]
    monkeypatch.setattr(session.Session, "stages", lambda self: {"all": lambda: steps})
    monkeypatch.setattr(session, "head", lambda: "abc")
    assert session.Session(tmp_path, tmp_path).run(["all"]) == 2
    said = capsys.readouterr().out
    assert "no kernel\n== broken: exit code 3" in said
    assert "== slow: stopped after 0 s" in said
    assert "no-such-tool is not installed" in said
    assert "all is well\n== good: fine" in said
    assert session.Session(tmp_path, tmp_path).do(steps[-1]) == "done"
    assert session.Session(tmp_path, tmp_path, again=True).do(steps[-1]) == "fine"
    monkeypatch.setattr(session, "head", lambda: "another commit")
    assert session.Session(tmp_path, tmp_path).do(steps[-1]) == "fine"


@pytest.mark.parametrize(("cuda", "name"), [(12, "cuda12"), (13, "cuda13"), (14, "cuda13")])
def test_the_extra_is_the_drivers(session: ModuleType, cuda: int, name: str) -> None:
    assert session.extra(cuda) == name


@pytest.mark.parametrize(("cuda", "reason"), [(None, "no NVIDIA driver is installed"), (11, "the driver runs CUDA 11")])
def test_a_machine_that_no_extra_fits_is_told_why(session: ModuleType, cuda: int | None, reason: str) -> None:
    with pytest.raises(SystemExit, match=reason):
        session.extra(cuda)


def test_how_packages_are_brought_is_by_extras_that_exist(session: ModuleType) -> None:
    declared = tomllib.loads((session.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for cuda, name in ((12, "cuda12"), (13, "cuda13"), (None, "cuda13")):
        assert f"'.[test-cpu,{name}]'" in session.needs(cuda)
        assert {"test-cpu", name} <= declared["project"]["optional-dependencies"].keys()
    (build,) = declared["build-system"]["requires"]  # pip builds flopwatt itself with it
    assert f"'{build}'" in session.needs(13)


def test_a_stage_that_does_not_exist_is_refused(session: ModuleType) -> None:
    with pytest.raises(SystemExit) as stopped:
        session.main(["bnech"])
    assert "no stage 'bnech'; there are check, bench" in str(stopped.value)
