"""The OpenAPI document and the Postman collection made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.v1.operations import OPEN, OPERATIONS

from apprenti.api.description import collection_text, openapi_document
from apprenti.api.v1.asking import STATUSES

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield path, method, told


def test_the_document_is_of_the_third_version_and_asks_for_a_token(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for _, _, told in operations(document):
        assert (told.get("security") == [{"Token": []}]) is (told["operationId"] not in OPEN)


def test_every_operation_says_in_words_what_it_does_and_what_may_go_wrong(document: dict[str, Any]) -> None:
    for path, method, told in operations(document):
        assert told["description"], path
        assert {str(status) for status in STATUSES} <= set(told["responses"]), path
        if method == "post":
            assert "idempotency-key" in {each["name"] for each in told["parameters"]}, path


def test_every_json_body_has_an_example(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for path, _, told in operations(document):
        schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            reference = schema.get("$ref") or schema["anyOf"][0]["$ref"]
            assert schemas[reference.rpartition("/")[2]]["examples"], path


def test_the_collection_in_the_documents_is_the_one_made_now() -> None:
    written = (DOCS / "postman.json").read_text(encoding="utf-8")
    assert written == collection_text(), "run: python -m apprenti.api.description > docs/postman.json"


def test_the_collection_has_a_request_for_every_operation() -> None:
    collection = json.loads((DOCS / "postman.json").read_text(encoding="utf-8"))
    requests = [request for folder in collection["item"] for request in folder["item"]]
    assert len(requests) == len(OPERATIONS)
    assert collection["auth"]["type"] == "bearer"
    bodies = [request["request"].get("body", {}) for request in requests]
    assert all(json.loads(body["raw"]) for body in bodies if body.get("mode") == "raw")
