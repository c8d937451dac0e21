"""Tasks of the service as models: by id or by name, each version by its number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from anyio import to_thread
from fastapi import Request

from apprenti.api.callers import Callers
from apprenti.api.entrance import CALLER
from apprenti.api.inference.errors import shown
from apprenti.api.inference.served import Find, Said, ServedModel, Shown
from apprenti.api.refusals import RefusedError
from apprenti.domain.service import Caller
from apprenti.flow.service.access import ITSELF
from apprenti.flow.service.predictions import answering_model, classify_many
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import task_called
from apprenti.flow.service.versions import list_versions
from apprenti.flow.service.workspaces import workspace_meant

WORKSPACE = "workspace"
LARGEST_NUMBER = 2**31 - 1
MOST_VERSIONS = 500


class ServiceModels:
    """The tasks of a service that have a version.

    Args:
        service: what answers. Who asks stands in the request, where the entrance put it.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def enter(self, request: Request) -> Find:
        """Return what finds tasks by id or name, in the caller's workspace or the one named in the query."""
        caller: Caller = request.scope[CALLER]
        callers: Callers = request.app.state.callers
        workspace_id = await callers.workspace_of(caller, request.query_params.get(WORKSPACE))
        return partial(self._found, caller, workspace_id)

    def _found(self, caller: Caller, workspace_id: str, name: str, said: str | None) -> ServedModel:
        service = self._service
        number = None if said is None else _number(name, said)
        task_id = task_called(service, caller, workspace_id, name)
        version, manifest = answering_model(service, caller, workspace_id, task_id, number)

        def answer(images: Sequence[Shown]) -> list[Said]:
            named = [(f"image {place}", image) for place, image in enumerate(images, start=1)]
            answered = classify_many(service, caller, workspace_id, task_id, named, version=version.number)
            return [Said(prediction=one.prediction, prediction_id=one.stored.id) for one in answered]

        def versions() -> tuple[str, ...]:
            page = list_versions(service, caller, workspace_id, task_id=task_id, limit=MOST_VERSIONS)
            return tuple(str(each.number) for each in page.items)

        return ServedModel(
            name=name,
            version=str(version.number),
            versions=versions,
            manifest=manifest,
            answer=answer,
            keeps=True,
        )

    async def check(self, request: Request) -> None:
        """Pass where the database answers."""
        await to_thread.run_sync(workspace_meant, self._service, ITSELF, None)


def _number(name: str, version: str) -> int:
    if not (version.isascii() and version.isdecimal() and 0 < int(version[:12]) <= LARGEST_NUMBER):
        raise RefusedError("model_unknown", 404, name=shown(f"{name}/{version}"))
    return int(version)
