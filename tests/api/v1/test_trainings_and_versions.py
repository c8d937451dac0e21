"""Trainings, their events, versions and predictions through the REST door."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.api.v1.service_asking import House, a_task_with_images, code_of, give_version, open_house
from tests.api.vize.vize_world import FakeModels
from tests.fake_models import RED

from apprenti.api.v1.training_events import Pace
from apprenti.domain.service import JobState
from apprenti.store.database import trainings as training_table
from apprenti.store.database import versions as version_table


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"), models=FakeModels())


def move(house: House, training_id: str, **values: Any) -> None:
    """Write what a worker would."""
    with house.service.database.write() as tx:
        job = training_table.get(tx, house.workspace, training_id)
        if job.state is JobState.QUEUED:
            job = training_table.claim(tx, "worker", is_alive=lambda _: True, now_us=1) or job
        training_table.write(tx, replace(job, id=training_id), **values)


def test_a_training_is_asked_for_once_followed_and_cancelled(house: House) -> None:
    task = a_task_with_images(house, 1)
    path = f"/v1/tasks/{task}/trainings"
    job = house.make(path, json={"budget_seconds": 30})
    assert (job["state"], job["budget_seconds"], job["progress"]) == ("queued", 30, None)
    assert house.make(path)["id"] == job["id"]
    assert [one["id"] for one in house.ask("GET", f"/v1/trainings?task={task}").json()["items"]] == [
        job["id"]
    ]
    assert house.make(f"/v1/trainings/{job['id']}/cancel")["state"] == "cancelled"
    assert house.ask("GET", f"/v1/trainings/{job['id']}").json()["state"] == "cancelled"


def test_a_task_without_images_is_not_trained(house: House) -> None:
    task = house.make("/v1/tasks", json={"name": "Empty"})["id"]
    answer = house.ask("POST", f"/v1/tasks/{task}/trainings")
    assert (answer.status_code, code_of(answer)) == (409, "task_one_label")


def test_progress_and_failure_are_said_in_the_readers_language(house: House) -> None:
    job = house.make(f"/v1/tasks/{a_task_with_images(house, 2)}/trainings")["id"]
    move(house, job, progress={"step": "reading", "done": 3, "total": 9})
    french = house.ask("GET", f"/v1/trainings/{job}", headers={"accept-language": "fr"}).json()
    english = house.ask("GET", f"/v1/trainings/{job}").json()
    assert (english["progress"]["done"], english["progress"]["total"]) == (3, 9)
    assert english["progress"]["said"] != french["progress"]["said"]
    error = {"key": "errors.store_full", "values": {"cause": "x"}}
    move(house, job, state=JobState.FAILED, error=error)
    assert house.ask("GET", f"/v1/trainings/{job}").json()["error"]["code"] == "store_full"


def events_of(text: str) -> list[dict[str, str]]:
    blocks = [block for block in text.split("\n\n") if block.startswith("id:")]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


def test_a_training_is_followed_by_events_that_are_taken_up_where_they_broke_off(house: House) -> None:
    house.app.state.streams.pace = Pace(look_seconds=0.02, heartbeat_seconds=0.05)
    job = house.make(f"/v1/tasks/{a_task_with_images(house, 3)}/trainings")["id"]
    path = f"/v1/trainings/{job}/events"
    headers = {"authorization": f"Token {house.secrets['reader']}"}

    async def follow(client: httpx.AsyncClient) -> httpx.Response:
        following = asyncio.create_task(client.get(path, headers=headers))
        await asyncio.sleep(0.4)
        move(house, job, progress={"step": "reading", "done": 1, "total": 2})
        await asyncio.sleep(0.4)
        move(house, job, state=JobState.DONE, version_number=1)
        return await following

    answer: httpx.Response = house.talk(follow)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = events_of(answer.text)
    assert [event["event"] for event in events] == ["progress", "progress", "end"]
    assert [json.loads(event["data"])["state"] for event in events] == ["queued", "running", "done"]
    assert ": still here" in answer.text
    again = house.ask("GET", path, headers={"last-event-id": events[1]["id"]})
    assert [event["id"] for event in events_of(again.text)] == [events[2]["id"]]
    told = house.ask("GET", path, headers={"last-event-id": events[2]["id"]})
    assert (told.status_code, told.content) == (204, b"")


def test_streams_end_when_the_server_stops_and_after_a_while(house: House) -> None:
    job = house.make(f"/v1/tasks/{a_task_with_images(house, 4)}/trainings")["id"]
    streams = house.app.state.streams
    streams.pace = Pace(look_seconds=0.01, longest_seconds=0.05)
    assert len(events_of(house.ask("GET", f"/v1/trainings/{job}/events").text)) == 1
    streams.pace = Pace(look_seconds=0.01)
    streams.close()
    assert house.ask("GET", f"/v1/trainings/{job}/events").status_code == 200
    streams.is_closing = False
    assert streams.n_open == 0


def test_verdicts_and_reasons_are_said_in_the_readers_language(house: House) -> None:
    task = a_task_with_images(house, 12)
    reason = {"key": "feedback.begun_drift", "values": {}}
    first = give_version(house, task, 1)
    with house.service.database.write() as tx:
        second = replace(first, id=house.service.new_id(), number=2, verdict={"reason": reason})
        version_table.insert(tx, second)
    job = house.make(f"/v1/tasks/{task}/trainings")["id"]
    for path, field in (
        (f"/v1/tasks/{task}/versions/2", "verdict_said"),
        (f"/v1/trainings/{job}", "reason_said"),
    ):
        said = {
            house.ask("GET", path, headers={"accept-language": lang}).json()[field] for lang in ("en", "fr")
        }
        assert len(said) == 2
        assert "" not in said
    assert house.ask("GET", f"/v1/tasks/{task}/versions/1").json()["verdict_said"] == ""


def test_versions_are_promoted_pinned_rolled_back_fetched_and_deleted(house: House) -> None:
    task = a_task_with_images(house, 5)
    give_version(house, task, 1)
    give_version(house, task, 2)
    path = f"/v1/tasks/{task}"
    assert [one["number"] for one in house.ask("GET", f"{path}/versions").json()["items"]] == [2, 1]
    assert house.ask("GET", f"{path}/versions/1").json()["number"] == 1
    assert house.make(f"{path}/versions/1/promote")["production_version"] == 1
    pinned = house.make(f"{path}/versions/2/promote", json={"pin": True})
    assert (pinned["production_version"], pinned["pinned"]) == (2, True)
    assert house.make(f"{path}/roll-back")["production_version"] == 1
    assert house.make(f"{path}/unpin")["pinned"] is False
    model = house.ask("GET", f"{path}/versions/2/model")
    assert (model.headers["content-type"], model.content) == (
        "application/zip",
        b"model 2 of " + task.encode(),
    )
    assert code_of(house.ask("DELETE", f"{path}/versions/1")) == "version_answers"
    assert house.ask("DELETE", f"{path}/versions/2").status_code == 204
    assert code_of(house.ask("GET", f"{path}/versions/2")) == "not_found"
    assert house.ask("GET", f"{path}/versions/0").status_code == 422


def test_a_body_where_none_is_asked_for_is_refused_and_an_empty_one_is_not(house: House) -> None:
    task = a_task_with_images(house, 11)
    for number in (1, 2):
        give_version(house, task, number)
        house.make(f"/v1/tasks/{task}/versions/{number}/promote")
    path = f"/v1/tasks/{task}/roll-back"
    refused = house.ask("POST", path, json={"version": 1})
    assert (refused.status_code, code_of(refused)) == (422, "field_unknown")
    assert "version" in refused.json()["error"]["message"]
    assert house.ask("POST", path, json=[3]).status_code == 422
    assert house.make(path, json={})["production_version"] == 1


def test_an_image_is_told_by_the_version_in_production(house: House) -> None:
    task = a_task_with_images(house, 6)
    path = f"/v1/tasks/{task}/predictions"
    assert code_of(house.ask("POST", path, as_="reader", content=RED)) == "no_version_yet"
    give_version(house, task, 1)
    house.make(f"/v1/tasks/{task}/versions/1/promote")
    answer = house.ask("POST", path, as_="reader", content=RED)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["labels"][0]["name"], told["version_number"], told["image_id"]) == ("dress", 1, None)
    assert house.ask("GET", f"/v1/predictions/{told['id']}").json() == told
    assert [one["id"] for one in house.ask("GET", f"/v1/predictions?task={task}").json()["items"]] == [
        told["id"]
    ]
    assert code_of(house.ask("POST", f"{path}?keep_image=true", content=RED)) == "no_consent"
    assert code_of(house.ask("POST", f"{path}?version=9", content=RED)) == "not_found"
    assert code_of(house.ask("POST", path, content=b"")) == "body_empty"
    house.ask("PATCH", f"/v1/tasks/{task}", json={"keeps_images": True})
    kept = house.make(path, files={"image": ("red.jpg", RED)})
    assert house.ask("GET", f"/v1/images/{kept['image_id']}").json()["name"] == "red.jpg"


def test_what_was_done_is_in_the_audit_log_and_what_there_is_is_counted(house: House) -> None:
    task = a_task_with_images(house, 7)
    told = house.ask("GET", f"/v1/audit?noun_id={task}").json()["items"]
    assert told[-1]["verb"] == "create"
    assert told[-1]["token_id"] == house.token_ids["owner"]
    assert code_of(house.ask("GET", "/v1/audit", as_="editor")) == "role_too_low"
    usage = house.ask("GET", "/v1/usage", as_="reader").json()
    assert usage["n_tasks"] >= 1
    assert usage["n_images"] >= 4
    assert usage["n_bytes_images"] > 0
