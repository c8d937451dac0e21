"""Labelled photos brought to what a model can be scored on: its kind of task, its labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from apprenti.domain.dataset import Dataset, Example, SetAside, Target, TaskType, labels_of
from apprenti.domain.errors import DataError
from apprenti.domain.manifest import Manifest
from apprenti.domain.sentence import Sentence

MAX_NAMED = 10


def with_known_targets(dataset: Dataset, manifest: Manifest) -> Dataset:
    """Return the photos with targets as the model knows them; what it does not know is left out, and said so.

    Photos with one label each also suit a model of several; whole numbers also suit a model of numbers.

    Raises:
        DataError: the photos have something else than the model tells, or none a label that it knows.
    """
    return _KNOWN[manifest.task_type](dataset, manifest.labels)


def _classes(dataset: Dataset, labels: Sequence[str]) -> Dataset:
    """Return the photos whose label the model knows; the others are set aside by name."""
    if dataset.task_type is not TaskType.MULTI_CLASS:
        raise DataError("other_task_classes", source=dataset.name)
    known = tuple(example for example in dataset.examples if example.target in labels)
    unknown = [example for example in dataset.examples if example.target not in labels]
    if not known:
        raise _nothing_known(dataset, labels)
    aside = tuple(
        SetAside(
            name=example.name,
            reason=Sentence(key="evaluate.unknown_label", values={"label": str(example.target)}),
        )
        for example in unknown
    )
    return replace(dataset, examples=known, set_aside=(*dataset.set_aside, *aside))


def _labels(dataset: Dataset, labels: Sequence[str]) -> Dataset:
    """Return the photos with those of their labels that the model knows."""
    if dataset.task_type is TaskType.REGRESSION:
        raise DataError("other_task_labels", source=dataset.name)
    unknown = sorted({*dataset.labels} - {*labels})
    if not {*dataset.labels} & {*labels}:
        raise _nothing_known(dataset, labels)
    notices = dataset.notices
    if unknown:
        named = ", ".join(unknown[:MAX_NAMED]) + (", …" if len(unknown) > MAX_NAMED else "")
        values: dict[str, str | int | float] = {"n": len(unknown), "labels": named}
        notices = (*notices, Sentence(key="evaluate.unknown_labels", values=values))
    return _retargeted(
        replace(dataset, notices=notices, labels=tuple(labels)),
        TaskType.MULTI_LABEL,
        lambda target: tuple(label for label in labels_of(target) if label in labels),
    )


def _numbers(dataset: Dataset, labels: Sequence[str]) -> Dataset:
    """Return the photos with their numbers, those of classes that are written as numbers too."""
    try:
        return _retargeted(replace(dataset, labels=()), TaskType.REGRESSION, _as_number)
    except ValueError as error:
        raise DataError("other_task_numbers", source=dataset.name) from error


def _as_number(target: Target) -> float:
    if isinstance(target, tuple):
        raise ValueError("several labels are no number")
    return float(target)


def _retargeted(dataset: Dataset, task_type: TaskType, retarget: Callable[[Target], Target]) -> Dataset:
    def changed(example: Example) -> Example:
        return replace(example, target=retarget(example.target))

    return replace(dataset, task_type=task_type, examples=tuple(map(changed, dataset.examples)))


def _nothing_known(dataset: Dataset, labels: Sequence[str]) -> DataError:
    return DataError("no_known_label", item=dataset.name, labels=", ".join(labels[:MAX_NAMED]))


_KNOWN: Mapping[TaskType, Callable[[Dataset, Sequence[str]], Dataset]] = {
    TaskType.MULTI_CLASS: _classes,
    TaskType.MULTI_LABEL: _labels,
    TaskType.REGRESSION: _numbers,
}
