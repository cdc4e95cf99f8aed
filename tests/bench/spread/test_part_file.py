"""Files of states: read as they were written, or refused in a line."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt.bench.errors import InputError
from flopwatt.bench.spread.part_file import StoredState, read_states, state_bytes, write_states
from flopwatt.kernels.reductions.partials import Partial
from flopwatt.kernels.reductions.states import Visited

STATE = Partial(
    3, 2, Visited(1, 2), {"value": np.array([1.5, np.inf]), "limbs": np.arange(6).reshape(2, 3)}, {"P50(x) y": np.arange(4)}
)
STORED = StoredState("key", "scope", 4, 9, 20, STATE)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_states(tmp_path / "a.fw", {"about": "this"}, [STORED, STORED])
    header, (one, other) = read_states(tmp_path / "a.fw")
    assert header == {"about": "this"}
    assert (one.key, one.scope, one.low, one.high, one.steps) == ("key", "scope", 4, 9, 20)
    assert (other.state.first, other.state.groups, other.state.visited) == (3, 2, Visited(1, 2))
    for name, array in STATE.arrays.items():
        np.testing.assert_array_equal(other.state.arrays[name], array)
    np.testing.assert_array_equal(one.state.sparse["P50(x) y"], np.arange(4))


def test_the_same_states_are_the_same_bytes() -> None:
    assert state_bytes({}, [STORED]) == state_bytes({}, [STORED])


def attempt(path: Path) -> tuple[dict[str, Any], list[StoredState], str]:
    """Read a file, or return why it was refused."""
    try:
        return (*read_states(path), "")
    except InputError as error:
        return {}, [], str(error)


@settings(max_examples=60)
@given(data=st.data())
def test_a_file_that_was_cut_or_changed_is_refused(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = state_bytes({"about": "this"}, [STORED])
    path = tmp_path_factory.mktemp("spoilt") / "a.fw"
    if data.draw(st.booleans()):
        spoilt = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        place = data.draw(st.integers(0, len(whole) - 1))
        spoilt = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    path.write_bytes(spoilt)
    header, states, refusal = attempt(path)
    if refusal:
        assert refusal.startswith(str(path))
        assert "\n" not in refusal
    else:  # what changed says nothing: a time, a comment
        assert header == {"about": "this"}
        np.testing.assert_array_equal(states[0].state.arrays["value"], STATE.arrays["value"])


@pytest.mark.parametrize("spoilt", [b"(", b"'", b"\\", b"\0"])
def test_an_array_that_was_changed_is_told_by_its_sum_before_it_is_read(tmp_path: Path, spoilt: bytes) -> None:
    """NumPy raises what Python's tokenizer does, for some headers."""
    plain = io.BytesIO()
    large = StoredState("key", "", 0, 1, 1, Partial(0, 1, Visited(0), {"value": np.arange(22222.0)}, {}))  # several blocks
    packed = zipfile.ZipFile(io.BytesIO(state_bytes({}, [large])))
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as archive:
        for name in packed.namelist():
            archive.writestr(name, packed.read(name))
    path = tmp_path / "a.fw"
    header = b"'shape': (22222,), }"
    assert header in plain.getvalue()
    path.write_bytes(plain.getvalue().replace(header, header[:-3] + 3 * spoilt))
    with pytest.raises(InputError, match="Bad CRC-32"):
        read_states(path)


def test_another_format_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_states(tmp_path / "none.fw")
    with pytest.raises(InputError, match="is a folder; name a file"):
        read_states(tmp_path)
