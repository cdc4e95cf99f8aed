"""Models of several parts in a Hugging Face ``config.json``: which part is the language model, and what stands beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import InputError, Parameter
from . import families
from .sizes import TIED
from .values import Config

_LANGUAGE = ("text_config", "llm_config", "language_config", "thinker_config", "lm_config", "language_model_config")
_MAX_DEPTH = 4


@dataclass(frozen=True)
class ModelParts:
    """A model's parts.

    Attributes
    ----------
    language
        The JSON object of the language model.
    kind
        Its model_type.
    path
        The keys under which it stands; none where it is the document.
    around
        The objects that it stands in, the outermost first.
    """

    language: dict[str, Any]
    kind: str
    path: tuple[str, ...]
    around: tuple[Mapping[str, Any], ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The model_types of the objects, the outermost first."""
        return (*(str(outer.get("model_type") or "") for outer in self.around), self.kind)


def split(document: Mapping[str, Any], where: str) -> ModelParts:
    """Return the parts of a document. Raises InputError where what should be the language model is no object."""
    inner: dict[str, Any] = dict(document)
    path: list[str] = []
    around: list[Mapping[str, Any]] = []
    kind = str(document.get("model_type") or "")
    while len(path) < _MAX_DEPTH:
        key = next((key for key in _LANGUAGE if inner.get(key)), None)
        if key is None:
            break
        if not isinstance(inner[key], dict):
            raise InputError(f"{'.'.join([*path, key])} must be an object", where=where)
        around.append(inner)
        inner, path = inner[key], [*path, key]
        kind = str(inner.get("model_type") or families.language_kind(kind) or kind)
    return ModelParts(dict(inner), kind, tuple(path), tuple(around))


def with_embeddings(parts: ModelParts, where: str) -> dict[str, Any]:
    """Return the language model with what the objects around it say of the embeddings, where it does not say that itself.

    Raises
    ------
    InputError
        Where they contradict each other.
    """
    language = dict(parts.language)
    for outer in reversed(parts.around):
        for key in TIED:
            if outer.get(key) is None:
                continue
            own = next((language[name] for name in TIED if language.get(name) is not None), None)
            if own is None:
                language[key] = outer[key]
            elif own != outer[key]:
                said, inside = str(own).lower(), ".".join(parts.path)
                raise InputError(
                    f"{key} is {str(outer[key]).lower()}, and {said} in {inside}; leave out the wrong one", where=where
                )
    return language


def check_around(parts: ModelParts, config: Config) -> tuple[str, ...]:
    """Return the keys of the other parts, refusing what is said beside the language model and is not understood.

    Raises
    ------
    InputError
        Names the key.
    """
    beside: list[str] = []
    for outer, inside in zip(parts.around, parts.path, strict=True):
        for key, value in outer.items():
            if key == inside or key in TIED or families.is_neutral(key, value) or families.is_harmless(key):
                continue
            if isinstance(value, dict):
                beside.append(key)
            elif not (families.joins_parts(key) or _repeats(config, key, value)):
                raise InputError(
                    f"{key} is {str(value)[:60]}, which stands beside {inside} and is not understood; give ",
                    Parameter("parameters"),
                    where=config.where,
                )
    return tuple(beside)


def _repeats(config: Config, key: str, value: Any) -> bool:
    """Whether a key beside the language model says what that itself says, or its class."""
    if key not in config.family.takes and key not in config.raw:
        return False
    own = config.raw.get(key, config.family.takes.get(key))
    return bool(own == value)
