"""Every text of the rooms: in both languages, none equal by accident, plurals right, none forgotten, none left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import apprenti.flow.service
import apprenti.web
from apprenti.blocks.photo_facts import PHOTO_FACTS
from apprenti.domain.service import ReviewReason
from apprenti.flow.packing import NAMED_SCORES
from apprenti.stages.feedback.quarantine import HoldKind
from apprenti.texts import LANGS, catalogue, say
from apprenti.web.learning.path import LADDER, LEAVES_WITH, STEPS
from apprenti.web.rooms.logbook import KINDS

AREAS = (
    "rooms", "script", "data_room", "data_views", "train_room", "models_room", "review_room",
    "traffic_room", "log_room", "learn", "path",
)  # fmt: skip
SAME_IN_BOTH = {
    "rooms.room_data",  # "Photos"
    "rooms.n_photos",
    "data_room.photos",
    "learn.minutes",
    "learn.photo_number",
    "data_room.title",
    "data_room.photo_is",
    "traffic_room.photos",  # "Photos"
}
"""Texts that are rightly the same in both languages."""
WEB = Path(apprenti.web.__file__).parent
SOURCES = [
    *(WEB / "templates" / "rooms").glob("*.html"),
    *(WEB / "static" / "rooms").glob("*.js"),
    *(WEB / "rooms").glob("*.py"),
    *(WEB / "learning").glob("*.py"),
    *(WEB.parent / "lessons").glob("*.py"),
    *(WEB.parent / "lessons" / "static").glob("*.js"),
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
    "rooms.role_": (
        "reader",
        "reader_may",
        "editor",
        "editor_may",
        "owner",
        "owner_may",
        "operator",
        "operator_may",
    ),
    "learn.beat_": ("predict", "touch", "explain", "prove", "use"),
    "path.step_": tuple(
        f"{step.name}{end}" for step in STEPS for end in ("", "_why", "_do", "_practice", "_check")
    ),
    "path.rung_": tuple(f"{rung.name}{end}" for rung in LADDER for end in ("", "_runs")),
    "path.needs_": ("lesson", "deep", "hub"),
    "path.leaves_": LEAVES_WITH,
    "rooms.room_": ("data", "train", "models", "review"),
    "rooms.state_": ("queued", "running"),
    "rooms.theme_": ("light", "dark"),
    "data_room.show_": ("all", "unlabelled", "test", "elsewhere"),
    "data_views.ready_": ("few", "unknown", "more_helps", "may_help", "enough"),
    "data_views.view_": ("grid", "groups", "map", "doubts"),
    "train_room.state_": ("queued", "running"),
    "train_room.ended_": ("done", "failed", "cancelled"),
    "train_room.score_": ("multi_class", "multi_label", "regression"),
    "train_room.pick_": ("racing", "tried", "failed", "out_of_time"),
    "train_room.curve_": ("loss", "score"),
    "train_room.read_": ("mistakes", "misses", "sure", "margin", "familiar", "recipes", "photos"),
    "train_room.answer_": tuple(
        f"{kind}{size}" for kind in ("", "labels_") for size in ("few", "tenths", "hundredths")
    ),
    "models_room.score_": NAMED_SCORES,
    "models_room.why_": NAMED_SCORES,
    "models_room.export_": ("onnx", "int8", "labels"),
    "review_room.part_": ("queue", "traffic", "log"),
    "review_room.why_": tuple(ReviewReason),
    "review_room.then_": tuple(HoldKind),
    "traffic_room.": ("answers_title", "familiar_title", "confidence_title", "labels_title", "latency_title"),
    "traffic_room.answers_": ("familiar", "unfamiliar", "errors"),
    "traffic_room.confidence_": ("sure", "fair", "unsure"),
    "traffic_room.latency_": ("half", "most"),
    "traffic_room.fact_": PHOTO_FACTS,
    "traffic_room.day_short_": tuple(str(month) for month in range(1, 13)),
    "log_room.": tuple(key for key in catalogue("log_room", "en") if key.startswith("did_")),
    "log_room.kind_": KINDS,
}
"""Keys put together from a beginning and a word of the domain."""


PLACEHOLDER = re.compile(r"\{(\w+)\}")
NEVER_NONE = {"last_days", "held_more", "skipped", "compare_on", "read_recipes", "read_photos"}
"""Plurals that are never said of none."""


def keys() -> set[str]:
    return {f"{area}.{key}" for area in AREAS for key in catalogue(area, "en")}


def used() -> set[str]:
    found = {match[1] for path in SOURCES for match in USED.finditer(path.read_text(encoding="utf-8"))} - {
        "rooms.css",
        "path.html",
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


def test_everything_that_is_noted_is_told_in_words() -> None:
    service = Path(apprenti.flow.service.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in service.glob("*.py"))
    noted = set(re.findall(r'"([a-z_]+)",\s+"([a-z]+)",\s+[\w.]*id\b', source))
    noted |= {
        ("promote", "task"),
        ("roll_back", "task"),
        ("confirm", "correction"),
        ("correct", "correction"),
    }
    assert len(noted) > 30
    assert {f"did_{verb}_{noun}" for verb, noun in noted} - set(catalogue("log_room", "fr")) == set()
    assert {noun for _, noun in noted} == set(KINDS)


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
    always_many = ("data_room.place", "data_room.few", "traffic_room.drift_off", "traffic_room.drift_window")
    allowed = {f"{lang} {key}" for lang in LANGS for key in always_many}
    assert counted - allowed == set()


@pytest.mark.parametrize("area", AREAS)
def test_nothing_one_and_two_are_told_apart_as_each_language_does(area: str) -> None:
    for lang in LANGS:
        plurals = {key: entry for key, entry in catalogue(area, lang).items() if isinstance(entry, dict)}
        for key, forms in plurals.items():
            wanted = {0: "one" if lang == "fr" else "other", 1: "one", 2: "other"}
            values = dict.fromkeys(PLACEHOLDER.findall(forms["one"] + forms["other"]), "x")
            for n, form in wanted.items():
                said = say(f"{area}.{key}", lang, **{**values, "n": n})
                assert said == forms[form].format(**{**values, "n": n}), f"{lang} {area}.{key}, {n}"
            # in French nothing is singular too: the number has to be said, "1" would be wrong of none
            if lang == "fr" and "{n}" in forms["other"] and key not in NEVER_NONE:
                assert "{n}" in forms["one"], f"{area}.{key}"
