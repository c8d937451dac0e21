"""What a report says of the data: counts in full, lists cut to what a person can read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from apprenti.domain.dataset import Dataset, DuplicateGroup, Split
from apprenti.domain.report import DataFacts, NumberFacts, RepeatedPicture

MAX_LISTED = 40
MAX_NAMES_OF_ONE_PICTURE = 6


def data_facts(dataset: Dataset) -> DataFacts:
    """Return the facts a report states about ``dataset``."""
    conflicts = [group for group in dataset.duplicates if group.conflicting]
    repeated = [group for group in dataset.duplicates if not group.conflicting]
    return DataFacts(
        name=dataset.name,
        fingerprint=dataset.fingerprint,
        n_train=len(dataset.in_split(Split.TRAIN)),
        n_validation=len(dataset.in_split(Split.VALIDATION)),
        n_test=len(dataset.in_split(Split.TEST)),
        n_per_label=_learnt_from(dataset),
        numbers=number_facts(dataset),
        set_aside=dataset.set_aside[:MAX_LISTED],
        n_set_aside=len(dataset.set_aside),
        repeated=_cut(repeated),
        n_repeated=len(dataset.duplicates),
        n_duplicates=sum(len(group.names) - 1 for group in dataset.duplicates),
        conflicts=_cut(conflicts),
        n_conflicts=len(conflicts),
    )


def majority_label(dataset: Dataset) -> str:
    """Return the most frequent label of the photos that were learnt from; the first of equals."""
    n_per_label = _learnt_from(dataset)
    return max(dataset.labels, key=lambda label: n_per_label[label])


def number_facts(dataset: Dataset) -> NumberFacts | None:
    """Return least, middle and greatest of the numbers learnt from; ``None`` where there are none."""
    numbers = [
        example.target
        for example in dataset.examples
        if isinstance(example.target, float) and example.split is not Split.TEST
    ]
    if not numbers:
        return None
    return NumberFacts(low=min(numbers), median=float(np.median(numbers)), high=max(numbers))


def _learnt_from(dataset: Dataset) -> dict[str, int]:
    training, validation = (dataset.n_per_label(split) for split in (Split.TRAIN, Split.VALIDATION))
    return {label: training[label] + validation[label] for label in dataset.labels}


def _cut(groups: Sequence[DuplicateGroup]) -> tuple[RepeatedPicture, ...]:
    return tuple(
        RepeatedPicture(
            names=group.names[:MAX_NAMES_OF_ONE_PICTURE],
            n=len(group.names),
            labels=group.labels,
            exact=group.exact,
        )
        for group in groups[:MAX_LISTED]
    )
