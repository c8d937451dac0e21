"""The figures of lesson 10 that are not worked out on the learner's run are those that can be worked out."""

from __future__ import annotations

import numpy as np
import pytest

from apprenti.domain.dataset import Split
from apprenti.lessons.n08_overfitting.training import Photos, Settings, train
from apprenti.lessons.n10_transfer.compute import NETWORK_WEIGHTS
from apprenti.lessons.n10_transfer.ladder import DIGITS_N, DIGITS_RIGHT
from apprenti.lessons.pictures import squares


def test_the_packaged_network_has_as_many_numbers_as_the_lesson_says() -> None:
    from apprenti.blocks.embedded import load_embedded
    from apprenti.blocks.residual_reading import read_network

    network = read_network(load_embedded(64).graph)
    shortcuts = [block.shortcut for block in network.blocks if block.shortcut is not None]
    inner = [convolution for block in network.blocks for convolution in block.convolve]
    parts = [*network.stem, *inner, *shortcuts, network.head]
    assert sum(part.weight.size + part.bias.size for part in parts) == NETWORK_WEIGHTS


@pytest.mark.long
def test_the_dense_network_gets_as_many_digits_right_as_the_lesson_says() -> None:
    from apprenti.flow.small_run import reference_context

    photos = reference_context().photos
    learnt, test = photos.rows(Split.TRAIN, Split.VALIDATION), photos.rows(Split.TEST)
    pixels = squares(photos, [*map(int, learnt), *map(int, test)], side_px=8)
    values = pixels.reshape(len(pixels), -1) / 255
    middle = values[: len(learnt)].mean(axis=0)
    spread = (values[: len(learnt)] - middle).std() + 1e-6
    inputs = ((values - middle) / spread).astype(np.float32)
    curves = train(
        Photos(
            pixels=inputs[: len(learnt)],
            labels=photos.labels[learnt],
            held_pixels=inputs[len(learnt) :],
            held_labels=photos.labels[test],
            n_labels=10,
        ),
        Settings(n=len(learnt)),
        seed=0,
    )
    assert len(test) == DIGITS_N
    assert curves.held_accuracy[-1] * len(test) == pytest.approx(DIGITS_RIGHT, abs=2)
