"""Tests stand where what they test stands: in the folder of its room, under its module's name."""

from pathlib import Path

from house import ROOT

TREES = ("kernels", "bench", "configs")
# Files that test a room and none of its modules alone, with what they test.
OF_A_ROOM = {
    "bench/commands/test_compare_foreign.py": "`flopwatt compare` of other tools' files",
    "bench/commands/test_run_screen.py": "what `flopwatt run` prints for people",
    "bench/commands/test_bench_against.py": "the options of `bench --against`",
    "bench/commands/test_estimate_chips.py": "estimates of several chips and into files",
    "bench/commands/test_estimate_benchmark.py": "estimates of a benchmark",
    "bench/estimate/hf_config/test_against_transformers.py": "the reader against the classes of transformers",
    "bench/estimate/hf_config/test_config_cases.py": "the reader on configurations that were once read wrongly",
    "bench/estimate/hf_config/test_config_denials.py": "the reader on what a configuration denies or leaves out",
    "bench/estimate/hf_config/test_config_keys.py": "the reader on any key",
    "bench/estimate/hf_config/test_config_variants.py": "the reader on published configurations written otherwise",
    "bench/estimate/hf_config/test_published_configs.py": "the reader on published configurations",
    "bench/estimate/hf_config/test_shipped_models.py": "the reader on configurations of the models of the table",
    "bench/records/test_record_schema.py": "the line that the page on records has for DuckDB",
    "bench/runner/test_mixed_runs.py": "runs whose questions went to different engines",
    "bench/study/test_bad_studies.py": "what any module says of a wrong study: one line, which names the key",
    "bench/validate/test_published.py": "how good estimates are on published cases",
    "configs/test_defaults.py": "the files of defaults",
    "configs/test_fact_tables.py": "the tables of facts",
    "configs/test_hardware.py": "the chips",
    "configs/test_lbnl_2028.py": "the study of Berkeley Lab's forecast",
    "configs/test_nvidia_openai_buildout.py": "the study of ten gigawatts, quarter by quarter",
    "configs/test_place_tables.py": "the tables of places, comparisons, investors and prices of sites",
    "configs/test_planner_600mw.py": "the study of a site in phases",
    "configs/test_serving_chatgpt.py": "the study of ChatGPT",
    "configs/test_shipped_studies.py": "the studies",
    "configs/test_sources.py": "the sources of every figure, and their dates",
    "kernels/engines/test_assembly.py": "the machine code of compiled kernels",
    "kernels/engines/test_core_device.py": "the device on trial among the tests: core_device.py beside it",
    "kernels/engines/test_gpu_availability.py": "how both GPU engines find out whether they can run",
    "kernels/engines/test_ptx.py": "what compilers make of the GPU engines' kernels: ptx_interpreter.py beside it",
    "kernels/engines/test_ptx_arithmetic.py": "the interpreter's instructions: ptx_operations.py beside it",
    "kernels/engines/test_shim.py": "the device that stands in for a GPU: shim_device.py beside it",
    "kernels/engines/test_summary_of_unknown.py": "one question on every engine",
    "kernels/engines/test_unknown_kind.py": "a kind of question that no table has, on every engine",
    "kernels/quantities/test_dimensions.py": "every formula's dimension",
    "kernels/quantities/test_formula_values.py": "what every formula keeps to",
    "kernels/quantities/test_parameter_counts.py": "formulas of several files against published models",
}


def is_of_a_module(test: str, root: Path = ROOT) -> bool:
    """Tell whether a test file, by its path below ``tests``, has the name of a module or package that stands at that path."""
    folder, name = root / Path(test).parent, Path(test).stem.removeprefix("test_")
    return any((folder / module).is_file() for module in (f"{name}.py", f"{name}/__init__.py", f"__{name}__.py"))


def files() -> list[str]:
    tests = ROOT / "tests"
    return [path.relative_to(tests).as_posix() for tree in TREES for path in sorted((tests / tree).rglob("test_*.py"))]


def test_every_folder_of_tests_is_that_of_a_room() -> None:
    folders = {Path(test).parent for test in files()}
    assert [folder for folder in sorted(folders) if not any((ROOT / folder).glob("*.py"))] == []


def test_a_test_file_has_a_modules_name_or_says_what_of_its_room_it_tests() -> None:
    assert {test for test in files() if not is_of_a_module(test)} == set(OF_A_ROOM)


def test_a_file_that_mirrors_nothing_is_told_apart(tmp_path: Path) -> None:
    for name in ("plan/order.py", "plan/cpu/__init__.py", "plan/__main__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    tests = ("plan/test_order.py", "plan/test_cpu.py", "plan/test_main.py", "plan/test_orders.py", "test_order.py")
    assert [is_of_a_module(test, tmp_path) for test in tests] == [True, True, True, False, False]
