import numpy as np
import pytest

from apprenti.blocks.calibration import COLDEST, fit_temperature, softmax
from apprenti.blocks.metrics import expected_calibration_error, log_loss


def drawn(temperature: float, n: int = 4000, n_labels: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are right on average only after division by ``temperature``."""
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=3, size=(n, n_labels))
    p = softmax(logits / temperature)
    labels = (p.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    return logits, labels


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 2.5])
def test_the_temperature_the_labels_were_drawn_with_is_found(true_temperature: float) -> None:
    assert fit_temperature(*drawn(true_temperature)) == pytest.approx(true_temperature, rel=0.06)


def test_no_other_temperature_has_a_lower_loss() -> None:
    logits, labels = drawn(2.0)
    best = fit_temperature(logits, labels)
    losses = [log_loss(softmax(logits / (best * factor)), labels) for factor in (0.97, 1.0, 1.03)]
    assert losses[1] == min(losses)


def test_scaling_lowers_the_calibration_error_and_changes_no_answer() -> None:
    logits, labels = drawn(3.0)
    before, after = softmax(logits), softmax(logits / fit_temperature(logits, labels))
    right = before.argmax(axis=1) == labels
    assert (before.argmax(axis=1) == after.argmax(axis=1)).all()
    assert expected_calibration_error(after.max(axis=1), right) < 0.02
    assert expected_calibration_error(before.max(axis=1), right) > 0.2


def test_four_separated_photos_do_not_claim_certainty() -> None:
    logits = np.array([[2.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.0, 2.0]])
    temperature = fit_temperature(logits, [0, 0, 1, 1])
    assert temperature > 5 * COLDEST
    assert softmax(logits / temperature).max() < 0.999


def test_huge_logits_overflow_nothing() -> None:
    assert np.isfinite(fit_temperature(np.array([[1e30, 0.0], [0.0, 1e30]]), [1, 1]))


@pytest.mark.parametrize("shape", [(0, 3), (4, 1), (4, 0)])
def test_without_anything_to_learn_from_it_is_one(shape: tuple[int, int]) -> None:
    assert fit_temperature(np.zeros(shape), np.zeros(shape[0], int)) == 1.0


def test_probabilities_add_up_to_one_whatever_the_logits() -> None:
    p = softmax([[1e30, 0.0, -1e30], [1.0, 1.0, 1.0]])
    np.testing.assert_allclose(p, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-6)
