"""The review queue, and what a drawn share of it says of the accuracy."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_loop import NAMES, Loop, mixture, open_loop, shade
from tests.fake_service import OPERATOR

from apprenti.domain.errors import OptionError
from apprenti.domain.service import ReviewReason, StoredPrediction
from apprenti.flow.service import corrections, deciding, review
from apprenti.flow.service.review import ReviewItem


@pytest.fixture
def loop(tmp_path: Path) -> Loop:
    return open_loop(tmp_path)


def queue(loop: Loop, **options: object) -> list[ReviewItem]:
    page = review.review_queue(loop.service, OPERATOR, loop.here, loop.task.id, **options)  # type: ignore[arg-type]
    return list(page.items)


def whole_queue(loop: Loop, *, limit: int) -> list[ReviewItem]:
    items: list[ReviewItem] = []
    cursor: str | None = None
    while True:
        page = review.review_queue(
            loop.service, OPERATOR, loop.here, loop.task.id, cursor=cursor, limit=limit
        )
        items += page.items
        cursor = page.next_cursor
        if cursor is None:
            return items


def test_the_queue_is_read_page_by_page_best_first_and_misses_nothing(loop: Loop) -> None:
    asked = [loop.ask(mixture(20 * (n % 7), 30 * (n % 5), 25 * (n % 6), n)) for n in range(23)]
    items = whole_queue(loop, limit=4)
    seen = [item.prediction.id for item in items] + [one for item in items for one in item.alike]
    assert sorted(seen) == sorted(one.id for one in asked)
    scores = [item.prediction.review_score for item in items]
    assert scores == sorted(scores, reverse=True)


def test_what_was_looked_at_leaves_the_queue(loop: Loop) -> None:
    prediction = loop.ask(mixture(120, 20, 110))
    corrections.correct(
        loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of("blue"), in_queue=True
    )
    assert queue(loop) == []


def test_predictions_without_an_image_are_not_in_the_queue(loop: Loop) -> None:
    loop.ask(mixture(120, 20, 110), keeps_image=False)
    assert queue(loop) == []


def test_pictures_that_show_the_same_are_one_look(loop: Loop) -> None:
    same = [loop.ask(mixture(90, 90, 20, n)) for n in range(6)]
    items = queue(loop)
    drawn = [one for one in same if one.review_reason is ReviewReason.RANDOM]
    assert len(items) <= 1 + len(drawn)
    assert {one for item in items for one in (item.prediction.id, *item.alike)} == {one.id for one in same}


@pytest.mark.parametrize("cursor", ["x", "AAAA", "czQy", "f_gAAAAAAAAAAAAAAAAAAA"])
def test_a_cursor_of_somebody_elses_is_refused(loop: Loop, cursor: str) -> None:
    with pytest.raises(OptionError):
        queue(loop, cursor=cursor)


def drawn(loop: Loop, n: int) -> list[tuple[StoredPrediction, str]]:
    """Ask until ``n`` predictions were drawn for the estimate; return them with what they show."""
    found: list[tuple[StoredPrediction, str]] = []
    number = 0
    while len(found) < n:
        name = NAMES[number % 3]
        prediction = loop.ask(shade(name, 2000 + number))
        if prediction.review_reason is ReviewReason.RANDOM:
            found.append((prediction, name))
        number += 1
    return found


def test_only_drawn_answers_judged_in_the_queue_tell_of_the_accuracy(loop: Loop) -> None:
    judged = drawn(loop, 3)
    for prediction, name in judged[:2]:
        corrections.correct(
            loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of(name), in_queue=True
        )
    prediction, name = judged[2]
    corrections.correct(loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of(name))
    odd = loop.ask(mixture(120, 20, 110))
    if odd.review_reason is not ReviewReason.RANDOM:
        corrections.correct(
            loop.service, OPERATOR, loop.here, odd.id, label_ids=loop.id_of("blue"), in_queue=True
        )
    estimate = review.honest_estimate(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (estimate.version_number, estimate.accuracy.n, estimate.accuracy.n_right) == (1, 2, 2)
    assert estimate.accuracy.said().key == "feedback.accuracy_soon"


def test_a_prediction_judged_twice_counts_once_by_the_last_word(loop: Loop) -> None:
    loop.model.known = None
    ((prediction, name),) = drawn(loop, 1)
    other = next(one for one in NAMES if one != name)
    for said in (other, name):
        corrections.correct(
            loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of(said), in_queue=True
        )
    accuracy = review.honest_estimate(loop.service, OPERATOR, loop.here, loop.task.id).accuracy
    assert (accuracy.n, accuracy.n_right) == (1, 1)


def test_what_is_held_back_does_not_count_until_it_is_decided(loop: Loop) -> None:
    ((prediction, name),) = drawn(loop, 1)
    other = next(one for one in NAMES if one != name)
    held = corrections.correct(
        loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of(other), in_queue=True
    )
    before = review.honest_estimate(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (before.accuracy.n, before.n_undecided) == (0, 1)
    deciding.release(loop.service, OPERATOR, loop.here, held.id)
    after = review.honest_estimate(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (after.accuracy.n, after.accuracy.n_right, after.n_undecided) == (1, 0, 0)


def test_the_next_training_is_told_beforehand(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, corrections_until_retrain=5)
    for data, name in (
        (mixture(120, 20, 110), "blue"),
        (mixture(200, 30, 20), "red"),
        (shade("red", 77), "blue"),
    ):
        prediction = loop.ask(data)
        corrections.correct(loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of(name))
    next_one = review.next_training(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (next_one.n_corrected, next_one.n_confirmed, sum(next_one.n_held.values())) == (1, 1, 1)
    assert [next_one.labels[label_id] for label_id in loop.id_of(*NAMES)] == [1, 0, 1]
    assert next_one.say is not None
    assert next_one.say.said("en").startswith("Corrections since the last training: 1.")
