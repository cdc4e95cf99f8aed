"""What a published case is of, in words by which scores are grouped: its chip's generation, precision, framework and so on."""

import re

from ... import configs

LABELS = ("generation", "precision", "framework", "source", "developer")
_MOST = 60  # characters


def case_labels(chips: configs.FactRow | tuple[configs.FactRow, ...] = (), **said: str) -> dict[str, str]:
    """Gather the labels of a case; what nothing is known of has none.

    Parameters
    ----------
    chips
        The rows of its chips in the hardware table; several generations make one label.
    **said
        The other labels, by their names in `LABELS`; a source is shortened to the first document that it names.
    """
    rows = chips if isinstance(chips, tuple) else (chips,)
    generations = dict.fromkeys(row.generation or row.shown for row in rows)
    labels = {"generation": " + ".join(generations)} | {name: " ".join(said.get(name, "").split()) for name in LABELS[1:]}
    labels["source"] = _document(labels["source"])
    return {name: text[:_MOST] for name, text in labels.items() if text}


def _document(source: str) -> str:
    """Shorten a source to the first document that it names."""
    return re.split(r"\s*[;(]|[:,]\s", source, maxsplit=1)[0].strip()
