from __future__ import annotations

import numpy as np
import pytest

from apprenti.blocks.binomial import at_least, binomial_probabilities, binomial_tails


@pytest.mark.parametrize(("n", "p"), [(0, 0.3), (1, 0.5), (17, 0.2), (400, 0.5), (5000, 0.01)])
def test_probabilities_are_those_of_scipy(n: int, p: float) -> None:
    from scipy import stats

    counts = np.arange(n + 1)
    np.testing.assert_allclose(
        binomial_probabilities(n, p), stats.binom.pmf(counts, n, p), rtol=1e-8, atol=1e-300
    )
    np.testing.assert_allclose(binomial_tails(n, p), stats.binom.sf(counts - 1, n, p), rtol=1e-8, atol=1e-14)


def test_what_is_sure_or_impossible_has_no_doubt() -> None:
    assert at_least(0, 5, 0.1) == 1
    assert at_least(6, 5, 0.9) == 0
    assert at_least(5, 5, 1.0) == 1
    assert at_least(1, 5, 0.0) == 0


def test_a_probability_past_one_is_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        binomial_probabilities(3, 1.5)
