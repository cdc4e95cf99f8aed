"""What was parsed is read back as it was, and parsed again where the file is gone, damaged or of another text."""

import marshal
from pathlib import Path

import pytest
from spoilt_files import DAMAGES

from flopwatt import configs
from flopwatt.configs.parsed_text import parsed_text
from flopwatt.configs.toml_files import parse_toml, toml_document
from flopwatt.kernels import cache_folder

TEXT = 'title = "A"\nnumbers = [1, 2.5e-3, 0.1, inf]\n[rows.a]\nsource = "b"\nseen = true\n'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache_folder, "_warned", [])
    cache_folder._folder.cache_clear()
    return tmp_path / "cache"


class Parser:
    """Counts how often it parses."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, text: str) -> dict[str, object]:
        self.times += 1
        return toml_document(text)


def test_a_text_is_parsed_once() -> None:
    parse = Parser()
    for text, times in ((TEXT, 1), (TEXT, 1), (f"{TEXT}more = 1", 2), (TEXT, 2)):
        assert parsed_text(text, parse) == toml_document(text)
        assert parse.times == times


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_parsed_again(cache: Path, name: str) -> None:
    parsed_text(TEXT, toml_document)
    (path,) = cache.iterdir()
    DAMAGES[name](path)
    parse = Parser()
    assert parsed_text(TEXT, parse) == toml_document(TEXT)
    assert parse.times == 1


def test_what_is_no_document_is_parsed_again(cache: Path) -> None:
    parsed_text(TEXT, toml_document)
    (path,) = cache.iterdir()
    for data in (b"", b"\xff", marshal.dumps(5), marshal.dumps([1])):
        path.write_bytes(cache_folder._digest(path.name, data) + data)
        assert parsed_text(TEXT, toml_document) == toml_document(TEXT)


def test_a_document_with_a_date_is_parsed_every_time() -> None:
    parse = Parser()
    for times in (1, 2):
        assert parsed_text("day = 2026-01-02", parse) == toml_document("day = 2026-01-02")
        assert parse.times == times


def test_only_what_comes_with_flopwatt_is_kept(cache: Path, tmp_path: Path) -> None:
    path = configs.FOLDER / "defaults.toml"
    text = path.read_text(encoding="utf-8")
    assert parse_toml(text, tmp_path / "defaults.toml") == toml_document(text)
    assert not cache.exists()
    assert parse_toml(text, path) == parse_toml(text, path) == toml_document(text)
    assert len(list(cache.iterdir())) == 1
