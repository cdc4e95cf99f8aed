"""Files are written whole or not at all."""

import ast
import os
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from house import HOUSE
from imports import texts

from flopwatt.kernels import files


@pytest.fixture(params=["anonymous", "hidden"])
def write(request, monkeypatch):
    """Both ways of writing without a name: the file system's own, and a hidden temporary file."""
    if request.param == "hidden":
        monkeypatch.setattr(files, "_ANONYMOUS", 0)
    elif not files._ANONYMOUS:
        pytest.skip("this system has no O_TMPFILE")
    return request.param


def test_a_taken_name_gets_a_number(tmp_path, write):
    paths = [files.write_new(tmp_path / "new", "one", ".json", text) for text in (b"a", b"b", b"c")]
    assert [path.name for path in paths] == ["one.json", "one-2.json", "one-3.json"]
    assert [path.read_bytes() for path in paths] == [b"a", b"b", b"c"]
    assert len(list((tmp_path / "new").iterdir())) == 3


def test_many_at_once_lose_nothing(tmp_path, write):
    with ThreadPoolExecutor(16) as pool:
        paths = list(pool.map(lambda i: files.write_new(tmp_path, "same", ".json", b"%d" % i), range(64)))
    assert len(set(paths)) == 64
    assert sorted(int(path.read_bytes()) for path in tmp_path.iterdir()) == list(range(64))


def test_permissions_are_those_of_any_new_file(tmp_path, write):
    plain = tmp_path / "plain"
    plain.write_text("")
    new = files.write_new(tmp_path, "new", "", b"x")
    files.write_whole(tmp_path / "whole", b"x")
    assert {(tmp_path / name).stat().st_mode for name in ("plain", new.name, "whole")} == {plain.stat().st_mode}


@pytest.mark.parametrize("hidden", [False, True])
def test_a_write_that_fails_half_way_leaves_nothing(tmp_path, hidden):
    """RLIMIT_FSIZE in a process of its own: the kernel stops the write at 10,000 bytes."""
    code = f"""
import resource, sys
from pathlib import Path
from flopwatt.kernels import files
if {hidden}: files._ANONYMOUS = 0
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
folder = Path(sys.argv[1])
for write in (lambda: files.write_new(folder, "a", ".json", b"x" * 100_000),
              lambda: files.write_whole(folder / "old.json", b"x" * 100_000)):
    try:
        write()
    except OSError as error:
        print(error.errno)
"""
    (tmp_path / "old.json").write_text("old")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["27", "27"], done.stderr  # EFBIG
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"old.json": "old"}


@pytest.mark.slow
@pytest.mark.parametrize("hidden", [False, True])
def test_killed_while_writing_every_file_is_whole(tmp_path, hidden):
    """A process that writes one file of 2 MB after the other, killed at 25 random moments."""
    code = f"""
import sys
from pathlib import Path
from flopwatt.kernels import files
if {hidden}: files._ANONYMOUS = 0
print("ready", flush=True)
while True:
    files.write_new(Path(sys.argv[1]), "one", ".json", b"x" * 2_000_000)
"""
    draw = random.Random(hidden)
    for _ in range(25):
        process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(draw.uniform(0, 0.05))
        process.kill()
        process.wait()
        process.stdout.close()
    left = [path for path in tmp_path.iterdir() if path.suffix == ".tmp"]
    written = [path for path in tmp_path.iterdir() if path.suffix == ".json"]
    assert written
    assert {path.stat().st_size for path in written} == {2_000_000}
    assert not left or hidden  # without O_TMPFILE a hidden file may stay, until the next one writes
    if hidden:
        files._remove_left(tmp_path)
    assert len(list(tmp_path.iterdir())) == len(written)


def test_what_is_written_by_path_gets_its_name_at_the_end(tmp_path):
    path = tmp_path / "one.txt"
    with files.named_when_whole(path) as temporary:
        assert temporary.parent == path.parent
        temporary.write_text("half")
        assert not path.exists()
    assert [(item.name, item.read_text()) for item in path.parent.iterdir()] == [("one.txt", "half")]
    with pytest.raises(UnicodeEncodeError), files.named_when_whole(path) as temporary:
        temporary.write_text("\N{EURO SIGN}", encoding="ascii")
    assert [(item.name, item.read_text()) for item in path.parent.iterdir()] == [("one.txt", "half")]


WRITERS = {  # by the last part of their names
    *("write_text", "write_bytes", "mkstemp", "NamedTemporaryFile"),
    *("O_TMPFILE", "O_WRONLY", "O_RDWR", "O_CREAT", "renames", "copyfile", "copy2", "rename", "move"),
}


def writes(tree: ast.Module) -> bool:
    """Whether a module opens a file to write, or gives a file a name or another's place, by itself."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute)) and _last(node) in WRITERS:
            return True
        if isinstance(node, ast.Call) and (_opens_to_write(node) or _replaces(node)):
            return True
    return False


def _opens_to_write(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    if _last(call.func) not in ("open", "fdopen") or name == "os.open":  # that one is known by its flags
        return False
    is_function = name in ("open", "io.open", "os.fdopen", "fdopen")  # the mode comes second, of a path's method first
    modes = call.args[1:2] if is_function else [mode for mode in call.args[:1] if isinstance(mode, ast.Constant)]
    modes += [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    return any(not isinstance(mode, ast.Constant) or bool(set(str(mode.value)) & set("wax+")) for mode in modes)


def _replaces(call: ast.Call) -> bool:
    """Whether it is os.replace or a path's `replace`; a string's takes two texts, a dataclass's takes keywords."""
    count = 2 if ast.unparse(call.func) in ("os.replace", "replace") else 1
    return _last(call.func) == "replace" and len(call.args) == count and not call.keywords


def _last(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def test_no_other_module_writes_a_file_by_itself():
    assert {name for name, tree in HOUSE.trees.items() if writes(tree)} == {
        "kernels.files",
        "bench.machine.peak_memory",  # to /proc
        "bench.export.array_files",  # a zarr store, which is a folder, gets its name when it is whole
        "bench.export.table_files",  # through Arrow, to a path that `named_when_whole` gave
        "bench.spread.placement",  # a store's metadata, from a folder of its own to the place that is marked as unfinished
        "bench.spread.table_parts",  # through Arrow, to a path that `named_when_whole` gave
        "bench.timing.serving",  # to the pipe that its answers go through
        "kernels.analysis.disassembler",  # to a folder of its own, which is gone when the program has read it
    }


@pytest.mark.parametrize(
    "source",
    [
        "open(path, 'w')",
        "open(path, mode='ab')",
        "open(path, mode)",
        "io.open(path, 'x')",
        "path.open('r+')",
        "os.fdopen(handle, 'wb')",
        "os.open(path, os.O_CREAT)",
        "path.write_text('')",
        "new.replace(path)",
        "os.replace(new, path)",
        "replace(new, path)",
        "os.rename(new, path)",
        "new.rename(path)",
        "shutil.move(new, path)",
        "from tempfile import mkstemp\nmkstemp()",
    ],
)
def test_what_writes_a_file_is_seen(source):
    assert writes(ast.parse(source))


@pytest.mark.parametrize(
    "source", ["open(path)", "path.open('rb')", "open(path, 'rb')", "text.replace('a', 'b')", "replace(row, value=1)"]
)
def test_what_writes_none_is_not(source):
    assert not writes(ast.parse(source))


def test_toml_is_written_through_tomlkit():
    """Whoever writes a file and names one that ends in .toml takes its text from where tomlkit makes it."""
    uses_tomlkit = {name for name, tree in HOUSE.trees.items() if "tomlkit" in {_last(node) for node in ast.walk(tree)}}
    writers = {
        name
        for name, tree in HOUSE.trees.items()
        if "kernels.files" in HOUSE.imports[name]
        and any(_last(node) in ("write_whole", "write_new", "named_when_whole") for node in ast.walk(tree))
        and any(".toml" in text for text in texts(ast.walk(tree)))
    }
    assert {"bench.commands.calibrate", "bench.step_time.__main__"} <= writers
    near = {name: {name}.union(HOUSE.imports[name], *(HOUSE.imports[used] for used in HOUSE.imports[name])) for name in writers}
    assert {name for name in writers if not near[name] & uses_tomlkit} == set()


def test_no_toml_is_put_together_as_text():
    """A value in quotes after an equals sign: a quotation mark or a backslash in it would break the file."""
    by_hand = {
        f"{name}:{node.lineno}"
        for name, tree in HOUSE.trees.items()
        if not name.startswith("kernels")  # whose emitters write programs
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and any(isinstance(part, ast.Constant) and re.search(r'\w+ = ["\']$', str(part.value)) for part in node.values[:-1])
    }
    assert by_hand == set()


def test_of_several_the_first_one_is_written(tmp_path):
    assert files.write_first(tmp_path / "a", b"one")
    assert not files.write_first(tmp_path / "a", b"other")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"one")]


def test_what_a_killed_process_left_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_ANONYMOUS", 0)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / f".{gone.pid}.abc.tmp").write_text("half")
    (tmp_path / f".{os.getpid()}.abc.tmp").write_text("someone is at it")
    files.write_new(tmp_path, "new", ".json", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f".{os.getpid()}.abc.tmp", "new.json"])


@pytest.mark.parametrize("place", ["nothing", "file", "link", "dangling", "folder", "pipe"])
def test_a_copy_of_ones_own_takes_the_place_of_anything(tmp_path, place):
    path, other = tmp_path / "copy", tmp_path / "other"
    other.write_bytes(b"other")
    makers = {
        "nothing": lambda: None,
        "file": lambda: path.write_bytes(b"old"),
        "link": lambda: path.symlink_to(other),
        "dangling": lambda: path.symlink_to("gone"),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
    }
    makers[place]()
    files.write_own(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.lstat().st_mode & 0o777 == 0o600
    assert other.read_bytes() == b"other"


def test_a_link_is_written_through_and_stays(tmp_path):
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "target"
    for link, to in (("first", target), ("second", tmp_path / "first"), ("relative", "folder/target")):
        (tmp_path / link).symlink_to(to)
        files.write_whole(tmp_path / link, link.encode())
        assert target.read_text() == link
        assert (tmp_path / link).is_symlink()
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["target"]


@pytest.mark.parametrize(
    ("kind", "words"), [("loop", "symbolic links"), ("folder", "directory"), ("pipe", "a pipe"), ("device", "a pipe")]
)
def test_what_is_no_file_is_not_replaced(tmp_path, kind, words):
    path = tmp_path / "out"
    makers = {
        "loop": lambda: path.symlink_to("out"),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to(os.devnull),
    }
    makers[kind]()
    before = path.lstat()
    with pytest.raises(OSError, match=words):
        files.write_whole(path, b"x")
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_is_named_and_one_with_room_is_not(tmp_path, monkeypatch):
    assert files.lack_of_space(tmp_path) is None
    assert list(tmp_path.iterdir()) == []

    class Full:
        def __enter__(self):
            return open("/dev/full", "wb", buffering=0)

        def __exit__(self, *args):
            return False

    monkeypatch.setattr(files.tempfile, "NamedTemporaryFile", lambda **folder: Full())
    assert files.lack_of_space(tmp_path) == os.strerror(28)
