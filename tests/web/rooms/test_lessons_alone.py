"""The pages of ``apprenti learn``: their routes, what they refuse, and that they only read."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.lessons.contexts import context_named
from tests.lessons.seeing import reference, seen_on

from apprenti.lessons.catalogue import lesson_numbered
from apprenti.lessons.check import as_written
from apprenti.web.learning.alone import make_school
from apprenti.web.learning.routes import static_files, static_folder


@pytest.fixture(scope="module")
def page() -> Iterator[TestClient]:
    app = make_school(context_named("normal"), reference)
    with TestClient(app, base_url="http://127.0.0.1:8010", follow_redirects=False) as client:
        yield client


def test_every_page_is_there_in_both_languages_and_asks_nobody_else(page: TestClient) -> None:
    for lang, title in (("en", "A neuron"), ("fr", "Un neurone")):
        page.cookies.clear()
        for path in ("/learn", "/learn/3", "/learn/glossary"):
            answer = page.get(path, headers={"accept-language": lang})
            assert answer.status_code == 200
            assert f'<html lang="{lang}"' in answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert title in answer.text or path == "/learn/glossary"


def test_the_first_address_leads_to_the_lessons(page: TestClient) -> None:
    assert page.get("/").headers["location"] == "/learn"


@pytest.mark.parametrize(
    "path",
    ["/learn/99", "/learn/-1", "/learn/3/check/nothing", "/learn/photo/999999", "/learn/photo/-1", "/learn?run=other",
     "/learn/3?run=../../etc", "/learn/static/x/kernels.py", "/learn/static/x/..%2f__init__.py", "/learn/3/compute"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(page: TestClient, path: str) -> None:
    assert page.get(path).status_code in (404, 422)


def test_an_answer_is_judged_with_a_script_and_without(page: TestClient) -> None:
    lesson = lesson_numbered(3)
    assert lesson is not None
    shown = seen_on(lesson, "normal").shown
    for check in lesson.checks.values():
        fields = as_written(check.reference(shown))
        said = page.get(f"/learn/3/check/{check.name}", params=fields).json()
        assert said["right"], check.name
        assert said["html"]
        whole = page.get("/learn/3", params={"check": check.name, **fields})
        assert "verdict right" in whole.text or check.is_guess
    blank = page.get(f"/learn/3/check/{check.name}").json()
    assert (blank["right"], blank["key"]) == (False, "blank")


def test_what_is_written_into_a_check_never_becomes_markup(page: TestClient) -> None:
    lesson = lesson_numbered(3)
    assert lesson is not None
    for check in lesson.checks.values():
        fields = {field.name: '"><script>alert(1)</script>' for field in check.fields}
        whole = page.get("/learn/3", params={"check": check.name, **fields}).text
        assert "<script>alert" not in whole


def test_static_files_are_given_out_for_good_and_of_two_kinds_alone(page: TestClient) -> None:
    for name in static_files():
        answer = page.get(f"{static_folder()}/{name}")
        assert answer.headers["content-type"].startswith(("text/javascript", "text/css"))
        assert "immutable" in answer.headers["cache-control"]
    assert page.get("/learn").text.count(static_folder()) >= 2


def test_a_page_only_reads(page: TestClient) -> None:
    for path in ("/learn", "/learn/3", "/learn/3/check/line"):
        assert page.post(path, data={}).status_code == 405


def test_what_a_page_works_with_is_plain_data(page: TestClient) -> None:
    text = page.get("/learn/3").text
    data = text.partition('id="lesson">')[2].partition("</script>")[0]
    assert json.loads(data)["lesson"] == 3
