"""The six runs every lesson must work on, made up within a second: small drawn pictures, trained in miniature."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext
from apprenti.flow.small_run import small_run

NAMES = ("normal", "two_classes", "twenty_classes", "four_photos", "grayscale", "one_class_validation")
SIDE_PX = 16
WORDS = tuple(f"kind {letter}" for letter in "abcdefghijklmnopqrst")


@cache
def context_named(name: str) -> LessonContext:
    """Return one of the six."""
    makers = {
        "normal": lambda: _drawn(3, 40, run_id="normal", noise=200),
        "two_classes": lambda: _drawn(2, 30, run_id="two", noise=40),
        "twenty_classes": lambda: _drawn(20, 12, run_id="twenty", noise=40),
        "four_photos": lambda: _drawn(2, 2, run_id="four", noise=20),
        "grayscale": lambda: _drawn(3, 20, run_id="grey", noise=60, colour=False),
        "one_class_validation": _one_class_validation,
    }
    return makers[name]()


def pictures(
    n_classes: int, n_each: int, *, noise: float, colour: bool = True, seed: int = 7
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return drawn pictures: each class its own blocks of light and tint, under noise."""
    rng = np.random.default_rng(seed)
    shape = (n_classes, 4, 4, 3) if colour else (n_classes, 4, 4)
    patterns = rng.integers(60, 200, shape).repeat(SIDE_PX // 4, axis=1).repeat(SIDE_PX // 4, axis=2)
    labels = np.repeat(np.arange(n_classes), n_each)
    drawn = patterns[labels] + rng.normal(0, noise, patterns[labels].shape)
    dimmed = drawn * rng.uniform(0.6, 1.1, (len(labels), *[1] * (drawn.ndim - 1)))
    return np.clip(dimmed, 0, 255).astype(np.uint8), labels.astype(np.int64)


def _drawn(n_classes: int, n_each: int, *, run_id: str, noise: float, colour: bool = True) -> LessonContext:
    images, labels = pictures(n_classes, n_each, noise=noise, colour=colour)
    return small_run(images, labels, WORDS[:n_classes], run_id=run_id, name=f"photos of {run_id}")


def _one_class_validation() -> LessonContext:
    """Return a run whose photos for choosing, and for testing, are all of one class."""
    whole = _drawn(3, 20, run_id="oneclass", noise=60)
    photos = whole.photos
    splits = tuple(
        Split.TRAIN if split is not Split.TRAIN and label != 0 else split
        for split, label in zip(photos.splits, photos.labels, strict=True)
    )
    kept = whole.test.labels == 0
    test = replace(
        whole.test,
        names=tuple(name for name, one in zip(whole.test.names, kept, strict=True) if one),
        labels=whole.test.labels[kept],
        probabilities=whole.test.probabilities[kept],
    )
    return replace(
        whole, photos=replace(photos, splits=splits), test=test, report=_judged(whole, test.labels, test)
    )


def _judged(whole: LessonContext, labels: NDArray[np.int64], test: object) -> object:
    from apprenti.stages.evaluate import choose_thresholds, judge

    scores = judge(
        test.probabilities,
        labels,
        names=test.names,
        label_names=whole.labels,
        majority_label=whole.labels[0],
        thresholds=choose_thresholds(whole.held_out.probabilities, whole.held_out.labels),
    )
    return replace(whole.report, scores=scores)
