"""What each kind of file is given to: the command line that reads it, and the exit codes that this may have."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .mutators import mutate, toml_file
from .seeds import FORMS, QUESTIONS, STATEMENTS, STUDY, TINY, seeds

MAX_POINTS = 20_000  # scenarios of a study that is run; a larger one is only loaded
BARE = 'title = "t"\n[given]\ntraining_flops = 1e24\npeak_flops = 1e15\nchip_count = 8\nmfu = 0.3\n'


@dataclass(frozen=True)
class Trial:
    """A command line to be tried.

    Attributes
    ----------
    arguments
        Of flopwatt.
    codes
        The exit codes that it may have.
    study
        The study that it runs, with its overrides, so that one too large is only loaded; None where it runs none.
    json
        Whether stdout is one JSON document.
    """

    arguments: tuple[str, ...]
    codes: frozenset[int] = frozenset((0, 2))
    study: tuple[Path, tuple[str, ...]] | None = None
    json: bool = True


def make_trial(kind: str, folder: Path, random: Random) -> Trial:
    """Write a changed file of a kind into a folder and return what reads it."""
    data = random.choice(seeds(kind))
    if kind == "quantities" and random.random() < 0.5:
        data = _with_statement(data, random)
    else:
        data = mutate(data, FORMS[kind], random)
    return TARGETS[kind](data, folder, random)


def _with_statement(data: bytes, random: Random) -> bytes:
    """Put a statement that raises, prints or declares nonsense into a Python file, at its indentation there."""
    lines = data.decode().split("\n")
    place = random.randrange(len(lines))
    indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    lines[place:place] = [indent + line for line in random.choice(STATEMENTS).split("\n")]
    return "\n".join(lines).encode()


def _write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _run(path: Path, random: Random, *options: str, sets: tuple[str, ...] = ()) -> Trial:
    as_json = random.random() < 0.7
    given = tuple(part for text in sets for part in ("--set", text))
    arguments = ("run", str(path), "--engine", "numpy", *given, *options, *(("--json",) if as_json else ()))
    return Trial(arguments, study=(path, sets), json=as_json)


def _study(data: bytes, folder: Path, random: Random) -> Trial:
    return _run(_write(folder, "study.toml", data), random)


def _override(data: bytes, folder: Path, random: Random) -> Trial:
    text = data.decode("utf-8", "replace").replace("\0", "")
    if random.random() < 0.2:
        return Trial(
            ("estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--chips", "64", "--draws", "64", "--json", "--set", text)
        )
    return _run(_write(folder, "study.toml", toml_file(STUDY).encode()), random, sets=(text,))


def _facts(data: bytes, folder: Path, random: Random) -> Trial:
    _write(folder, "chips.toml", data)
    axis = '[axes.chip]\nfrom = "chips.toml"\ncolumns = { peak_flops = "peak_bf16" }\n'
    question = random.choice(QUESTIONS[2:5]).replace('["price"]', '["chip"]')
    text = f"{BARE.replace('peak_flops = 1e15', 'goodput = 1')}{axis}[[questions]]\n{question}\n"
    return _run(_write(folder, "study.toml", text.encode()), random)


def _quantities(data: bytes, folder: Path, random: Random) -> Trial:
    _write(folder, "mine.py", data)
    text = f'quantities = ["mine.py"]\n{BARE}goodput = 1\nsupport_share = 0.5\n[[questions]]\nsummary = "supported_time"\n'
    if b"support_share" not in data:
        text = text.replace("support_share = 0.5\n", "")
    return _run(_write(folder, "study.toml", text.encode()), random, "--allow-code")


def _record(data: bytes, folder: Path, random: Random) -> Trial:
    good = _write(folder, "good.json", random.choice(seeds("record")))
    pair = [str(good), str(_write(folder, "changed.json", data))]
    form = random.choice(("json", "json", "table", "markdown", "csv"))
    return Trial(("compare", *random.sample(pair, 2), "--format", form), frozenset((0, 1, 2, 3)), json=form == "json")


def _thresholds(data: bytes, folder: Path, random: Random) -> Trial:
    good = str(_write(folder, "good.json", random.choice(seeds("record"))))
    path = str(_write(folder, "limits.toml", data))
    return Trial(("compare", good, good, "--json", "--thresholds", path), frozenset((0, 1, 2, 3)))


def _cases(name: str) -> Callable[[bytes, Path, Random], Trial]:
    def target(data: bytes, folder: Path, random: Random) -> Trial:
        form = random.choice(("--json", "--json", "--markdown", ""))
        path = str(_write(folder, name, data))
        return Trial(("validate", path, "--draws", "100", *filter(None, (form,))), json=form == "--json")

    return target


def _public(data: bytes, folder: Path, random: Random) -> Trial:
    as_json = random.random() < 0.7
    path = str(_write(folder, "public.csv", data))
    return Trial(("facts", "diff", path, *(("--json",) if as_json else ())), json=as_json)


def _bounds(data: bytes, folder: Path, random: Random) -> Trial:
    cases = str(_write(folder, "cases.toml", seeds("cases-toml")[0]))
    path = str(_write(folder, "bounds.toml", data))
    return Trial(("validate", cases, "--draws", "100", "--json", "--bounds", path), frozenset((0, 1, 2)))


def _system(data: bytes, folder: Path, random: Random) -> Trial:
    path = str(_write(folder, "system.toml", data))
    return Trial(
        ("estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--chips", "64", "--draws", "64", "--json", "--system", path)
    )


def _config(data: bytes, folder: Path, random: Random) -> Trial:
    path = str(_write(folder, "config.json", data))
    arguments = ("estimate", "--model", path, "--chip", "h100", "--chips", "4096", "--tokens", "1e12", "--draws", "64")
    as_json = random.random() < 0.8
    return Trial((*arguments, *(("--json",) if as_json else ("--explain",))), json=as_json)


def _weights(name: str) -> Callable[[bytes, Path, Random], Trial]:
    def target(data: bytes, folder: Path, random: Random) -> Trial:
        """Name the file, or let it stand beside the config."""
        config = str(_write(folder, "config.json", json.dumps(TINY).encode()))
        path = str(_write(folder, name, data))
        if path.endswith((".safetensors", ".index.json")) and random.random() < 0.3:
            return Trial(("show", "model", config, "--json"))
        arguments = ("estimate", "--model", config, "--weights", path, "--chip", "h100", "--chips", "8", "--tokens", "1e12")
        return Trial((*arguments, "--draws", "64", "--json"))

    return target


TARGETS: dict[str, Callable[[bytes, Path, Random], Trial]] = {
    "study": _study,
    "override": _override,
    "facts": _facts,
    "quantities": _quantities,
    "record": _record,
    "thresholds": _thresholds,
    "cases-csv": _cases("cases.csv"),
    "cases-toml": _cases("cases.toml"),
    "public-csv": _public,
    "bounds": _bounds,
    "system": _system,
    "config": _config,
    "headers": _weights("headers.json"),
    "index": _weights("model.safetensors.index.json"),
    "safetensors": _weights("model.safetensors"),
}
