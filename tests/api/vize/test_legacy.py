"""The form of 2017: one photo, names and probabilities."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.api.vize.vize_world import GREEN, NOBODY, RED, World, a_world, theirs_in
from tests.fake_models import FakeNumbers

from apprenti.flow.service.service import ServiceLimits


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_form_with_a_photo_is_answered_by_names(world: World, slash: str) -> None:
    task = world.task()
    world.model(task)
    answer = world.ask(
        "POST",
        f"/v1/classify/{task}{slash}",
        files={"image": ("green.png", GREEN, "image/png")},
        data={"what_old_scripts": "send too"},
        headers={"authorization": f"JWT {world.token}"},
    )
    assert answer.status_code == 200
    assert answer.json()["prediction"] == "hat"
    assert max(answer.json()["scores"].values()) == answer.json()["scores"]["hat"]


def test_a_number_is_answered_as_one(world: World) -> None:
    task = world.task(kind="regression")
    world.model(task, FakeNumbers())
    answer = world.ask("POST", f"/v1/classify/{task}", files={"image": ("a", RED)})
    assert (answer.status_code, answer.json()["scores"]) == (200, {})
    assert isinstance(answer.json()["prediction"], float)


def test_what_cannot_be_answered_says_why(world: World) -> None:
    task = world.task()
    path = f"/v1/classify/{task}"
    form = {"image": ("a", RED)}
    assert world.ask("POST", path, files=form).status_code == 409
    world.model(task)
    refused = [
        (world.ask("POST", path), 400),
        (world.ask("POST", path, files={"other": ("a", RED)}), 400),
        (world.ask("POST", path, files={"image": ("a", b"<svg>")}), 422),
        (world.ask("POST", path, files=form, token="wrong"), 401),
        (world.ask("POST", f"/v1/classify/{NOBODY}", files=form), 404),
        (world.ask("POST", path, files=form, token=theirs_in(world).token), 404),
        (world.ask("GET", path), 405),
    ]
    for answer, status in refused:
        assert (answer.status_code, set(answer.json())) == (status, {"detail"})


def test_a_photo_too_large_is_refused(tmp_path: Path) -> None:
    world = a_world(tmp_path, limits=ServiceLimits(max_image_bytes=1000))
    answer = world.ask("POST", f"/v1/classify/{world.task()}", files={"image": ("a", b"x" * 1001)})
    assert answer.status_code == 422
