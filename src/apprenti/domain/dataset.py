"""Labelled data: examples, where each belongs, and what was wrong with the files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from apprenti.domain.sentence import Sentence


class Kind(StrEnum):
    """What an example is. Only images are trained today; text and tables travel through the same types."""

    IMAGE = "image"
    TEXT = "text"
    TABLE = "table"


class TaskType(StrEnum):
    """What is to be told of an example."""

    MULTI_CLASS = "multi_class"
    MULTI_LABEL = "multi_label"
    REGRESSION = "regression"


class Split(StrEnum):
    """What an example is for. Test examples are looked at once, at the end."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


Target = str | tuple[str, ...] | float
"""One label (multi-class), several or none (multi-label) or a number (regression)."""


def labels_of(target: Target) -> tuple[str, ...]:
    """Return the labels that a target stands for; none for a number.

    Example:
        >>> labels_of("cat"), labels_of(("red", "round")), labels_of(3.5)
        (('cat',), ('red', 'round'), ())
    """
    if isinstance(target, str):
        return (target,)
    return target if isinstance(target, tuple) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What one look at an image tells, before anything is learnt.

    Args:
        width_px: width after EXIF rotation.
        height_px: height after EXIF rotation.
        format: ``JPEG``, ``PNG``, ``WEBP``, ``GIF``, ``BMP`` or ``TIFF``.
        brightness: mean grey level, 0..1.
        contrast: standard deviation of the grey level, 0..1.
        colourfulness: mean distance of the channels from grey, 0..1; 0 for a grey image.
    """

    width_px: int
    height_px: int
    format: str
    brightness: float
    contrast: float
    colourfulness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled item.

    Args:
        kind: image, text or table row.
        name: how a person finds it, relative to the data: ``train/shirt/0412.jpg``.
        path: the file its bytes are read from (for an archive: a private copy).
        content_hash: SHA-256 of the bytes, 64 hex digits.
        target: its label, labels or number.
        split: train, validation or test; ``None`` before splitting.
        group: near duplicates share a group and never straddle a split; the smallest content hash among them.
        facts: what one look told; ``None`` for text and tables.
    """

    kind: Kind
    name: str
    path: str
    content_hash: str
    target: Target
    split: Split | None = None
    group: str = ""
    facts: ImageFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A file that was not used, and why (a sentence of ``texts/*/ingest.toml`` or ``errors.toml``)."""

    name: str
    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateGroup:
    """Items that show the same picture.

    Args:
        names: their names, sorted.
        labels: the distinct labels they stand under, sorted; more than one is a conflict.
        exact: the same bytes (otherwise nearly the same pixels).
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    exact: bool

    @property
    def conflicting(self) -> bool:
        """Whether the same picture stands under different labels."""
        return len(self.labels) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Examples, their labels, and everything a person should know about the files.

    Args:
        name: the folder or file it came from, for display.
        kind: image, text or table.
        task_type: multi-class, multi-label or regression.
        labels: distinct labels, sorted; empty for regression.
        examples: sorted by content hash, so that order never depends on the file system.
        set_aside: files not used, each with its reason.
        duplicates: groups of exact and near duplicates.
        notices: sentences a person should read (a class of few photos, splits found, files not read in time).
    """

    name: str
    kind: Kind
    task_type: TaskType
    labels: tuple[str, ...]
    examples: tuple[Example, ...]
    set_aside: tuple[SetAside, ...] = ()
    duplicates: tuple[DuplicateGroup, ...] = ()
    notices: tuple[Sentence, ...] = ()

    def in_split(self, split: Split) -> tuple[Example, ...]:
        """Return the examples of one split, in order."""
        return tuple(example for example in self.examples if example.split is split)

    def n_per_label(self, split: Split | None = None) -> Mapping[str, int]:
        """Return how many examples each label has (in one split, or in all); nothing for numbers."""
        examples = self.examples if split is None else self.in_split(split)
        counts = Counter(label for example in examples for label in labels_of(example.target))
        return {label: counts.get(label, 0) for label in self.labels}

    @property
    def n_answers(self) -> int:
        """How many raw scores a model of it gives for each example: one for each label, or one number."""
        return 1 if self.task_type is TaskType.REGRESSION else len(self.labels)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over every (content, target, split): equal data give equal fingerprints, whatever the names."""
        digest = hashlib.sha256()
        for example in self.examples:
            digest.update(f"{example.content_hash}\t{example.target}\t{example.split}\n".encode())
        return digest.hexdigest()
