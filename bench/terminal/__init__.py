"""What is printed: numbers for people, tables, listings, progress, JSON."""

__all__ = ["console", "json", "listing", "markdown", "numbers", "progress", "tables", "toml_text"]
