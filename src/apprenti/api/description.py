"""The OpenAPI document of the service's own door, and the same as a collection for Postman.

``python -m apprenti.api.description`` writes ``docs/postman.json``'s content to standard output.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any, cast

from apprenti.api.guard import Door
from apprenti.api.service_app import create_service_app
from apprenti.flow.service.service import Service

POSTMAN_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_HTTP_METHODS = ("get", "post", "put", "patch", "delete")
_IN_BRACES = re.compile(r"\{(\w+)\}")


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document; it takes no service to describe one."""
    nobody = cast("Service", None)
    return create_service_app(nobody, door=Door(names=frozenset())).openapi()


def postman_collection(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Postman collection with a request for each operation, in a folder for each noun.

    Args:
        document: an OpenAPI document.

    Source: https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
    """
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in _HTTP_METHODS:
                noun = operation.get("tags", ["other"])[0]
                folders.setdefault(noun, []).append(_request(path, method, operation, document))
    return {
        "info": {
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "schema": POSTMAN_SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [
            {"key": "url", "value": "http://127.0.0.1:8000"},
            {"key": "token", "value": ""},
        ],
        "item": [{"name": noun, "item": requests} for noun, requests in folders.items()],
    }


def _request(
    path: str, method: str, operation: Mapping[str, Any], document: Mapping[str, Any]
) -> dict[str, Any]:
    parameters = operation.get("parameters", [])
    parts = [_IN_BRACES.sub(r":\1", part) for part in path.strip("/").split("/")]
    query = [
        {"key": each["name"], "value": "", "description": each.get("description", ""), "disabled": True}
        for each in parameters
        if each["in"] == "query"
    ]
    variable = [{"key": each["name"], "value": ""} for each in parameters if each["in"] == "path"]
    url: dict[str, Any] = {"raw": "{{url}}/" + "/".join(parts), "host": ["{{url}}"], "path": parts}
    request: dict[str, Any] = {
        "method": method.upper(),
        "description": operation.get("description", ""),
        "header": [
            {"key": each["name"], "value": "", "description": each.get("description", ""), "disabled": True}
            for each in parameters
            if each["in"] == "header"
        ],
        "url": {**url, **({"query": query} if query else {}), **({"variable": variable} if variable else {})},
    }
    body = _body(operation.get("requestBody", {}), document)
    if body:
        request["body"] = body
        if body["mode"] == "raw":
            request["header"].append({"key": "Content-Type", "value": "application/json"})
    return {"name": operation["summary"], "request": request, "response": []}


def _body(body: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    content = body.get("content", {})
    if "multipart/form-data" in content:
        return {"mode": "formdata", "formdata": [{"key": "image", "type": "file", "src": []}]}
    if "application/json" not in content:
        return {}
    example = _example(content["application/json"]["schema"], document)
    return {"mode": "raw", "raw": json.dumps(example, indent=2, ensure_ascii=False)}


def _example(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """Return the first example of a schema, or of the first kind it may be."""
    if "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return _example(found, document)
    if "examples" in schema:
        return schema["examples"][0]
    return _example(schema["anyOf"][0], document) if "anyOf" in schema else {}


def collection_text() -> str:
    """Return the collection as it is written."""
    return json.dumps(postman_collection(openapi_document()), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(collection_text())
