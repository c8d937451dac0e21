"""Row 23: a request, or the shape it names, is larger than memory.

Bitten: Triton CVE-2025-23310. Expected: 413 or 422, before anything of that size is taken.
"""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest
from tests.api.v1.service_asking import DOOR, House, code_of, open_house

from apprenti.flow.service.service import ServiceLimits

MOST = 100_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    limits = ServiceLimits(max_image_bytes=MOST, max_megapixels=1)
    return open_house(tmp_path_factory.mktemp("house"), limits=limits)


TASK = "/v1/tasks/00000000-0000-4000-8000-000000000000/predictions"
PATHS = ("/v1/tasks", "/v1/images", "/v1/images/batch", TASK)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "length", ["1e9", "-1", "99999999999999999999", "0x10", str(DOOR.max_body_bytes + 1)]
)
def test_a_length_past_the_limit_is_refused_unread(house: House, path: str, length: str) -> None:
    answer = house.ask("POST", path, content=b"x", headers={"content-length": length})
    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")


@pytest.mark.parametrize("path", PATHS)
def test_a_body_without_a_length_is_cut_off_while_it_comes(house: House, path: str) -> None:
    n_sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal n_sent
        while True:
            n_sent += 1
            yield b" " * 10_000

    kind = "multipart/form-data; boundary=x" if path.endswith("batch") else "application/json"
    answer = house.ask("POST", path, content=endless(), headers={"content-type": kind})
    assert answer.status_code in (400, 413)
    assert n_sent <= DOOR.max_body_bytes / 10_000 + 2


@pytest.mark.parametrize("path", ["/v1/images", TASK])
def test_an_image_is_cut_off_at_what_an_image_may_be(house: House, path: str) -> None:
    for options in ({"content": b"x" * (MOST + 1)}, {"files": {"image": b"x" * (MOST + 1)}}):
        answer = house.ask("POST", path, **options)
        assert (answer.status_code, code_of(answer)) == (413, "body_too_large")


def test_a_picture_that_claims_to_be_vast_takes_no_memory(house: House) -> None:
    def chunk(body: bytes) -> bytes:
        return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR" + size) + chunk(b"IDAT" + zlib.compress(b"0" * 100))
    house.ask("POST", "/v1/images", content=b"warm")
    tracemalloc.start()
    answer = house.ask("POST", "/v1/images", content=bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.status_code, code_of(answer)) == (422, "too_many_pixels")
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("path", "options", "statuses"),
    [
        ("/v1/images/batch", {"files": [("image", (f"{n}.png", b"x")) for n in range(101)]}, {400}),
        ("/v1/images/batch", {"data": {f"f{n}": "x" for n in range(50)}, "files": {"image": b"x"}}, {400}),
        ("/v1/images/labels", {"json": {"image_ids": ["x" * 36] * 1001}}, {422}),
        ("/v1/images/delete", {"json": {"image_ids": ["x" * 1_000_000]}}, {413, 422}),
        ("/v1/tasks", {"json": {"name": "x" * 201}}, {422}),
        ("/v1/tasks", {"json": {"name": "x", "corrections_until_retrain": 10**400}}, {422}),
        ("/v1/tasks", {"content": b'{"name": ' + b"[" * 900 + b"]" * 900 + b"}"}, {422}),
        ("/v1/tasks", {"content": b'{"name": "x", "budget_seconds": 1' + b"0" * 5000 + b"}"}, {422}),
        (f"/v1/images?meta_data={'x' * 8001}", {"content": b"x"}, {422}),
        (f"/v1/images?name={'x' * 201}", {"content": b"x"}, {422}),
    ],
    ids=["files", "fields", "ids", "long id", "name", "number", "depth", "digits", "meta data", "file name"],
)
def test_more_of_anything_than_is_taken_is_refused(
    house: House, path: str, options: dict[str, object], statuses: set[int]
) -> None:
    answer = house.ask("POST", path, **options)
    assert answer.status_code in statuses, answer.text
    assert code_of(answer)
