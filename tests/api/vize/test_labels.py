"""Labels through the compatible routes."""

from __future__ import annotations

import pytest
from tests.api.vize.vize_world import NOBODY, World, theirs_in

LABEL = "/recognition/v2/label"
IMAGE = "/recognition/v2/training-image"


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("kind", ["category", "tag"])
def test_a_label_is_made_and_shown(world: World, kind: str, slash: str) -> None:
    said = {"name": "cat", "type": kind, "description": None, "output_name": "Felis"}
    answer = world.ask("POST", LABEL + slash, json=said)
    assert answer.status_code == 201
    label = answer.json()
    assert (label["name"], label["type"], label["output_name"]) == ("cat", kind, "Felis")
    assert (label["tasks_count"], label["images_count"], label["negative_for_task"]) == (0, 0, None)
    assert label["workspace"] == world.here
    assert world.get(f"{LABEL}/{label['id']}{slash}") == label


def test_a_label_tells_its_tasks_and_images(world: World) -> None:
    task, label, image = world.task(), world.label(), world.upload()
    answer = world.post(f"{LABEL}/{label}/add-task/", {"task_id": task})
    assert answer["recognition_tasks"] == [{"id": task, "name": "Colours"}]
    world.post(f"{IMAGE}/{image}/add-label", {"label_id": label})
    shown = world.get(f"{LABEL}/{label}")
    assert (shown["tasks_count"], shown["images_count"]) == (1, 1)
    assert world.post(f"{LABEL}/{label}/remove-task", {"task_id": task})["tasks_count"] == 0


def test_a_task_of_several_labels_has_a_negative_one_by_itself(world: World) -> None:
    task = world.task(kind="multi_label")
    (label,) = world.get(f"{LABEL}/?task={task}")["results"]
    assert label["negative_for_task"] == task


def test_labels_are_found_by_letters_in_their_names(fresh: World) -> None:
    for name in ("Red cat", "dog", "CATERPILLAR", "100%"):
        fresh.label(name)
    found = fresh.get(f"{LABEL}/?search=cat")
    assert [label["name"] for label in found["results"]] == ["Red cat", "CATERPILLAR"]
    assert found["count"] == 2
    assert [label["name"] for label in fresh.get(f"{LABEL}/?search=%25")["results"]] == ["100%"]
    assert fresh.get(f"{LABEL}/?page=2&search=cat")["results"] == []


def test_a_label_goes_and_its_images_stay_or_go_with_it(world: World) -> None:
    kept, wiped = world.label("kept"), world.label("wiped")
    stays, goes = world.upload(), world.upload()
    world.post(f"{IMAGE}/{stays}/add-label", {"label_id": kept})
    world.post(f"{IMAGE}/{goes}/add-label", {"label_id": wiped})
    assert world.ask("DELETE", f"{LABEL}/{kept}").status_code == 204
    assert world.ask("DELETE", f"{LABEL}/{wiped}/wipe").status_code == 204
    assert world.ask("GET", f"{LABEL}/{kept}").status_code == 404
    assert world.ask("GET", f"{IMAGE}/{stays}").status_code == 200
    assert world.ask("GET", f"{IMAGE}/{goes}").status_code == 404


def test_wiping_takes_the_bytes_along(world: World) -> None:
    label, image = world.label(), world.upload()
    world.post(f"{IMAGE}/{image}/add-label", {"label_id": label})
    sha256 = world.get(f"{IMAGE}/{image}")["img_path"].rpartition("/")[2].partition(".")[0]
    assert world.service.blobs.has(sha256)
    world.ask("DELETE", f"{LABEL}/{label}/wipe")
    assert not world.service.blobs.has(sha256)


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "x", "type": "colour"}, {"name": "x", "output_name": 3}]
)
def test_a_wrong_field_is_refused(world: World, body: dict[str, object]) -> None:
    answer = world.ask("POST", LABEL, json=body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"detail"}


def test_a_sign_no_word_has_is_not_searched_for(world: World) -> None:
    assert world.ask("GET", f"{LABEL}/?search=a%00b").status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{LABEL}/ID"),
        ("DELETE", f"{LABEL}/ID"),
        ("DELETE", f"{LABEL}/ID/wipe"),
        ("POST", f"{LABEL}/ID/add-task"),
        ("POST", f"{LABEL}/ID/remove-task"),
    ],
)
def test_a_label_of_another_workspace_is_not_there(world: World, method: str, path: str) -> None:
    theirs, task = theirs_in(world), world.task()
    for label in (theirs.label, NOBODY, "no-id"):
        body = {"task_id": task} if method == "POST" else None
        answer = world.ask(method, path.replace("ID", label), json=body)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert world.ask("GET", f"{LABEL}/{theirs.label}", token=theirs.token).status_code == 200


def test_labels_of_another_workspaces_task_are_not_told(world: World) -> None:
    theirs = theirs_in(world)
    assert world.ask("GET", f"{LABEL}/?task={theirs.task}").status_code == 404
    label = world.label()
    answer = world.ask("POST", f"{LABEL}/{label}/add-task", json={"task_id": theirs.task})
    assert answer.status_code == 404
