"""A service behind the compatible routes, asked as a client on the same machine would, without a network."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from fastapi import FastAPI
from tests.api.asking import DOOR, together
from tests.fake_models import FakeModel
from tests.fake_service import OPERATOR, default_workspace, make_service, picture

from apprenti.api.entrance import EntranceRules
from apprenti.api.rates import Rate
from apprenti.api.service_app import ServiceDoors, create_service_app
from apprenti.api.vize import DIALECTS, FILES, vize_router
from apprenti.domain.service import Role, Version
from apprenti.flow.service import access, labels, tasks, workspaces
from apprenti.flow.service.loaded_models import Answered
from apprenti.flow.service.service import Service, ServiceLimits
from apprenti.flow.service.tasks import TaskSettings
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table

NO_RATE = Rate(per_second=0, burst=0)
NOBODY = "00000000-0000-4000-8000-000000000000"
_NUMBERS = itertools.count(1)
RED, GREEN, BLUE = (picture(colour) for colour in ((230, 20, 20), (20, 230, 20), (20, 20, 230)))


class FakeLoaded:
    """A version that answers by the mean colour."""

    scale = None
    reference = None

    def __init__(self, model: FakeModel) -> None:
        self.predictor = model

    def ask(self, data: bytes, *, item: str, max_megapixels: float) -> Answered:
        answer = self.predictor.predict_bytes(data, item=item, top=len(self.predictor.labels))
        return Answered(prediction=answer, facts=np.zeros(6, np.float32), embedding=np.zeros(4, np.float32))


@dataclass
class FakeModels:
    """Versions by their id."""

    known: dict[str, FakeLoaded] = field(default_factory=dict)

    def of(self, version: Version, blobs: object) -> FakeLoaded:
        return self.known[version.id]


@dataclass(frozen=True, kw_only=True)
class World:
    """A running service.

    Args:
        service: its parts.
        app: its door.
        here: the first workspace.
        token: opens that one, as its owner.
    """

    service: Service
    app: FastAPI
    here: str
    token: str

    def ask(self, method: str, path: str, *, token: str | None = None, **options: Any) -> httpx.Response:
        """Return the answer to one request with a token; an empty one sends none."""
        secret = self.token if token is None else token
        headers = {"authorization": f"Token {secret}"} if secret else {}
        headers |= options.pop("headers", {})

        async def talk(client: httpx.AsyncClient) -> httpx.Response:
            return await client.request(method, path, headers=headers, **options)

        answer: httpx.Response = together(self.app, talk)
        return answer

    def get(self, path: str, **options: Any) -> Any:
        """Return the JSON at a path that must be there."""
        return self._good("GET", path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """Return the JSON that a request that must succeed is answered with."""
        return self._good("POST", path, json=data or {}, **options)

    def _good(self, method: str, path: str, **options: Any) -> Any:
        answer = self.ask(method, path, **options)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def task(self, name: str = "Colours", kind: str = "multi_class", **words: Any) -> str:
        """Return the id of a new task."""
        return str(self.post("/recognition/v2/task", {"name": name, "type": kind, **words})["id"])

    def label(self, name: str = "red", kind: str = "category") -> str:
        """Return the id of a new label."""
        return str(self.post("/recognition/v2/label", {"name": name, "type": kind})["id"])

    def upload(self, data: bytes | None = None, **words: Any) -> str:
        """Return the id of a new image."""
        said = {"base64": b64(data or another_picture()), **words}
        return str(self.post("/recognition/v2/training-image", said)["id"])

    def token_for(self, role: Role, workspace_id: str | None = None) -> str:
        """Return a new token."""
        where = workspace_id or self.here
        return access.create_token(self.service, OPERATOR, where, name="t", role=role).secret

    def model(self, task_id: str, model: FakeModel | None = None, *, number: int = 1) -> str:
        """Give a task a version that answers by colour and is in production; return its id."""
        answers = model or FakeModel()
        version = Version(
            id=self.service.new_id(),
            workspace_id=self.here,
            task_id=task_id,
            number=number,
            model_sha256=self.service.blobs.put(f"model {task_id} {number}".encode()),
            n_bytes=9,
            labels=tuple(self.label(name) for name in answers.labels),
            created_us=self.service.now_us(),
        )
        with self.service.database.write() as tx:
            version_table.insert(tx, version)
            task_table.change(tx, self.here, task_id, production_version=number)
        known: dict[str, Any] = self.service.models.known  # type: ignore[attr-defined]
        known[version.id] = FakeLoaded(answers)
        return version.id


def a_world(
    folder: Path,
    *,
    fetch: Callable[[str], bytes] | None = None,
    limits: ServiceLimits | None = None,
    url: str = "sqlite://",
) -> World:
    """Return a service that has begun, behind the guard."""
    service = replace(
        make_service(folder, url=url),
        models=FakeModels(),  # type: ignore[arg-type]
        limits=limits or ServiceLimits(),
    )
    app = create_service_app(
        service,
        door=replace(DOOR, max_body_bytes=3_000_000),
        rules=EntranceRules(requests=NO_RATE, failures=NO_RATE, open_below=(FILES,)),
        doors=ServiceDoors(routers=[vize_router(service, fetch=fetch)], dialects=DIALECTS),
    )
    here = default_workspace(service)
    token = access.create_token(service, OPERATOR, here, name="mine", role=Role.OWNER).secret
    return World(service=service, app=app, here=here, token=token)


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """One of everything, in another workspace."""

    workspace: str
    token: str
    task: str
    label: str
    image: str
    sha256: str


def theirs_in(world: World) -> Theirs:
    """Make another workspace with one of everything."""
    service = world.service
    other = workspaces.create_workspace(service, OPERATOR, name="Theirs").id
    token = world.token_for(Role.OWNER, other)
    task = tasks.create_task(service, OPERATOR, other, TaskSettings(name="Theirs"))
    label = labels.create_label(service, OPERATOR, other, name="theirs")
    image = world.ask(
        "POST", "/recognition/v2/training-image", token=token, json={"base64": b64(another_picture())}
    ).json()
    return Theirs(
        workspace=other,
        token=token,
        task=task.id,
        label=label.id,
        image=image["id"],
        sha256=image["img_path"].rpartition("/")[2],
    )


def another_picture() -> bytes:
    """Return an image file that was not there before."""
    number = next(_NUMBERS)
    return picture((number % 251, number // 251, 77))


def b64(data: bytes) -> str:
    """Return the base64 of some bytes."""
    return base64.b64encode(data).decode()
