"""Pictures of answers and estimates: Vega-Lite specifications, drawn into files without a browser or in a page."""

__all__ = ["bands", "drawing", "frames", "intervals", "kinds", "labels", "picture", "placing", "scales", "spread", "theme"]
