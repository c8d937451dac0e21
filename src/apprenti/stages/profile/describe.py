"""Sizes, classes, imbalance, resolution and colour of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Dataset, ImageFacts, Split
from apprenti.domain.profile import Profile

GREY_COLOURFULNESS = 0.01
"""Below this mean distance from grey, an image counts as having no colour."""


def describe(
    dataset: Dataset, *, landmarks: Mapping[str, float] | None = None, n_landmark: int = 0
) -> Profile:
    """Return the profile of an image data set; of numbers there is nothing to count by label.

    Args:
        dataset: with splits assigned and at least one example.
        landmarks: balanced accuracies of ``measure_landmarks``, where they were measured.
        n_landmark: how many examples they rest on.
    """
    counts = dataset.n_per_label()
    facts = [example.facts for example in dataset.examples if example.facts is not None]
    width_px = _values(facts, "width_px")
    height_px = _values(facts, "height_px")
    shorter_px = np.minimum(width_px, height_px)
    colourfulness = _values(facts, "colourfulness")
    return Profile(
        n_examples=len(dataset.examples),
        n_train=len(dataset.in_split(Split.TRAIN)),
        n_validation=len(dataset.in_split(Split.VALIDATION)),
        n_test=len(dataset.in_split(Split.TEST)),
        n_labels=len(dataset.labels),
        n_per_label=dict(counts),
        smallest_class=min(counts.values(), default=0),
        imbalance=max(counts.values(), default=1) / max(1, min(counts.values(), default=1)),
        class_entropy=_even_entropy(list(counts.values())),
        width_px=float(np.median(width_px)),
        height_px=float(np.median(height_px)),
        shorter_side_px_p10=float(np.percentile(shorter_px, 10)),
        shorter_side_px_p90=float(np.percentile(shorter_px, 90)),
        aspect_ratio=float(np.median(width_px / height_px)),
        grey_share=float(np.mean(colourfulness < GREY_COLOURFULNESS)),
        brightness=float(np.mean(_values(facts, "brightness"))),
        contrast=float(np.mean(_values(facts, "contrast"))),
        colourfulness=float(np.mean(colourfulness)),
        n_set_aside=len(dataset.set_aside),
        n_duplicates=sum(len(group.names) - 1 for group in dataset.duplicates),
        landmarks=dict(landmarks or {}),
        n_landmark=n_landmark,
    )


def _values(facts: Sequence[ImageFacts], name: str) -> NDArray[np.float64]:
    """Return one fact of every image, [n]."""
    return np.asarray([getattr(fact, name) for fact in facts], dtype=np.float64)


def _even_entropy(counts: Sequence[int]) -> float:
    """Return the entropy of the class shares over that of even shares: 1 when all classes are equally large."""
    shares = np.asarray(counts, dtype=np.float64) / max(1, sum(counts))
    shares = shares[shares > 0]
    if len(counts) < 2:
        return 0.0
    return float(-(shares * np.log(shares)).sum() / np.log(len(counts)))
