"""Tables keyed by a question's kind: what a part of flopwatt does for each, and one clear error for a kind it does not have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..errors import EngineError
from .questions import Question

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Apart:
    """The entry of a kind that a table's readers never ask for, because it is answered in another way.

    Parameters
    ----------
    why
        The rest of a sentence that begins with "a sensitivity question": "is composed of summaries".
    """

    why: str


class ByKind(Mapping[type[Question], Entry | Apart], Generic[Entry]):
    """A table with an entry for every kind of question.

    ``tests/test_kinds.py`` lists all tables and fails where a kind is missing in one; who adds a kind works through that
    list. A subclass of a kind is a kind of its own.

    Parameters
    ----------
    name
        Where the table stands, as a dotted name without ``flopwatt``; the error names it.
    entries
        What the table says of each kind.
    """

    def __init__(self, name: str, entries: Mapping[type[Question], Entry | Apart]):
        self.name, self._entries = name, dict(entries)

    def of(self, question: Question) -> Entry:
        """Look up the entry of a question's kind.

        Raises
        ------
        EngineError
            If the kind has no entry, or is answered apart.
        """
        entry = self[type(question)]
        if isinstance(entry, Apart):
            raise EngineError(f"a {question.kind} question {entry.why}")
        return entry

    def entries(self) -> dict[type[Question], Entry]:
        """List the kinds that the table answers for, in its order: those answered apart are left out."""
        return {kind: entry for kind, entry in self._entries.items() if not isinstance(entry, Apart)}

    def __getitem__(self, kind: type[Question]) -> Entry | Apart:
        if kind not in self._entries:
            known = ", ".join(entry_kind.__name__ for entry_kind in self._entries)
            raise EngineError(
                f"flopwatt.{self.name} has no entry for questions of the kind {kind.__name__}, only for {known}; "
                f"tests/test_kinds.py lists all tables that need one"
            )
        return self._entries[kind]

    def __contains__(self, kind: object) -> bool:
        return kind in self._entries

    def __iter__(self) -> Iterator[type[Question]]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
