"""Whether the labels make a task: enough classes, enough photos in each, no two that are one by mistake."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from apprenti.domain.dataset import Example, SetAside, Split
from apprenti.domain.errors import DataError
from apprenti.domain.sentence import Sentence
from apprenti.stages.ingest.listing import Listed, aside

FEW_PHOTOS = 10
LEAST_PHOTOS = 2
MAX_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The examples whose class can be learnt.

    Args:
        examples: in the order they came.
        set_aside: examples of classes that cannot be learnt.
        notices: what a person should know of the classes.
    """

    examples: tuple[Example, ...]
    set_aside: tuple[SetAside, ...]
    notices: tuple[Sentence, ...]


def refuse_one_class(items: Iterable[Listed], source: str) -> None:
    """Raise where all items stand under one label, before any file is read.

    Raises:
        DataError: there is a single class.
    """
    labels = sorted({str(item.target) for item in items})
    if len(labels) == 1:
        raise DataError("one_class", source=source, label=labels[0])


def learnable(examples: Sequence[Example], source: str) -> Classes:
    """Return the examples of classes with two photos or more, at least one of them for training.

    Args:
        examples: multi-class examples, with the splits they were given (or ``None``).
        source: the name of the data, for the message.

    Raises:
        DataError: fewer than two such classes.
    """
    counts = Counter(str(example.target) for example in examples)
    for_training = [example for example in examples if example.split in (None, Split.TRAIN)]
    # where nothing is, the splits will be ignored
    trained = {str(example.target) for example in for_training or examples}
    lonely = {label for label, n in counts.items() if n < LEAST_PHOTOS}
    untrained = counts.keys() - trained - lonely
    kept = tuple(example for example in examples if str(example.target) not in lonely | untrained)
    if len(counts.keys() - lonely - untrained) < 2:
        raise DataError("too_few_classes", source=source, n=len(counts), least=LEAST_PHOTOS)
    left_out = [(lonely, "class_of_one"), (untrained, "class_without_training")]
    return Classes(
        examples=kept,
        set_aside=tuple(
            aside(example.name, reason, label=str(example.target))
            for labels, reason in left_out
            for example in examples
            if str(example.target) in labels
        ),
        notices=(
            *named("classes_of_one", lonely, missing=FEW_PHOTOS - 1),
            *named("classes_without_training", untrained),
            *named("classes_of_few", _few(counts, lonely | untrained), least=FEW_PHOTOS),
            *alike(counts),
        ),
    )


def _few(counts: Mapping[str, int], left_out: Iterable[str]) -> set[str]:
    return {label for label, n in counts.items() if n < FEW_PHOTOS} - set(left_out)


def named(key: str, labels: Iterable[str], **values: int) -> Iterable[Sentence]:
    """Return a notice that counts the labels and names the first of them, or none where there are none."""
    ordered = sorted(labels)
    if not ordered:
        return ()
    names = ", ".join(ordered[:MAX_NAMED]) + (", …" if len(ordered) > MAX_NAMED else "")
    return (Sentence(key=f"ingest.{key}", values={"n": len(ordered), "labels": names, **values}),)


def alike(labels: Iterable[str]) -> list[Sentence]:
    """Return a notice for labels that differ only by case, spaces, hyphens or underscores."""
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for label in sorted(labels):
        by_key["".join(letter for letter in label.casefold() if letter not in " _-")].append(label)
    return [
        Sentence(key="ingest.labels_alike", values={"labels": ", ".join(same)})
        for same in by_key.values()
        if len(same) > 1
    ]
