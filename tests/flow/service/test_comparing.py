"""Two versions on the task's test photos."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.flow.service.small_models import Colours, colours, give_model

from apprenti.domain.errors import NotFoundError
from apprenti.flow.service import comparing
from apprenti.flow.service.answers_on_test import AnswersOnTest


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Colours:
    """A task whose second version mixes the colours up; both have learnt from all but the test photos."""
    made = colours(tmp_path_factory.mktemp("service"))
    give_model(made, 1)
    give_model(made, 2, mixed_up=True)
    return made


def test_photos_only_one_gets_right_are_listed_with_what_both_say(here: Colours) -> None:
    made = comparing.compare(*here.who, here.task, None, 2)
    assert (made.before.number, made.after.number, made.n_asked, made.n_all) == (1, 2, 4, 4)
    assert made.result is not None
    assert (made.result.before, made.result.after, made.result.n_neither) == (1.0, 0.0, 0)
    assert made.only_after == ()
    assert {(photo.shows, photo.before, photo.after) for photo in made.only_before} == {
        ("red", "red", "blue"),
        ("blue", "blue", "red"),
    }
    assert {photo.image_id for photo in made.only_before} == set(here.image_ids[::3])


def test_what_takes_long_goes_on_when_asked_again(here: Colours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        comparing, "AT_ONCE_US", 2_500
    )  # the clock of tests tells a millisecond more at each look
    slow = replace(here, service=replace(here.service, test_answers=AnswersOnTest()))
    first = comparing.compare(*slow.who, here.task, 1, 2)
    assert (first.result, first.n_all) == (None, 4)
    assert 0 < first.n_asked < 4
    for _ in range(4):
        last = comparing.compare(*slow.who, here.task, 1, 2)
    assert last.result is not None


def test_a_version_that_is_not_there_is_not_found(here: Colours) -> None:
    with pytest.raises(NotFoundError):
        comparing.compare(*here.who, here.task, 1, 9)
