import numpy as np
import pytest
from knowledge.changes import CHANGES
from knowledge.drawings import KINDS, SIDE_PX, pictures
from PIL import Image


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_a_kind_differ_and_come_out_the_same_again(kind: str) -> None:
    n = 2 * len(KINDS[kind].labels)
    drawn = list(pictures(kind, n))
    again = list(pictures(kind, n))
    assert {label for label, _ in drawn} == set(KINDS[kind].labels)
    assert all(image.size == (SIDE_PX, SIDE_PX) and image.mode == "RGB" for _, image in drawn)
    assert [image.tobytes() for _, image in drawn] == [image.tobytes() for _, image in again]
    assert len({image.tobytes() for _, image in drawn}) == n


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_changes_a_photo_the_same_way_each_time(change: str) -> None:
    (_, photo), *_ = pictures("shapes", 1)
    changed, again = (CHANGES[change](photo, np.random.default_rng(3)) for _ in range(2))
    assert changed.tobytes() == again.tobytes()
    assert changed.tobytes() != photo.tobytes()
    assert isinstance(changed, Image.Image)
    assert max(changed.size) <= SIDE_PX
