"""Every operation of the OpenAPI document, and how to ask for it about things of a given workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fake_service import picture

from apprenti.api.description import openapi_document
from apprenti.domain.service import Role

NOBODY = "00000000-0000-4000-8000-000000000000"
OPEN = frozenset({"live", "ready"})
"""Operations that need no token."""

LEAST_ROLE: Mapping[str, Role] = {
    "show_caller": Role.READER,
    "list_workspaces": Role.READER,
    "create_workspace": Role.OPERATOR,
    "show_workspace": Role.READER,
    "delete_workspace": Role.OPERATOR,
    "export_workspace": Role.OWNER,
    "import_workspace": Role.OPERATOR,
    "list_tokens": Role.OWNER,
    "create_token": Role.OWNER,
    "revoke_token": Role.OWNER,
    "list_tasks": Role.READER,
    "create_task": Role.EDITOR,
    "show_task": Role.READER,
    "change_task": Role.EDITOR,
    "delete_task": Role.OWNER,
    "list_task_labels": Role.READER,
    "add_label_to_task": Role.EDITOR,
    "remove_label_from_task": Role.EDITOR,
    "merge_labels": Role.EDITOR,
    "list_labels": Role.READER,
    "create_label": Role.EDITOR,
    "show_label": Role.READER,
    "change_label": Role.EDITOR,
    "delete_label": Role.OWNER,
    "list_tasks_of_label": Role.READER,
    "add_image": Role.EDITOR,
    "add_images": Role.EDITOR,
    "list_images": Role.READER,
    "count_images": Role.READER,
    "label_images": Role.EDITOR,
    "delete_images": Role.EDITOR,
    "show_image": Role.READER,
    "change_image": Role.EDITOR,
    "delete_image": Role.EDITOR,
    "label_image": Role.EDITOR,
    "unlabel_image": Role.EDITOR,
    "show_picture": Role.READER,
    "show_thumbnail": Role.READER,
    "show_plan": Role.READER,
    "ask_plan": Role.EDITOR,
    "ask_training": Role.EDITOR,
    "list_trainings": Role.READER,
    "show_training": Role.READER,
    "cancel_training": Role.EDITOR,
    "follow_training": Role.READER,
    "list_versions": Role.READER,
    "show_version": Role.READER,
    "download_model": Role.OWNER,
    "export_model": Role.OWNER,
    "compare_versions": Role.READER,
    "delete_version": Role.OWNER,
    "promote_version": Role.OWNER,
    "roll_back_task": Role.OWNER,
    "unpin_task": Role.OWNER,
    "predict": Role.READER,
    "explain": Role.READER,
    "list_predictions": Role.READER,
    "show_prediction": Role.READER,
    "correct": Role.EDITOR,
    "correct_image": Role.EDITOR,
    "list_corrections": Role.READER,
    "show_correction": Role.READER,
    "release_correction": Role.OWNER,
    "reject_correction": Role.OWNER,
    "reject_corrections": Role.OWNER,
    "withdraw_correction": Role.EDITOR,
    "list_review": Role.READER,
    "show_estimate": Role.READER,
    "show_next_training": Role.READER,
    "show_dashboard": Role.READER,
    "show_traffic": Role.READER,
    "show_alarm": Role.READER,
    "show_metrics": Role.OPERATOR,
    "list_webhooks": Role.OWNER,
    "create_webhook": Role.OWNER,
    "delete_webhook": Role.OWNER,
    "test_webhook": Role.OWNER,
    "list_deliveries": Role.OWNER,
    "list_audit": Role.OWNER,
    "show_usage": Role.READER,
}
"""Who may ask for what. A new operation is added here, or tests fail."""

_BODIES: Mapping[str, Any] = {
    "create_workspace": {"name": "x"},
    "create_token": {"name": "x", "role": "reader"},
    "create_task": {"name": "x"},
    "change_task": {"description": "changed"},
    "create_label": {"name": "x"},
    "change_label": {"description": "changed"},
    "merge_labels": {"into": "{other_label_id}"},
    "label_images": {"image_ids": ["{image_id}"], "add": [{"label_id": "{label_id}"}]},
    "delete_images": {"image_ids": ["{image_id}"]},
    "change_image": {"is_test": True},
    "ask_training": {},
    "promote_version": {},
    "correct": {"label_ids": ["{label_id}"]},
    "correct_image": {"label_ids": ["{label_id}"]},
    "reject_corrections": {"task_id": "{task_id}"},
    "create_webhook": {"url": "https://example.org/hook"},
}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that can be asked for.

    Args:
        id: its name in the document.
        method: ``GET``.
        path: with braces.
        query: names of its query parameters.
        has_image: its body is an image.
    """

    id: str
    method: str
    path: str
    query: frozenset[str]
    has_image: bool

    @property
    def names_something(self) -> bool:
        """Whether its path or its body names a thing of a workspace."""
        return "{" in self.path or "_id}" in str(_BODIES.get(self.id, ""))

    def about(self, ids: Mapping[str, str], *, query: str = "") -> tuple[str, str, dict[str, Any]]:
        """Return method, path and options that ask about things with these ids."""
        path = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], NOBODY), self.path) + query
        options: dict[str, Any] = {}
        if self.id in _BODIES:
            options["json"] = _filled(_BODIES[self.id], ids)
        elif self.id == "add_images":
            options["files"] = {"image": ("x.png", picture((1, 2, 3)))}
        elif self.id == "import_workspace":
            options["content"] = b"no archive"
        elif self.has_image:
            options["content"] = picture((1, 2, 3))
        return self.method, path, options


def _filled(body: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, ids) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, ids) for value in body]
    if isinstance(body, str) and body.startswith("{"):
        return ids.get(body.strip("{}"), NOBODY)
    return body


def every_operation() -> Iterator[Operation]:
    """Yield what the document tells of."""
    for path, methods in openapi_document()["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {})
            yield Operation(
                id=told["operationId"],
                method=method.upper(),
                path=path,
                query=frozenset(each["name"] for each in told.get("parameters", []) if each["in"] == "query"),
                has_image="multipart/form-data" in content,
            )


OPERATIONS = tuple(every_operation())
WITH_TOKEN = tuple(operation for operation in OPERATIONS if operation.id not in OPEN)
