"""What a run is of, as a person calls it: its model and where that was read, its chip, its place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """What a run is of, by name.

    Attributes
    ----------
    model
        What the model is called: the name of its row, or of its file; empty where only its size is known.
    chip, chip_key
        The name and the key of the chip's row of the hardware table.
    model_key
        The key of the model's row of the models table; empty where it has none.
    file, model_type
        The path of the model's config.json and what kind of model that says it is; empty without one.
    country
        The name of the place's row; empty where no place is stated.
    notes
        Sentences about how the model was read, and what its count was held against.
    chip_label
        What people call the chip; empty where that is its name.
    verb
        What is done to the model, as a sentence begins with it.
    """

    model: str
    chip: str
    chip_key: str
    model_key: str = ""
    file: str = ""
    model_type: str = ""
    country: str = ""
    notes: tuple[str, ...] = ()
    chip_label: str = ""
    verb: str = "Training"

    @property
    def short_chip(self) -> str:
        """What people call the chip in a sentence: H100 for the row H100-SXM-80GB."""
        return self.chip_label or self.chip
