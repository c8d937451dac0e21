"""The pages: in two languages, from this machine alone, and deaf to scripts in labels."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from tests.api.asking import DOOR, ask
from tests.fake_models import FakeLabels, FakeModel, FakeNumbers

import apprenti.web
from apprenti.api.app import create_app
from apprenti.domain.report import Report
from apprenti.texts import LANGS, Lang, catalogue
from apprenti.web.pages import MEDIA_TYPES, SCRIPT_WORDS, TELLS, make_pages

EVIL = "<script>alert(1)</script>"
STATIC = Path(apprenti.web.__file__).parent / "static"


def a_site(**models: FakeModel) -> FastAPI:
    def render_report(report: Report, lang: Lang) -> str:
        return f"<title>{lang} {len(report.labels)}</title>"

    served = models or {"clothes": FakeModel()}
    pages = make_pages(served, render_report=render_report, max_body_bytes=20_000_000)  # type: ignore[arg-type]
    return create_app(served, door=DOOR, pages=[pages])  # type: ignore[arg-type]


def get(path: str, site: FastAPI | None = None, **headers: str) -> httpx.Response:
    return ask(
        site or a_site(), "GET", path, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def test_the_page_speaks_the_browsers_language_unless_another_is_asked_for() -> None:
    assert '<html lang="fr">' in get("/", accept_language="fr").text
    assert '<html lang="en">' in get("/", accept_language="de").text
    assert '<html lang="en">' in get("/?lang=en", accept_language="fr").text
    assert '<html lang="fr">' in get("/?lang=fr&model=nothing", accept_language="en").text


def test_the_page_says_what_the_model_knows_and_how_well() -> None:
    text = get("/", accept_language="en").text
    assert "<b>hat</b>" in text
    assert "90% right on 40 photos it had never seen." in text
    assert "/models/clothes/report?lang=en" in text


def test_the_page_says_of_other_tasks_what_they_tell() -> None:
    site = a_site(many=FakeLabels(), light=FakeNumbers())
    assert "Says which of these apply: <b>dress</b>" in get("/?model=many", site, accept_language="en").text
    assert "numbers of 3 to 250." in get("/?model=light", site, accept_language="en").text


def test_a_model_without_a_report_is_shown_without_figures() -> None:
    site = a_site(clothes=FakeModel(report={}))
    page = get("/", site)
    assert page.status_code == 200
    assert "photos it had never seen" not in page.text
    assert "/report" not in page.text
    answer = get("/models/clothes/report", site)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "report_missing")


def test_a_long_list_of_labels_is_cut() -> None:
    site = a_site(clothes=FakeModel(labels=tuple(f"label {i}" for i in range(30))))
    text = get("/", site).text
    assert "<b>label 11</b>" in text
    assert "<b>label 12</b>" not in text
    assert "and 18 more" in text


def test_a_script_in_a_label_or_a_name_is_only_text() -> None:
    site = a_site(
        **{EVIL: FakeModel(labels=(EVIL, '" onload="alert(1)', "{{ 7 * 7 }}")), "other": FakeModel()}
    )
    text = get("/", site).text
    assert EVIL not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert '" onload=' not in text
    assert "{{ 7 * 7 }}" in text


@pytest.mark.parametrize("path", ["/", "/models/clothes/report"])
def test_pages_run_no_script_but_our_own_and_fit_in_no_frame(path: str) -> None:
    policy = get(path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy.replace("style-src 'unsafe-inline'", "")
    if path == "/":
        assert "unsafe" not in policy


def test_the_page_has_no_inline_script_or_style_and_nothing_from_elsewhere() -> None:
    text = get("/").text
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert re.findall(r"\sstyle=|<style|\son\w+=", text) == []
    for name in MEDIA_TYPES:
        text += (STATIC / name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?://|url\(", text) == []


def test_the_script_never_puts_text_in_as_markup() -> None:
    script = (STATIC / "page.js").read_text(encoding="utf-8")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script) == []


def test_a_file_of_the_page_has_an_address_that_changes_with_it() -> None:
    (address,) = re.findall(r"/static/page\.js\?v=\w{12}", get("/").text)
    answer = get(address)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("name", ["../pages.py", "..%2fpages.py", "page.html", "%2e%2e/pages.py", ""])
def test_no_other_file_is_served(name: str) -> None:
    assert get(f"/static/{name}").status_code == 404


def test_the_report_is_rendered_in_either_language() -> None:
    assert get("/models/clothes/report?lang=fr").text == "<title>fr 3</title>"
    assert get("/models/clothes/report", accept_language="en").text == "<title>en 3</title>"
    assert get("/models/other/report").status_code == 404


def test_every_word_the_script_uses_is_handed_to_it() -> None:
    script = (STATIC / "page.js").read_text(encoding="utf-8")
    used = set(re.findall(r"words\(\)\.(\w+)", script)) | {
        "heard",
        "heard_unfamiliar",
        "heard_plain",
        "heard_plain_unfamiliar",
        "too_large",
        "unreachable",
    }
    assert used == set(SCRIPT_WORDS)


@pytest.mark.parametrize("lang", LANGS)
def test_every_sentence_of_the_page_is_used(lang: Lang) -> None:
    template = (STATIC.parent / "templates" / "page.html").read_text(encoding="utf-8")
    module = (STATIC.parent / "pages.py").read_text(encoding="utf-8")
    used = set(re.findall(r"word\('(\w+)'", template)) | set(re.findall(r'"web\.(\w+)"', module))
    used |= set(SCRIPT_WORDS) | set(TELLS.values())
    assert used == set(catalogue("web", lang))
