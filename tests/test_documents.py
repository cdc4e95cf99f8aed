"""What documents and settings say of the code is true: the files and modules that they name exist, and their numbers hold."""

import re
from pathlib import Path

import pytest
from house import ROOT

from flopwatt.kernels.quantities import MODEL

KINDS = (".md", ".toml", ".yml", ".yaml")
OTHERS_FILES = "configs/published"  # names files of the repositories that its numbers come from
EXAMPLES = {"bench/suites/test_NAME.py", "tests/bench/records/test_find.py"}  # of what may be written
_PATH = re.compile(r"(?<![\w./-])(?:kernels|bench|configs|tests)/[\w./-]*\w")
_MODULE = re.compile(r"\bflopwatt\.((?:kernels|bench|configs)(?:\.\w+)*)")


def _documents() -> list[Path]:
    tops = [path for path in ROOT.iterdir() if path.is_file() and (path.suffix in KINDS or path.name == "Makefile")]
    folders = [ROOT / name for name in ("kernels", "bench", "configs", "docs", ".github", ".ci")]
    inner = [path for folder in folders for path in folder.rglob("*") if path.suffix in KINDS or folder.name == ".ci"]
    return sorted(path for path in {*tops, *inner} if path.is_file() and OTHERS_FILES not in path.as_posix())


def missing_paths(text: str) -> set[str]:
    """Find the paths of this checkout that a text names and that do not exist."""
    return {name for name in _PATH.findall(text) if not (ROOT / name).exists()} - EXAMPLES


def missing_modules(text: str) -> set[str]:
    """Find the dotted names below flopwatt that lead to no module, nor to a name in one."""

    def exists(name: str) -> bool:
        path = ROOT / name.replace(".", "/")
        return path.is_dir() or path.with_suffix(".py").exists()

    def defines(name: str) -> bool:
        module, _, attribute = name.rpartition(".")
        path = ROOT / module.replace(".", "/")
        source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        return source.exists() and re.search(rf"\b{attribute}\b", source.read_text(encoding="utf-8")) is not None

    return {name for name in _MODULE.findall(text) if not (exists(name) or defines(name))}


@pytest.mark.parametrize("path", _documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert missing_paths(text) == set()
    assert missing_modules(text) == set()


def test_what_does_not_exist_is_named() -> None:
    assert missing_paths("see `bench/record.py`, bench/records/record.py.") == {"bench/record.py"}
    assert missing_modules("flopwatt.bench.nowhere.f, flopwatt.configs.load") == {"bench.nowhere.f"}


def test_documents_are_found() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in _documents()}
    assert {"README.md", "Makefile", "bench/records/record_schema.md", "configs/efficiency.toml"} <= names


def test_the_readme_counts_formulas_and_inputs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    formulas, inputs = (int(number) for number in re.search(r"A model of (\d+) formulas on (\d+) inputs", text).groups())
    given = [item for item in MODEL.quantities.values() if item.given]
    assert (formulas, inputs) == (len(MODEL.quantities) - len(given), len(given))
