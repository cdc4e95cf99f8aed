"""Files of other benchmark tools, read as records: a module for each tool, and a table that tells whose a file is."""

__all__ = [
    "asv",
    "errors",
    "github_action",
    "google_benchmark",
    "hyperfine",
    "nvbench",
    "pyperf",
    "pytest_benchmark",
    "reading",
    "tools",
    "unread_tools",
]
