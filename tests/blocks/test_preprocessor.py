from __future__ import annotations

import json

import numpy as np
import pytest

from apprenti.blocks.preprocessor import read_preprocessing
from apprenti.domain.errors import BackboneError

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def scaled(pixel: float, told: dict[str, object]) -> list[float]:
    """Return what a grey pixel becomes in each channel."""
    told_here = read_preprocessing(json.dumps(told).encode(), item="vit")
    return [(pixel - mean) / scale for mean, scale in zip(told_here.mean, told_here.scale, strict=True)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"image_mean": MEAN, "image_std": STD}, [(0.4 - m) / s for m, s in zip(MEAN, STD, strict=True)]),
        ({}, [(0.4 - m) / s for m, s in zip(MEAN, STD, strict=True)]),
        ({"image_mean": [0.5] * 3, "image_std": 0.5}, [-0.2] * 3),
        ({"do_normalize": False}, [0.4] * 3),
        ({"do_normalize": False, "do_rescale": False}, [102.0] * 3),
        ({"do_rescale": False, "image_mean": [100] * 3, "image_std": [2] * 3}, [1.0] * 3),
        ({"do_normalize": False, "rescale_factor": 1 / 127.5, "rescale_offset": True}, [-0.2] * 3),
        ({"image_mean": [0.0] * 3, "image_std": [0.5] * 3, "include_top": True}, [1.6] * 3),
        (
            {"image_processor_type": "EfficientNetImageProcessor", "image_mean": [0.2] * 3, "image_std": 0.5},
            [0.8] * 3,
        ),
    ],
    ids=str,
)
def test_all_steps_are_one_scaling(told: dict[str, object], expected: list[float]) -> None:
    np.testing.assert_allclose(scaled(102.0, told), expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("told", "size_px"),
    [
        ({"size": 224}, 224),
        ({"size": {"height": 384, "width": 384}}, 384),
        ({"size": {"height": 384, "width": 224}}, None),
        (
            {
                "size": {"shortest_edge": 256},
                "do_center_crop": True,
                "crop_size": {"height": 224, "width": 224},
            },
            224,
        ),
        ({"size": {"shortest_edge": 256}, "do_center_crop": False, "crop_size": 224}, 256),
        ({}, None),
    ],
    ids=str,
)
def test_the_square_is_what_is_left_after_cropping(told: dict[str, object], size_px: int | None) -> None:
    assert read_preprocessing(json.dumps(told).encode(), item="vit").size_px == size_px


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"image_std": 0}',
        b'{"image_std": [0.5, 0.5]}',
        b'{"image_mean": "grey"}',
        b'{"image_mean": NaN}',
        b'{"size": 100000}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_cannot_be_used_is_refused(data: bytes) -> None:
    with pytest.raises(BackboneError) as refusal:
        read_preprocessing(data, item="hf:someone/vit")
    assert refusal.value.key == "hub_preprocessor"
