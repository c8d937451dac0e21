from __future__ import annotations

import json

import pytest
from tests.blocks.models import a_manifest

from apprenti.domain.json_form import from_json, to_json
from apprenti.domain.manifest import Manifest
from apprenti.domain.recipe import Canvas


def test_a_manifest_comes_back_whole_from_its_json() -> None:
    manifest = a_manifest()
    assert from_json(Manifest, json.loads(json.dumps(to_json(manifest)))) == manifest
    assert manifest.canvas == Canvas(size_px=16)


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ("one",)},
        {"labels": ("one", "one")},
        {"familiarity_threshold": 0.0},
        {"familiarity_threshold": float("nan")},
        {"familiarity_threshold": float("inf")},
    ],
    ids=str,
)
def test_a_manifest_that_makes_no_sense_cannot_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Manifest"):
        a_manifest(**changes)


def test_nothing_in_a_manifest_tells_when_or_where_it_was_made() -> None:
    names = set(Manifest.__dataclass_fields__)
    assert not any(word in name for name in names for word in ("date", "second", "host", "user"))
