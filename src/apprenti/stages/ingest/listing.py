"""What is to be read: every item with its label and, where the data says so, its split."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from apprenti.domain.dataset import SetAside, Split, Target, TaskType
from apprenti.domain.sentence import Sentence

_SPLIT_NAMES = {
    "train": Split.TRAIN,
    "training": Split.TRAIN,
    "val": Split.VALIDATION,
    "valid": Split.VALIDATION,
    "validation": Split.VALIDATION,
    "dev": Split.VALIDATION,
    "test": Split.TEST,
    "testing": Split.TEST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One item that the data names; its bytes have not been read.

    Args:
        name: how a person finds it, relative to the data.
        path: the file its bytes are in.
        target: its label, labels or number.
        split: the split it was given, if any.
    """

    name: str
    path: Path
    target: Target
    split: Split | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All items that the data names, and what was noticed while listing them."""

    items: tuple[Listed, ...]
    task_type: TaskType = TaskType.MULTI_CLASS
    set_aside: tuple[SetAside, ...] = ()
    notices: tuple[Sentence, ...] = ()


def split_named(name: str) -> Split | None:
    """Return the split that a folder name or a table cell stands for, if any.

    Example:
        >>> split_named("Validation ")
        <Split.VALIDATION: 'validation'>
    """
    return _SPLIT_NAMES.get(name.strip().casefold())


def clean_label(text: str) -> str:
    """Return a label as it is used everywhere: composed Unicode, no control characters, no space at its ends.

    Example:
        >>> clean_label(" cafe\u0301 ") == "caf\u00e9"
        True
    """
    printable = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return unicodedata.normalize("NFC", printable).strip()


def aside(name: str, reason: str, **values: str | int | float) -> SetAside:
    """Return the item ``name`` set aside for ``reason``, an entry of ``texts/*/ingest.toml``."""
    return SetAside(name=name, reason=Sentence(key=f"ingest.{reason}", values={"item": name, **values}))
