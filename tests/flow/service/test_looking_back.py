"""The audit log, by what was done with and by who did it."""

from __future__ import annotations

from pathlib import Path

from tests.fake_service import OPERATOR, default_workspace, make_service

from apprenti.domain.service import Caller, Role
from apprenti.flow.service import labels, looking_back, tasks
from apprenti.flow.service.tasks import TaskSettings


def test_what_was_done_is_found_by_kind_by_thing_and_by_who(tmp_path: Path) -> None:
    service = make_service(tmp_path)
    here = default_workspace(service)
    ann = Caller(token_id="ann", role=Role.OWNER, workspace_id=here)
    task = tasks.create_task(service, ann, here, TaskSettings(name="Bread"))
    label = labels.create_label(service, OPERATOR, here, name="cake")

    def found(**wanted: str) -> list[tuple[str, str]]:
        page = looking_back.list_audit(service, OPERATOR, here, **wanted)
        return [(entry.verb, entry.noun) for entry in page.items]

    assert found()[:2] == [("create", "label"), ("create", "task")]
    assert found(noun="task") == found(token_id="ann") == found(noun_id=task.id) == [("create", "task")]
    assert found(noun="task", noun_id=label.id) == []
    service.database.close()
