"""What a plan costs before it runs: its depth, a roofline, what a GPU kernel takes and how fast it could be."""

__all__ = [
    "choice", "code_loops", "compilers", "depth", "disassembler", "explanation", "innermost", "multiprocessors", "resources",
    "roofline", "sass", "side_by_side", "work",
]  # fmt: skip
