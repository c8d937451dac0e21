"""How a network wants its pixels, and the small card beside an ONNX file that may say so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from apprenti.domain.errors import BackboneError
from apprenti.domain.json_form import from_json
from apprenti.domain.recipe import Fit

Layout = Literal["NCHW", "NHWC"]
PerChannel = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """What a network is fed: ``(pixel - mean) / scale``, pixels 0..255, channels red, green, blue.

    Args:
        name: short name, for display.
        mean: subtracted from each channel, grey levels.
        scale: divides each channel, grey levels, above 0.
    """

    name: str
    mean: PerChannel
    scale: PerChannel


SIGNED = Scaling(name="signed", mean=(127.5,) * 3, scale=(127.5,) * 3)
UNSCALED = Scaling(name="raw", mean=(0.0,) * 3, scale=(1.0,) * 3)
STANDARD_SCALINGS = (
    SIGNED,  # −1..1: TensorFlow, Keras, MobileNets, EfficientNets
    Scaling(name="imagenet", mean=(123.675, 116.28, 103.53), scale=(58.395, 57.12, 57.375)),  # torchvision
    Scaling(name="unit", mean=(0.0,) * 3, scale=(255.0,) * 3),  # 0..1
    UNSCALED,  # 0..255: the network scales by itself
)
"""The scalings nearly every published image network was trained with, the most common first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What somebody wrote about a network, in ``FILE.onnx.json`` or in the file's own metadata; all optional.

    Args:
        name: name for people; the file's name otherwise.
        output: the output to take features from; ``""`` leaves it to ``blocks.onnx_features``.
        size_px: side of the square it takes, where the file leaves that open.
        fit: how photos are fitted into that square.
        mean: as in ``Scaling``; one number for all channels, or three.
        scale: as in ``Scaling``; one number for all channels, or three.
        layout: order of the input's dimensions, where the file leaves that open.
        licence: licence of the weights.
        source: where the weights came from.
        source_sha256: of the file the weights came in, where that was another than the ONNX file.
    """

    name: str = ""
    output: str = ""
    size_px: int | None = None
    fit: Fit | None = None
    mean: float | PerChannel | None = None
    scale: float | PerChannel | None = None
    layout: Layout | None = None
    licence: str = ""
    source: str = ""
    source_sha256: str = ""

    @property
    def scaling(self) -> Scaling | None:
        """The scaling it tells; ``None`` where it tells neither mean nor scale."""
        if self.mean is None and self.scale is None:
            return None
        mean = 0.0 if self.mean is None else self.mean
        scale = 1.0 if self.scale is None else self.scale
        return Scaling(name="told", mean=_three(mean), scale=_three(scale))


def read_card(beside: bytes | None, metadata: Mapping[str, str], *, item: str) -> Card:
    """Return what is known of a network; the card beside the file goes before the metadata within.

    Args:
        beside: bytes of ``FILE.onnx.json``; ``None`` where there is none.
        metadata: ``metadata_props`` of the file; numbers and lists are written as JSON.
        item: name of the ONNX file, for the message.

    Raises:
        BackboneError: the card is not JSON, or an entry is of the wrong kind.

    Example:
        >>> card = read_card(b'{"mean": 128, "scale": 127, "licence": "Apache-2.0"}', {}, item="net.onnx")
        >>> card.scaling.mean
        (128.0, 128.0, 128.0)
    """
    known = {field.name for field in fields(Card)}
    try:
        entries = {key: _plain(key, value) for key, value in metadata.items() if key in known}
        told = json.loads(beside) if beside is not None else {}
        if not isinstance(told, dict):
            raise ValueError("it is not a JSON object")
        card = from_json(Card, entries | told)
        check_card(card)
    except (ValueError, TypeError, RecursionError) as error:
        raise BackboneError("backbone_card", item=item, detail=str(error)) from error
    return card


def _plain(key: str, value: str) -> Any:
    """Return a metadata entry as JSON data: words stay words, ``[1, 2, 3]`` becomes a list."""
    if key not in ("size_px", "mean", "scale"):
        return value
    return json.loads(value)


def check_card(card: Card) -> None:
    """Refuse numbers no network can want.

    Raises:
        ValueError: a size or a scaling is out of all range.
    """
    if card.size_px is not None and not 8 <= card.size_px <= 1024:
        raise ValueError(f"Card.size_px is {card.size_px}, expected 8 to 1024")
    if card.scaling is None:
        return
    if not all(abs(mean) < 1e6 for mean in card.scaling.mean):  # NaN is not below anything either
        raise ValueError(f"Card.mean is {card.mean}, expected grey levels")
    if not all(1e-6 < scale < 1e6 for scale in card.scaling.scale):
        raise ValueError(f"Card.scale is {card.scale}, expected numbers above 0")


def _three(value: float | PerChannel) -> PerChannel:
    return value if isinstance(value, tuple) else (value,) * 3
