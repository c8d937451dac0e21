"""What holds for every compatible route: a token first, both forms of the path, one shape of errors."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import httpx
import pytest
from tests.api.asking import together
from tests.api.vize.vize_world import NOBODY, RED, FakeLoaded, World, a_world, b64
from tests.fake_models import FakeModel

from apprenti.api import hands
from apprenti.api.vize import vize_router

ROUTES = [
    ("POST", "/recognition/v2/task"),
    ("GET", "/recognition/v2/task"),
    ("GET", "/recognition/v2/task/ID"),
    ("DELETE", "/recognition/v2/task/ID"),
    ("POST", "/recognition/v2/task/ID/add-label"),
    ("POST", "/recognition/v2/task/ID/remove-label"),
    ("POST", "/recognition/v2/task/ID/train"),
    ("POST", "/recognition/v2/label"),
    ("GET", "/recognition/v2/label"),
    ("GET", "/recognition/v2/label/ID"),
    ("DELETE", "/recognition/v2/label/ID"),
    ("DELETE", "/recognition/v2/label/ID/wipe"),
    ("POST", "/recognition/v2/label/ID/add-task"),
    ("POST", "/recognition/v2/label/ID/remove-task"),
    ("POST", "/recognition/v2/training-image"),
    ("GET", "/recognition/v2/training-image"),
    ("POST", "/recognition/v2/training-image/update"),
    ("GET", "/recognition/v2/training-image/ID"),
    ("PUT", "/recognition/v2/training-image/ID"),
    ("DELETE", "/recognition/v2/training-image/ID"),
    ("POST", "/recognition/v2/training-image/ID/add-label"),
    ("POST", "/recognition/v2/training-image/ID/remove-label"),
    ("POST", "/recognition/v2/training-image/ID/update-label"),
    ("GET", "/recognition/v2/model"),
    ("GET", "/recognition/v2/model/ID"),
    ("DELETE", "/recognition/v2/model/ID"),
    ("POST", "/recognition/v2/classify"),
    ("GET", "/account/v2/user"),
    ("GET", "/account/v2/details"),
    ("POST", "/authorization/v2/authorize"),
    ("POST", "/annotate/v2/verification"),
    ("GET", "/annotate/v2/verification"),
    ("DELETE", "/annotate/v2/verification/ID"),
    ("POST", "/account/v2/request"),
    ("GET", "/account/v2/request"),
    ("GET", "/account/v2/request/ID"),
    ("GET", "/account/v2/request/ID/status"),
    ("POST", "/v1/classify/ID"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_route_answers_without_a_token_or_redirects(world: World, method: str, path: str) -> None:
    for form in (path.replace("ID", NOBODY), path.replace("ID", NOBODY) + "/"):
        for token in ("", "wrong"):
            answer = world.ask(method, form, token=token)
            assert (answer.status_code, set(answer.json())) == (401, {"detail"})
        known = world.ask(method, form, content=b"{}" if method in ("POST", "PUT") else None)
        assert known.status_code not in (301, 302, 307, 308, 401, 405, 500)


def test_the_list_above_is_complete(world: World) -> None:
    router = vize_router(world.service)
    there = {
        (method, path.rstrip("/").replace("{id}", "ID"))
        for route in router.routes
        for path in [str(getattr(route, "path", ""))]
        for method in getattr(route, "methods", set()) - {"HEAD"}
        if "{rest" not in path and "/file/" not in path
    }
    assert there == set(ROUTES)


@pytest.mark.parametrize("scheme", ["Token", "token", "JWT", "Bearer"])
def test_several_words_before_a_token_open(world: World, scheme: str) -> None:
    headers = {"authorization": f"{scheme} {world.token}"}
    assert world.ask("GET", "/account/v2/user", token="", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/recognition/v2/nothing", 404),
        ("POST", "/recognition/v2/task/x/y/z", 404),
        ("GET", "/annotate/v2/point", 404),
        ("POST", "/detection/v2/detect", 404),
        ("POST", "/tagging/fashion/v2/tags", 404),
        ("PATCH", "/recognition/v2/task", 405),
        ("GET", "/recognition/v2/classify", 405),
        ("PUT", "/recognition/v2/label/", 405),
    ],
)
def test_where_nothing_is_that_is_told_in_the_same_shape(
    world: World, method: str, path: str, status: int
) -> None:
    answer = world.ask(method, path)
    assert (answer.status_code, set(answer.json())) == (status, {"detail"})
    assert ("allow" in answer.headers) == (status == 405)


def test_refusals_are_said_in_the_language_of_the_caller(world: World) -> None:
    answer = world.ask("GET", f"/recognition/v2/task/{NOBODY}", headers={"accept-language": "fr"})
    assert answer.json() == {"detail": "Introuvable."}


def test_the_routes_are_in_no_description(world: World) -> None:
    assert not [path for path in world.app.openapi()["paths"] if "v2" in path or "classify" in path]


def test_too_many_images_at_once_are_asked_to_come_back_and_others_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "N_QUEUED_PER_THREAD", 0)
    world = a_world(tmp_path, url=f"sqlite:///{tmp_path}/a.db")
    door = threading.Event()
    task = world.task()
    version = world.model(task)
    known = world.service.models.known  # type: ignore[attr-defined]
    known[version] = FakeLoaded(FakeModel(door=door))
    headers = {"authorization": f"Token {world.token}"}
    body = {"records": [{"_base64": b64(RED)}], "task_id": task}

    async def flood(client: httpx.AsyncClient) -> tuple[list[int], int]:
        def classify() -> asyncio.Task[httpx.Response]:
            return asyncio.create_task(client.post("/recognition/v2/classify", json=body, headers=headers))

        asked = [classify() for _ in range(20)]
        await asyncio.wait(asked, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        other = await client.get("/account/v2/user", headers=headers)
        door.set()
        return [answer.status_code for answer in await asyncio.gather(*asked)], other.status_code

    statuses, other = together(world.app, flood)
    assert sorted(statuses) == [200] * 9 + [503] * 11
    assert other == 200
