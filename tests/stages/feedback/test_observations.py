from __future__ import annotations

import io

import numpy as np
import pytest

from apprenti.stages.feedback.observations import N_KEPT, DriftReference, Observations


def observed(n: int) -> Observations:
    draws = np.random.default_rng(0)
    return Observations(
        answers=draws.random((n, 3), np.float32),
        distances=draws.random(n, np.float32),
        facts=draws.random((n, 6), np.float32),
    )


def test_a_reference_comes_back_to_the_bit_and_is_small() -> None:
    reference = DriftReference.made_from(observed(3000), seed=0)
    data = reference.to_npz()
    assert len(reference.held_out) == N_KEPT
    assert len(data) < 30_000
    assert DriftReference.from_npz(data).to_npz() == data
    assert DriftReference.made_from(observed(3000), seed=0).to_npz() == data


def test_bytes_of_something_else_are_refused_and_nothing_is_unpickled() -> None:
    pickled = io.BytesIO()
    np.savez(pickled, answers=np.array([{}], object), distances=np.zeros(1), facts=np.zeros((1, 6)))
    for data in (
        b"",
        b"PK\3\4 torn",
        pickled.getvalue(),
        DriftReference(held_out=observed(9)).to_npz()[:-40],
    ):
        with pytest.raises(ValueError, match=r".+"):
            DriftReference.from_npz(data)


def test_rows_that_do_not_belong_together_are_refused() -> None:
    rows = observed(5)
    with pytest.raises(ValueError, match="no rows"):
        Observations(answers=rows.answers[:4], distances=rows.distances, facts=rows.facts)
    with pytest.raises(ValueError, match="finite"):
        Observations(answers=rows.answers, distances=np.full(5, np.nan, np.float32), facts=rows.facts)
