"""Loops of machine code: where control goes, which instructions lie in a loop, and the longest path through one."""

from collections.abc import Iterable
from dataclasses import dataclass

from .sass import MachineInstruction, Sass


@dataclass(frozen=True)
class CodeLoop:
    """A loop.

    Attributes
    ----------
    path
        The instructions of one pass, by the longest path: as if every condition held. What calls a function is not taken
        where another path is there: compilers leave only rare operands to calls, as of a division near the ends of the
        range.
    body
        All its instructions.
    nested
        Whether another loop lies inside it.
    """

    path: tuple[MachineInstruction, ...]
    body: tuple[MachineInstruction, ...]
    nested: bool


class _Graph:
    """Blocks of instructions that are done one after the other, and what may follow each; block 0 is the entry."""

    def __init__(self, sass: Sass):
        code = sass.instructions
        targets = {sass.labels[i.target] for i in code if i.target in sass.labels}
        after = {n + 1 for n, i in enumerate(code) if i.target or i.always}
        starts = sorted(start for start in {0} | targets | after if start < len(code))
        number = {start: block for block, start in enumerate(starts)}
        self.code = [code[start:end] for start, end in zip(starts, [*starts[1:], len(code)], strict=True)]
        self.next: list[list[int]] = []
        for block, instructions in enumerate(self.code):
            last = instructions[-1]
            jump = sass.labels.get(last.target or "")
            following = [number[jump]] if jump in number else []
            if not last.always and block + 1 < len(self.code):
                following.append(block + 1)
            self.next.append(following)
        self.order = self._reverse_postorder()

    def _reverse_postorder(self) -> list[int]:
        """Order the blocks that are reached, each before what follows it, loops aside."""
        done: list[int] = []
        seen, stack = {0}, [(0, iter(self.next[0]))]
        while stack:
            block, following = stack[-1]
            child = next((b for b in following if b not in seen), None)
            if child is None:
                done.append(block)
                stack.pop()
            else:
                seen.add(child)
                stack.append((child, iter(self.next[child])))
        return done[::-1]

    def dominators(self) -> dict[int, int]:
        """Find each block's immediate dominator (Cooper, Harvey and Kennedy, A Simple, Fast Dominance Algorithm, 2001)."""
        place = {block: n for n, block in enumerate(self.order)}
        before: dict[int, list[int]] = {block: [] for block in self.order}
        for block in self.order:
            for following in self.next[block]:
                before[following].append(block)
        above = {0: 0}

        def common(a: int, b: int) -> int:
            while a != b:
                while place[a] > place[b]:
                    a = above[a]
                while place[b] > place[a]:
                    b = above[b]
            return a

        changed = True
        while changed:
            changed = False
            for block in self.order[1:]:
                known = [b for b in before[block] if b in above]
                new = known[0]
                for other in known[1:]:
                    new = common(new, other)
                if above.get(block) != new:
                    above[block] = new
                    changed = True
        return above

    def loops(self) -> dict[int, set[int]]:
        """Find the natural loops: the blocks of each by its first one."""
        above, before = self.dominators(), dict[int, list[int]]()
        for block in self.order:
            for following in self.next[block]:
                before.setdefault(following, []).append(block)
        result: dict[int, set[int]] = {}
        for block in self.order:
            for head in self.next[block]:
                if not _dominates(above, head, block):
                    continue
                body, stack = result.setdefault(head, {head}), [block]
                while stack:
                    inside = stack.pop()
                    if inside not in body:
                        body.add(inside)
                        stack.extend(before.get(inside, []))
        return result

    def longest(self, head: int, body: set[int]) -> list[int]:
        """Find the path from a loop's first block back to it that has the most instructions; loops inside are done once."""
        order = [block for block in self.order if block in body]
        place = {block: n for n, block in enumerate(order)}
        best: dict[int, tuple[int, int, int | None]] = {head: (-self._calls(head), len(self.code[head]), None)}
        for block in order:
            if block not in best:
                continue
            calls, length, _ = best[block]
            for following in self.next[block]:
                if place.get(following, -1) > place[block]:
                    new = calls - self._calls(following), length + len(self.code[following])
                    if following not in best or best[following][:2] < new:
                        best[following] = (*new, block)
        latches = [block for block in order if head in self.next[block] and block in best]
        at: int | None = max(latches, key=lambda block: best[block][:2])
        path: list[int] = []
        while at is not None:
            path.append(at)
            at = best[at][2]
        return path[::-1]

    def _calls(self, block: int) -> int:
        return sum(instruction.opcode == "CALL" for instruction in self.code[block])

    def flat(self, blocks: Iterable[int]) -> tuple[MachineInstruction, ...]:
        """List the instructions of some blocks."""
        return tuple(instruction for block in blocks for instruction in self.code[block])


def _dominates(above: dict[int, int], head: int, block: int) -> bool:
    """Tell whether every path to a block goes through another."""
    while block not in (head, 0):
        block = above[block]
    return block == head


def code_loops(sass: Sass) -> list[CodeLoop]:
    """List the loops of a kernel; those of functions that it calls are left out."""
    graph = _Graph(sass)
    loops = graph.loops()
    return [
        CodeLoop(
            graph.flat(graph.longest(head, body)),
            graph.flat(sorted(body)),
            any(other != head and other in body for other in loops),
        )
        for head, body in loops.items()
    ]
