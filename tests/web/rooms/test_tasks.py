"""The first page and the token page."""

from __future__ import annotations

import re

import pytest
from tests.fake_service import picture
from tests.web.rooms.asking import Visited, a_browser

from apprenti.domain.service import Role


def test_a_task_is_made_and_stands_on_the_first_page(rooms: Visited) -> None:
    rooms.enter()
    assert "Give the first one a name" in rooms.browser.get("/").text
    task = rooms.make_task("Bread & cake")
    page = rooms.browser.get("/").text
    assert "Bread &amp; cake" in page
    assert f"/tasks/{task}/data" in page
    assert rooms.browser.get(f"/tasks/{task}").headers["location"] == f"/tasks/{task}/data"


def test_a_task_of_numbers_has_the_word_they_stand_for(rooms: Visited) -> None:
    rooms.enter()
    task = rooms.make_task("Grams", "regression")
    labels = rooms.browser.get(f"/v1/tasks/{task}/labels").json()["items"]
    assert [label["name"] for label in labels] == ["Grams"]


@pytest.mark.parametrize(
    ("name", "kind"), [("", "multi_class"), ("x", "nonsense"), ("x" * 201, "multi_class")]
)
def test_what_makes_no_task_is_said(rooms: Visited, name: str, kind: str) -> None:
    rooms.enter()
    answer = rooms.browser.post("/tasks", data={"word": rooms.word(), "name": name, "task_type": kind})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_the_first_page_counts_a_tasks_photos_as_the_api_does(rooms: Visited) -> None:
    rooms.enter()
    task = rooms.make_task()
    rooms.make_task("Another")
    ask = rooms.browser
    label = ask.post("/v1/labels", json={"name": "bread"}).json()["id"]
    ask.put(f"/v1/tasks/{task}/labels/{label}")
    for n in range(3):
        said = f"?label={label}" if n == 0 else ""
        assert ask.post(f"/v1/images{said}", content=picture((n, 8, 8))).status_code == 201
    shown = [int(n) for n in re.findall(r"(\d+) photos? ", ask.get("/").text)]
    tasks = ask.get("/v1/tasks").json()["items"]
    counted = [ask.get(f"/v1/images/count?task={one['id']}").json()["n"] for one in tasks]
    unlabelled = ask.get("/v1/images/count?has_labels=false").json()["n"]
    assert shown == [*counted, unlabelled] == [1, 0, 2]


def test_a_task_is_deleted_only_by_its_name(rooms: Visited) -> None:
    rooms.enter()
    task = rooms.make_task("Bread")
    wrong = rooms.browser.post(f"/tasks/{task}/delete", data={"word": rooms.word(), "name": "bread"})
    assert wrong.status_code == 400
    assert rooms.send(f"/tasks/{task}/delete", name="Bread") == "/"
    assert rooms.browser.get(f"/tasks/{task}/data").status_code == 404


def test_consent_to_keep_photos_is_given_and_taken_back(rooms: Visited) -> None:
    rooms.enter()
    task = rooms.make_task()
    rooms.send(f"/tasks/{task}/change", name="Renamed", keeps_images="yes")
    assert rooms.browser.get(f"/v1/tasks/{task}").json()["keeps_images"] is True
    rooms.send(f"/tasks/{task}/change", name="Renamed")
    assert rooms.browser.get(f"/v1/tasks/{task}").json()["keeps_images"] is False


def test_a_reader_may_look_and_make_nothing(rooms: Visited) -> None:
    rooms.enter(Role.READER)
    page = rooms.browser.get("/").text
    assert 'action="/tasks"' not in page
    word = rooms.word()
    assert rooms.browser.post("/tasks", data={"word": word, "name": "x"}).status_code == 403
    assert (
        rooms.browser.post("/tokens", data={"word": word, "name": "x", "role": "reader"}).status_code == 403
    )
    assert "Only owners" in rooms.browser.get("/tokens").text


def test_a_token_is_shown_once_and_lets_in(rooms: Visited) -> None:
    rooms.enter()
    page = rooms.browser.post("/tokens", data={"word": rooms.word(), "name": "scales", "role": "reader"})
    secret = page.text.split('id="secret">')[1].split("<")[0]
    assert secret not in rooms.browser.get("/tokens").text
    assert "scales" in rooms.browser.get("/tokens").text
    rooms.browser.cookies.clear()
    asked = rooms.browser.get("/v1/tasks", headers={"authorization": f"Token {secret}"})
    assert asked.status_code == 200


def test_nobody_gives_more_than_he_has(rooms: Visited) -> None:
    rooms.enter(Role.OWNER)
    made = rooms.browser.post("/tokens", data={"word": rooms.word(), "name": "x", "role": "operator"})
    assert made.status_code == 403


@pytest.mark.parametrize(("lang", "said"), [("en", "That did not work"), ("fr", "Cela n’a pas marché")])
def test_what_goes_wrong_is_a_page_in_the_readers_language(rooms: Visited, lang: str, said: str) -> None:
    rooms.enter(lang=lang)
    answer = rooms.browser.get("/nowhere")
    assert answer.status_code == 404
    assert said in answer.text


def test_an_operator_makes_sees_and_revokes_tokens_of_operators_and_of_the_workspace(rooms: Visited) -> None:
    rooms.enter(Role.OPERATOR)
    for name, role in (("second operator", "operator"), ("scales of all", "reader")):
        page = rooms.browser.post("/tokens", data={"word": rooms.word(), "name": name, "role": role}).text
        secret = page.split('id="secret">')[1].split("<")[0]
        listed = rooms.browser.get("/tokens").text
        assert (name in listed, secret in listed) == (True, False)
        token_id = listed.split(f"<b>{name}</b>")[1].split("/tokens/")[1].split("/revoke")[0]
        rooms.send(f"/tokens/{token_id}/revoke")
        assert name not in rooms.browser.get("/tokens").text
        assert a_browser(rooms.app).post("/enter", data={"token": secret}).status_code == 401


def test_an_owner_neither_sees_nor_revokes_tokens_of_operators(rooms: Visited) -> None:
    rooms.enter(Role.OPERATOR)
    rooms.browser.post("/tokens", data={"word": rooms.word(), "name": "of all", "role": "operator"})
    token_id = rooms.browser.get("/tokens").text.split("<b>of all</b>")[1].split("/tokens/")[1].split("/")[0]
    rooms.enter(Role.OWNER)
    page = rooms.browser.get("/tokens").text
    assert "of all" not in page
    assert 'value="operator"' not in page
    answer = rooms.browser.post(f"/tokens/{token_id}/revoke", data={"word": rooms.word()})
    assert answer.status_code == 404
