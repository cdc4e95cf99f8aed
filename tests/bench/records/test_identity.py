"""What makes two benchmarks one: file, class, function, parameters; and what is never guessed."""

import pytest

from flopwatt.bench.records.identity import extra_folder, key_of, keys, moved, path_of
from flopwatt.bench.records.record import Benchmark


def made(fullname, **params):
    return Benchmark(name=fullname.rpartition("::")[2], fullname=fullname, samples=(1.0,), params=params)


def keys_of(*benchmarks):
    return keys(benchmarks, lambda name, first, second: ValueError(f"{name} {first} {second}"))


def test_file_and_class_are_part_of_it():
    listed = keys_of(made("a.py::test_x"), made("b.py::test_x"), made("a.py::TestOne::test_x"), made("a.py::TestTwo::test_x"))
    assert len(set(listed)) == 4


def test_brackets_count_where_no_parameters_are_stored():
    assert made("a.py::test_x[1]").key != made("a.py::test_x[2]").key
    assert made("a.py::test_x[1]", n=1).key == made("a.py::test_x[one]", n=1).key


def test_the_order_of_parameters_does_not_matter():
    assert made("a.py::test_x[1-2]", a=1, b=2).key == made("a.py::test_x[2-1]", b=2, a=1).key


def test_brackets_within_ids_and_files():
    assert key_of("test_x[a[0]]", "d[1]/a.py::test_x[a[0]]", {"p": "a[0]"}) == (("", "d[1]/a.py::test_x"), ("p", "a[0]"))


def test_addresses_of_objects_are_cut_and_the_brackets_count_then():
    one, other = (made("a.py::test_x[it0]", it=f"<T object at 0x7f{i}a>") for i in (1, 2))
    assert one.key == other.key == (("", "a.py::test_x"), ("[]", "[it0]"), ("it", "<T object>"))


def test_equal_parameters_are_told_apart_by_their_brackets():
    first, second = keys_of(made("a.py::test_x[1_0]", n=1), made("a.py::test_x[1_1]", n=1))
    assert first != second


def test_one_benchmark_twice_is_an_error_with_both_positions():
    with pytest.raises(ValueError, match=r"a.py::test_x\[1\] 0 2"):
        keys_of(made("a.py::test_x[1]", n=1), made("a.py::test_y"), made("a.py::test_x[1]", n=1))


def test_paths():
    assert [path_of(name) for name in ("a/b.py::T::test_x", "flopwatt run a[b]", "BM_x/8")] == ["a/b.py", "", ""]


@pytest.mark.parametrize(
    ("paths", "others", "folder"),
    [
        ({"p/tests/a.py", "p/tests/b.py"}, {"tests/a.py", "tests/b.py"}, "p/"),
        ({"p/tests/a.py", "p/tests/new.py"}, {"tests/a.py"}, "p/"),
        ({"tests/a.py"}, {"p/tests/a.py"}, ""),  # it is the other side that has one
        ({"tests/a.py", "p/tests/a.py"}, {"tests/a.py"}, ""),  # they have a file in common
        ({"p/a.py", "q/b.py"}, {"a.py", "b.py"}, ""),  # two would do
        ({"p/a.py", "other/c.py"}, {"a.py"}, ""),  # not all have it
        ({"pa.py"}, {"a.py"}, ""),
        ({""}, {"a.py"}, ""),
    ],
)
def test_a_folder_is_taken_off_only_where_all_files_have_it(paths, others, folder):
    assert extra_folder(paths, others) == folder


def test_a_moved_key():
    assert moved(made("p/a.py::test_x", n=1).key, "p/") == made("a.py::test_x", n=1).key
