"""The first stage as a whole: from what the person gave to a ``Dataset`` with splits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from apprenti.domain.dataset import Dataset, Example, Kind, SetAside, Split, TaskType, labels_of
from apprenti.domain.errors import DataError
from apprenti.domain.seams import Engine, Progress
from apprenti.domain.sentence import Sentence
from apprenti.stages.ingest.duplicates import Distinct, without_duplicates
from apprenti.stages.ingest.labels import Classes, learnable, refuse_one_class
from apprenti.stages.ingest.listing import Listed, Listing
from apprenti.stages.ingest.looking import look_at_all
from apprenti.stages.ingest.many_labels import learnable_labels, rarest_labels
from apprenti.stages.ingest.numbers import learnable_numbers
from apprenti.stages.ingest.sources import list_source
from apprenti.stages.ingest.splits import drawn_splits, given_splits


def read_dataset(
    source: Path,
    *,
    engine: Engine,
    progress: Progress,
    workspace: Path,
    deadline: float | None = None,
    for_training: bool = True,
) -> Dataset:
    """Return the labelled images of ``source``, each read once, with splits assigned.

    Args:
        source: a folder of class folders (with or without split folders), an archive of one, or a table of
            ``path,label[,split]``.
        engine: where files are read.
        progress: told how far the reading is.
        workspace: a private folder that exists, for what an archive holds; examples point into it.
        deadline: a ``time.monotonic()`` value; files not begun by then are counted and left out.
        for_training: whether the images are to be learnt from. To be scored only, they may be of one class or
            few, and have no split but the one they came with.

    Returns:
        Examples sorted by content hash, and everything a person should know about the files.

    Raises:
        DataError: the source is missing, unreadable, unsafe, empty, or has too little of usable classes, labels or
            numbers to learn from.
    """
    listing = list_source(source, workspace, progress)
    return read_listing(
        listing, source, engine=engine, progress=progress, deadline=deadline, for_training=for_training
    )


def read_listing(
    listing: Listing,
    source: Path,
    *,
    engine: Engine,
    progress: Progress,
    deadline: float | None = None,
    for_training: bool = True,
) -> Dataset:
    """Return the images that ``list_source`` listed of ``source``; see ``read_dataset``."""
    name = source.name or source.resolve().name
    if for_training and listing.task_type is TaskType.MULTI_CLASS:
        refuse_one_class(listing.items, name)
    seen, unusable, n_unreached = look_at_all(
        _with_splits(listing.items), engine=engine, progress=progress, deadline=deadline
    )
    if not seen:
        key = "nothing_read_in_time" if n_unreached else "nothing_usable"
        raise DataError(key, source=name, n=len(listing.items))
    distinct = without_duplicates(seen)
    classes = _classes(distinct, name, listing.task_type if for_training else None)
    examples, split_notices = (
        _split(classes.examples, listing.task_type) if for_training else (classes.examples, ())
    )
    return Dataset(
        name=name,
        kind=Kind.IMAGE,
        task_type=listing.task_type,
        labels=_labels(examples),
        examples=examples,
        set_aside=_in_order(listing.set_aside, unusable, distinct.set_aside, classes.set_aside),
        duplicates=distinct.duplicates,
        notices=(
            *_unreached(n_unreached, len(listing.items)),
            *split_notices,
            *classes.notices,
            *distinct.notices,
            *listing.notices,
        ),
    )


def _with_splits(items: Sequence[Listed]) -> Sequence[Listed]:
    """Return the items; where some came with a split, the others as training items."""
    if all(item.split is None for item in items):
        return items
    return [replace(item, split=item.split or Split.TRAIN) for item in items]


def _classes(distinct: Distinct, source: str, learnt: TaskType | None) -> Classes:
    """Return the examples; where something is to be learnt, without the classes and labels that cannot be."""
    examples = tuple(
        Example(
            kind=Kind.IMAGE,
            name=one.item.name,
            path=str(one.item.path),
            content_hash=one.looked.content_hash,
            target=one.item.target,
            split=one.item.split,
            group=group,
            facts=one.looked.facts,
        )
        for one, group in zip(distinct.seen, distinct.groups, strict=True)
    )
    if learnt is None:
        return Classes(examples=examples, set_aside=(), notices=())
    return _LEARNABLE[learnt](examples, source)


_LEARNABLE: Mapping[TaskType, Callable[[Sequence[Example], str], Classes]] = {
    TaskType.MULTI_CLASS: learnable,
    TaskType.MULTI_LABEL: learnable_labels,
    TaskType.REGRESSION: learnable_numbers,
}


def _split(
    examples: Sequence[Example], task_type: TaskType
) -> tuple[tuple[Example, ...], tuple[Sentence, ...]]:
    """Return the examples with their final splits: those they came with, or drawn ones."""
    splits, notices = given_splits([example.split for example in examples])
    if splits is None:
        splits = drawn_splits([example.group for example in examples], _strata(examples, task_type))
        if Split.TEST not in splits:
            notices = (*notices, Sentence(key="ingest.no_test"))
    placed = zip(examples, splits, strict=True)
    return tuple(replace(example, split=split) for example, split in placed), notices


def _strata(examples: Sequence[Example], task_type: TaskType) -> Sequence[str]:
    """Return what each example is of when its side is drawn: chance alone decides over numbers."""
    if task_type is TaskType.MULTI_CLASS:
        return [str(example.target) for example in examples]
    return rarest_labels(examples) if task_type is TaskType.MULTI_LABEL else [""] * len(examples)


def _labels(examples: Sequence[Example]) -> tuple[str, ...]:
    """Return the distinct labels, sorted; none for numbers."""
    return tuple(sorted({label for example in examples for label in labels_of(example.target)}))


def _in_order(*parts: Sequence[SetAside]) -> tuple[SetAside, ...]:
    return tuple(sorted((one for part in parts for one in part), key=lambda one: one.name))


def _unreached(n: int, n_files: int) -> tuple[Sentence, ...]:
    if not n:
        return ()
    return (Sentence(key="ingest.not_reached", values={"n": n_files - n, "n_files": n_files}),)
