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
from ptx_operations import PRED, TYPES, U32, U64, PtxError, operation
from ptx_text import Instruction, read

THREADS = 4096  # at once, or one block
MOST_STEPS = 500_000  # straight parts of a launch: more is a loop that does not end
WAITS, DONE = 1 << 20, 1 << 30  # added to the program counter of threads that wait at a barrier; that of those that have left
SPECIAL = re.compile(r"%(tid|ntid|ctaid|nctaid)\.x")
ADDRESS = re.compile(r"\[([^+\]]+)(?:\+(-?\d+))?\]")
ATOMIC = {"add": np.add, "min": np.minimum}

Reader = Callable[["Machine", Any], Any]
Writer = Callable[["Machine", Any, Any], None]
Step = Callable[["Machine", Any], None]


@dataclass(frozen=True)
class Straight:
    """Instructions that are executed one after the other, and what then gives the threads' next program counters."""

    steps: list[Step]
    then: Reader


class Program:
    """A kernel's PTX, made ready to be executed."""

    def __init__(self, ptx: str):
        self.listing = read(ptx)
        instructions, labels = self.listing.instructions, self.listing.labels
        ends = {number + 1 for number, each in enumerate(instructions) if each.opcode.split(".")[0] in ("bra", "bar", "ret")}
        starts = sorted({0, *ends, *labels.values()} - {len(instructions)})
        numbers = {start: number for number, start in enumerate(starts)}
        self.targets = {label: numbers[start] for label, start in labels.items() if start in numbers}
        self.parts = [
            self._straight(instructions[start:end], number + 1)
            for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(instructions)], strict=True))
        ]

    def _straight(self, instructions: list[Instruction], following: int) -> Straight:
        *steps, last = instructions
        if last.opcode in ("bra", "bra.uni", "ret"):
            target = DONE if last.opcode == "ret" else self.targets[last.operands[0]]
        elif (last.opcode, last.operands, last.guard) == ("bar.sync", ("0",), ""):
            target = WAITS + following
        else:
            steps, target = instructions, following
        then: Reader = lambda machine, who: target  # noqa: E731
        if last.guard and steps is not instructions:
            guard, (yes, no) = self._reader(last.guard, PRED), (following, target) if last.negated else (target, following)
            then = lambda machine, who: np.where(guard(machine, who), yes, no)  # noqa: E731
        return Straight([self._step(each) for each in steps], then)

    def _step(self, instruction: Instruction) -> Step:
        step = self._unguarded(instruction.opcode, instruction.operands)
        if not instruction.guard:
            return step
        guard, negated = self._reader(instruction.guard, PRED), instruction.negated

        def guarded(machine: "Machine", who: Any) -> None:
            chosen = machine.every[who][guard(machine, who) ^ negated]
            if chosen.size:
                step(machine, chosen)

        return guarded

    def _unguarded(self, opcode: str, operands: tuple[str, ...]) -> Step:
        if opcode.startswith(("ld.param.", "st.param.")):  # a parameter is a register of its own
            first, second = (operand.strip("[]").removesuffix("+0") for operand in operands)
            kind = TYPES[opcode.rpartition(".")[2]]
            copy, source = self._writer(first, kind), self._reader(second, kind)
            return lambda machine, who: copy(machine, who, source(machine, who))
        if opcode.startswith(("ld.", "st.", "atom.")):
            return self._access(opcode, operands)
        if opcode == "mov.b64" and operands[0].startswith("{"):
            return self._parted(*operands)
        if opcode == "mov.b64" and operands[1].startswith("{"):
            return self._joined(*operands)
        known = operation(opcode)
        write = self._writer(operands[0], known.gives)
        reads = [self._reader(operand, kind) for operand, kind in zip(operands[1:], known.takes, strict=True)]
        return lambda machine, who: write(machine, who, known.function(*[read(machine, who) for read in reads]))

    def _parted(self, halves: str, whole: str) -> Step:
        low, high = (self._writer(half, U32) for half in halves.strip("{}").split(", "))
        source = self._reader(whole, U64)

        def parted(machine: "Machine", who: Any) -> None:
            value = source(machine, who)
            low(machine, who, value.astype(U32))
            high(machine, who, (value >> np.uint64(32)).astype(U32))

        return parted

    def _joined(self, whole: str, halves: str) -> Step:
        low, high = (self._reader(half, U32) for half in halves.strip("{}").split(", "))
        write, up = self._writer(whole, U64), np.uint64(32)
        return lambda machine, who: write(machine, who, low(machine, who).astype(U64) | high(machine, who).astype(U64) << up)

    def _access(self, opcode: str, operands: tuple[str, ...]) -> Step:
        """Make a step that reads or writes memory."""
        name, space, *words, letter = opcode.split(".")
        kind, place = TYPES[letter], operands[name != "st"]
        match = ADDRESS.fullmatch(place)
        atomic = ATOMIC.get(words[0]) if name == "atom" and len(words) == 1 else None
        if match is None or space not in ("global", "shared") or not (words in ([], ["nc"]) or atomic):
            raise PtxError(f"the interpreter does not know {opcode} {operands}")
        base, offset = self._reader(match[1], U64), np.uint64(int(match[2] or 0) % 2**64)

        def at(machine: "Machine", who: Any) -> Any:
            return np.broadcast_to(base(machine, who) + offset, machine.every[who].shape), kind, machine.who(who)

        if name == "st":
            value = self._reader(operands[1], kind)
            return lambda machine, who: machine.memory.store(*at(machine, who), value(machine, who))
        write = self._writer(operands[0], kind)
        if atomic:
            value = self._reader(operands[2], kind)
            return lambda machine, who: write(
                machine, who, machine.memory.update(*at(machine, who), value(machine, who), atomic)
            )
        return lambda machine, who: write(machine, who, machine.memory.load(*at(machine, who), words == ["nc"]))

    def _storage(self, name: str) -> np.dtype[Any]:
        """Give the type of a register, or of a parameter, which is as wide as any."""
        plain = name.partition("@")[0]
        return TYPES[self.listing.kinds.get(plain) or self.listing.kinds[plain.rstrip("0123456789")]] if "%" in name else U64

    def _reader(self, operand: str, kind: np.dtype[Any]) -> Reader:
        """Make what gives an operand's values as numbers of a type."""
        if match := SPECIAL.fullmatch(operand):
            return lambda machine, who: machine.special[match[1]][who].astype(kind)
        if operand in self.listing.shared:
            return lambda machine, who: kind.type(machine.shared[operand])
        whole, bits = np.dtype(f"u{kind.itemsize}"), 8 * kind.itemsize
        if match := re.fullmatch(rf"0[fd]([0-9A-F]{{{bits // 4}}})|(-?\d+)", operand):
            number = whole.type(int(match[1], 16) if match[1] else int(match[2]) % 2**bits).view(kind)
            return lambda machine, who: number
        storage = self._storage(operand)
        if storage == kind:
            return lambda machine, who: machine.registers[operand][who]
        bare = np.dtype(f"u{storage.itemsize}")  # narrower numbers are the lower bits, wider ones have zeros above
        return lambda machine, who: machine.registers[operand][who].view(bare).astype(whole, copy=False).view(kind)

    def _writer(self, operand: str, kind: np.dtype[Any]) -> Writer:
        """Make what sets a register to values of a type: narrower ones are widened, with their sign."""
        storage = self._storage(operand)
        if kind.itemsize > storage.itemsize:
            raise PtxError(f"the interpreter does not write {kind} to {operand}")
        whole = np.dtype(f"{'i' if kind.kind == 'i' else 'u'}{kind.itemsize}")

        def write(machine: "Machine", who: Any, value: Any) -> None:
            value = np.asarray(value, kind)
            if storage != kind:
                value = value.view(storage) if storage.itemsize == kind.itemsize else value.view(whole).astype(storage)
            if operand not in machine.registers:
                rubbish = np.full(machine.threads * storage.itemsize, 0 if storage == PRED else 0xA5, np.uint8)
                machine.registers[operand] = rubbish.view(storage)
            machine.registers[operand][who] = value

        return write


class Machine:
    """Some blocks of a launch: their registers, and where each thread is."""

    def __init__(self, program: Program, blocks: range, grid: int, block: int, memory: Memory):
        self.program, self.memory, self.rows = program, memory, (len(blocks), block)
        self.threads, self.first = len(blocks) * block, blocks.start * block
        self.every = np.arange(self.threads)
        self.registers: dict[str, np.ndarray] = {}
        self.counters, self.passed = np.zeros((2, self.threads), np.int64)
        self.own = self.every // block
        self.special = {"tid": self.every % block, "ctaid": self.own + blocks.start}
        self.special |= {name: np.full(self.threads, size) for name, size in (("ntid", block), ("nctaid", grid))}
        self.shared = {name: memory.share(size, len(blocks)) for name, size in program.listing.shared.items()}

    def who(self, who: Any) -> Who:
        """Give what memory wants to know of threads."""
        return Who(self.first + self.every[who], self.own[who], self.passed[who])

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
        rows = self.counters.reshape(self.rows)
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
                machine.registers[name] = np.full(machine.threads, value % 2**64, U64)
            machine.run()
