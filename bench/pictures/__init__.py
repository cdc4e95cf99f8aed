"""Pictures of answers and estimates: Vega-Lite specifications, drawn into files without a browser or in a page."""

__all__ = ["drawing", "picture", "theme"]
