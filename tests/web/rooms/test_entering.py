"""Coming in: a token once, a cookie from then on, and nobody else's form does anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.web.rooms.asking import HERE, UNHURRIED, Visited, visited

from apprenti.api.entrance import EntranceRules
from apprenti.api.rates import Rate
from apprenti.domain.service import Role
from apprenti.flow.service.sessions import COOKIE
from apprenti.web.rooms.frame import MEDIA_TYPES, PAGE_POLICY

PAGES = ("/", "/tokens", "/learn", "/tasks/5f0c7a34-0a4b-4a53-9d5e-2a2c7b1f3d10/data")


@pytest.mark.parametrize("page", PAGES)
def test_whoever_has_not_entered_is_sent_to_the_door_and_back_again(rooms: Visited, page: str) -> None:
    answer = rooms.browser.get(page)
    assert answer.status_code == 303
    assert answer.headers["location"] == ("/enter" if page == "/" else f"/enter?next={page}")
    came = rooms.browser.post("/enter", data={"token": rooms.token(Role.OWNER), "next": page})
    assert came.headers["location"] == page


def test_a_stranger_asking_the_json_of_a_room_is_told_so_in_json(rooms: Visited) -> None:
    answer = rooms.browser.get("/rooms/tasks/5f0c7a34-0a4b-4a53-9d5e-2a2c7b1f3d10/photos")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_unknown")


def test_the_cookie_is_closed_to_scripts_and_to_other_sites_and_lets_in(rooms: Visited) -> None:
    answer = rooms.browser.post("/enter", data={"token": rooms.token(Role.READER)})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert rooms.browser.get("/").status_code == 200
    assert rooms.browser.get("/v1/tasks").status_code == 200


def test_over_tls_the_cookie_never_travels_unencrypted(rooms: Visited) -> None:
    safe = TestClient(rooms.app, base_url="https://127.0.0.1", follow_redirects=False)
    answer = safe.post("/enter", data={"token": rooms.token(Role.READER)})
    assert "; secure" in answer.headers["set-cookie"].lower()


def test_a_wrong_token_is_told_kindly_and_opens_nothing(rooms: Visited) -> None:
    answer = rooms.browser.post("/enter", data={"token": "wrong"})
    assert answer.status_code == 401
    assert "This token opens nothing" in answer.text
    assert COOKIE not in rooms.browser.cookies


def test_whoever_tries_token_after_token_is_slowed_down(tmp_path: Path) -> None:
    hurried = EntranceRules(requests=UNHURRIED.requests, failures=Rate(per_second=0.01, burst=3))
    with visited(tmp_path, rules=hurried).browser as browser:
        tried = [browser.post("/enter", data={"token": "wrong"}).status_code for _ in range(5)]
    assert tried == [401, 401, 401, 429, 429]


def test_the_secret_of_a_session_is_kept_nowhere(tmp_path: Path) -> None:
    rooms = visited(tmp_path, in_file=True)
    rooms.enter()
    secret = rooms.browser.cookies[COOKIE]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(secret.encode() in path.read_bytes() for path in files)


def test_signing_out_ends_the_session_even_for_who_kept_the_cookie(rooms: Visited) -> None:
    rooms.enter()
    cookie = rooms.browser.cookies[COOKIE]
    assert rooms.send("/leave") == "/enter"
    rooms.browser.cookies.set(COOKIE, cookie)
    assert rooms.browser.get("/").status_code == 303


def test_a_token_taken_back_ends_the_sessions_it_began(rooms: Visited) -> None:
    rooms.enter(Role.OWNER)
    other = TestClient(rooms.app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)
    made = rooms.browser.post("/tokens", data={"word": rooms.word(), "name": "script", "role": "reader"})
    secret = made.text.split('id="secret">')[1].split("<")[0]
    assert other.post("/enter", data={"token": secret}).status_code == 303
    assert other.get("/").status_code == 200
    token_id = next(
        token["id"] for token in rooms.browser.get("/v1/tokens").json()["items"] if token["name"] == "script"
    )
    rooms.send(f"/tokens/{token_id}/revoke")
    assert other.get("/").status_code == 303


@pytest.mark.parametrize("path", ["/tasks", "/tokens", "/leave"])
def test_a_form_without_the_word_of_its_session_does_nothing(rooms: Visited, path: str) -> None:
    rooms.enter()
    for word in ("", "0" * 64):
        answer = rooms.browser.post(path, data={"word": word, "name": "x", "role": "reader"})
        assert answer.status_code == 403
        assert "earlier visit" in answer.text


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "null"])
def test_a_change_asked_for_by_another_page_is_refused(rooms: Visited, origin: str) -> None:
    rooms.enter()
    for path in ("/tasks", "/v1/tasks"):
        answer = rooms.browser.post(path, headers={"origin": origin}, json={"name": "x"})
        assert answer.status_code == 403
    assert rooms.browser.get("/v1/tasks").json()["items"] == []


def test_a_change_by_cookie_that_names_no_page_is_refused_and_by_token_is_not(rooms: Visited) -> None:
    rooms.enter()
    del rooms.browser.headers["origin"]
    refused = rooms.browser.post("/v1/tasks", json={"name": "x"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_missing")
    by_token = {"authorization": f"Token {rooms.token(Role.OWNER)}"}
    assert rooms.browser.post("/v1/tasks", json={"name": "x"}, headers=by_token).status_code == 201


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"]
)
def test_the_door_leads_nowhere_else(rooms: Visited, place: str) -> None:
    answer = rooms.browser.post("/enter", data={"token": rooms.token(Role.READER), "next": place})
    assert answer.headers["location"] == "/"
    assert rooms.browser.get("/preferences", params={"lang": "fr", "next": place}).headers["location"] == "/"


def test_no_page_holds_a_script_or_style_of_its_own_and_all_have_the_policy(rooms: Visited) -> None:
    rooms.enter()
    task = rooms.make_task()
    for page in (
        "/",
        "/tokens",
        "/learn",
        *(f"/tasks/{task}/{room}" for room in ("data", "train", "models")),
    ):
        answer = rooms.browser.get(page)
        assert answer.headers["content-security-policy"] == PAGE_POLICY
        assert "unsafe" not in PAGE_POLICY
        assert "style=" not in answer.text
        assert "<style" not in answer.text
        assert " onclick" not in answer.text
        assert "http://" not in answer.text.replace(HERE, "")


def test_language_and_theme_are_remembered_and_lead_back(rooms: Visited) -> None:
    rooms.enter(lang="de, fr;q=0.5")
    assert '<html lang="fr">' in rooms.browser.get("/").text
    back = rooms.browser.get("/preferences", params={"lang": "en", "theme": "dark", "next": "/tokens?x=1"})
    assert back.headers["location"] == "/tokens?x=1"
    assert '<html lang="en" data-theme="dark">' in rooms.browser.get("/").text
    refused = rooms.browser.get("/v1/tasks/5f0c7a34-0a4b-4a53-9d5e-2a2c7b1f3d10")
    assert "there is no task" in refused.json()["error"]["message"]


def test_every_file_of_the_pages_may_be_kept_for_good_and_no_other_name_leads_anywhere(
    rooms: Visited,
) -> None:
    rooms.enter()
    folder = rooms.browser.get("/").text.split('href="/static/')[1].split("/")[0]
    for name, kind in MEDIA_TYPES.items():
        answer = rooms.browser.get(f"/static/{folder}/{name}")
        assert answer.headers["content-type"].startswith(kind)
        assert "immutable" in answer.headers["cache-control"]
    assert rooms.browser.get(f"/static/{folder}/../house.py").status_code == 404
    assert rooms.browser.get(f"/static/{folder}/nothing.js").status_code == 404
