"""One progress of a question that is answered by several runs, such as a sensitivity by its summaries."""

from collections.abc import Callable

Tell = Callable[[float], None]


class JointProgress:
    """Makes one progress of those of several runs, each of which counts as much as the others.

    Parameters
    ----------
    tell
        Told the share of all that is done; None where nobody is told.
    """

    def __init__(self, tell: Tell | None):
        self.tell = tell
        self._shares: list[float] = []

    def part(self) -> Tell | None:
        """Begin the progress of one run more: what is told the share of it that is done."""
        tell, shares, number = self.tell, self._shares, len(self._shares)
        if tell is None:
            return None
        shares.append(0.0)

        def told(share: float) -> None:
            shares[number] = max(share, shares[number])
            tell(sum(shares) / len(shares))

        return told
