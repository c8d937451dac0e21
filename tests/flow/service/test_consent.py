"""Consent to keep the photos that are asked about: owners give it and take it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, default_workspace, make_service

from apprenti.domain.errors import AccessError
from apprenti.domain.service import Caller, Role
from apprenti.flow.service import tasks
from apprenti.flow.service.tasks import TaskSettings


def test_an_editor_changes_a_task_but_not_its_consent(tmp_path: Path) -> None:
    service = make_service(tmp_path)
    here = default_workspace(service)
    task = tasks.create_task(service, OPERATOR, here, TaskSettings(name="Bread"))
    editor, owner = (Caller(token_id="x", role=role, workspace_id=here) for role in (Role.EDITOR, Role.OWNER))
    assert tasks.change_task(service, editor, here, task.id, name="Cake", keeps_images=False).name == "Cake"
    with pytest.raises(AccessError):
        tasks.change_task(service, editor, here, task.id, keeps_images=True)
    assert tasks.change_task(service, owner, here, task.id, keeps_images=True).keeps_images
    service.database.close()
