"""Predictions of what was published, from what was known before: cases, predictions, summaries and their picture."""
