"""Row 18: a page on another site posts to this machine, or a name it controls is made to point here.

Bitten: Ray CVE-2025-62593. Expected: Host and Origin checked, before anything else.
"""

from __future__ import annotations

import pytest
from tests.api.v1.service_asking import House, code_of, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "169.254.169.254", "", "[::1"],
)
@pytest.mark.parametrize("path", ["/v1/me", "/v1/health/live", "/recognition/v2/task", "/nothing"])
def test_another_name_is_not_answered(house: House, host: str, path: str) -> None:
    answer = house.ask("GET", path, headers={"host": host})
    assert answer.status_code == 403
    if path.startswith("/v1"):  # other doors say it in their own shape
        assert code_of(answer) == "host_refused"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "file://"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_page_of_another_origin_is_not_answered(house: House, origin: str, method: str) -> None:
    answer = house.ask(method, "/v1/tasks", headers={"origin": origin})
    assert (answer.status_code, code_of(answer)) == (403, "origin_refused")
    assert "access-control-allow-origin" not in answer.headers


def test_a_form_that_a_page_can_send_is_not_taken_for_json(house: House) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        headers = {"content-type": kind}
        answer = house.ask("POST", "/v1/tasks", content=b'{"name": "x"}', headers=headers)
        assert (answer.status_code, code_of(answer)) == (415, "not_json")


def test_no_cookie_opens_anything(house: House) -> None:
    headers = {"cookie": f"token={house.secrets['owner']}; Authorization=Token {house.secrets['owner']}"}
    answer = house.ask("GET", "/v1/me", as_="", headers=headers)
    assert answer.status_code == 401
    assert "set-cookie" not in house.ask("GET", "/v1/me").headers
