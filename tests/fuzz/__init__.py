"""A fuzzer: every kind of file that flopwatt reads, changed at random, is answered or refused in one line."""

__all__ = ["campaign", "mutators", "seeds", "targets", "trial"]
