"""Families of language models by their model_type: which keys each understands, what its class takes where one is missing.

The facts stand in ``configs/hugging_face``: the families, the keys that say nothing of a model's size, and the kinds of model
that are no decoders.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .... import configs

_FOLDER = configs.FOLDER / "hugging_face"


@dataclass(frozen=True)
class Family:
    """What is known of one model_type.

    Attributes
    ----------
    kind
        The model_type.
    takes
        Keys that it understands, and what its class takes where they are missing; None for nothing.
    known
        Whether the family is in the table; of another one the keys are those that mean the same in every family that has them.
    traits
        What is built in another manner than most: ``ffn_matrices``, ``windows`` and so on, as the table has them.
    harmless
        Keys that say nothing of the size of these models.
    refused
        Why the model's quantities do not describe it; empty where they do.
    """

    kind: str
    takes: Mapping[str, Any]
    known: bool = True
    traits: Mapping[str, Any] = field(default_factory=dict)
    harmless: frozenset[str] = frozenset()
    refused: str = ""

    def trait(self, name: str, default: Any = None) -> Any:
        """Return a trait, or the default where the family is built as most are."""
        return self.traits.get(name, default)


@functools.cache
def _table() -> Mapping[str, Any]:
    return configs.read_toml(_FOLDER / "families.toml")


def family(kind: str) -> Family:
    """Return the family of a model_type; of one that is in no table the keys that all families share."""
    rows = _table()["families"]
    everywhere = dict.fromkeys(_table()["keys_of_all"].split())
    if kind not in rows:
        return Family(kind, everywhere | dict.fromkeys(_table()["shared_keys"].split()), known=False)
    row = rows[kind]
    base = rows[row["like"]] if "like" in row else {}
    merged = {**base, **row}
    takes = everywhere | dict.fromkeys((base.get("optional", "") + " " + row.get("optional", "")).split())
    takes |= {**base.get("takes", {}), **row.get("takes", {})}
    harmless = frozenset((base.get("harmless", "") + " " + row.get("harmless", "")).split())
    return Family(kind, takes, True, merged, harmless, merged.get("refused", ""))


def language_kind(wrapper: str) -> str:
    """Return the model_type of the language model in a model of several parts that does not say it; empty where unknown."""
    return str(_table()["inside"].get(wrapper, ""))


@functools.cache
def _keys() -> Mapping[str, Any]:
    return configs.read_toml(_FOLDER / "keys.toml")


@functools.cache
def harmless_keys() -> frozenset[str]:
    """Return the keys that say nothing of the size of a model of any family, by their whole names."""
    return frozenset(_keys()["harmless"].split())


def is_harmless(key: str) -> bool:
    """Whether a key says nothing of the size of a model of any family."""
    where = _keys()["harmless_where"]
    return key in harmless_keys() or key.startswith(tuple(where["begins"])) or key.endswith(tuple(where["ends"]))


def is_neutral(key: str, value: Any) -> bool:
    """Whether a key says nothing at this value."""
    if value is None or value == [] or value == {} or value == "":
        return True
    if key == "layer_types" and isinstance(value, list):
        return all(kind in ("full_attention", "attention") for kind in value)
    return any(
        value == neutral and isinstance(value, bool) == isinstance(neutral, bool) for neutral in _keys()["neutral"].get(key, ())
    )


def joins_parts(key: str) -> bool:
    """Whether a key beside a language model says how another part is joined to it."""
    joins = _keys()["joins"]
    return key in joins["exact"] or any(part in key.lower() for part in joins["contains"])


def instead_of(key: str) -> str:
    """Name the quantity that may be stated in place of a key that is not understood; empty where there is no one."""
    instead = _keys()["instead"]
    return next((name for name, parts in instead.items() if any(part in key for part in parts)), "")


@functools.cache
def _others() -> Mapping[str, Any]:
    return configs.read_toml(_FOLDER / "not_decoders.toml")


@functools.cache
def _kinds_of_others() -> Mapping[str, str]:
    return {kind: what for what, kinds in _others()["kinds"].items() for kind in kinds.split()}


def not_a_decoder(kind: str, known: bool) -> str:
    """Say what a model_type is where it is no decoder of text; empty where it may be one."""
    if kind in _kinds_of_others():
        return _kinds_of_others()[kind]
    endings = {} if known else _others()["endings"]
    return next((what for what, ends in endings.items() if kind.lower().endswith(tuple(ends))), "")


def is_without_output(architecture: str) -> bool:
    """Tell whether a class under ``architectures`` is a decoder's layers without the matrix of its output."""
    return architecture in _others()["without_output"]["names"].split()


def class_of_another(architecture: str) -> str:
    """Say what a class under ``architectures`` is where that is no decoder of text; empty where it may be one."""
    return next((str(what) for end, what in _others()["architectures"].items() if architecture.endswith(end)), "")
