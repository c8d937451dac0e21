"""Row 12: a script in a label, a file's name or a comment runs in the browser of whoever looks at it.

Bitten: Label Studio CVE-2025-25296. Expected: escaped; strict CSP. The service's own door gives words back as JSON
only, never as a page, under a policy that lets nothing run.
"""

from __future__ import annotations

import pytest
from tests.api.v1.operations import WITH_TOKEN, Operation
from tests.api.v1.service_asking import House, open_house
from tests.fake_service import picture

SCRIPT = "<script>alert(1)</script>"
QUOTED = '"><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


def test_words_come_back_as_they_were_and_as_data(house: House) -> None:
    for words in (SCRIPT, QUOTED):
        task = house.make("/v1/tasks", json={"name": words, "description": words})
        label = house.make("/v1/labels", json={"name": words, "output_name": words})
        assert (task["name"], task["description"], label["name"]) == (words, words, words)
        assert house.ask("GET", f"/v1/labels/{label['id']}").headers["content-type"] == "application/json"


def test_a_files_name_never_reaches_a_header(house: House) -> None:
    files = {"image": (f"{SCRIPT}\r\nset-cookie: x=1.png", picture((6, 6, 6)))}
    image = house.make("/v1/images", files=files)
    shown = house.ask("GET", f"/v1/images/{image['id']}/file")
    assert shown.headers["content-disposition"] == f'inline; filename="{image["id"]}.png"'
    assert "set-cookie" not in shown.headers
    assert "\r" not in image["name"]


@pytest.mark.parametrize("operation", WITH_TOKEN, ids=lambda operation: operation.id)
def test_every_answer_forbids_what_it_could_be_mistaken_for(house: House, operation: Operation) -> None:
    method, path, options = operation.about({"number": "1"})
    for who in ("owner", ""):
        headers = house.ask(method, path, as_=who, **options).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert "html" not in headers.get("content-type", "")


def test_a_refusal_repeats_words_as_data_only(house: House) -> None:
    answer = house.ask("GET", f"/v1/{SCRIPT}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"
