from __future__ import annotations

import pytest

from apprenti.blocks.scaling import STANDARD_SCALINGS, Card, read_card
from apprenti.domain.errors import BackboneError


def test_one_number_stands_for_three_channels() -> None:
    card = read_card(b'{"mean": 128, "scale": [1, 2.5, 3]}', {}, item="net.onnx")
    assert card.scaling is not None
    assert card.scaling.mean == (128.0, 128.0, 128.0)
    assert card.scaling.scale == (1.0, 2.5, 3.0)


def test_a_mean_alone_leaves_the_scale_at_one() -> None:
    card = read_card(b'{"mean": [1, 2, 3]}', {}, item="net.onnx")
    assert card.scaling is not None
    assert card.scaling.scale == (1.0, 1.0, 1.0)


def test_nothing_told_is_an_empty_card() -> None:
    assert read_card(None, {}, item="net.onnx") == Card()
    assert Card().scaling is None


def test_foreign_entries_are_passed_over() -> None:
    card = read_card(b'{"accuracy": 0.7, "licence": "MIT"}', {"exporter": "{"}, item="net.onnx")
    assert card == Card(licence="MIT")


def test_a_wrong_entry_is_named() -> None:
    with pytest.raises(BackboneError, match=r"net\.onnx.*Card\.fit"):
        read_card(b'{"fit": "zoom"}', {}, item="net.onnx")


def test_the_standard_scalings_have_names_of_their_own() -> None:
    assert len({scaling.name for scaling in STANDARD_SCALINGS}) == len(STANDARD_SCALINGS)
