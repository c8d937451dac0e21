"""Thousands of requests made from the document, right ones and wrong ones: nothing breaks, nothing is undocumented."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.api.v1.operations import LEAST_ROLE
from tests.api.v1.service_asking import HERE, House, a_task_with_images, give_version, open_house
from tests.api.vize.vize_world import FakeModels

from apprenti.api.v1.training_events import Pace

schemathesis = pytest.importorskip("schemathesis")
N_EXAMPLES = 20
# an archive is bytes that come from anywhere: it goes out as it was made
schemathesis.serializer.alias("application/zip", "application/octet-stream")
DESTRUCTIVE = {"delete_workspace", "revoke_token"}
"""They would end the walk for those after; their refusals are walked all the same, by ids that are not there."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder: Path = tmp_path_factory.mktemp("house")
    house = open_house(folder, models=FakeModels())
    house.app.state.streams.pace = Pace(look_seconds=0.01, longest_seconds=0.02)
    task = a_task_with_images(house, 1)
    give_version(house, task, 1)
    house.make(f"/v1/tasks/{task}/versions/1/promote")
    return house


@pytest.fixture(scope="module")
def operations(house: House) -> Mapping[str, Any]:
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", house.app, headers={"host": "127.0.0.1"})
    found = [result.ok() for result in schema.get_all_operations()]
    return {operation.definition.raw["operationId"]: operation for operation in found}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("operation_id", sorted(set(LEAST_ROLE) - DESTRUCTIVE))
def test_what_the_document_tells_is_what_happens(
    house: House, operations: Mapping[str, Any], operation_id: str
) -> None:
    from hypothesis import HealthCheck, given, settings
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    headers = {"authorization": f"Token {house.secrets['operator']}"}
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]

    def walk(case: Any) -> None:
        case.call_and_validate(headers=headers, base_url=HERE, checks=checks)

    for mode in schemathesis.GenerationMode:
        made = operations[operation_id].as_strategy(generation_mode=mode)
        limits = settings(
            max_examples=N_EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        limits(given(case=made)(walk))()
