"""PTX as text, read: the instructions of a kernel in their order, called functions in the places of their calls."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ptx_operations import TYPES, PtxError

FUNCTION = re.compile(
    r"^(?:\.visible )?\.(entry|func)\s+(?:\([^)]*?(\w+)\)\s*)?([\w$]+)\s*\(([^)]*)\)[^;{]*\{(.*?)^\}", re.MULTILINE | re.DOTALL
)
DECLARED = re.compile(r"\.reg\s+\.(\w+)\s+([%\w]+)")
SHARED = re.compile(r"\.shared\s+\.align\s+\d+\s+\.b8\s+([\w$]+)\[(\d+)\]")
OTHER_SPACE = re.compile(r"^\s*\.(?:local|const|global|extern)\s.*", re.MULTILINE)
STATEMENT = re.compile(r"(?:@(!?)(%\S+)\s+)?([a-z][\w.]*)\s*(.*)", re.DOTALL)
OPERAND = re.compile(r"\[[^]]*\]|\{[^}]*\}|[^\s,]+")
CALL = re.compile(r"\((\w+)\)\s*,\s*([\w$]+)\s*,\s*\((.*?)\)", re.DOTALL)
OWN = re.compile(r"%\w+(?![\w.])|\$\w+")  # a function's registers and labels, but not %tid.x


@dataclass(frozen=True)
class Instruction:
    """An instruction; ``guard`` is the predicate under which it is executed, ``negated`` whether that must be false."""

    opcode: str
    operands: tuple[str, ...]
    guard: str = ""
    negated: bool = False


@dataclass
class Listing:
    """A kernel: its parameters, the sizes of its shared variables, its registers' types by name without the number."""

    parameters: list[str]
    shared: dict[str, int]
    kinds: dict[str, str]
    instructions: list[Instruction] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)  # the number of the instruction that follows each
    calls: int = 0


@dataclass(frozen=True)
class _Function:
    result: str
    parameters: list[str]
    body: str


def read(ptx: str) -> Listing:
    """Read the one kernel of a PTX text. Raises PtxError for what the interpreter does not know."""
    text = re.sub(r"//.*", "", ptx)
    if other := OTHER_SPACE.search(text):
        raise PtxError(f"the interpreter does not know variables like {other[0].strip()}")
    functions, entries = {}, []
    for kind, result, name, parameters, body in FUNCTION.findall(text):
        functions[name] = _Function(result, re.findall(r"[\w$]+(?=\s*(?:,|$))", parameters.strip()), body)
        entries += [name] if kind == "entry" else []
    (entry,) = (functions[name] for name in entries)
    shared = {name: int(size) for name, size in SHARED.findall(text)}
    listing = Listing(entry.parameters, shared, {name: kind for kind, name in DECLARED.findall(text) if kind in TYPES})
    _write(listing, functions, entry.body, {}, "")
    return listing


def _statements(body: str) -> Iterator[str]:
    """Yield statements and labels; lines that only open or close a scope, and directives, are left out."""
    lines = (line for line in body.splitlines() if line.strip() not in ("{", "}"))
    for part in "\n".join(lines).split(";"):
        rest = part.strip()
        while label := re.match(r"[\w$]+:", rest):
            yield label[0]
            rest = rest[label.end() :].strip()
        if rest and not rest.startswith("."):
            yield rest


def _write(listing: Listing, functions: dict[str, _Function], body: str, renamed: dict[str, str], suffix: str) -> None:
    """Append a body; what belongs to a function gets a suffix, what stands for a caller's is renamed."""
    end = f"$return{suffix}"
    for statement in (*_statements(body), f"{end}:"):
        text = statement if not suffix else OWN.sub(lambda own: own[0] + suffix, statement)
        text = re.sub(r"[\w$]+", lambda word: renamed.get(word[0], word[0]), text)
        if text.endswith(":"):
            listing.labels[text[:-1]] = len(listing.instructions)
            continue
        match = STATEMENT.fullmatch(text)
        if match is None:
            raise PtxError(f"the interpreter cannot read {statement!r}")
        negated, guard, opcode, rest = match.groups()
        if call := CALL.fullmatch(rest) if opcode == "call.uni" else None:
            function = functions[call[2]]
            listing.calls += 1
            names = dict(zip(function.parameters, re.findall(r"\w+", call[3]), strict=True)) | {function.result: call[1]}
            _write(listing, functions, function.body, names, f"@{listing.calls}")
            continue
        returns = opcode == "ret" and bool(suffix)
        operands = (f"{end}{suffix}",) if returns else tuple(OPERAND.findall(rest))
        listing.instructions.append(Instruction("bra" if returns else opcode, operands, guard or "", bool(negated)))
