"""Models and classifying through the compatible routes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.api.vize.vize_world import BLUE, GREEN, NOBODY, RED, World, a_world, b64, theirs_in
from tests.fake_models import FakeLabels, FakeNumbers

from apprenti.domain.errors import ItemError
from apprenti.domain.service import JobState, Role, TrainingJob
from apprenti.store.database import rows, tables, trainings

MODEL = "/recognition/v2/model"
CLASSIFY = "/recognition/v2/classify"


def a_job(world: World, task: str, **values: Any) -> str:
    """Put a training of a task there as it is; return its id."""
    job = TrainingJob(
        id=world.service.new_id(),
        workspace_id=world.here,
        task_id=task,
        budget_seconds=60,
        created_us=1,
        **values,
    )
    with world.service.database.write() as tx:
        trainings.insert(tx, job)
    return job.id


@pytest.mark.parametrize("slash", ["", "/"])
def test_each_record_is_answered_with_its_own_fields(world: World, slash: str) -> None:
    task = world.task()
    world.model(task)
    records = [
        {"_base64": b64(RED), "sku": 7, "_file": "C:/red.jpg"},
        {"_base64": "data:image/png;base64," + b64(GREEN), "_id": "g"},
    ]
    answer = world.post(CLASSIFY + slash, {"records": records, "task_id": task, "version": None})
    assert answer["status"] == {"code": 200, "text": "OK"}
    red, green = answer["records"]
    assert (red["best_label"]["name"], green["best_label"]["name"]) == ("dress", "hat")
    assert red["best_label"] == red["labels"][0]
    assert set(red["best_label"]) == {"id", "name", "prob"}
    assert sum(label["prob"] for label in red["labels"]) == pytest.approx(1, abs=1e-4)
    assert red["_status"] == {"code": 200, "text": "OK"}
    assert (red["sku"], green["_id"]) == (7, "g")
    assert not {"_base64", "_file", "_stored_image_id"} & set(red)


def test_the_task_may_be_named_either_way(world: World) -> None:
    task = world.task()
    world.model(task)
    assert world.post(CLASSIFY, {"records": [{"_base64": b64(BLUE)}], "task": task})["records"]


def test_a_record_that_cannot_be_read_spoils_none_of_the_others(world: World) -> None:
    task = world.task()
    world.model(task)
    records: list[dict[str, Any]] = [
        {"_base64": "?", "n": 0},
        {"_base64": b64(b"<svg>"), "n": 1},
        {"n": 2},
        {"_url": "http://169.254.169.254/latest", "n": 3},
        {"_base64": b64(RED), "n": 4, "_status": "mine", "best_label": "mine"},
    ]
    answer = world.post(CLASSIFY, {"records": records, "task_id": task})
    assert [record["_status"]["code"] for record in answer["records"]] == [400, 422, 400, 400, 200]
    assert [record["n"] for record in answer["records"]] == list(range(5))
    assert answer["status"]["code"] == 200
    assert "best_label" not in answer["records"][0]
    assert "from addresses" in answer["records"][3]["_status"]["text"]
    assert answer["records"][4]["best_label"]["name"] == "dress"


def test_addresses_are_asked_where_that_is_allowed(tmp_path: Path) -> None:
    def fetch(url: str) -> bytes:
        if "red" not in url:
            raise ItemError("not_an_image", item="what is there")
        return RED

    world = a_world(tmp_path, fetch=fetch)
    task = world.task()
    world.model(task)
    records = [{"_url": "https://a.example/red.jpg"}, {"_url": "https://a.example/none"}]
    red, none = world.post(CLASSIFY, {"records": records, "task_id": task})["records"]
    assert (red["best_label"]["name"], red["_url"]) == ("dress", "https://a.example/red.jpg")
    assert none["_status"]["code"] == 422


def test_images_are_kept_when_asked_for_and_only_then(fresh: World) -> None:
    task = fresh.task()
    fresh.model(task)
    body = {"records": [{"_base64": b64(RED)}], "task_id": task}
    assert "_stored_image_id" not in fresh.post(CLASSIFY, body)["records"][0]
    assert fresh.get("/recognition/v2/training-image")["count"] == 0
    (record,) = fresh.post(CLASSIFY, {**body, "store_images": True})["records"]
    image = fresh.get(f"/recognition/v2/training-image/{record['_stored_image_id']}")
    assert image["img_width"] == 32


def test_a_task_that_keeps_no_images_says_so(world: World) -> None:
    task = world.task(keeps_images=False)
    world.model(task)
    body = {"records": [{"_base64": b64(RED)}], "task_id": task, "store_images": True}
    answer = world.ask("POST", CLASSIFY, json=body)
    assert answer.status_code == 409
    assert "keeps no images" in answer.json()["detail"]


def test_several_labels_and_numbers_are_answered_too(world: World) -> None:
    several, numbers = world.task(kind="multi_label"), world.task(kind="regression")
    world.model(several, FakeLabels())
    world.model(numbers, FakeNumbers())
    records = [{"_base64": b64(RED)}]
    (record,) = world.post(CLASSIFY, {"records": records, "task_id": several})["records"]
    assert [label["given"] for label in record["labels"]] == [True, False, False]
    (record,) = world.post(CLASSIFY, {"records": records, "task_id": numbers})["records"]
    assert record["low"] < record["value"] < record["high"]
    assert record["labels"] == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"records": []}, 400),
        ({"records": None}, 400),
        ({"records": ["x"]}, 400),
        ({"records": [{}] * 101}, 400),
        ({"version": "new"}, 400),
        ({"version": 0}, 400),
        ({"version": 10**30}, 400),
        ({"version": 7}, 404),
        ({"task_id": None}, 404),
        ({"task_id": NOBODY}, 404),
        ({"task_id": "x"}, 404),
    ],
)
def test_a_question_that_is_none_is_refused(world: World, change: dict[str, Any], status: int) -> None:
    task = world.task()
    world.model(task)
    body = {"records": [{"_base64": b64(RED)}], "task_id": task, **change}
    answer = world.ask("POST", CLASSIFY, json=body)
    assert (answer.status_code, set(answer.json())) == (status, {"detail"})


def test_a_task_without_a_model_says_so(world: World) -> None:
    answer = world.ask("POST", CLASSIFY, json={"records": [{"_base64": b64(RED)}], "task_id": world.task()})
    assert answer.status_code == 409
    assert "no model yet" in answer.json()["detail"]


def test_versions_are_shown_listed_and_deleted_but_not_the_one_that_answers(world: World) -> None:
    task = world.task()
    first, second = world.model(task), world.model(task, number=2)
    shown = world.get(f"{MODEL}/{first}")
    assert (shown["task"], shown["task_name"], shown["version"]) == (task, "Colours", 1)
    assert (shown["id"], shown["train_status"]) == (first, "TRAINED")
    listed = world.get(f"{MODEL}/?task={task}")
    assert [model["version"] for model in listed["results"]] == [2, 1]
    assert listed["count"] == 2
    assert world.get(f"/recognition/v2/task/{task}")["production_version"] == 2
    refused = world.ask("DELETE", f"{MODEL}/{second}/")
    assert refused.status_code == 409
    assert world.ask("DELETE", f"{MODEL}/{first}/").status_code == 204
    assert world.ask("GET", f"{MODEL}/{first}").status_code == 404
    asked = {"records": [{"_base64": b64(RED)}], "task_id": task}
    assert world.ask("POST", CLASSIFY, json={**asked, "version": 1}).status_code == 404
    assert world.post(CLASSIFY, {**asked, "version": 2})["records"][0]["best_label"]["name"] == "dress"


def test_a_training_stands_for_the_version_that_came_of_it(world: World) -> None:
    task = world.task()
    world.model(task)
    world.model(task, number=2)
    job = a_job(world, task, state=JobState.DONE, version_number=1)
    shown = world.get(f"{MODEL}/{job}")
    assert (shown["id"], shown["version"], shown["train_status"]) == (job, 1, "TRAINED")
    assert world.ask("DELETE", f"{MODEL}/{job}/").status_code == 204
    assert world.ask("GET", f"{MODEL}/{job}").status_code == 404
    assert world.ask("DELETE", f"{MODEL}/{job}/").status_code == 404


def test_a_training_that_waits_is_cancelled_in_place_of_deleted(world: World) -> None:
    task = world.task()
    job = a_job(world, task)
    assert world.get(f"{MODEL}/{job}")["train_status"] == "IN_TRAINING"
    assert world.ask("DELETE", f"{MODEL}/{job}/").status_code == 204
    with world.service.database.read() as tx:
        found = rows.find(tx, tables.TRAININGS, TrainingJob, tables.TRAININGS.c.id == job)
    assert found is not None
    assert found.state is JobState.CANCELLED
    assert world.get(f"{MODEL}/{job}")["train_status"] == "FAILED"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_model_of_another_workspace_is_not_there(world: World, method: str) -> None:
    theirs, task = theirs_in(world), world.task()
    mine, job = world.model(task), a_job(world, task)
    for id_ in (mine, job, NOBODY, "no-id"):
        answer = world.ask(method, f"{MODEL}/{id_}", token=theirs.token)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert world.ask("GET", f"{MODEL}/?task={task}", token=theirs.token).status_code == 404


def test_a_task_of_another_workspace_answers_nobody(world: World) -> None:
    task, theirs = world.task(), theirs_in(world)
    world.model(task)
    body = {"records": [{"_base64": b64(RED)}], "task_id": task}
    assert world.ask("POST", CLASSIFY, token=theirs.token, json=body).status_code == 404
    assert world.ask("POST", CLASSIFY, json={**body, "workspace": theirs.workspace}).status_code == 404


def test_a_reader_may_ask_and_delete_nothing(world: World) -> None:
    task, reader = world.task(), world.token_for(Role.READER)
    model = world.model(task)
    body = {"records": [{"_base64": b64(RED)}], "task_id": task}
    assert world.ask("POST", CLASSIFY, token=reader, json=body).status_code == 200
    assert world.ask("DELETE", f"{MODEL}/{model}", token=reader).status_code == 403
