"""Files of other benchmark tools, read as records: a module for each tool, and a table that tells whose a file is."""

__all__ = [
    "asv",
    "document_parts",
    "errors",
    "github_action",
    "google_benchmark",
    "hyperfine",
    "nvbench",
    "pyperf",
    "pytest_benchmark",
    "tools",
    "unread_tools",
]
