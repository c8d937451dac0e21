"""Two numbers that make a label's probability believable."""

from __future__ import annotations

import numpy as np
import pytest

from apprenti.blocks.platt_scaling import LEAST_SLOPE, fit_platt, sigmoid


def test_logits_that_are_too_sure_and_shifted_are_set_right() -> None:
    draws = np.random.default_rng(0)
    true_logits = draws.normal(0, 2, 20_000)
    targets = draws.random(20_000) < sigmoid(true_logits)
    slope, offset = fit_platt(3 * true_logits - 5, targets)
    assert slope == pytest.approx(1 / 3, abs=0.02)
    assert offset == pytest.approx(5 / 3, abs=0.1)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_a_handful_of_separated_photos_does_not_claim_certainty(scale: float) -> None:
    logits = scale * np.array([-1.0, -0.9, -0.8, 0.8, 0.9, 1.0])
    slope, offset = fit_platt(logits, [0, 0, 0, 1, 1, 1])
    p = sigmoid(slope * logits + offset)
    assert 0.7 < p[-1] < 0.97
    assert 0.03 < p[0] < 0.3


def test_a_label_that_no_held_out_photo_has_becomes_improbable() -> None:
    logits = np.random.default_rng(0).normal(size=50)
    slope, offset = fit_platt(logits, np.zeros(50))
    assert (sigmoid(slope * logits + offset) < 0.1).all()


def test_the_order_of_photos_never_turns_round() -> None:
    slope, _ = fit_platt([3.0, 2.0, -2.0, -3.0], [0, 0, 1, 1])
    assert slope == pytest.approx(LEAST_SLOPE / 3, rel=1e-5)
