from __future__ import annotations

import hashlib

import numpy as np
import pytest

from apprenti.domain.dataset import TaskType
from apprenti.domain.service import ReviewReason
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.stages.feedback.review import (
    RANDOM_SHARE,
    ReviewPlace,
    fold_alike,
    honest_accuracy,
    review_places,
    review_scale,
    uncertainties,
)

CLASSES = TaskType.MULTI_CLASS


def observed(n: int, *, seed: int, spread: float = 3.0) -> Observations:
    draws = np.random.default_rng(seed)
    odds = np.exp(spread * draws.normal(size=(n, 4)))
    return Observations(
        answers=(odds / odds.sum(axis=1, keepdims=True)).astype(np.float32),
        distances=draws.gamma(6, 0.1, n).astype(np.float32),
        facts=np.zeros((n, 6), np.float32),
    )


def ids(n: int) -> list[str]:
    return [hashlib.sha256(bytes([i % 256, i // 256])).hexdigest()[:32] for i in range(n)]


def places(rows: Observations) -> tuple[ReviewPlace, ...]:
    scale = review_scale(DriftReference(held_out=observed(512, seed=0)), task_type=CLASSES)
    return review_places(ids(len(rows)), rows.answers, rows.distances, scale, task_type=CLASSES)


def test_the_random_share_is_what_it_says_at_the_front_of_the_queue_as_at_its_end() -> None:
    queue = sorted(places(observed(4000, seed=1)), key=lambda place: -place.score)
    drawn = np.array([place.enters_estimate for place in queue])
    assert abs(drawn.mean() - RANDOM_SHARE) < 0.02
    assert abs(drawn[:1000].mean() - RANDOM_SHARE) < 0.05
    assert abs(drawn[-1000:].mean() - RANDOM_SHARE) < 0.05


def test_who_is_drawn_and_where_has_nothing_to_do_with_the_answer() -> None:
    sure, unsure = places(observed(500, seed=1, spread=9)), places(observed(500, seed=2, spread=0.1))
    drawn = [i for i, place in enumerate(sure) if place.enters_estimate]
    assert drawn == [i for i, place in enumerate(unsure) if place.enters_estimate]
    assert [sure[i] for i in drawn] == [unsure[i] for i in drawn]


def test_the_accuracy_from_the_front_of_the_queue_is_that_of_all_photos() -> None:
    """Whoever reviews only the front still gets the right figure from the random share, and only from it."""
    rows = observed(6000, seed=3)
    confidence = rows.answers.max(axis=1)
    right = np.random.default_rng(4).random(len(rows)) < confidence
    queue = sorted(zip(places(rows), right, strict=True), key=lambda pair: -pair[0].score)[:1500]
    honest = honest_accuracy(bool(hit) for place, hit in queue if place.enters_estimate)
    everything = honest_accuracy(bool(hit) for _, hit in queue)
    assert honest.interval.low <= right.mean() <= honest.interval.high
    assert everything.interval.high < right.mean()


def test_a_photo_has_the_same_place_alone_and_in_company() -> None:
    rows = observed(50, seed=1)
    scale = review_scale(DriftReference(held_out=observed(512, seed=0)), task_type=CLASSES)
    alone = [
        review_places([one], rows.answers[i : i + 1], rows.distances[i : i + 1], scale, task_type=CLASSES)[0]
        for i, one in enumerate(ids(50))
    ]
    assert tuple(alone) == places(rows)


def test_the_uncertain_and_the_unfamiliar_come_first_with_their_reason() -> None:
    scale = review_scale(DriftReference(held_out=observed(512, seed=0)), task_type=CLASSES)
    answers = np.array([[0.97, 0.01, 0.01, 0.01], [0.34, 0.33, 0.32, 0.01], [0.97, 0.01, 0.01, 0.01]])
    sure, torn, foreign = review_places(
        ["a", "b", "c"], answers, [0.3, 0.3, 5.0], scale, task_type=CLASSES, random_share=0
    )
    assert (torn.reason, foreign.reason) == (ReviewReason.UNCERTAIN, ReviewReason.UNFAMILIAR)
    assert sure.reason is ReviewReason.USUAL
    assert sure.score < 0.8 < min(torn.score, foreign.score)
    assert max(torn.score, foreign.score) < 1


def test_of_several_labels_the_one_nearest_to_its_threshold_counts() -> None:
    found = uncertainties([[0.9, 0.31], [0.9, 0.02]], task_type=TaskType.MULTI_LABEL, thresholds=(0.5, 0.3))
    assert found is not None
    assert found[0] > 0.95
    assert found[1] < 0.3


def test_numbers_are_ordered_by_their_distance() -> None:
    held_out = observed(100, seed=0)
    numbers = Observations(
        answers=held_out.answers[:, :1], distances=held_out.distances, facts=held_out.facts
    )
    scale = review_scale(DriftReference(held_out=numbers), task_type=TaskType.REGRESSION)
    near, far = review_places(
        ["a", "b"], [[1.0], [2.0]], [0.2, 2.0], scale, task_type=TaskType.REGRESSION, random_share=0
    )
    assert near.score < far.score
    assert far.reason is ReviewReason.UNFAMILIAR
    assert near.reason is ReviewReason.USUAL


def test_no_answer_is_called_doubtful_that_most_usual_ones_are_no_surer_than() -> None:
    found = [place.reason for place in places(observed(2000, seed=5)) if not place.enters_estimate]
    doubtful = sum(reason is not ReviewReason.USUAL for reason in found) / len(found)
    assert 0.2 < doubtful < 0.45  # a fifth by each of two measures


def test_no_photo_within_the_threshold_is_called_unfamiliar() -> None:
    rows = observed(500, seed=2)
    for place, distance in zip(places(rows), rows.distances, strict=True):
        assert distance > 1 or place.reason is not ReviewReason.UNFAMILIAR


def test_the_same_shot_fifty_times_is_one_look() -> None:
    draws = np.random.default_rng(0)
    page = np.concatenate(
        [draws.normal(size=(1, 64)) + draws.normal(0, 0.01, (50, 64)), draws.normal(size=(5, 64))]
    )
    leaders = fold_alike(page)
    assert leaders[:50].tolist() == [0] * 50
    assert leaders[50:].tolist() == list(range(50, 55))


@pytest.mark.parametrize(("n", "key"), [(0, "accuracy_soon"), (29, "accuracy_soon"), (30, "accuracy")])
def test_no_figure_is_told_before_there_are_photos_for_one(n: int, key: str) -> None:
    said = honest_accuracy([True] * n).said()
    assert said.key == f"feedback.{key}"
    assert said.said("en") != said.said("fr")
