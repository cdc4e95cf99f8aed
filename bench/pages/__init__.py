"""Pages of HTML that stand alone: one file without network, for any width, light or dark, paper, keyboard and screen reader."""

__all__ = ["inlined", "page", "page_table"]
