"""PTX as text, read: the instructions of a kernel in their order, called functions in the places of their calls."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ptx_operations import TYPES, PtxError

FUNCTION = re.compile(r"^(?:\.visible )?\.(entry|func)\s+(?:\([^)]*?(\w+)\)\s*)?([\w$]+)\s*\(([^)]*)\)[^;{]*\{(.*?)^\}", re.M | re.S)
DECLARED = re.compile(r"\.reg\s+\.(\w+)\s+([%\w]+)")
SHARED = re.compile(r"\.shared\s+\.align\s+\d+\s+\.b8\s+([\w$]+)\[(\d+)\]")
STATEMENT = re.compile(r"(?:@(!?)(%\w+)\s+)?([a-z][\w.]*)\s*(.*)", re.S)
OPERAND = re.compile(r"\[[^]]*\]|\{[^}]*\}|\([^)]*\)|[^\s,]+")
CALL = re.compile(r"(?:\((\w+)\)\s*,\s*)?([\w$]+)\s*,\s*\((.*?)\)", re.S)
NAME = re.compile(r"%\w+(?=[^\w.]|$)|\$\w+|temp_param_reg")


@dataclass(frozen=True)
class Instruction:
    """An instruction; ``guard`` is the predicate under which it is executed, ``negated`` whether that must be false."""

    opcode: str
    operands: tuple[str, ...]
    guard: str = ""
    negated: bool = False

    def __str__(self) -> str:
        return f"{self.opcode} {', '.join(self.operands)}"


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
    functions, entries = {}, []
    for kind, result, name, parameters, body in FUNCTION.findall(text):
        functions[name] = _Function(result, re.findall(r"[\w$]+(?=\s*(?:,|$))", parameters.strip()), body)
        entries += [name] if kind == "entry" else []
    (entry,) = entries
    for space in (".local", ".const", ".global .", ".extern"):
        if re.search(rf"^\s*{re.escape(space)}", text, re.M):
            raise PtxError(f"the interpreter does not know variables in {space}")
    kinds = {name: kind for kind, name in DECLARED.findall(text)}
    if unknown := set(kinds.values()) - set(TYPES):
        raise PtxError(f"the interpreter does not know registers of {unknown}")
    listing = Listing(functions[entry].parameters, {name: int(size) for name, size in SHARED.findall(text)}, kinds)
    _write(listing, functions, functions[entry].body, {}, "")
    return listing


def _statements(body: str) -> Iterator[str]:
    """Statements and labels; lines that only open or close a scope, and directives, are left out."""
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
    end = f"$end{suffix}:"
    for statement in (*_statements(body), end):
        text = NAME.sub(lambda name: name[0] + suffix, statement)
        text = re.sub(r"[\w$]+", lambda word: renamed.get(word[0], word[0]), text)
        if text.endswith(":"):
            listing.labels[text[:-1]] = len(listing.instructions)
            continue
        match = STATEMENT.fullmatch(text)
        if match is None:
            raise PtxError(f"the interpreter cannot read {statement!r}")
        negated, guard, opcode, rest = match.groups()
        if opcode.startswith("call"):
            result, name, arguments = CALL.fullmatch(rest).groups()  # type: ignore[union-attr]
            function = functions[name]
            listing.calls += 1
            names = {function.result: result} | dict(zip(function.parameters, re.findall(r"\w+", arguments), strict=True))
            _write(listing, functions, function.body, names, f"@{listing.calls}")
        elif opcode == "ret" and suffix:
            listing.instructions.append(Instruction("bra", (end[:-1],), guard or "", bool(negated)))
        else:
            operands = tuple(OPERAND.findall(rest))
            listing.instructions.append(Instruction(opcode, operands, guard or "", bool(negated)))
