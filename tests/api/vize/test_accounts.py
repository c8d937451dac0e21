"""Accounts, verifications and requests fetched later, through the compatible routes."""

from __future__ import annotations

import pytest
from tests.api.vize.vize_world import NOBODY, RED, World, b64, theirs_in

VERIFICATION = "/annotate/v2/verification"
REQUEST = "/account/v2/request"
IMAGE = "/recognition/v2/training-image"


@pytest.mark.parametrize("slash", ["", "/"])
def test_who_asks_is_told_who_he_is(world: World, slash: str) -> None:
    user = world.get(f"/account/v2/user{slash}")
    assert user["id"]
    assert world.get(f"/account/v2/details{slash}")["default_workspace"] == world.here
    body = {"service": "custom-recognition", "call_type": "authenticate"}
    assert world.post(f"/authorization/v2/authorize{slash}", body)["user_id"] == user["id"]


def test_a_verification_is_made_once_for_each_user_and_taken_back(world: World) -> None:
    image = world.upload()
    first = world.post(f"{VERIFICATION}/", {"user": "me", "image_id": image})
    assert world.post(VERIFICATION, {"user": "me", "image_id": image})["id"] == first["id"]
    world.post(f"{VERIFICATION}/", {"user": 7, "image_id": image})
    listed = world.get(f"{VERIFICATION}/?image={image}")
    assert (listed["count"], [each["user"] for each in listed["results"]]) == (2, ["me", "7"])
    assert world.get(f"{IMAGE}/{image}")["verifyCount"] == 2
    assert world.ask("DELETE", f"{VERIFICATION}/{first['id']}").status_code == 204
    assert world.get(f"{IMAGE}/{image}")["verifyCount"] == 1
    assert world.ask("DELETE", f"{VERIFICATION}/{first['id']}").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"user": "", "image_id": NOBODY}, {"user": "me"}, {"user": None, "image_id": NOBODY}]
)
def test_a_verification_of_nothing_or_by_nobody_is_refused(world: World, body: dict[str, object]) -> None:
    assert world.ask("POST", VERIFICATION, json=body).status_code == 400


def test_verifications_of_another_workspace_are_not_there(world: World) -> None:
    theirs = theirs_in(world)
    body = {"user": "me", "image_id": theirs.image}
    assert world.ask("POST", VERIFICATION, json=body).status_code == 404
    made = world.post(VERIFICATION, body, token=theirs.token)
    assert world.ask("GET", f"{VERIFICATION}/?image={theirs.image}").status_code == 404
    assert made["id"] not in [each["id"] for each in world.get(VERIFICATION)["results"]]
    assert world.ask("DELETE", f"{VERIFICATION}/{made['id']}").status_code == 404
    assert world.get(VERIFICATION, token=theirs.token)["count"] == 1


def test_a_request_is_done_when_it_is_fetched(fresh: World) -> None:
    task = fresh.task()
    fresh.model(task)
    said = {"type": "recognition", "records": [{"_base64": b64(RED), "sku": 1}], "task_id": task}
    made = fresh.post(f"{REQUEST}/", said)
    assert (made["status"], made["type"]) == ("DONE", "recognition")
    assert fresh.get(f"{REQUEST}/{made['id']}") == made
    assert fresh.get(f"{REQUEST}/{made['id']}/status")["status"] == "DONE"
    (record,) = made["response"]["records"]
    assert (record["best_label"]["name"], record["sku"]) == ("dress", 1)
    assert fresh.get(f"{REQUEST}/?page=1&type=recognition&status=DONE")["results"] == [made]
    assert fresh.get(f"{REQUEST}/?page=1&type=other")["count"] == 0
    assert fresh.get(f"{REQUEST}/?page=1&status=WAITING")["results"] == []


def test_the_bytes_of_a_request_are_not_kept_with_it(fresh: World) -> None:
    task = fresh.task()
    fresh.model(task)
    fresh.post(REQUEST, {"records": [{"_base64": b64(RED)}], "task_id": task})
    with fresh.service.database.read() as tx:
        kept = str(tx.exec_driver_sql("SELECT body, answer FROM requests").all())
    assert task in kept
    assert b64(RED) not in kept


def test_a_request_that_cannot_be_answered_is_refused_at_once(world: World) -> None:
    body = {"type": "other", "words": "x"}
    assert world.ask("POST", REQUEST, json=body).status_code == 400
    task = world.task()
    world.model(task)
    long = {"records": [{"_base64": b64(RED), "x": "y" * 110_000}], "task_id": task}
    assert world.ask("POST", REQUEST, json=long).status_code == 400


@pytest.mark.parametrize("tail", ["", "/status"])
def test_a_request_of_another_workspace_is_not_there(world: World, tail: str) -> None:
    task, theirs = world.task(), theirs_in(world)
    world.model(task)
    made = world.post(REQUEST, {"records": [{"_base64": b64(RED)}], "task_id": task})
    for id_ in (made["id"], NOBODY, "no-id"):
        answer = world.ask("GET", f"{REQUEST}/{id_}{tail}", token=theirs.token)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert world.get(REQUEST, token=theirs.token)["count"] == 0
