"""Files are written whole or not at all."""

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

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


def test_no_other_module_makes_a_temporary_file_of_its_own():
    own = ("mkstemp", "NamedTemporaryFile", "os.replace", "write_text(", "write_bytes(", "O_TMPFILE")
    root = Path(files.__file__).parents[1]
    users = {
        path.relative_to(root).as_posix()
        for top in ("kernels", "bench", "configs")
        for path in (root / top).rglob("*.py")
        if any(word in path.read_text() for word in own)
    }
    assert users == {"kernels/files.py", "bench/machine/peak_memory.py"}  # the second writes to /proc


def test_what_a_killed_process_left_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_ANONYMOUS", 0)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / f".{gone.pid}.abc.tmp").write_text("half")
    (tmp_path / f".{os.getpid()}.abc.tmp").write_text("someone is at it")
    files.write_new(tmp_path, "new", ".json", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f".{os.getpid()}.abc.tmp", "new.json"])
