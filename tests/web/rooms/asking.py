"""The rooms of a service behind its real application, visited in this process with a cookie jar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.fake_service import OPERATOR, default_workspace, make_service

from apprenti.api.entrance import EntranceRules
from apprenti.api.guard import Door
from apprenti.api.rates import Rate
from apprenti.domain.service import Role
from apprenti.flow.service import access
from apprenti.flow.service.service import Service
from apprenti.service_server import build_service_app

HERE = "http://127.0.0.1:8000"
DOOR = Door(names=frozenset({"127.0.0.1"}), max_body_bytes=2_000_000)
UNHURRIED = EntranceRules(requests=Rate(per_second=0, burst=0), failures=Rate(per_second=0, burst=0))


@dataclass(frozen=True, kw_only=True)
class Visited:
    """An application and a browser at it.

    Args:
        service: what is behind it.
        app: the application.
        workspace: the first.
        browser: keeps cookies, says where its forms come from, follows nothing by itself.
    """

    service: Service
    app: FastAPI
    workspace: str
    browser: TestClient

    def token(self, role: Role) -> str:
        """Return the secret of a new token."""
        here = None if role is Role.OPERATOR else self.workspace
        return access.create_token(self.service, OPERATOR, here, name=role.name, role=role).secret

    def enter(self, role: Role = Role.OWNER, *, lang: str = "en") -> None:
        """Come in with a token of this role."""
        self.browser.headers["accept-language"] = lang
        answer = self.browser.post("/enter", data={"token": self.token(role)})
        assert answer.status_code == 303, answer.text

    def word(self) -> str:
        """Return what forms of this session carry."""
        found = re.search(r'name="word" value="([0-9a-f]{64})"', self.browser.get("/").text)
        assert found is not None
        return found[1]

    def send(self, path: str, **fields: str) -> str:
        """Send a form and return where it leads."""
        answer = self.browser.post(path, data={"word": self.word(), **fields})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def make_task(self, name: str = "Bread or cake", task_type: str = "multi_class") -> str:
        """Make a task through its form and return its id."""
        return self.send("/tasks", name=name, task_type=task_type).split("/")[2]


def visited(folder: Path, *, rules: EntranceRules = UNHURRIED, in_file: bool = False) -> Visited:
    """Return the rooms over a fresh service, its database in memory, or in a file as in real life."""
    service = make_service(folder, url=f"sqlite:///{folder}/apprenti.db" if in_file else "sqlite://")
    app = build_service_app(service, door=DOOR, rules=rules, n_threads=1)
    return Visited(service=service, app=app, workspace=default_workspace(service), browser=a_browser(app))


def a_browser(app: FastAPI) -> TestClient:
    """Return a browser without any cookie."""
    return TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)
