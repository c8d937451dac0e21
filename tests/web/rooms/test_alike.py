"""What the data room asks about likeness, through its routes: who may, about what, in which words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.fake_service import OPERATOR, picture
from tests.fake_sight import ColourSight
from tests.web.rooms.asking import Visited

from apprenti.domain.service import Role
from apprenti.flow.service import access, looking, workspaces

ASKED = ("looked", "groups", "order?columns=6", "map", "suggestions", "doubts", "readiness")


@pytest.fixture
def task(rooms: Visited) -> Iterator[tuple[Visited, str]]:
    """A task of twenty photos, ten of them labelled, in a service that sees colours."""
    service = rooms.service
    sight = service.sight
    object.__setattr__(service, "sight", ColourSight())
    rooms.enter()
    task = rooms.make_task()
    made = rooms.browser.post("/v1/labels", json={"name": "red"}).json()["id"]
    rooms.browser.put(f"/v1/tasks/{task}/labels/{made}")
    for number in range(20):
        query = f"?label={made}" if number < 10 else ""
        rooms.browser.post(f"/v1/images{query}", content=picture((150 + 5 * number, 20, number), side_px=8))
    looking.look_at_photos(service)
    yield rooms, task
    object.__setattr__(service, "sight", sight)


def test_everything_is_told_to_whoever_may_read(task: tuple[Visited, str]) -> None:
    rooms, task_id = task
    told = {what: rooms.browser.get(f"/rooms/tasks/{task_id}/{what}").json() for what in ASKED}
    assert told["looked"] == {"n": 20, "done": 20}
    assert sum(len(group["photos"]) for group in told["groups"]["groups"]) == 10
    assert len(told["order?columns=6"]["ids"]) == 20
    assert [len(row) for row in told["map"]["photos"]] == [6] * 20
    assert told["suggestions"] == {"photos": []}  # one label suggests nothing
    assert told["readiness"]["labels"][0]["said"].startswith("Cannot be told yet")


def test_readiness_is_said_in_the_language_of_the_page(task: tuple[Visited, str]) -> None:
    rooms, task_id = task
    rooms.browser.headers["accept-language"] = "fr"
    said = rooms.browser.get(f"/rooms/tasks/{task_id}/readiness").json()["labels"][0]["said"]
    assert said.startswith("Impossible à dire")


def test_nothing_is_told_of_another_workspaces_task(task: tuple[Visited, str]) -> None:
    rooms, task_id = task
    other = workspaces.create_workspace(rooms.service, OPERATOR, name="Other").id
    secret = access.create_token(rooms.service, OPERATOR, other, name="x", role=Role.OWNER).secret
    rooms.browser.cookies.clear()
    rooms.browser.post("/enter", data={"token": secret})
    for what in ASKED:
        assert rooms.browser.get(f"/rooms/tasks/{task_id}/{what}").status_code == 404, what
    assert rooms.browser.post(f"/rooms/tasks/{task_id}/right", json={"image_id": "x"}).status_code == 404


def test_that_a_label_is_right_is_said_by_editors_and_taken_back(task: tuple[Visited, str]) -> None:
    rooms, task_id = task
    image = rooms.browser.get(f"/rooms/tasks/{task_id}/map").json()["photos"][0][0]
    said = rooms.browser.post(f"/rooms/tasks/{task_id}/right", json={"image_id": image})
    assert rooms.browser.delete(f"/rooms/tasks/{task_id}/right/{said.json()['id']}").status_code == 204
    rooms.browser.cookies.clear()
    rooms.enter(Role.READER)
    assert rooms.browser.post(f"/rooms/tasks/{task_id}/right", json={"image_id": image}).status_code == 403


def test_labels_are_merged_by_a_program_and_the_log_tells(task: tuple[Visited, str]) -> None:
    rooms, task_id = task
    red = rooms.browser.get(f"/rooms/tasks/{task_id}/facts").json()["labels"][0]["id"]
    warm = rooms.browser.post("/v1/labels", json={"name": "warm"}).json()["id"]
    rooms.browser.put(f"/v1/tasks/{task_id}/labels/{warm}")
    came = rooms.browser.post(f"/v1/tasks/{task_id}/labels/{red}/merge", json={"into": warm})
    assert (came.status_code, len(came.json()["moved"]), came.json()["both"]) == (200, 10, [])
    (label,) = rooms.browser.get(f"/rooms/tasks/{task_id}/facts").json()["labels"]
    assert (label["name"], label["n"]) == ("warm", 10)
    log = rooms.browser.get("/v1/audit", params={"noun_id": red}).json()["items"]
    assert "merge" in {entry["verb"] for entry in log}
