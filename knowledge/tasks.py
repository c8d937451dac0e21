"""Which photos of a source a task learns from, which it is scored on, and what a user would see of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from apprenti.domain.dataset import Dataset, Example, Split
from apprenti.stages.train import stratified_folds
from knowledge.datasets import Task

N_FITTED = 1200
N_HELD_OUT = 800
TEST_SHARE = 0.25
"""Photos for testing beside those learnt from: one in five of all, as the product keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The photos of a task, in the order of their content hashes.

    Args:
        fitted: learnt from.
        held_out: scored on; as many as there are, since a score of few photos is mostly chance.
    """

    fitted: tuple[Example, ...]
    held_out: tuple[Example, ...]


def rows_of(task: Task, dataset: Dataset) -> Rows:
    """Return the photos of a task; two groups of near duplicates in five are scored on, as in a training."""
    labels = (
        dataset.labels[:: len(dataset.labels) // task.n_labels][: task.n_labels]
        if task.n_labels
        else dataset.labels
    )
    examples = [example for example in dataset.examples if example.target in labels]
    held_out = stratified_folds(examples, n_folds=5) < 2
    fitted = [example for example, out in zip(examples, held_out, strict=True) if not out]
    asked = [example for example, out in zip(examples, held_out, strict=True) if out]
    if task.per_label:
        fitted = _at_most(fitted, lambda label, n: task.per_label)
    if task.imbalance > 1:
        rank = {label: i / max(1, len(labels) - 1) for i, label in enumerate(labels)}

        def n_kept(label: str, n: int) -> int:
            return max(2, int(n * task.imbalance ** -rank[label]))

        fitted, asked = _at_most(fitted, n_kept), _at_most(asked, n_kept)
    fitted = fitted[:N_FITTED]
    learnt = {
        example.target for example in fitted
    }  # a class of one group of near duplicates may be on one side only
    asked = [example for example in asked if example.target in learnt]
    return Rows(fitted=tuple(fitted), held_out=tuple(asked[:N_HELD_OUT]))


def as_a_user_has_it(task: Task, dataset: Dataset, rows: Rows) -> Dataset:
    """Return the data set a user would have who gets this training: a usual share of test photos beside it."""
    n_test = math.ceil(TEST_SHARE * len(rows.fitted))
    examples = [
        *(replace(example, split=Split.TRAIN) for example in rows.fitted),
        *(replace(example, split=Split.TEST) for example in rows.held_out[:n_test]),
    ]
    labels = tuple(sorted({str(example.target) for example in examples}))
    in_order = tuple(sorted(examples, key=lambda example: example.content_hash))
    return replace(dataset, name=task.name, labels=labels, examples=in_order, duplicates=(), set_aside=())


def _at_most(examples: Sequence[Example], n_kept: Callable[[str, int], int]) -> list[Example]:
    """Return the first of each class; they stand in the order of their hashes, so these are random ones."""
    by_label: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_label[str(example.target)].append(example)
    kept = {
        example.content_hash
        for label, of_label in by_label.items()
        for example in of_label[: n_kept(label, len(of_label))]
    }
    return [example for example in examples if example.content_hash in kept]
