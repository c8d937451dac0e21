"""Every page and dialog suits everybody: who cannot see or point, in light and dark, on a phone; none complains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.web.rooms.at_the_browser import (
    Server,
    asked_hosts,
    complaints,
    draw_photos,
    find,
    press,
    running,
    until,
    violations,
)
from tests.web.rooms.furnished import Past
from tests.web.rooms.test_browser_story import come_in, drop, is_over

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NARROW_PX = 390
PHONE = {"width": NARROW_PX, "height": 844, "deviceScaleFactor": 2, "mobile": True}
PICTURES_ARE_THERE = (
    "return [...document.images].every((one) => one.complete || one.loading === 'lazy' || !one.src)"
)
OUTSIDE = ("/enter",)
HOUSE = ("/", "/tokens", "/learn", "/nowhere")
TASK = ("data", "train", "models", "review", "review/traffic", "review/log", "versions/1/report")
ENTER, HOME = "\ue007", "\ue011"


@pytest.fixture(scope="module")
def server(past: Past) -> Iterator[Server]:
    with running(past.folder, pause_seconds=2) as begun:
        yield begun


def rest(browser: Chrome) -> None:
    """Wait until a page has its pictures, unfold what is folded, and let what moves come to rest."""
    until(browser, lambda: browser.execute_script("return document.readyState == 'complete'"))
    until(browser, lambda: browser.execute_script(PICTURES_ARE_THERE))
    browser.execute_script(
        "document.querySelectorAll('details').forEach((one) => { one.open = true; });"
        "document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity)"
        ".forEach((one) => one.finish());"
    )


@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("fr", "dark")])
def test_every_page_suits_everybody(
    browser: Chrome, server: Server, past: Past, lang: str, theme: str
) -> None:
    task = f"/tasks/{past.task_id}"
    for page in OUTSIDE:
        browser.get(f"{server.address}/preferences?lang={lang}&theme={theme}&next={page}")
        rest(browser)
        assert (page, violations(browser)) == (page, [])
    come_in(browser, server, lang)
    for page in (*HOUSE, *(f"{task}/{room}" for room in TASK)):
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.get(f"{server.address}/preferences?lang={lang}&theme={theme}&next={page}")
        rest(browser)
        assert (page, violations(browser)) == (page, [])
        assert asked_hosts(browser) == {urlsplit(server.address).netloc}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        width = "return document.documentElement.scrollWidth"
        assert (page, browser.execute_script(width)) == (page, NARROW_PX)
        assert (page, complaints(browser, but=("404 (Not Found)",))) == (page, [])


def open_closer(browser: Chrome) -> None:
    find(browser, "#grid").click()
    press(browser, HOME, ENTER)


def open_editor(browser: Chrome) -> None:
    find(browser, "#edit-labels").click()


def open_sure(browser: Chrome) -> None:
    find(browser, "#grid").click()
    press(browser, " ", "\ue017")  # Space, Delete


DIALOGS: dict[str, Callable[[Chrome], None]] = {
    "#closer-view": open_closer,
    "#label-editor": open_editor,
    "#sure": open_sure,
}
"""How each dialog of the photos is opened; others are added here when they come."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_dialog_suits_everybody(browser: Chrome, server: Server, past: Past, theme: str) -> None:
    come_in(browser, server)
    for name, open_it in DIALOGS.items():
        page = f"/tasks/{past.task_id}/data"
        browser.get(f"{server.address}/preferences?theme={theme}&next={page}")
        until(browser, lambda: browser.find_elements("css selector", ".cell img[src]"))
        open_it(browser)
        until(browser, lambda name=name: browser.find_element("css selector", f"{name}[open]"))
        assert (name, violations(browser)) == (name, [])


def test_what_is_under_way_suits_everybody(
    browser: Chrome, server: Server, past: Past, tmp_path: Path
) -> None:
    come_in(browser, server)
    rooms = f"{server.address}/tasks/{past.task_id}"
    browser.get(f"{rooms}/data")
    photos = draw_photos(tmp_path / "more", 6, seed=77)
    (photos / "bread" / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    drop(browser, photos)
    until(browser, lambda: is_over(browser))
    rest(browser)
    assert violations(browser) == []
    browser.get(f"{rooms}/train")
    find(browser, ".begin button").click()
    until(browser, lambda: browser.find_elements("css selector", "#candidates li"))
    assert violations(browser) == []
    until(browser, lambda: browser.find_elements("css selector", ".result"))
    browser.get(f"{rooms}/models")
    find(browser, "#files").send_keys(str(next(photos.rglob("cake-*.jpg"))))
    until(browser, lambda: browser.find_elements("css selector", ".said .bars"))
    rest(browser)
    assert violations(browser) == []
