import numpy as np
import pytest
from sklearn import metrics as reference

from apprenti.blocks import metrics

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 4, 300)
PREDICTED = np.where(RNG.random(300) < 0.7, LABELS, RNG.integers(0, 4, 300))
CONFUSION = metrics.confusion_matrix(LABELS, PREDICTED, 4)


def test_ten_right_of_ten_may_still_be_seventy_two_percent() -> None:
    interval = metrics.wilson_interval(10, 10)
    assert interval.low == pytest.approx(0.722, abs=5e-4)
    assert interval.high == 1.0


def test_nine_right_of_ten_is_sixty_to_ninety_eight_percent() -> None:
    interval = metrics.wilson_interval(9, 10)
    assert (round(interval.low, 2), round(interval.high, 2)) == (0.60, 0.98)


@pytest.mark.parametrize(("n_right", "n"), [(0, 1), (1, 1), (0, 7), (7, 7), (3, 8), (999, 1000)])
def test_the_interval_holds_the_share_it_is_about(n_right: int, n: int) -> None:
    interval = metrics.wilson_interval(n_right, n)
    assert 0 <= interval.low <= n_right / n <= interval.high <= 1


def test_no_photos_tell_nothing() -> None:
    interval = metrics.wilson_interval(0, 0)
    assert (interval.low, interval.high) == (0, 1)


def test_more_right_than_photos_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected 0\.\.3"):
        metrics.wilson_interval(4, 3)


def test_the_confusion_matrix_is_scikit_learns() -> None:
    assert (reference.confusion_matrix(LABELS, PREDICTED) == CONFUSION).all()


def test_the_scores_are_scikit_learns() -> None:
    assert metrics.accuracy(LABELS, PREDICTED) == reference.accuracy_score(LABELS, PREDICTED)
    expected = reference.balanced_accuracy_score(LABELS, PREDICTED)
    assert metrics.balanced_accuracy(CONFUSION) == pytest.approx(expected)
    assert metrics.macro_f1(CONFUSION) == pytest.approx(
        reference.f1_score(LABELS, PREDICTED, average="macro")
    )
    rows = reference.precision_recall_fscore_support(LABELS, PREDICTED)
    np.testing.assert_allclose(metrics.precisions(CONFUSION), rows[0])
    np.testing.assert_allclose(metrics.recalls(CONFUSION), rows[1])
    np.testing.assert_allclose(metrics.f1_scores(CONFUSION), rows[2])


def test_the_log_loss_is_scikit_learns() -> None:
    p = RNG.dirichlet(np.ones(4), 300)
    assert metrics.log_loss(p, LABELS) == pytest.approx(reference.log_loss(LABELS, p))


def test_a_certain_mistake_costs_much_but_not_everything() -> None:
    assert 10 < metrics.log_loss([[1.0, 0.0]], [1]) < 20


def test_a_class_without_test_photos_is_left_out_of_the_mean() -> None:
    confusion = metrics.confusion_matrix([0, 0, 1, 1], [0, 0, 1, 0], 3)
    assert metrics.balanced_accuracy(confusion) == pytest.approx(0.75)
    assert metrics.macro_f1(confusion) == pytest.approx(
        reference.f1_score([0, 0, 1, 1], [0, 0, 1, 0], average="macro")
    )
    assert np.isnan(metrics.recalls(confusion)[2])


def test_a_class_only_ever_predicted_wrongly_counts_in_f1_as_scikit_learn_counts_it() -> None:
    labels, predicted = [0, 0, 1, 1], [0, 2, 1, 2]
    expected = reference.f1_score(labels, predicted, average="macro")
    assert metrics.macro_f1(metrics.confusion_matrix(labels, predicted, 3)) == pytest.approx(expected)


def test_the_bootstrap_of_the_accuracy_agrees_with_wilson() -> None:
    def share_right(confusion: np.ndarray) -> float:
        return float(np.trace(confusion) / confusion.sum())

    drawn = metrics.bootstrap_interval(share_right, CONFUSION, seed=0)
    exact = metrics.wilson_interval(int(np.trace(CONFUSION)), 300)
    assert drawn.low == pytest.approx(exact.low, abs=0.015)
    assert drawn.high == pytest.approx(exact.high, abs=0.015)


def test_the_bootstrap_repeats_for_the_same_seed() -> None:
    first, again, other = (
        metrics.bootstrap_interval(metrics.macro_f1, CONFUSION, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_faultless_test_set_still_leaves_doubt() -> None:
    confusion = np.diag([5, 5])
    interval = metrics.bootstrap_interval(metrics.balanced_accuracy, confusion, seed=0)
    assert interval == metrics.wilson_interval(10, 10)


def test_sure_and_right_half_the_time_is_a_calibration_error_of_a_half() -> None:
    assert metrics.expected_calibration_error([1.0] * 10, [True, False] * 5) == pytest.approx(0.5)


def test_as_often_right_as_sure_is_no_calibration_error() -> None:
    confidence = [0.8] * 10 + [0.5] * 10
    right = [True] * 8 + [False] * 2 + [True, False] * 5
    assert metrics.expected_calibration_error(confidence, right) == pytest.approx(0)


def test_every_prediction_is_in_one_bin() -> None:
    confidence = np.linspace(0, 1, 301)
    bins = metrics.reliability_bins(confidence, confidence > 0.5)
    assert sum(one.n for one in bins) == 301
    assert len(bins) == metrics.N_BINS
    assert all(one.low <= one.mean_confidence <= one.high for one in bins)


def test_the_coverage_curve_ends_at_the_accuracy_of_all() -> None:
    coverage, accuracy = metrics.coverage_curve([0.9, 0.8, 0.7, 0.6], [True, True, False, True])
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert accuracy.tolist() == pytest.approx([1.0, 1.0, 2 / 3, 0.75])


def test_equally_sure_answers_come_in_together() -> None:
    coverage, accuracy = metrics.coverage_curve([0.9, 0.5, 0.5, 0.5], [True, False, True, True])
    assert coverage.tolist() == [0.25, 1.0]
    assert accuracy.tolist() == [1.0, 0.75]


def test_the_threshold_answers_as_much_as_the_target_allows() -> None:
    confidence, right = [0.9, 0.8, 0.7, 0.6, 0.5], [True, True, True, False, False]
    threshold = metrics.threshold_for(confidence, right, 1.0)
    assert threshold == pytest.approx(0.65)
    assert metrics.threshold_for(confidence, right, 0.6) == 0.0


def test_a_target_out_of_reach_has_no_threshold() -> None:
    assert metrics.threshold_for([0.9, 0.8], [False, True], 0.9) is None
