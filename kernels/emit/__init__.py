"""A plan as source: the loop nest and its reductions, in each of the languages that engines compile."""

__all__ = ["cpu", "gpu", "languages", "nest", "passes", "reducers"]
