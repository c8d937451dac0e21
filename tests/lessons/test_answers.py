"""What a widget asks of the server is answered with JSON, whatever it asks and whatever the run."""

from __future__ import annotations

import json

import pytest
from tests.lessons.contexts import NAMES
from tests.lessons.test_runs import LESSONS, seen_on

from apprenti.lessons.lesson import Lesson

ASKING = [lesson for lesson in LESSONS if lesson.respond is not None]


@pytest.mark.parametrize("run", NAMES)
@pytest.mark.parametrize("lesson", ASKING, ids=lambda lesson: lesson.folder)
def test_a_question_is_answered_on_every_run(lesson: Lesson, run: str) -> None:
    seen = seen_on(lesson, run)
    assert lesson.respond is not None
    for question in (
        {},
        {"n": 1e9, "k": 1e9, "picture": 1e9, "seconds": -1.0},
        {"n0": 1.0, "k": -3.0, "n": -3.0},
    ):
        assert json.loads(json.dumps(lesson.respond(seen.context, seen.shown, question), allow_nan=False))
