"""The data room behind its page: counts, rows, and what need not be sent."""

from __future__ import annotations

import hashlib

import pytest
from tests.fake_service import picture
from tests.web.rooms.asking import Visited

from apprenti.domain.service import Role

BREAD, CAKE, PLAIN = (picture(colour) for colour in ((200, 150, 90), (230, 190, 200), (10, 10, 10)))


@pytest.fixture
def task(rooms: Visited) -> str:
    """A task with two labels, a bread, a cake kept for testing, and a photo without a label."""
    rooms.enter()
    made = rooms.make_task()
    ids = {name: label(rooms, made, name) for name in ("bread", "cake")}
    rooms.browser.post("/v1/images", params={"label": ids["bread"], "name": "b.png"}, content=BREAD)
    rooms.browser.post("/v1/images", params={"label": ids["cake"], "is_test": "true"}, content=CAKE)
    rooms.browser.post("/v1/images", content=PLAIN)
    return made


def label(rooms: Visited, task: str, name: str) -> str:
    made: str = rooms.browser.post("/v1/labels", json={"name": name}).json()["id"]
    assert rooms.browser.put(f"/v1/tasks/{task}/labels/{made}").status_code == 204
    return made


def rows(rooms: Visited, task: str, **params: str) -> list[list[object]]:
    found: list[list[object]] = rooms.browser.get(f"/rooms/tasks/{task}/photos", params=params).json()[
        "photos"
    ]
    return found


def test_counts_tell_what_there_is(rooms: Visited, task: str) -> None:
    facts = rooms.browser.get(f"/rooms/tasks/{task}/facts").json()
    assert facts["n"] == {"all": 3, "unlabelled": 1, "test": 1, "elsewhere": 0}
    assert {each["name"]: (each["n"], each["n_test"]) for each in facts["labels"]} == {
        "bread": (1, 0),
        "cake": (1, 1),
    }


def test_photos_are_shown_by_what_they_are(rooms: Visited, task: str) -> None:
    assert len(rows(rooms, task)) == 3
    (bread,) = [row for row in rows(rooms, task) if row[1] == "b.png"]
    assert bread[2] is False
    assert len(rows(rooms, task, show="unlabelled")) == 1
    assert [row[2] for row in rows(rooms, task, show="test")] == [True]
    assert [row[1] for row in rows(rooms, task, show=bread[3][0][0])] == ["b.png"]  # type: ignore[index]


def test_photos_come_in_parts_that_end(rooms: Visited, task: str) -> None:
    path = f"/rooms/tasks/{task}/photos"
    first = rooms.browser.get(path, params={"limit": 2}).json()
    rest = rooms.browser.get(path, params={"limit": 2, "after": first["after"]}).json()
    assert [len(first["photos"]), len(rest["photos"]), rest["after"]] == [2, 1, None]


def test_photos_labelled_for_another_task_stand_apart(rooms: Visited, task: str) -> None:
    other = rooms.make_task("Round or not")
    facts = rooms.browser.get(f"/rooms/tasks/{other}/facts").json()
    assert facts["n"] == {"all": 1, "unlabelled": 1, "test": 0, "elsewhere": 2}


def test_bytes_that_are_here_need_not_be_sent(rooms: Visited, task: str) -> None:
    hashes = [hashlib.sha256(data).hexdigest() for data in (BREAD, PLAIN, b"new")]
    known = rooms.browser.post(f"/rooms/tasks/{task}/known", json={"hashes": hashes}).json()
    assert set(known) == set(hashes[:2])
    assert len(known[hashes[0]]["labels"]) == 1
    assert known[hashes[1]]["labels"] == []


def test_another_workspaces_task_is_not_there(rooms: Visited, task: str) -> None:
    from tests.fake_service import OPERATOR

    from apprenti.flow.service import access, workspaces

    other = workspaces.create_workspace(rooms.service, OPERATOR, name="Other").id
    secret = access.create_token(rooms.service, OPERATOR, other, name="x", role=Role.OWNER).secret
    rooms.browser.cookies.clear()
    rooms.browser.post("/enter", data={"token": secret})
    for path in (f"/tasks/{task}/data", f"/rooms/tasks/{task}/photos", f"/rooms/tasks/{task}/facts"):
        assert rooms.browser.get(path).status_code == 404
    assert rooms.browser.post(f"/rooms/tasks/{task}/known", json={"hashes": []}).status_code == 404


def test_a_reader_sees_the_photos_and_nothing_to_change_them(rooms: Visited, task: str) -> None:
    rooms.browser.cookies.clear()
    rooms.enter(Role.READER)
    page = rooms.browser.get(f"/tasks/{task}/data").text
    assert 'id="grid"' in page
    assert 'id="drop"' not in page
    assert 'id="delete"' not in page


def test_a_name_full_of_signs_stays_text(rooms: Visited) -> None:
    rooms.enter()
    task = rooms.make_task("</script><script>alert(1)</script>")
    label(rooms, task, "</script><img src=x>")
    page = rooms.browser.get(f"/tasks/{task}/data").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
