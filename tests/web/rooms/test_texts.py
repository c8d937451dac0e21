"""Every text of the rooms: in both languages, none equal by accident, plurals right, none forgotten, none left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import apprenti.web
from apprenti.flow.packing import NAMED_SCORES
from apprenti.texts import LANGS, catalogue, say

AREAS = ("rooms", "script", "data_room", "data_views", "train_room", "models_room")
SAME_IN_BOTH = {
    "rooms.room_data",  # "Photos"
    "rooms.n_photos",
    "data_room.photos",
    "data_room.title",
    "data_room.photo_is",
}
"""Texts that are rightly the same in both languages."""
WEB = Path(apprenti.web.__file__).parent
SOURCES = [
    *(WEB / "templates" / "rooms").glob("*.html"),
    *(WEB / "static" / "rooms").glob("*.js"),
    *(WEB / "rooms").glob("*.py"),
]
USED = re.compile(rf"""["'`](({"|".join(AREAS)})\.[a-z_0-9]*)""")
BUILT = {
    "rooms.kind_": (
        "multi_class",
        "multi_class_why",
        "multi_label",
        "multi_label_why",
        "regression",
        "regression_why",
    ),
    "rooms.role_": ("reader", "reader_may", "editor", "editor_may", "owner", "owner_may", "operator"),
    "rooms.room_": ("data", "train", "models", "review"),
    "rooms.state_": ("queued", "running"),
    "rooms.theme_": ("light", "dark"),
    "data_room.show_": ("all", "unlabelled", "test", "elsewhere"),
    "data_views.ready_": ("few", "unknown", "more_helps", "may_help", "enough"),
    "data_views.view_": ("grid", "groups", "map", "doubts"),
    "train_room.state_": ("queued", "running"),
    "train_room.ended_": ("done", "failed", "cancelled"),
    "train_room.score_": ("multi_class", "multi_label", "regression"),
    "models_room.score_": NAMED_SCORES,
    "models_room.why_": NAMED_SCORES,
}
"""Keys put together from a beginning and a word of the domain."""


def keys() -> set[str]:
    return {f"{area}.{key}" for area in AREAS for key in catalogue(area, "en")}


def used() -> set[str]:
    found = {match[1] for path in SOURCES for match in USED.finditer(path.read_text(encoding="utf-8"))} - {
        "rooms.css"
    }
    whole = {key for key in found if key not in BUILT}
    return whole | {start + word for start in found & set(BUILT) for word in BUILT[start]}


@pytest.mark.parametrize("area", AREAS)
def test_no_text_is_equal_in_both_languages_by_accident(area: str) -> None:
    english, french = catalogue(area, "en"), catalogue(area, "fr")
    same = {f"{area}.{key}" for key in english if english[key] == french[key]}
    assert same <= SAME_IN_BOTH


def test_every_text_that_is_said_is_there_and_every_text_there_is_said() -> None:
    assert used() - keys() == set()
    assert keys() - used() == set()


def test_plurals_follow_each_language() -> None:
    assert say("data_room.all_in", "en", n=0) == "0 photos are in"
    assert say("data_room.all_in", "en", n=1) == "1 photo is in"
    assert say("data_room.all_in", "fr", n=0) == "0 photo est arrivée"
    assert say("data_room.all_in", "fr", n=1) == "1 photo est arrivée"
    assert say("data_room.all_in", "fr", n=2000) == "2\u202f000 photos sont arrivées"


def test_a_count_in_a_sentence_has_its_plural() -> None:
    counted = {
        f"{lang} {area}.{key}"
        for area in AREAS
        for lang in LANGS
        for key, entry in catalogue(area, lang).items()
        if isinstance(entry, str) and "{n}" in entry
    }
    allowed = {f"{lang} {key}" for lang in LANGS for key in ("data_room.place", "data_room.few")}
    assert counted - allowed == set()
