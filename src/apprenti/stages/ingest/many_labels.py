"""Whether several labels a photo make a task: enough photos with each label, and some without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from apprenti.domain.dataset import Example, Split, labels_of
from apprenti.domain.errors import DataError
from apprenti.stages.ingest.labels import FEW_PHOTOS, LEAST_PHOTOS, Classes, alike, named


def learnable_labels(examples: Sequence[Example], source: str) -> Classes:
    """Return the examples with those labels that can be learnt: no photo is left out, only labels are.

    Args:
        examples: each with any number of labels, and the splits they were given (or ``None``).
        source: the name of the data, for the message.

    Raises:
        DataError: no label has two photos or more, one of them for training, and a photo without it.
    """
    counts = _counts(examples)
    for_training = [example for example in examples if example.split in (None, Split.TRAIN)] or examples
    trained = _counts(for_training)
    lonely = {label for label, n in counts.items() if n < LEAST_PHOTOS}
    everywhere = {label for label, n in trained.items() if n == len(for_training)}
    untrained = counts.keys() - trained.keys() - lonely
    left_out = lonely | everywhere | untrained
    kept = counts.keys() - left_out
    if not kept:
        raise DataError("too_few_labels", source=source, least=LEAST_PHOTOS)
    few = {label for label in kept if counts[label] < FEW_PHOTOS}
    return Classes(
        examples=tuple(_with_labels(example, kept) for example in examples),
        set_aside=(),
        notices=(
            *named("labels_of_one", lonely, missing=FEW_PHOTOS - 1),
            *named("labels_everywhere", everywhere),
            *named("labels_without_training", untrained),
            *named("labels_of_few", few, least=FEW_PHOTOS),
            *alike(counts),
        ),
    )


def rarest_labels(examples: Sequence[Example]) -> list[str]:
    """Return the rarest label of each example, "" where it has none: what must be on both sides of a split."""
    counts = _counts(examples)
    return [
        min(labels_of(example.target), key=lambda label: (counts[label], label), default="")
        for example in examples
    ]


def _counts(examples: Sequence[Example]) -> Counter[str]:
    return Counter(label for example in examples for label in labels_of(example.target))


def _with_labels(example: Example, kept: set[str]) -> Example:
    return replace(example, target=tuple(label for label in labels_of(example.target) if label in kept))
