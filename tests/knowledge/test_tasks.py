from __future__ import annotations

from collections import Counter

import pytest
from knowledge.datasets import Task
from knowledge.tasks import N_FITTED, N_HELD_OUT, as_a_user_has_it, rows_of
from tests.making import a_dataset, an_example

from apprenti.domain.dataset import Dataset, Split

LABELS = ("ant", "bee", "cat", "dog")


def photos(n: int = 100) -> Dataset:
    return a_dataset(*(an_example(i, label, group=f"{label} {i // 2}") for label in LABELS for i in range(n)))


def counts(examples: object) -> Counter[str]:
    return Counter(str(example.target) for example in examples)  # type: ignore[attr-defined]


ALL = Task(name="all", source="any")


@pytest.mark.parametrize(
    "task",
    [
        ALL,
        Task(name="few", source="any", per_label=5),
        Task(name="two", source="any", n_labels=2),
        Task(name="uneven", source="any", imbalance=10.0),
    ],
    ids=lambda task: task.name,
)
def test_no_photo_or_near_duplicate_is_both_learnt_from_and_scored_on(task: Task) -> None:
    rows = rows_of(task, photos())
    assert not {e.group for e in rows.fitted} & {e.group for e in rows.held_out}
    assert set(counts(rows.fitted)) == set(counts(rows.held_out))
    hashes = [e.content_hash for e in rows.fitted]
    assert hashes == sorted(hashes)


def test_few_photos_are_learnt_from_and_many_scored_on() -> None:
    rows = rows_of(Task(name="few", source="any", per_label=5), photos())
    assert counts(rows.fitted) == dict.fromkeys(LABELS, 5)
    assert counts(rows.held_out) == dict.fromkeys(LABELS, 40)


def test_fewer_classes_are_taken_from_all_over_the_alphabet() -> None:
    rows = rows_of(Task(name="two", source="any", n_labels=2), photos())
    assert set(counts(rows.fitted)) == {"ant", "cat"}


def test_imbalance_is_the_same_where_it_is_learnt_and_where_it_is_scored() -> None:
    rows = rows_of(Task(name="uneven", source="any", imbalance=10.0), photos(200))
    for examples in (rows.fitted, rows.held_out):
        found = counts(examples)
        assert 8 <= found["ant"] / found["dog"] <= 12
        assert sorted(found.values(), reverse=True) == [found[label] for label in LABELS]


def test_there_are_never_more_photos_than_a_cell_is_measured_on() -> None:
    rows = rows_of(ALL, photos(800))
    assert (len(rows.fitted), len(rows.held_out)) == (N_FITTED, N_HELD_OUT)


def test_a_user_would_have_a_usual_share_of_test_photos_beside_them() -> None:
    dataset = photos()
    rows = rows_of(Task(name="few", source="any", per_label=5), dataset)
    users = as_a_user_has_it(Task(name="few", source="any"), dataset, rows)
    assert len(users.in_split(Split.TRAIN)) == 20
    assert len(users.in_split(Split.TEST)) == 5
    assert {e.content_hash for e in users.in_split(Split.TRAIN)} == {e.content_hash for e in rows.fitted}
    assert users.labels == LABELS


def test_a_class_that_cannot_be_learnt_is_not_asked_for() -> None:
    rare = an_example(0, "rare")
    dataset = a_dataset(*photos().examples, *(an_example(i, "rare", group=rare.group) for i in range(3)))
    rows = rows_of(ALL, dataset)
    assert set(counts(rows.held_out)) <= set(counts(rows.fitted))
