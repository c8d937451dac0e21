"""The samples are real photos in class folders, written whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from apprenti.domain.errors import OptionError, UserError
from apprenti.flow.samples import write_samples


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "new" / "digits"
    assert write_samples("digits", folder) == 1797
    return folder


def test_every_digit_stands_in_the_folder_of_its_class(digits: Path) -> None:
    counts = {path.name: len(list(path.iterdir())) for path in digits.iterdir()}
    expected = np.bincount(load_digits().target)
    assert counts == {str(label): int(n) for label, n in enumerate(expected)}
    assert list(digits.parent.iterdir()) == [digits]


def test_a_digit_is_a_grey_picture_of_the_full_range(digits: Path) -> None:
    data = load_digits()
    number = 1234
    (path,) = digits.rglob(f"{number:04d}.png")
    assert path.parent.name == str(data.target[number])
    with Image.open(path) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "L", (8, 8))
        pixels = np.asarray(image)
    np.testing.assert_array_equal(np.rint(pixels / 255 * 16), data.images[number])
    assert pixels.max() == 255


def test_an_empty_folder_will_do_and_a_full_one_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "digits").mkdir()
    assert write_samples("digits", tmp_path / "digits") == 1797
    before = sorted((tmp_path / "digits").rglob("*"))
    with pytest.raises(OptionError) as caught:
        write_samples("digits", tmp_path / "digits")
    assert caught.value.key == "folder_not_empty"
    assert sorted((tmp_path / "digits").rglob("*")) == before


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "digits").write_text("mine")
    with pytest.raises(OptionError):
        write_samples("digits", tmp_path / "digits")
    assert (tmp_path / "digits").read_text() == "mine"


def test_an_unknown_name_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="digits"):
        write_samples("../cats", tmp_path / "cats")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def save(self: Image.Image, path: Path) -> None:
        written.append(path)
        if len(written) > 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        path.write_bytes(b"x")

    monkeypatch.setattr(Image.Image, "save", save)
    with pytest.raises(UserError) as caught:
        write_samples("digits", tmp_path / "digits")
    assert caught.value.key == "disk_full"
    assert list(tmp_path.iterdir()) == []
