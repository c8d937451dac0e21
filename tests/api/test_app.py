"""A photo goes in, an answer comes out; everything else is refused in one shape and two languages."""

from __future__ import annotations

import asyncio
import logging
import struct
import threading
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.api.asking import an_app, ask, together
from tests.fake_models import RED, FakeLabels, FakeModel, FakeNumbers, a_photo

from apprenti.api import hands
from apprenti.domain.prediction import Prediction

PREDICT = "/v1/models/clothes/predict"


def code_of(answer: httpx.Response) -> str:
    """Return the code of a refusal, having checked its shape."""
    error = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "details"}
    assert error["message"]
    return str(error["code"])


def test_the_bytes_of_a_photo_are_answered_with_its_label() -> None:
    answer = ask(an_app(), "POST", PREDICT, content=RED)
    assert answer.status_code == 200
    data = answer.json()
    assert (data["model"], data["label"], data["familiar"]) == ("clothes", "dress", True)
    assert data["top"][0]["label"] == "dress"
    assert sum(row["probability"] for row in data["top"]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("field", ["image", "file"])
def test_a_form_is_answered_like_the_bytes(field: str) -> None:
    app = an_app()
    answer = ask(app, "POST", PREDICT, files={field: ("red.jpg", RED, "image/jpeg")})
    bare = ask(an_app(), "POST", PREDICT, content=RED).json()
    assert answer.json() == bare | {"item": "red.jpg"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_the_content_type_does_not_matter_the_bytes_do(kind: str) -> None:
    photo = a_photo(20, 20, 230, kind=kind)
    answer = ask(an_app(), "POST", PREDICT, content=photo, headers={"content-type": "text/html"})
    assert answer.json()["label"] == "shirt"


def test_as_many_labels_are_listed_as_were_asked_for() -> None:
    assert len(ask(an_app(), "POST", f"{PREDICT}?top=2", content=RED).json()["top"]) == 2


def test_several_labels_are_answered_as_a_list_and_a_number_with_its_interval() -> None:
    labels = ask(an_app(FakeLabels()), "POST", PREDICT, content=RED).json()
    assert [row["label"] for row in labels["labels"]] == ["dress"]
    assert len(labels["top"]) == 3
    assert not {"label", "value"} & set(labels)
    number = ask(an_app(FakeNumbers()), "POST", PREDICT, content=RED).json()
    assert number["interval"][0] < number["value"] < number["interval"][1]
    assert number["level"] == 0.9
    assert not {"label", "labels", "top"} & set(number)


def test_a_model_says_what_it_tells() -> None:
    told = [
        ask(an_app(model), "GET", "/v1/models/clothes").json()
        for model in (FakeModel(), FakeLabels(), FakeNumbers())
    ]
    assert [facts["task_type"] for facts in told] == ["multi_class", "multi_label", "regression"]
    assert told[2]["numbers"] == {"low": 3.0, "median": 120.0, "high": 250.0}
    assert told[2]["labels"] == []


def test_models_and_health_are_told() -> None:
    app = an_app()
    (facts,) = ask(app, "GET", "/v1/models").json()["models"]
    assert facts == ask(app, "GET", "/v1/models/clothes").json()
    assert facts["labels"] == ["dress", "hat", "shirt"]
    assert (facts["n_test"], facts["accuracy"], facts["accuracy_interval"]) == (40, 0.9, [0.77, 0.96])
    assert ask(app, "GET", "/v1/health/live").json() == {"status": "live"}
    assert ask(app, "GET", "/v1/health/ready").json() == {"status": "ready", "models": ["clothes"]}


def test_a_model_whose_report_cannot_be_read_is_served_all_the_same() -> None:
    app = an_app(FakeModel(report={"from": "another version"}))
    assert ask(app, "GET", "/v1/models/clothes").json()["accuracy"] is None
    assert ask(app, "POST", PREDICT, content=RED).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/v1/nothing", {}, 404, "page_unknown"),
        ("GET", PREDICT, {}, 405, "method_unknown"),
        ("GET", "/v1/models/other", {}, 404, "model_unknown"),
        ("POST", "/v1/models/other/predict", {"content": RED}, 404, "model_unknown"),
        ("POST", "/v1/models/..%2f..%2fetc/predict", {"content": RED}, 404, "page_unknown"),
        ("POST", PREDICT, {"content": b""}, 400, "body_empty"),
        ("POST", PREDICT, {"content": b"<svg onload=alert(1)>"}, 422, "not_an_image"),
        ("POST", PREDICT, {"content": RED[:300]}, 422, "damaged_image"),
        ("POST", f"{PREDICT}?top=0", {"content": RED}, 422, "request_malformed"),
        ("POST", f"{PREDICT}?top=x", {"content": RED}, 422, "request_malformed"),
        ("POST", PREDICT, {"files": {"other": ("red.jpg", RED)}}, 422, "form_field_unknown"),
        ("POST", PREDICT, {"data": {"image": "text"}, "files": {"x": b""}}, 422, "form_field_unknown"),
        ("POST", PREDICT, {"files": {"image": ("red.jpg", b"")}}, 400, "body_empty"),
        ("POST", PREDICT, {"files": [("image", ("1", RED)), ("image", ("2", RED))]}, 400, "form_malformed"),
        (
            "POST",
            PREDICT,
            {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
            400,
            "form_malformed",
        ),
        ("POST", PREDICT, {"content": b"x" * 100_001}, 413, "body_too_large"),
    ],
)
def test_every_refusal_has_one_shape(
    method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    answer = ask(an_app(), method, path, **options)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_refusals_are_said_in_the_senders_language() -> None:
    answer = ask(an_app(), "POST", PREDICT, content=b"", headers={"accept-language": "fr-CA,en;q=0.5"})
    assert answer.json()["error"]["message"].startswith("la requête ne porte pas de photo")


def test_a_pixel_bomb_is_refused_from_its_header() -> None:
    def chunk(body: bytes) -> bytes:
        return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR" + size) + chunk(b"IDAT" + zlib.compress(b"0" * 100))
    answer = ask(an_app(), "POST", PREDICT, content=bomb)
    assert (answer.status_code, code_of(answer)) == (422, "too_many_pixels")


def test_a_body_without_a_length_is_cut_off_while_it_comes() -> None:
    n_sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal n_sent
        while True:
            n_sent += 1
            yield b"x" * 10_000

    answer = ask(an_app(), "POST", PREDICT, content=endless())
    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")
    assert n_sent <= 12


def test_a_form_is_cut_off_as_well() -> None:
    answer = ask(an_app(), "POST", PREDICT, files={"image": ("big.jpg", b"x" * 100_000)})
    assert answer.status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(5)
        yield b"x"

    answer = ask(an_app(body_seconds=0.05), "POST", PREDICT, content=slow())
    assert (answer.status_code, code_of(answer)) == (408, "body_too_slow")


def flooded(n: int) -> list[httpx.Response]:
    """Return the answers to so many requests at once, and to one whether the server is alive."""
    door = threading.Event()

    async def flood(client: httpx.AsyncClient) -> list[httpx.Response]:
        asked = [asyncio.create_task(client.post(PREDICT, content=RED)) for _ in range(n)]
        await asyncio.wait(asked, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
        door.set()
        return list(await asyncio.gather(*asked, client.get("/v1/health/live")))

    return together(an_app(FakeModel(door=door), n_workers=1), flood)  # type: ignore[no-any-return]


def test_a_burst_waits_for_its_turn() -> None:
    assert {answer.status_code for answer in flooded(40)} == {200}


@pytest.mark.parametrize(("name", "value"), [("N_QUEUED_PER_THREAD", 0), ("QUEUED_SECONDS", 0.05)])
def test_a_flood_is_asked_to_come_back_and_the_rest_is_answered(
    monkeypatch: pytest.MonkeyPatch, name: str, value: float
) -> None:
    monkeypatch.setattr(hands, name, value)
    answers = flooded(12)
    statuses = sorted(answer.status_code for answer in answers)
    assert set(statuses) == {200, 503}
    assert statuses[:2] == [200, 200]  # the one that is worked on, and whether the server is alive
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert code_of(refused) == "too_busy"
    assert refused.headers["retry-after"] == "1"


def test_places_are_given_back_after_errors() -> None:
    async def talk(client: httpx.AsyncClient) -> list[int]:
        broken = [await client.post(PREDICT, content=b"no photo") for _ in range(20)]
        return [
            *(answer.status_code for answer in broken),
            (await client.post(PREDICT, content=RED)).status_code,
        ]

    assert together(an_app(n_workers=1), talk) == [422] * 20 + [200]


def test_what_nobody_foresaw_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeModel):
        def predict_bytes(self, data: bytes, *, item: str, top: int = 5) -> Prediction:
            raise ZeroDivisionError("secret of the house")

    with caplog.at_level(logging.ERROR):
        answer = ask(an_app(Broken()), "POST", PREDICT, content=RED)
    assert (answer.status_code, code_of(answer)) == (500, "server_failed")
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_the_description_is_openapi_3_1_and_names_no_other_site() -> None:
    answer = ask(an_app(), "GET", "/v1/openapi.json")
    description = answer.json()
    assert description["openapi"].startswith("3.1")
    content = description["paths"][PREDICT.replace("clothes", "{name}")]["post"]["requestBody"]["content"]
    assert set(content) == {"image/*", "multipart/form-data"}
    assert "http" not in answer.text.replace('"HTTP', "").lower().replace("httpvalidation", "")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_page_that_loads_scripts_from_elsewhere(path: str) -> None:
    assert ask(an_app(), "GET", path).status_code == 404
