"""PTX, executed: every register is an array over the threads of some blocks, every instruction a NumPy function on them.

Each thread has a program counter, and those at the lowest one go on together, so threads that part meet again. A barrier
holds a thread until all threads of its block are there; that some wait elsewhere, or have left, is an error.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ptx_memory import Memory, Who
from ptx_operations import TYPES, U32, U64, PtxError, operation
from ptx_text import Instruction, Listing, read

THREADS = 4096  # at once, or one block
MOST_STEPS = 500_000  # of a launch: more is a loop that does not end
WAITS, DONE = 1 << 20, 1 << 30  # added to the program counter of threads that wait at a barrier; that of those that have left
SPECIAL = re.compile(r"%(tid|ntid|ctaid|nctaid)\.([xyz])")
ATOMIC = {"add": np.add, "min": np.minimum, "max": np.maximum}

Reader = Callable[["Machine", Any], Any]
Writer = Callable[["Machine", Any, Any], None]
Step = Callable[["Machine", Any], None]


@dataclass(frozen=True)
class Straight:
    """Instructions that are executed one after the other, and what then gives the threads' next program counters."""

    steps: list[Step]
    then: Callable[["Machine", Any], Any]


class Program:
    """A kernel's PTX, made ready to be executed."""

    def __init__(self, ptx: str):
        self.listing: Listing = read(ptx)
        instructions, labels = self.listing.instructions, self.listing.labels
        ends = {number + 1 for number, each in enumerate(instructions) if each.opcode.split(".")[0] in ("bra", "bar", "ret")}
        starts = sorted({0, *ends, *labels.values()} - {len(instructions)})
        numbers = {start: number for number, start in enumerate(starts)}
        self.targets = {label: numbers[start] for label, start in labels.items() if start in numbers}
        self.parts = [
            self._straight(instructions[start:end], number)
            for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(instructions)], strict=True))
        ]

    def _straight(self, instructions: list[Instruction], number: int) -> Straight:
        *rest, last = instructions
        after: Callable[[Machine, Any], Any] = lambda machine, who: number + 1  # noqa: E731
        if last.opcode in ("bra", "bra.uni"):
            target = self.targets[last.operands[0]]
            after = self._branch(last, target, number + 1)
        elif last.opcode == "ret":
            after = self._branch(last, DONE, number + 1)
        elif last.opcode == "bar.sync" and last.operands == ("0",) and not last.guard:
            after = lambda machine, who: WAITS + number + 1  # noqa: E731
        else:
            rest = instructions
        return Straight([self._step(each) for each in rest], after)

    def _branch(self, last: Instruction, target: int, following: int) -> Callable[["Machine", Any], Any]:
        if not last.guard:
            return lambda machine, who: target
        guard, (yes, no) = self._reader(last.guard, TYPES["pred"]), (target, following)[:: -1 if last.negated else 1]
        return lambda machine, who: np.where(guard(machine, who), yes, no)

    def _step(self, instruction: Instruction) -> Step:
        step = self._unguarded(instruction)
        if not instruction.guard:
            return step
        guard, negated = self._reader(instruction.guard, TYPES["pred"]), instruction.negated

        def guarded(machine: "Machine", who: Any) -> None:
            chosen = machine.every[who][guard(machine, who) ^ negated]
            if chosen.size:
                step(machine, chosen)

        return guarded

    def _unguarded(self, instruction: Instruction) -> Step:
        opcode, operands = instruction.opcode, instruction.operands
        name, *words = opcode.split(".")
        if name in ("ld", "st", "atom", "red"):
            return self._access(name, words, operands)
        if name == "mov" and any(operand.startswith("{") for operand in operands):
            return self._halves(operands)
        known = operation(opcode)
        write = self._writer(operands[0], known.gives)
        if len(operands) != 1 + len(known.takes):
            raise PtxError(f"the interpreter does not know {instruction} with so many operands")
        reads = [self._reader(operand, kind) for operand, kind in zip(operands[1:], known.takes, strict=True)]
        return lambda machine, who: write(machine, who, known.function(*[each(machine, who) for each in reads]))

    def _halves(self, operands: Sequence[str]) -> Step:
        """A register made of two, or taken apart."""
        halves, (whole,) = (re.findall(r"[^\s,{}]+", o) for o in sorted(operands, key=lambda o: not o.startswith("{")))
        if operands[0].startswith("{"):
            source, writes = self._reader(whole, U64), [self._writer(half, U32) for half in halves]

            def apart(machine: "Machine", who: Any) -> None:
                value = source(machine, who)
                for number, write in enumerate(writes):
                    write(machine, who, (value >> np.uint64(32 * number)).astype(U32))

            return apart
        (low, high), write = [self._reader(half, U32) for half in halves], self._writer(whole, U64)
        return lambda machine, who: write(
            machine, who, low(machine, who).astype(U64) | high(machine, who).astype(U64) << np.uint64(32)
        )

    def _access(self, name: str, words: list[str], operands: Sequence[str]) -> Step:
        space, *words = words
        kind, place = TYPES[words.pop()], operands[0 if name in ("st", "red") else 1]
        base, offset = re.fullmatch(r"\[([^+\]]+)\+?(-?\d+)?\]", place).groups()  # type: ignore[union-attr]
        if space == "param":
            if int(offset or 0) or words:
                raise PtxError("the interpreter does not know parts of parameters")
            return self._copied((operands[0], base) if name == "ld" else (base, operands[1]), kind)
        width = int(words.pop()[1:]) if words and words[-1] in ("v2", "v4") else 1
        if space not in ("global", "shared") or words not in ([], ["nc"], *([each] for each in ATOMIC if name[0] in "ar")):
            raise PtxError(f"the interpreter does not know {name}.{space}.{'.'.join(words)}")
        address = self._reader(base, U64 if base.startswith("%rd") else U32)
        others = [o for o in operands if o != place]
        items = re.findall(r"[^\s,{}]+", others[0]) if width > 1 else others
        shift = [np.uint64(int(offset or 0) + i * kind.itemsize & 2**64 - 1) for i in range(width)]

        def at(machine: "Machine", who: Any, number: int) -> Any:
            return np.broadcast_to(address(machine, who).astype(U64) + shift[number], machine.every[who].shape)

        if name in ("atom", "red"):
            write = self._writer(items[0], kind) if name == "atom" else None
            value, function = self._reader(items[-1], kind), ATOMIC[words[0]]

            def changed(machine: "Machine", who: Any) -> None:
                before = machine.memory.update(at(machine, who, 0), kind, machine.who(who), value(machine, who), function)
                if write:
                    write(machine, who, before)

            return changed
        if name == "ld":
            writes = [self._writer(item, kind) for item in items]

            def loaded(machine: "Machine", who: Any) -> None:
                values = [
                    machine.memory.load(at(machine, who, i), kind, machine.who(who), words == ["nc"]) for i in range(width)
                ]
                for write, each in zip(writes, values, strict=True):
                    write(machine, who, each)

            return loaded
        reads = [self._reader(item, kind) for item in items]

        def stored(machine: "Machine", who: Any) -> None:
            for number, each in enumerate(reads):
                machine.memory.store(at(machine, who, number), kind, machine.who(who), each(machine, who))

        return stored

    def _copied(self, operands: tuple[str, str], kind: np.dtype[Any]) -> Step:
        write, source = self._writer(operands[0], kind), self._reader(operands[1], kind)
        return lambda machine, who: write(machine, who, source(machine, who))

    def _storage(self, name: str) -> np.dtype[Any]:
        """The type of a register, or of a parameter, which is as wide as any."""
        if not name.startswith("%"):
            return U64
        plain = name.partition("@")[0]
        return TYPES[self.listing.kinds.get(plain) or self.listing.kinds[plain.rstrip("0123456789")]]

    def _reader(self, operand: str, kind: np.dtype[Any]) -> Reader:
        """What gives an operand's values as numbers of a type."""
        if match := SPECIAL.fullmatch(operand):
            name, axis = match.groups()
            return lambda machine, who: machine.special(name, axis)[who].astype(kind)
        if operand in self.listing.shared:
            return lambda machine, who: kind.type(machine.shared[operand])
        if match := re.fullmatch(r"0[fd]([0-9A-F]+)", operand):
            bits = np.dtype(f"u{len(match[1]) // 2}").type(int(match[1], 16))
            return lambda machine, who, value=bits.view(kind): value  # type: ignore[misc]
        if re.fullmatch(r"-?(0x)?[0-9A-Fa-f]+U?", operand):
            whole = np.dtype(f"u{kind.itemsize}")
            number = whole.type(int(operand.rstrip("U"), 0) & (1 << 8 * kind.itemsize) - 1).view(kind)
            return lambda machine, who: number
        storage = self._storage(operand)
        if storage == kind:
            return lambda machine, who: machine.registers[operand][who]
        if storage.itemsize == kind.itemsize:
            return lambda machine, who: machine.registers[operand][who].view(kind)
        narrow = np.dtype(f"u{kind.itemsize}")
        return lambda machine, who: machine.registers[operand][who].astype(narrow).view(kind)

    def _writer(self, operand: str, kind: np.dtype[Any]) -> Writer:
        """What sets a register to values of a type: narrower ones are widened by their sign."""
        storage = self._storage(operand)
        if kind.itemsize > storage.itemsize:
            raise PtxError(f"the interpreter does not write {kind} to {operand}")
        whole = np.dtype(f"{'i' if kind.kind == 'i' else 'u'}{kind.itemsize}")

        def write(machine: "Machine", who: Any, value: Any) -> None:
            value = np.asarray(value, kind)
            if storage != kind:
                value = value.view(storage) if storage.itemsize == kind.itemsize else value.view(whole).astype(storage)
            if operand not in machine.registers:
                machine.registers[operand] = np.empty(machine.threads, storage)
            machine.registers[operand][who] = value

        return write


class Machine:
    """Some blocks of a launch: their registers, and where each thread is."""

    def __init__(self, program: Program, blocks: range, grid: int, block: int, memory: Memory):
        self.program, self.memory, self.size, self.blocks = program, memory, (grid, block), blocks
        self.threads = len(blocks) * block
        self.every = np.arange(self.threads)
        self.registers: dict[str, np.ndarray] = {}
        self.counters = np.zeros(self.threads, np.int64)
        self.passed = np.zeros(self.threads, np.int64)
        self.shared = {name: memory.share(size, len(blocks)) for name, size in program.listing.shared.items()}

    def special(self, name: str, axis: str) -> np.ndarray:
        """The values of a special register."""
        grid, block = self.size
        if axis != "x":
            return np.full(self.threads, int(name[0] == "n"))
        values = {"tid": self.every % block, "ctaid": self.blocks.start + self.every // block}
        return values[name] if name in values else np.full(self.threads, block if name == "ntid" else grid)

    def who(self, who: Any) -> Who:
        """What memory wants to know of threads."""
        return Who(self.every[who], self.every[who] // self.size[1], self.passed[who])

    def run(self) -> None:
        """Execute until all threads have left."""
        for _ in range(MOST_STEPS):
            lowest = int(self.counters.min())
            if lowest >= WAITS:
                if not self._released():
                    return
                continue
            who: Any = np.flatnonzero(self.counters == lowest)
            if who.size == self.threads:
                who = slice(None)
            part = self.program.parts[lowest]
            for step in part.steps:
                step(self, who)
            self.counters[who] = part.then(self, who)
        raise PtxError("a kernel that does not end")

    def _released(self) -> bool:
        """Let the blocks go on whose threads all wait; false where all have left."""
        rows = self.counters.reshape(len(self.blocks), -1)
        if (rows != rows[:, :1]).any():
            raise PtxError("threads of a block waited at different barriers")
        waiting = self.counters < DONE
        self.counters[waiting] -= WAITS
        self.passed[waiting] += 1
        return bool(waiting.any())


def launch(program: Program, grid: int, block: int, values: Sequence[int], memory: Memory) -> None:
    """Execute a kernel: ``values`` are its parameters, arrays as their addresses in ``memory``."""
    at_once = max(THREADS // block, 1)
    with np.errstate(all="ignore"):
        for first in range(0, grid, at_once):
            machine = Machine(program, range(first, min(first + at_once, grid)), grid, block, memory)
            for name, value in zip(program.listing.parameters, values, strict=True):
                machine.registers[name] = np.full(machine.threads, value & 2**64 - 1, U64)
            machine.run()
