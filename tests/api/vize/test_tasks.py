"""Tasks through the compatible routes."""

from __future__ import annotations

import pytest
from tests.api.vize.vize_world import NOBODY, World, another_picture, theirs_in

from apprenti.domain.service import JobState, Role
from apprenti.flow.service import trainings
from apprenti.store.database import rows, tables

TASK = "/recognition/v2/task"


def trainable(world: World) -> str:
    """Return the id of a task with two labels that two images each show."""
    task = world.task()
    for name in ("red", "blue"):
        label = world.label(name)
        world.post(f"{TASK}/{task}/add-label", {"label_id": label})
        for _ in range(2):
            image = world.upload(another_picture())
            world.post(f"/recognition/v2/training-image/{image}/add-label", {"label_id": label})
    return task


@pytest.mark.parametrize("kind", ["multi_class", "multi_label", "regression"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_task_is_made_and_shown_with_or_without_a_slash(world: World, kind: str, slash: str) -> None:
    answer = world.ask("POST", TASK + slash, json={"name": "Animals", "type": kind, "description": None})
    assert answer.status_code == 201
    task = answer.json()
    assert (task["name"], task["type"], task["production_version"]) == ("Animals", kind, None)
    assert (task["workspace"], task["description"], task["last_train_status"]) == (world.here, "", "")
    assert world.get(f"{TASK}/{task['id']}{slash}") == task
    assert task in world.get(TASK + slash)["results"]


def test_the_default_workspace_may_be_named_by_its_name_or_id_or_not_at_all(fresh: World) -> None:
    for workspace in (
        {},
        {"workspace": "Default"},
        {"workspace": fresh.here},
        {"workspace": fresh.here.upper()},
    ):
        assert fresh.post(TASK, {"name": "x", **workspace})["workspace"] == fresh.here
    assert fresh.get(TASK, params={"workspace": fresh.here})["count"] == 4


def test_a_list_goes_on_under_the_host_the_client_used(fresh: World) -> None:
    for n in range(101):
        fresh.task(f"task {n}")
    first = fresh.get(f"{TASK}/", headers={"host": "localhost:9000"})
    assert (first["count"], len(first["results"])) == (101, 100)
    assert first["next"].startswith("http://localhost:9000/recognition/v2/task/?")
    rest = fresh.get(first["next"].removeprefix("http://localhost:9000"))
    assert [task["name"] for task in rest["results"]] == ["task 100"]
    assert rest["next"] is None
    assert fresh.get(f"{TASK}?page=2")["results"] == rest["results"]
    assert fresh.get(f"{TASK}?page=3")["results"] == []


def test_who_deletes_what_he_was_shown_and_goes_on_misses_nothing(fresh: World) -> None:
    for n in range(102):
        fresh.task(f"task {n}")
    first = fresh.get(TASK)
    for task in first["results"][:50]:
        assert fresh.ask("DELETE", f"{TASK}/{task['id']}/").status_code == 204
    rest = fresh.get(first["next"].removeprefix("http://127.0.0.1:8000"))
    assert [task["name"] for task in rest["results"]] == ["task 100", "task 101"]


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e3", "²", "9" * 40])
def test_a_page_that_is_no_number_is_refused(world: World, page: str) -> None:
    assert world.ask("GET", TASK, params={"page": page}).status_code == 400


def test_a_place_in_a_list_that_is_not_ours_is_refused(world: World) -> None:
    assert world.ask("GET", TASK, params={"after": "' OR 1=1"}).status_code == 400


def test_labels_come_and_go(world: World) -> None:
    task, label = world.task(), world.label()
    world.post(f"{TASK}/{task}/add-label/", {"label_id": label})
    assert world.get(f"/recognition/v2/label/?task={task}")["count"] == 1
    world.post(f"{TASK}/{task}/remove-label/", {"label_id": label})
    assert world.get(f"/recognition/v2/label/?task={task}")["count"] == 0


def test_a_training_is_queued_and_says_what_few_images_will_cost(world: World) -> None:
    task = trainable(world)
    answer = world.ask("POST", f"{TASK}/{task}/train/")
    assert answer.status_code == 200
    model = answer.json()
    assert (model["task"], model["task_name"], model["version"]) == (task, "Colours", None)
    assert model["train_status"] == "IN_TRAINING"
    assert len(model["warnings"]) == 2
    assert "“red” has 2 images; with fewer than 20" in model["warnings"][0]
    assert world.get(f"{TASK}/{task}")["last_train_status"] == "IN_TRAINING"
    assert world.get(f"/recognition/v2/model/{model['id']}")["train_status"] == "IN_TRAINING"
    again = world.post(f"{TASK}/{task}/train", {"workspace": world.here})
    assert again["id"] == model["id"]


@pytest.mark.parametrize(
    ("state", "word"),
    [(JobState.DONE, "TRAINED"), (JobState.FAILED, "FAILED"), (JobState.CANCELLED, "FAILED")],
)
def test_a_training_that_is_over_says_so(world: World, state: JobState, word: str) -> None:
    task = trainable(world)
    job = world.post(f"{TASK}/{task}/train")["id"]
    with world.service.database.write() as tx:
        rows.change(tx, tables.TRAININGS, tables.TRAININGS.c.id == job, state=state)
    assert world.get(f"{TASK}/{task}")["last_train_status"] == word


def test_a_training_that_failed_says_why(world: World) -> None:
    job = world.post(f"{TASK}/{trainable(world)}/train")["id"]
    why = {"key": "errors.training_broke", "values": {"cause": "MemoryError"}}
    with world.service.database.write() as tx:
        where = tables.TRAININGS.c.id == job
        rows.change(tx, tables.TRAININGS, where, state=JobState.FAILED, error=why)
    assert "MemoryError" in world.get(f"/recognition/v2/model/{job}")["problem"]


def test_two_labels_of_one_name_are_taken_since_scripts_may_send_them(world: World) -> None:
    task = world.task()
    for _ in range(2):
        world.post(f"{TASK}/{task}/add-label", {"label_id": world.label("twice")})
    listed = world.get(f"/recognition/v2/label?task={task}")["results"]
    assert [label["name"] for label in listed] == ["twice", "twice"]


def test_nothing_to_train_on_is_a_conflict(world: World) -> None:
    answer = world.ask("POST", f"{TASK}/{world.task()}/train")
    assert answer.status_code == 409
    assert "fewer than two labels" in answer.json()["detail"]


def test_a_deleted_task_is_gone(world: World) -> None:
    task = world.task()
    assert world.ask("DELETE", f"{TASK}/{task}/").status_code == 204
    answer = world.ask("GET", f"{TASK}/{task}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": 3}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "x", "type": "detection"}, "type"),
        ({"name": "x", "description": []}, "description"),
    ],
)
def test_a_wrong_field_is_named(world: World, body: dict[str, object], field: str) -> None:
    answer = world.ask("POST", TASK, json=body)
    assert answer.status_code == 400
    assert field in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"3",
        b'{"name": NaN}',
        b'{"name": "x", "x": 1e999}',
        b'{"name": "a\\u0000b"}',
        b'{"name": "\\ud800"}',
        b"\xff\xfe",
        b'{"x":' * 40 + b"1" + b"}" * 40,
        b'{"x":' * 100_000,
        b'{"x": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_no_database_should_see_is_refused(world: World, body: bytes) -> None:
    answer = world.ask("POST", TASK, content=body)
    assert answer.status_code == 400
    assert "one JSON object" in answer.json()["detail"]


def test_a_body_without_images_is_not_large(world: World) -> None:
    answer = world.ask("POST", TASK, content=b'{"name": "' + b"x" * 2_000_000 + b'"}')
    assert answer.status_code == 413
    assert "detail" in answer.json()


def test_each_role_does_what_it_may(world: World) -> None:
    task = world.task()
    reader, editor = world.token_for(Role.READER), world.token_for(Role.EDITOR)
    assert world.ask("GET", f"{TASK}/{task}", token=reader).status_code == 200
    assert world.ask("POST", TASK, token=reader, json={"name": "x"}).status_code == 403
    refused = world.ask("DELETE", f"{TASK}/{task}", token=editor)
    assert refused.status_code == 403
    assert "detail" in refused.json()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{TASK}/ID"),
        ("DELETE", f"{TASK}/ID"),
        ("POST", f"{TASK}/ID/train"),
        ("POST", f"{TASK}/ID/add-label"),
        ("POST", f"{TASK}/ID/remove-label"),
    ],
)
def test_a_task_of_another_workspace_is_not_there(world: World, method: str, path: str) -> None:
    theirs = theirs_in(world)
    mine = world.label("mine")
    for task in (theirs.task, NOBODY, "no-id", "..%2f..%2fetc"):
        answer = world.ask(
            method, path.replace("ID", task), json={"label_id": mine} if method == "POST" else None
        )
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."}), task
    assert world.ask("GET", f"{TASK}/{theirs.task}", token=theirs.token).status_code == 200


@pytest.mark.parametrize("verb", ["add-label", "remove-label"])
def test_a_label_of_another_workspace_is_not_there(world: World, verb: str) -> None:
    task, theirs = world.task(), theirs_in(world)
    answer = world.ask("POST", f"{TASK}/{task}/{verb}", json={"label_id": theirs.label})
    assert answer.status_code == 404


def test_another_workspace_cannot_be_named(world: World) -> None:
    theirs = theirs_in(world)
    assert world.ask("POST", TASK, json={"name": "x", "workspace": theirs.workspace}).status_code == 404
    assert world.ask("GET", TASK, params={"workspace": theirs.workspace}).status_code == 404
    assert world.ask("GET", TASK, params={"workspace": "Elsewhere"}).status_code == 404
    assert world.ask("POST", TASK, json={"name": "x", "workspace": ["a"]}).status_code == 404
    assert [task["name"] for task in world.get(TASK, token=theirs.token)["results"]] == ["Theirs"]


def test_the_training_asked_for_is_the_one_that_waits(world: World) -> None:
    task = trainable(world)
    job = world.post(f"{TASK}/{task}/train")["id"]
    caller = trainings.Caller(token_id="t", role=Role.OWNER, workspace_id=world.here)
    assert trainings.get_training(world.service, caller, world.here, job).task_id == task
