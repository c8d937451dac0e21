"""Photos with other labels, or another kind of labels, than a model knows."""

from __future__ import annotations

import pytest
from tests.blocks.models import a_manifest
from tests.making import a_dataset, an_example

from apprenti.domain.dataset import Dataset, Target, TaskType
from apprenti.domain.errors import DataError
from apprenti.domain.manifest import Manifest
from apprenti.flow.known_targets import with_known_targets

CLASSES = a_manifest(labels=("a", "b"))
LABELS = a_manifest(labels=("a", "b"), task_type=TaskType.MULTI_LABEL, thresholds=(0.5, 0.5))
NUMBERS = a_manifest(labels=(), task_type=TaskType.REGRESSION, margin=1.0)


def photos(task_type: TaskType, *targets: Target) -> Dataset:
    examples = [an_example(i, "x", target=target) for i, target in enumerate(targets)]
    found = {
        label
        for target in targets
        if not isinstance(target, float)
        for label in ([target] if isinstance(target, str) else target)
    }
    return a_dataset(*examples, task_type=task_type, labels=tuple(sorted(found)))


def targets(dataset: Dataset) -> set[Target]:
    return {example.target for example in dataset.examples}


def test_photos_with_one_label_each_suit_a_model_of_several() -> None:
    known = with_known_targets(photos(TaskType.MULTI_CLASS, "a", "b"), LABELS)
    assert targets(known) == {("a",), ("b",)}
    assert (known.task_type, known.labels) == (TaskType.MULTI_LABEL, ("a", "b"))


def test_labels_that_the_model_does_not_know_are_left_out_of_account_and_named() -> None:
    known = with_known_targets(photos(TaskType.MULTI_LABEL, ("a", "z"), ("z",)), LABELS)
    assert targets(known) == {("a",), ()}
    assert "(z)" in known.notices[-1].said("en")


def test_whole_numbers_suit_a_model_of_numbers() -> None:
    assert targets(with_known_targets(photos(TaskType.MULTI_CLASS, "3", "4"), NUMBERS)) == {3.0, 4.0}


@pytest.mark.parametrize(
    ("dataset", "manifest", "key"),
    [
        (photos(TaskType.MULTI_LABEL, ("a", "b")), CLASSES, "other_task_classes"),
        (photos(TaskType.REGRESSION, 1.0), LABELS, "other_task_labels"),
        (photos(TaskType.MULTI_CLASS, "a", "3"), NUMBERS, "other_task_numbers"),
        (photos(TaskType.MULTI_LABEL, ("a", "b")), NUMBERS, "other_task_numbers"),
        (photos(TaskType.MULTI_LABEL, ("y", "z")), LABELS, "no_known_label"),
        (photos(TaskType.MULTI_CLASS, "y", "z"), CLASSES, "no_known_label"),
    ],
)
def test_photos_that_cannot_be_scored_are_refused_by_what_is_wrong(
    dataset: Dataset, manifest: Manifest, key: str
) -> None:
    with pytest.raises(DataError) as refusal:
        with_known_targets(dataset, manifest)
    assert refusal.value.key == key
