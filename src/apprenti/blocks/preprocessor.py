"""How a network of the hub wants its pixels, read from the ``preprocessor_config.json`` that lies beside it.

A pixel 0..255 is multiplied by ``rescale_factor``, then ``image_mean`` is subtracted and the rest divided by
``image_std``; each step may be left out, and EfficientNets shift and divide once more. All of it is one scaling.
Source: https://huggingface.co/docs/transformers/main_classes/image_processor
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apprenti.blocks.scaling import Card, PerChannel, check_card
from apprenti.domain.errors import BackboneError

IMAGE_MEAN, IMAGE_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
RESCALE_FACTOR = 1 / 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """What the file tells.

    Args:
        size_px: side of the square the network takes; ``None`` where it is not told.
        mean: subtracted from each channel, grey levels 0..255.
        scale: divides each channel, grey levels.
    """

    size_px: int | None
    mean: PerChannel
    scale: PerChannel


def read_preprocessing(data: bytes, *, item: str) -> Preprocessing:
    """Return what a ``preprocessor_config.json`` tells.

    Whether photos are cropped is not asked: here all of a photo is shown, whatever its shape.

    Args:
        data: the file.
        item: the backbone, for messages.

    Raises:
        BackboneError: it is not JSON, or a number in it cannot be used.

    Example:
        >>> read_preprocessing(b'{"image_mean": 0.5, "image_std": 0.5, "size": 224}', item="vit").mean
        (127.5, 127.5, 127.5)
    """
    try:
        told = json.loads(data)
        if not isinstance(told, dict):
            raise ValueError("it is not a JSON object")
        factor, offset = _channels(told)
        scale = _each(1 / one for one in factor)
        mean = _each(-shift / one for one, shift in zip(factor, offset, strict=True))
        size_px = _side(told.get("crop_size")) if told.get("do_center_crop") else None
        told_here = Preprocessing(size_px=size_px or _side(told.get("size")), mean=mean, scale=scale)
        check_card(Card(size_px=told_here.size_px, mean=mean, scale=scale))
    except (ValueError, TypeError, KeyError, ZeroDivisionError, RecursionError) as error:
        raise BackboneError("hub_preprocessor", item=item, detail=str(error)) from error
    return told_here


def _channels(told: Mapping[str, Any]) -> tuple[list[float], list[float]]:
    """Return for each channel the ``factor`` and ``offset`` of what the network is fed: pixel · factor + offset."""
    factor, offset = [1.0] * 3, [0.0] * 3
    if told.get("do_rescale", True):
        factor = [float(told.get("rescale_factor") or RESCALE_FACTOR)] * 3
        offset = [-1.0 if told.get("rescale_offset") else 0.0] * 3
    if told.get("do_normalize", True):
        mean, std = _three(told.get("image_mean"), IMAGE_MEAN), _three(told.get("image_std"), IMAGE_STD)
        efficientnet = str(told.get("image_processor_type", "")).startswith("EfficientNet")
        times = 2 if told.get("include_top", efficientnet) else 1  # divided by the deviation once more
        factor = [one / by**times for one, by in zip(factor, std, strict=True)]
        offset = [(one - less) / by**times for one, less, by in zip(offset, mean, std, strict=True)]
    return factor, offset


def _three(value: Any, usual: PerChannel) -> PerChannel:
    if value is None:
        return usual
    if isinstance(value, int | float):
        return (float(value),) * 3
    red, green, blue = (float(one) for one in value)
    return red, green, blue


def _each(values: Any) -> PerChannel:
    red, green, blue = values
    return red, green, blue


def _side(size: Any) -> int | None:
    """Return the side of a square, told as a number, as two sides, or as the shorter of them."""
    if isinstance(size, dict):
        sides = {size[name] for name in ("height", "width", "shortest_edge") if size.get(name)}
        size = sides.pop() if len(sides) == 1 else None
    return int(size) if isinstance(size, int) else None
