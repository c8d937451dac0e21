"""The review room in a real browser: one key a photo, undone, learnt, promoted; on a phone by thumb."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from tests.web.rooms.at_the_browser import Server, asked_hosts, complaints, find, press, running, until
from tests.web.rooms.furnished import Past

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ENTER = "\ue007"
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}


@pytest.fixture(scope="module")
def server(past: Past) -> Iterator[Server]:
    with running(past.folder, pause_seconds=0.2) as begun:
        yield begun


def open_room(browser: Chrome, server: Server, task_id: str, lang: str = "en") -> str:
    """Come in and open the room; return its address."""
    browser.get(f"{server.address}/preferences?lang={lang}&next=/enter")
    browser.get(server.link)
    until(browser, lambda: browser.find_element("css selector", ".new-task"))
    address = f"{server.address}/tasks/{task_id}/review"
    browser.get(address)
    until(browser, lambda: browser.find_element("id", "photo").get_property("naturalWidth"))
    return address


def ask(browser: Chrome, path: str) -> Any:
    """Return what the server answers the page."""
    script = "const done = arguments[1]; fetch(arguments[0]).then((answer) => answer.json()).then(done)"
    return browser.execute_async_script(script, path)


def states(browser: Chrome, task_id: str) -> list[tuple[str, bool]]:
    """Return what became of the newest corrections, and whether each agrees with the model."""
    listed = ask(browser, f"/v1/corrections?task={task_id}&limit=10")["items"]
    return [(one["state"], one["agrees"]) for one in listed]


def saved(browser: Chrome) -> None:
    until(browser, lambda: not browser.find_element("id", "saving").is_displayed())


def done(browser: Chrome) -> int:
    """Return how many were looked at, as the page says."""
    return int(find(browser, "#progress").text.split(":")[1].split()[0])


def test_one_key_a_photo_enter_skip_and_undo(browser: Chrome, server: Server, past: Past) -> None:
    task_id = past.task_id
    open_room(browser, server, task_id)
    before = ask(browser, f"/v1/tasks/{task_id}/dashboard")["n_to_review"]
    first = browser.find_element("id", "photo").get_attribute("src")
    press(browser, ENTER)  # the stage has the focus from the start
    until(browser, lambda: done(browser) == 1)
    saved(browser)
    assert states(browser, task_id)[0] in (("accepted", True), ("quarantined", True))  # as its neighbours say
    assert browser.find_element("id", "photo").get_attribute("src") != first

    press(browser, "u")
    until(browser, lambda: browser.find_element("id", "photo").get_attribute("src") == first)
    saved(browser)
    assert states(browser, task_id)[0] == ("rejected", True)
    assert ask(browser, f"/v1/tasks/{task_id}/dashboard")["n_to_review"] == before

    press(browser, "s")
    until(browser, lambda: browser.find_element("id", "photo").get_attribute("src") != first)
    press(browser, "u")
    until(browser, lambda: browser.find_element("id", "photo").get_attribute("src") == first)

    said = browser.find_element("id", "best").text
    wrong = next(
        button
        for button in browser.find_elements("css selector", "#labels button")
        if button.find_element("css selector", ".name").text != said
    )
    press(browser, wrong.find_element("tag name", "kbd").text)
    until(browser, lambda: done(browser) == 1)
    saved(browser)
    assert states(browser, task_id)[0][1] is False
    assert "correction" in find(browser, "#next-corrected").text
    assert asked_hosts(browser) == {urlsplit(server.address).netloc}
    assert complaints(browser) == []


def test_keys_mean_nothing_outside_the_photo(browser: Chrome, server: Server, past: Past) -> None:
    open_room(browser, server, past.task_id)
    find(browser, "#after").click()
    browser.execute_script("document.querySelector('.tabs a').focus()")
    press(browser, "1", "s", "u")
    assert done(browser) == 0


def test_corrections_are_learnt_and_the_version_promoted(browser: Chrome, server: Server, past: Past) -> None:
    task_id = past.task_id
    address = open_room(browser, server, task_id, lang="fr")
    assert "Réponses" not in find(browser, "#keys").text
    for n in range(1, 4):
        press(browser, ENTER)
        until(browser, lambda n=n: done(browser) == n)
    saved(browser)
    find(browser, "#train-now").click()
    find(browser, ".begin button").click()
    until(browser, lambda: browser.find_elements("css selector", ".result"))
    find(browser, "a[href$='/models']").click()
    find(browser, "#version-3 .primary").click()
    until(browser, lambda: "3" in browser.find_element("css selector", ".answering h3").text)
    browser.get(f"{address}/log")
    assert "a mis en service la version 3 de" in find(browser, ".log").text
    assert complaints(browser) == []


def test_on_a_phone_the_thumb_reaches_everything(browser: Chrome, server: Server, past: Past) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    open_room(browser, server, past.task_id)
    find(browser, "#skip").click()
    until(browser, lambda: browser.find_element("id", "photo").get_property("complete"))
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('#labels button, .deciding button')].map((one) => {"
        "  const {width, height, top, bottom} = one.getBoundingClientRect();"
        "  return [width, height, top, bottom, innerHeight]; })"
    )
    assert min(width for width, *_ in sizes) >= 60
    assert min(height for _, height, *_ in sizes) >= 48
    assert all(top >= 0 and bottom <= screen for *_, top, bottom, screen in sizes)
    find(browser, "#right").click()
    until(browser, lambda: done(browser) == 1)
