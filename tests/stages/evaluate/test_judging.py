from __future__ import annotations

import numpy as np
import pytest

from apprenti.stages.evaluate import choose_thresholds, judge

LABELS = ("apple", "pear", "plum")


def sure_of(answers: list[int], confidence: list[float]) -> np.ndarray:
    """Probabilities [n, 3] with the given answers and confidences; the rest is shared evenly."""
    p = np.repeat((1 - np.array(confidence))[:, None] / 2, 3, axis=1)
    p[np.arange(len(answers)), answers] = confidence
    return p


def judged(answers: list[int], truth: list[int], confidence: list[float], **more: object):  # type: ignore[no-untyped-def]
    names = [f"{i}.jpg" for i in range(len(truth))]
    return judge(
        sure_of(answers, confidence),
        np.array(truth),
        names=names,
        label_names=LABELS,
        majority_label="pear",
        **more,
    )


def test_counts_and_shares_agree() -> None:
    scores = judged([0, 1, 1, 2], [0, 1, 2, 2], [0.9] * 4)
    assert (scores.n, scores.n_right, scores.accuracy) == (4, 3, 0.75)
    assert scores.accuracy_interval.low < 0.75 < scores.accuracy_interval.high
    assert [row.n for row in scores.per_class] == [1, 1, 2]
    assert [row.recall for row in scores.per_class] == [1.0, 1.0, 0.5]
    assert [row.n_predicted for row in scores.per_class] == [1, 2, 1]
    assert scores.confusion == ((0, 0, 1), (1, 1, 1), (2, 1, 1), (2, 2, 1))


def test_the_baseline_is_the_majority_of_the_training_whatever_the_test_holds() -> None:
    scores = judged([0, 0, 0], [0, 0, 1], [0.9] * 3)
    assert (scores.majority_label, scores.majority_n_right) == ("pear", 1)


def test_a_class_without_test_photos_has_no_recall_rather_than_a_bad_one() -> None:
    plum = judged([0, 1], [0, 1], [0.9] * 2).per_class[2]
    assert (plum.n, plum.recall, plum.recall_interval, plum.precision, plum.f1) == (0, None, None, None, None)


def test_the_surest_mistakes_come_first_with_their_pictures() -> None:
    scores = judged([1, 1, 2, 0], [0, 0, 0, 0], [0.6, 0.9, 0.7, 0.9], thumbnail=lambda name: name.encode())
    assert [(m.name, m.predicted, m.true) for m in scores.mistakes] == [
        ("1.jpg", "pear", "apple"),
        ("2.jpg", "plum", "apple"),
        ("0.jpg", "pear", "apple"),
    ]
    assert scores.mistakes[0].thumbnail == b"1.jpg"
    assert scores.n_mistakes == 3


def test_pictures_are_fetched_only_for_the_mistakes_shown() -> None:
    fetched: list[str] = []

    def thumbnail(name: str) -> bytes:
        fetched.append(name)
        return b""

    scores = judged([1] * 100, [0] * 100, [0.9] * 100, thumbnail=thumbnail)
    assert len(fetched) == len(scores.mistakes) < scores.n_mistakes == 100


def test_thresholds_come_from_other_photos_and_are_only_counted_here() -> None:
    held_out = sure_of([0] * 100, list(np.linspace(0.5, 0.99, 100)))
    truth = np.where(np.arange(100) < 30, 1, 0)  # the 30 least confident are wrong
    thresholds = choose_thresholds(held_out, truth)
    assert thresholds[0.99] == pytest.approx(0.5 + 0.49 * 29.5 / 99, abs=0.003)
    scores = judged([0, 0, 0, 0], [0, 0, 1, 1], [0.9, 0.8, 0.7, 0.5], thresholds=thresholds)
    best = scores.operating_points[0]
    assert (best.target_accuracy, best.n_answered, best.n_right) == (0.99, 3, 2)


def test_targets_below_the_one_that_answers_everything_are_not_repeated() -> None:
    assert choose_thresholds(sure_of([0] * 9, [0.9] * 9), np.zeros(9, np.int64)) == {0.99: 0.0}


def test_no_held_out_photos_give_no_thresholds() -> None:
    assert choose_thresholds(np.zeros((0, 3)), np.zeros(0, np.int64)) == {}


def test_the_coverage_curve_is_thin_and_ends_at_the_accuracy() -> None:
    rng = np.random.default_rng(0)
    n = 1000
    scores = judged(
        rng.integers(0, 3, n).tolist(), rng.integers(0, 3, n).tolist(), rng.uniform(0.4, 1, n).tolist()
    )
    assert len(scores.coverage_curve) <= 101
    assert scores.coverage_curve[-1].coverage == 1.0
    assert scores.coverage_curve[-1].accuracy == pytest.approx(scores.accuracy)


def test_nothing_to_judge_on_is_refused() -> None:
    with pytest.raises(ValueError, match="no photos"):
        judged([], [], [])
