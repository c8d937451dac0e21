"""What a model looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.stages.predict.heat import heat_by

SIDE = 28


def a_photo() -> NDArray[np.uint8]:
    """A grey photo with a white square at the top left."""
    photo = np.full((SIDE, SIDE, 3), 90, np.uint8)
    photo[4:8, 4:8] = 255
    return photo


def sees_white(photos: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How sure it is of white, by how much of it there is."""
    share = (photos.min(axis=3) > 200).mean(axis=(1, 2))
    return np.asarray(0.02 + 0.9 * share / 0.0205, np.float32)


def test_what_the_answer_needs_is_hot_and_the_rest_is_cold() -> None:
    heat = heat_by(sees_white, a_photo())
    assert heat.parts.shape == (7, 7)
    assert heat.parts[1, 1] == 1.0
    assert heat.parts[4:, 4:].max() == 0.0
    assert (heat.answer > 0.9, heat.covered < 0.1, heat.is_faint) == (True, True, False)


def test_an_answer_that_rests_on_no_part_is_faint() -> None:
    heat = heat_by(lambda photos: np.full(len(photos), 0.8, np.float32), a_photo(), n_cells=5)
    assert heat.is_faint
    assert heat.parts.max() == 0.0


def test_the_change_of_a_number_counts_in_margins_whichever_way_it_goes() -> None:
    def brightness(photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.asarray(-photos.mean(axis=(1, 2, 3)), np.float32)

    heat = heat_by(brightness, a_photo(), margin=1.0)
    assert heat.parts[1, 1] == 1.0
    assert heat.covered > heat.answer
    assert heat_by(brightness, a_photo(), margin=1000.0).is_faint
