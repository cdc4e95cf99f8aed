"""Data that was read, checked against types; what does not fit is said in one line, with what would be right."""

__all__ = ["plain_tests", "type_parts", "validator", "wording"]
