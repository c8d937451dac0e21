"""A request claims a tensor larger than the memory: refused by its shape, before anything is allocated.

Source: Triton CVE-2025-23310.
"""

from __future__ import annotations

import json
import tracemalloc

import pytest
from fastapi import FastAPI
from tests.api.asking import DOOR, ask
from tests.api.inference.inference_world import LENGTH, SIDE, photo, predictor

from apprenti.api.app import create_app

INFER = "/v2/models/birds/infer"
HUGE = 2**31 - 1


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    model = predictor(tmp_path_factory.mktemp("model"))
    served = create_app({"birds": model}, door=DOOR)
    ask(
        served, "POST", INFER, content=photo(1), headers={LENGTH: "0"}
    )  # what the first answer loads is not counted
    return served


@pytest.mark.parametrize(
    ("tensor", "status"),
    [
        ({"name": "pixels", "datatype": "UINT8", "shape": [HUGE, SIDE, SIDE, 3]}, 413),
        ({"name": "pixels", "datatype": "UINT8", "shape": [1, HUGE, HUGE, 3]}, 422),
        ({"name": "pixels", "datatype": "UINT8", "shape": [HUGE + 1, SIDE, SIDE, 3]}, 422),
        ({"name": "pixels", "datatype": "UINT8", "shape": [1] * 1000}, 422),
        ({"name": "image", "datatype": "BYTES", "shape": [HUGE]}, 413),
        ({"name": "image", "datatype": "BYTES", "shape": [HUGE, HUGE]}, 422),
    ],
)
@pytest.mark.parametrize("is_binary", [True, False])
def test_a_claimed_size_takes_no_memory(
    app: FastAPI, tensor: dict[str, object], status: int, is_binary: bool
) -> None:
    data = {"parameters": {"binary_data_size": 4}} if is_binary else {"data": [1, 2]}
    text = json.dumps({"inputs": [{**tensor, **data}]}).encode()
    body, headers = (text + b"\xff" * 4, {LENGTH: str(len(text))}) if is_binary else (text, {})
    tracemalloc.start()
    try:
        answer = ask(app, "POST", INFER, content=body, headers=headers)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == status, answer.text
    assert peak < 2_000_000


def test_an_element_that_claims_to_be_longer_than_the_body_is_refused(app: FastAPI) -> None:
    tensor = {"name": "image", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": 8}}
    text = json.dumps({"inputs": [tensor]}).encode()
    answer = ask(
        app, "POST", INFER, content=text + b"\xff\xff\xff\xff" + b"four", headers={LENGTH: str(len(text))}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("path", [INFER, "/v1/models/birds/predict"])
def test_a_body_larger_than_the_limit_is_refused_before_it_is_read(app: FastAPI, path: str) -> None:
    answer = ask(app, "POST", path, content=b"x" * (DOOR.max_body_bytes + 1))
    assert answer.status_code == 413
