import numpy as np
import pytest

from apprenti.blocks.heads.kernel_machine import gaussian_kernel
from apprenti.stages.profile.learning_curve import (
    N_FOLDS,
    PENALTY,
    LearningCurve,
    dealt,
    mean_by_class,
    measure_learning_curve,
)
from apprenti.stages.profile.learning_curve import _Solved as Solved
from apprenti.stages.profile.learning_curve import _Task as Task

NOBODY = np.empty(0, np.intp)


def photos(n_per_class: tuple[int, ...], distance: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Features of classes that lie ``distance`` apart, and their labels."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(n_per_class)), n_per_class)
    features = random.normal(size=(len(labels), max(8, len(n_per_class)))).astype(np.float32)
    features[np.arange(len(labels)), labels] += distance
    return features, labels


def curve_of(n_per_class: tuple[int, ...], distance: float = 2.0) -> LearningCurve | None:
    features, labels = photos(n_per_class, distance)
    groups = np.arange(len(labels))
    return measure_learning_curve(features, labels, groups, n_labels=len(n_per_class), seed=0)


def test_more_is_recognised_when_more_is_learnt_from() -> None:
    curve = curve_of((100, 100, 100), distance=3.0)
    assert curve is not None
    whole, half, quarter = curve.recalls.mean(axis=1)
    assert whole > half > quarter > 1 / 3


def test_photos_of_a_scarce_class_take_something_from_the_others() -> None:
    curve = curve_of((100, 100, 20), distance=1.5)
    assert curve is not None
    assert set(curve.effect_on_others) == {0, 1, 2}
    assert curve.effect_on_others[2] < 0


@pytest.mark.parametrize("n_per_class", [(20, 20), (100, 0), (3,) * 40])
def test_of_too_few_photos_or_a_single_class_nothing_is_said(n_per_class: tuple[int, ...]) -> None:
    assert curve_of(n_per_class) is None


def test_a_class_without_photos_has_no_recall_and_spoils_no_other() -> None:
    curve = curve_of((50, 0, 50))
    assert curve is not None
    assert np.isnan(curve.recalls[:, 1]).all()
    assert np.isfinite(np.delete(curve.recalls, 1, axis=1)).all()
    assert set(curve.effect_on_others) == {0, 2}


def test_the_same_seed_gives_the_same_curve() -> None:
    one, other = curve_of((40, 30)), curve_of((40, 30))
    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(one.recalls, other.recalls)
    assert one.effect_on_others == other.effect_on_others


def test_near_duplicates_are_learnt_from_or_asked_about_together() -> None:
    """Labels of nothing but noise: only a copy on the other side could make an answer right."""
    random = np.random.default_rng(0)
    features = np.repeat(random.normal(size=(60, 8)), 2, axis=0).astype(np.float32)
    labels = np.repeat(np.arange(60) % 2, 2)
    together = measure_learning_curve(features, labels, np.repeat(np.arange(60), 2), n_labels=2, seed=0)
    apart = measure_learning_curve(features, labels, np.arange(120), n_labels=2, seed=0)
    assert together is not None
    assert apart is not None
    assert together.recalls[0].mean() < 0.65 < 0.75 < apart.recalls[0].mean()


def test_each_class_is_dealt_out_evenly_and_no_group_is_torn() -> None:
    labels = np.repeat([0, 1], [50, 30])
    groups = np.arange(80) // 2
    part = dealt(labels, groups, N_FOLDS, np.random.default_rng(0))
    assert (part[::2] == part[1::2]).all()
    assert np.bincount(part[:50]).tolist() == [10] * 5
    assert np.bincount(part[50:]).tolist() == [6] * 5


@pytest.mark.parametrize("without", [NOBODY, np.arange(80, 90)])
def test_answers_for_rows_left_out_are_those_of_a_learner_that_never_saw_them(without: np.ndarray) -> None:
    features, labels = photos((50, 40), distance=1.0)
    groups = np.arange(90)
    task = Task(kernel=gaussian_kernel(features, 1.0)[2], labels=labels, groups=groups, n_labels=2)
    fold = dealt(labels, groups, N_FOLDS, np.random.default_rng(0))
    right = np.zeros(90)
    for number in range(N_FOLDS):
        held = np.flatnonzero(fold == number)
        fitted = np.setdiff1d(np.flatnonzero(fold != number), without)
        shares = np.bincount(labels[fitted]) / len(fitted)
        matrix = task.kernel[np.ix_(fitted, fitted)] + PENALTY * np.eye(len(fitted))
        weights = np.linalg.solve(matrix, np.eye(2)[labels[fitted]] - shares)
        answers = (task.kernel[np.ix_(held, fitted)] @ weights + shares).argmax(axis=1)
        right[held] = answers == labels[held]
    expected = mean_by_class(right, labels, 2)
    np.testing.assert_allclose(Solved.of(task).recalls(fold, without), expected)
