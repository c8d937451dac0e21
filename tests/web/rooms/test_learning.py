"""The lessons in the service: on the versions of one's own workspace."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.fake_service import OPERATOR
from tests.lessons.contexts import context_named
from tests.made_rows import new_id
from tests.web.rooms.asking import Visited, a_browser

from apprenti.blocks.run_file import write_run
from apprenti.domain.evidence import EVIDENCE
from apprenti.domain.service import Version
from apprenti.flow.service import workspaces
from apprenti.store.database import versions
from apprenti.web.rooms.asked import asked


def add_run(rooms: Visited, task_id: str, *, number: int, named: str = "normal") -> str:
    """Give a task a version that kept a run, and return the run's id."""
    service, model = rooms.service, f"{number:064x}"[::-1]
    version = Version(
        id=new_id(), workspace_id=rooms.workspace, task_id=task_id, number=number, model_sha256=model,
        n_bytes=1, run_sha256=service.blobs.put(write_run(context_named(named))), created_us=number,
    )  # fmt: skip
    with service.database.write() as tx:
        versions.insert(tx, version)
    return model[:12]


@pytest.fixture
def entered(rooms: Visited) -> Visited:
    rooms.enter()
    return rooms


def test_without_a_version_lessons_show_the_set_that_comes_along(entered: Visited) -> None:
    answer = entered.browser.get("/learn")
    assert answer.status_code == 200
    assert "handwritten digits" in answer.text
    assert 'name="run"' not in answer.text
    assert 'href="/learn/path"' in answer.text
    assert entered.browser.get("/learn/path").status_code == 200


def test_the_newest_version_is_shown_and_all_can_be_chosen(entered: Visited) -> None:
    task = entered.make_task("Clothes")
    first, second = (add_run(entered, task, number=number) for number in (1, 2))
    page = entered.browser.get("/learn/3").text
    assert "On your run “Clothes · 2”." in page
    assert re.findall(r'<option value="(\w+)"', page) == [second, first, "digits"]
    assert f"/learn/photo/0?run={second}" in page or f"run={second}" in page
    assert "On your run “Clothes · 1”." in entered.browser.get("/learn/3", params={"run": first}).text
    assert "On handwritten digits" in entered.browser.get("/learn/3", params={"run": "digits"}).text


def test_a_photo_of_a_run_is_given_out_to_its_workspace_alone(entered: Visited) -> None:
    run = add_run(entered, entered.make_task("Clothes"), number=1)
    mine = entered.browser.get("/learn/photo/0", params={"run": run})
    assert (mine.status_code, mine.headers["content-type"]) == (200, "image/jpeg")
    other = workspaces.create_workspace(entered.service, OPERATOR, name="Other").id
    with a_browser(entered.app) as browser:
        stranger = replace(entered, workspace=other, browser=browser)
        stranger.enter()
        paths = ("/learn", "/learn/3", "/learn/photo/0", "/learn/3/check/line", "/learn/glossary")
        answers = {path: browser.get(path, params={"run": run}) for path in paths}
        assert {path: one.status_code for path, one in answers.items() if path != "/learn/glossary"} == {
            path: 404 for path in paths if path != "/learn/glossary"
        }
        assert all("Clothes" not in one.text for one in answers.values())
        assert "Clothes" not in browser.get("/learn").text


def test_nobody_gets_in_without_a_token(rooms: Visited) -> None:
    for path in ("/learn", "/learn/3", "/learn/photo/0"):
        assert rooms.browser.get(path).status_code in (303, 401)


@pytest.mark.parametrize(("lang", "begins"), [("en", "Lesson 3 "), ("fr", "La leçon 3 ")])
def test_a_number_of_a_room_leads_to_its_lesson(
    lang: str, begins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EVIDENCE, "accuracy", replace(EVIDENCE["accuracy"], lesson=3))
    mark = asked(lang, "accuracy", "0f3a2b1c4d5e")
    assert 'href="/learn/3?run=0f3a2b1c4d5e#accuracy"' in mark
    assert f'aria-label="{begins}' in mark
    assert asked(lang, "accuracy", "") == "", "no run was kept"
    monkeypatch.setitem(EVIDENCE, "accuracy", replace(EVIDENCE["accuracy"], lesson=99))
    assert asked(lang, "accuracy", "0f3a2b1c4d5e") == "", "there is no such lesson"
