"""Training and models in a real browser: the plan, the race, why an answer is so, the live camera, two versions."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import BROWSER_FLAGS
from tests.web.rooms.at_the_browser import (
    Server,
    asked_hosts,
    complaints,
    count_of,
    draw_photos,
    find,
    press_button,
    running,
    until,
    violations,
)
from tests.web.rooms.test_browser_everybody import NARROW_PX, PHONE
from tests.web.rooms.test_browser_story import come_in, drop, is_over, make_task

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
LEAST_PACE = 5.0
"""Answers a second."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("service"), pause_seconds=0.6) as begun:
        yield begun


@pytest.fixture
def seeing(tmp_path: Path) -> Iterator[Chrome]:
    """A browser with a camera that sees a drawn pattern, and nobody who must allow it."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    for flag in (*BROWSER_FLAGS, *fake, "--window-size=1280,1600", f"--user-data-dir={tmp_path / 'camera'}"):
        options.add_argument(flag)
    driver = Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def texts(browser: Chrome, selector: str) -> list[str]:
    return [element.text for element in browser.find_elements("css selector", selector)]


def filled_task(browser: Chrome, server: Server, folder: Path, name: str) -> str:
    """Make a task with forty photos; return the address of its rooms."""
    rooms = make_task(browser, server, name)
    drop(browser, draw_photos(folder / "photos", 40))
    until(browser, lambda: is_over(browser))
    until(browser, lambda: count_of(browser, "fruit") == 13)
    return rooms


def train(browser: Chrome, rooms: str, number: int) -> None:
    browser.get(f"{rooms}/train")
    press_button(browser, ".begin button.primary")
    until(browser, lambda: str(number) in find(browser, ".result .eyebrow").text)


@pytest.mark.parametrize(
    ("lang", "means", "racing", "answer"),
    [
        ("en", "quick recipes, then a network", "being tried", "right for 9 of 10 photos it never saw"),
        ("fr", "recettes rapides, puis un réseau", "à l’essai", "raison pour 9 photos sur 10"),
    ],
)
def test_what_will_be_tried_is_told_before_and_the_race_and_curves_meanwhile(
    browser: Chrome, server: Server, tmp_path: Path, lang: str, means: str, racing: str, answer: str
) -> None:
    come_in(browser, server, lang)
    rooms = filled_task(browser, server, tmp_path, f"Planned ({lang})")
    browser.get(f"{rooms}/train")
    until(browser, lambda: len(browser.find_elements("css selector", "#picks li")) == 3)
    assert means in find(browser, "#budget-means").text
    assert "59" in find(browser, "#expected").text
    browser.execute_script("budget.value = 0; budget.dispatchEvent(new Event('input'))")
    assert means not in find(browser, "#budget-means").text
    assert len(browser.find_elements("css selector", "#picks .late")) == 1
    assert violations(browser) == []
    press_button(browser, ".begin button.primary")
    until(browser, lambda: any(racing in text for text in texts(browser, "#candidates .state")))
    until(browser, lambda: len(browser.find_elements("css selector", "#curves svg")) == 2)
    assert violations(browser) == []
    assert answer in until(browser, lambda: find(browser, ".result h2").text)
    report = "document.getElementById('report').contentDocument"
    until(browser, lambda: browser.execute_script(f"return {report}.getElementById('mistakes') !== null"))
    press_button(browser, '.read-on a[data-place="mistakes"]')
    assert browser.execute_script(f"return {report}.activeElement.id") == "mistakes"
    assert complaints(browser) == []


@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("fr", "light")])
def test_an_answer_is_explained_and_versions_compared(
    browser: Chrome, server: Server, tmp_path: Path, lang: str, theme: str
) -> None:
    come_in(browser, server, lang)
    rooms = filled_task(browser, server, tmp_path, f"Explained ({lang})")
    train(browser, rooms, 1)
    train(browser, rooms, 2)
    browser.get(
        f"{server.address}/preferences?theme={theme}&next={rooms.removeprefix(server.address)}/models"
    )
    find(browser, "#files").send_keys(str(tmp_path / "photos" / "fruit" / "fruit-0005.jpg"))
    until(browser, lambda: len(browser.find_elements("css selector", ".nearest img")) == 6)
    until(browser, lambda: set(texts(browser, ".nearest li span")) <= {"fruit", "cake", "bread"})
    if browser.find_elements("css selector", ".heat-part button"):
        press_button(browser, ".heat-part button")
        assert browser.find_element("css selector", ".shown canvas").is_displayed()
    press_button(browser, "#version-2 [data-compare]")
    until(browser, lambda: browser.find_elements("css selector", ".lead-said"))
    assert len(browser.find_elements("css selector", ".side")) == 2
    assert violations(browser) == []
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    assert browser.execute_script("return document.documentElement.scrollWidth") == NARROW_PX
    assert asked_hosts(browser) == {server.address.removeprefix("http://")}
    assert complaints(browser) == []


def test_the_live_camera_is_answered_and_leaves_no_trace(
    seeing: Chrome, server: Server, tmp_path: Path
) -> None:
    come_in(seeing, server)
    rooms = filled_task(seeing, server, tmp_path, "Live")
    train(seeing, rooms, 1)
    seeing.get(f"{rooms}/models")
    press_button(seeing, "#camera")
    until(seeing, lambda: texts(seeing, "#live-answer .bars li"))
    time.sleep(4)
    assert float(find(seeing, "#finder").get_attribute("data-pace") or 0) >= LEAST_PACE
    press_button(seeing, "#live-hot")
    assert violations(seeing) == []
    press_button(seeing, "#camera-off")
    task = rooms.rsplit("/", 1)[-1]
    kept = seeing.execute_async_script(
        "const done = arguments[1];"
        "fetch(`/v1/predictions?task=${arguments[0]}`).then((answer) => answer.json()).then(done)",
        task,
    )
    assert kept["items"] == []
    assert complaints(seeing) == []
