"""What a plan costs before it runs: its depth, a roofline, a GPU kernel's registers and spills."""

__all__ = ["choice", "compilers", "depth", "explanation", "resources", "roofline", "work"]
