from dataclasses import replace

import pytest
from tests.making import a_dataset, an_example

from apprenti.domain.dataset import Dataset
from apprenti.flow.materials import classic_canvas_for


def photos_of(width_px: int, height_px: int) -> Dataset:
    example = an_example(0, "cat")
    assert example.facts is not None
    facts = replace(example.facts, width_px=width_px, height_px=height_px)
    return a_dataset(replace(example, facts=facts))


@pytest.mark.parametrize(
    ("size", "square_px"), [((8, 8), 32), ((28, 28), 32), ((40, 12), 32), ((41, 10), 64), ((4000, 3000), 64)]
)
def test_small_pictures_are_looked_at_in_a_small_square(size: tuple[int, int], square_px: int) -> None:
    assert classic_canvas_for(photos_of(*size)).size_px == square_px
