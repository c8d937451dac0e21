"""A service behind its real application, asked in this process: a client for each role, and for another workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from tests.api.vize.vize_world import FakeLoaded
from tests.fake_models import FakeModel
from tests.fake_service import OPERATOR, default_workspace, make_service, picture

from apprenti.api.entrance import EntranceRules
from apprenti.api.guard import Door
from apprenti.api.rates import Rate
from apprenti.domain.service import Role, Version
from apprenti.flow.service import access, workspaces
from apprenti.flow.service.service import Service
from apprenti.service_server import build_service_app
from apprenti.store.database import versions as version_table

HERE = "http://127.0.0.1:8000"
DOOR = Door(names=frozenset({"127.0.0.1", "localhost"}), max_body_bytes=2_000_000)
UNHURRIED = EntranceRules(requests=Rate(per_second=0, burst=0), failures=Rate(per_second=0, burst=0))


@dataclass(frozen=True, kw_only=True)
class House:
    """An application and who may ask it.

    Args:
        service: what is behind it.
        app: the application.
        workspace: the first workspace.
        secrets: of a token of each role there, and ``stranger``: an owner of another workspace.
        other_workspace: the stranger's.
        token_ids: likewise.
    """

    service: Service
    app: FastAPI
    workspace: str
    other_workspace: str
    secrets: Mapping[str, str]
    token_ids: Mapping[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, as_: str = "owner", **options: Any) -> httpx.Response:
        """Return the answer to one request of somebody."""
        headers = dict(options.pop("headers", {}))
        if as_ and "authorization" not in headers:
            headers["authorization"] = f"Token {self.secrets[as_]}"
        answer: httpx.Response = self.talk(
            lambda client: client.request(method, path, headers=headers, **options)
        )
        return answer

    def talk(self, talk: Callable[[httpx.AsyncClient], Coroutine[Any, Any, Any]]) -> Any:
        """Return what ``talk`` returns, given a client that shows no token by itself."""

        async def once() -> Any:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
                return await talk(client)

        return asyncio.run(once())

    def make(self, path: str, *, as_: str = "owner", **options: Any) -> dict[str, Any]:
        """Return what a POST made."""
        answer = self.ask("POST", path, as_=as_, **options)
        assert answer.status_code in (200, 201), answer.text
        made: dict[str, Any] = answer.json()
        return made


def open_house(folder: Path, *, rules: EntranceRules = UNHURRIED, **options: Any) -> House:
    """Return an application over a fresh service, its database a file as in real life."""
    service = make_service(folder, url=f"sqlite:///{folder}/apprenti.db")
    service = replace(service, **options) if options else service
    here = default_workspace(service)
    other = workspaces.create_workspace(service, OPERATOR, name="Other").id
    made = {
        role.name.lower(): access.create_token(
            service, OPERATOR, None if role is Role.OPERATOR else here, name=role.name, role=role
        )
        for role in Role
    }
    made["stranger"] = access.create_token(service, OPERATOR, other, name="stranger", role=Role.OWNER)
    return House(
        service=service,
        app=build_service_app(service, door=DOOR, rules=rules, n_threads=2),
        workspace=here,
        other_workspace=other,
        secrets={name: new.secret for name, new in made.items()},
        token_ids={name: new.token.id for name, new in made.items()},
    )


def a_task_with_images(house: House, shade: int) -> str:
    """Return the id of a new task with two labels and four images of them, of a colour nothing else has."""
    task = str(house.make("/v1/tasks", json={"name": f"Task {shade}"})["id"])
    for n, name in enumerate(("red", "blue")):
        label = house.make("/v1/labels", json={"name": name})["id"]
        assert house.ask("PUT", f"/v1/tasks/{task}/labels/{label}").status_code == 204
        for m in range(2):
            house.make(f"/v1/images?label={label}", content=picture((shade, n, m)))
    return task


def give_version(house: House, task_id: str, number: int) -> Version:
    """Give a task a version that answers by colour; not yet in production."""
    service = house.service
    names = ("dress", "hat", "shirt")
    version = Version(
        id=service.new_id(),
        workspace_id=house.workspace,
        task_id=task_id,
        number=number,
        model_sha256=service.blobs.put(f"model {number} of {task_id}".encode()),
        n_bytes=9,
        labels=tuple(str(house.make("/v1/labels", json={"name": name})["id"]) for name in names),
        created_us=service.now_us(),
    )
    with service.database.write() as tx:
        version_table.insert(tx, version)
    known: dict[str, Any] = service.models.known  # type: ignore[attr-defined]
    known[version.id] = FakeLoaded(FakeModel())
    return version


def code_of(answer: httpx.Response) -> str:
    """Return the code of a refusal, having checked its shape."""
    error = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "details"}
    assert error["message"]
    return str(error["code"])
