"""A person goes through the rooms: in, photos, labels by keyboard, a training, a model, an answer."""

from __future__ import annotations

import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.web.rooms.at_the_browser import (
    COLOURS,
    Server,
    asked_hosts,
    complaints,
    count_of,
    draw_photos,
    find,
    press,
    running,
    until,
)

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
N_PHOTOS = 40


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service whose trainings take a second."""
    with running(tmp_path_factory.mktemp("service")) as begun:
        yield begun


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Forty photos in folders, one of them broken, one twice, one under two labels."""
    folder = draw_photos(tmp_path / "photos", N_PHOTOS)
    (folder / "bread" / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    shutil.copy(folder / "fruit" / "fruit-0002.jpg", folder / "fruit" / "twice.jpg")
    shutil.copy(folder / "bread" / "bread-0000.jpg", folder / "cake" / "also-bread.jpg")
    return folder


def come_in(browser: Chrome, server: Server, lang: str = "en") -> None:
    browser.get(f"{server.address}/preferences?lang={lang}&next=/enter")
    browser.get(server.link)
    until(browser, lambda: browser.find_element("css selector", ".new-task"))


def make_task(browser: Chrome, server: Server, name: str) -> str:
    """Make a task by its form; return the address of its rooms."""
    browser.get(server.address)
    find(browser, "#name").send_keys(name)
    find(browser, ".new-task button").click()
    until(browser, lambda: browser.current_url.endswith("/data"))
    return browser.current_url.removesuffix("/data")


def drop(browser: Chrome, folder: Path) -> None:
    """Give the page a folder, as the button beside the drop zone does."""
    path = folder.parent / "dropped.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*.jpg")):
            archive.write(file, file.relative_to(folder))
    find(browser, "#files").send_keys(str(path))


def is_over(browser: Chrome) -> bool:
    return (
        not browser.find_element("id", "pause").is_displayed()
        and browser.find_element("id", "queue").is_displayed()
    )


@pytest.mark.parametrize(
    ("lang", "none", "unfamiliar_of", "answered"),
    [
        ("en", "Unlabelled", "Version 1 is ready", "right for 9 of 10 photos it never saw"),
        ("fr", "Sans étiquette", "La version 1 est prête", "a raison pour 9 photos sur 10"),
    ],
)
def test_from_the_link_in_the_terminal_to_an_answer(
    browser: Chrome, server: Server, photos: Path, lang: str, none: str, unfamiliar_of: str, answered: str
) -> None:
    come_in(browser, server, lang)
    assert "#" not in browser.current_url
    rooms = make_task(browser, server, f"Bread, cake or fruit ({lang})")
    drop(browser, photos)
    until(browser, lambda: is_over(browser))
    until(browser, lambda: (count_of(browser, "bread"), count_of(browser, "fruit")) == (14, 13))
    problems = find(browser, "#problems")
    assert len(problems.find_elements("css selector", "li")) == 3
    problems.find_element("css selector", "summary").click()
    conflict = next(
        line
        for line in problems.find_elements("css selector", "li")
        if line.find_elements("tag name", "button")
    )
    conflict.find_elements("tag name", "button")[1].click()
    until(browser, lambda: (count_of(browser, "bread"), count_of(browser, "cake")) == (13, 14))
    assert complaints(browser, but=("422",)) == []

    browser.find_element("id", "grid").click()
    press(browser, "\ue011", "1", "1", "1")  # Home, and one key for each photo
    until(browser, lambda: count_of(browser, "bread") >= 13)
    press(browser, "\ue011", "\ue003")  # Home, Backspace: no label
    until(browser, lambda: count_of(browser, none) == 1)
    browser.find_element("id", "undo").click()
    until(browser, lambda: count_of(browser, none) == 0)

    browser.get(f"{rooms}/train")
    browser.find_element("css selector", ".begin button").click()
    until(browser, lambda: len(browser.find_elements("css selector", "#candidates li")) >= 2)
    until(browser, lambda: browser.find_elements("css selector", ".result"))
    assert unfamiliar_of in find(browser, ".eyebrow").text
    assert answered in find(browser, "h2.answer").text
    until(
        browser,
        lambda: browser.execute_script(
            "return document.getElementById('report').contentDocument.querySelector('h1') !== null"
        ),
    )
    assert complaints(browser) == []

    browser.get(f"{rooms}/train")
    browser.find_element("css selector", ".begin button").click()
    until(browser, lambda: "2" in find(browser, ".eyebrow").text)
    browser.get(f"{rooms}/models")
    assert "1" in find(browser, ".answering h3").text
    browser.find_element("css selector", "#version-2 .primary").click()
    until(browser, lambda: "2" in browser.find_element("css selector", ".answering h3").text)
    find(browser, "#files").send_keys(str(photos / "fruit" / "fruit-0005.jpg"))
    assert until(browser, lambda: find(browser, ".said .best").text).split()[0] in COLOURS
    assert len(browser.find_elements("css selector", ".said .bars li")) == 3
    assert asked_hosts(browser) == {urlsplit(server.address).netloc}
    assert complaints(browser) == []


def test_an_upload_outlives_a_killed_server(browser: Chrome, tmp_path: Path, photos: Path) -> None:
    with running(tmp_path / "service") as server:
        come_in(browser, server)
        make_task(browser, server, "Killed")
        drop(browser, photos)
        until(browser, lambda: browser.find_element("id", "queue-bar").get_property("value") >= 5)
        server.kill()
        until(browser, lambda: browser.find_element("id", "queue-trouble").is_displayed())
        time.sleep(1)
        server.start()
        until(browser, lambda: is_over(browser))
        until(browser, lambda: count_of(browser, "All") == N_PHOTOS)
        assert count_of(browser, "bread") + count_of(browser, "cake") + count_of(browser, "fruit") == N_PHOTOS
        assert count_of(browser, "Unlabelled") == 0


def test_an_upload_stops_and_goes_on_and_knows_what_is_there(
    browser: Chrome, server: Server, tmp_path: Path
) -> None:
    folder = draw_photos(tmp_path / "many", 60, seed=4)
    come_in(browser, server)
    rooms = make_task(browser, server, "Paused")
    drop(browser, folder)
    until(browser, lambda: browser.find_element("id", "queue-bar").get_property("value") >= 5)
    browser.find_element("id", "pause").click()
    time.sleep(1)
    stood = browser.find_element("id", "queue-bar").get_property("value")
    time.sleep(1)
    assert browser.find_element("id", "queue-bar").get_property("value") == stood
    browser.find_element("id", "pause").click()
    until(browser, lambda: is_over(browser))
    browser.get(f"{rooms}/data")
    drop(browser, folder)
    until(browser, lambda: is_over(browser))
    assert "60" in browser.find_element("id", "queue-left").text  # were here already


def test_a_sweep_selects_and_a_key_labels_all_of_it(browser: Chrome, server: Server, tmp_path: Path) -> None:
    from selenium.webdriver import ActionChains

    come_in(browser, server)
    make_task(browser, server, "Swept")
    find(browser, "#as-label").send_keys("not yet")
    drop(browser, draw_photos(tmp_path / "swept", 12, seed=5))
    until(browser, lambda: is_over(browser))
    until(
        browser,
        lambda: count_of(browser, "Unlabelled") == 12 and browser.find_elements("css selector", ".cell"),
    )
    find(browser, "#new-label-name").send_keys("tasty\n")
    until(browser, lambda: count_of(browser, "tasty") == 0)
    cells = browser.find_elements("css selector", ".cell:not([hidden])")
    actions = ActionChains(browser)
    actions.move_to_element(cells[0]).click_and_hold().move_to_element(cells[2]).release().perform()
    assert len(browser.find_elements("css selector", '.cell[aria-selected="true"]')) == 3
    press(browser, "1")
    until(browser, lambda: count_of(browser, "tasty") == 3)
    ActionChains(browser).key_down("\ue009").send_keys("z").key_up("\ue009").perform()  # Ctrl+Z
    until(browser, lambda: count_of(browser, "tasty") == 0)


def test_another_language_keeps_the_place(browser: Chrome, server: Server) -> None:
    come_in(browser, server)
    make_task(browser, server, "Place")
    browser.get(f"{browser.current_url}?show=unlabelled")
    find(browser, ".langs a[lang=fr]").click()
    until(browser, lambda: browser.find_element("css selector", "html[lang=fr]"))
    assert browser.current_url.endswith("/data?show=unlabelled")
    assert browser.switch_to.active_element.text == "FR"


def test_the_keyboard_alone_comes_in_skips_and_signs_out(browser: Chrome, server: Server) -> None:
    come_in(browser, server)
    press(browser, "\ue004", "\ue007")  # Tab, Enter: the skip link
    assert browser.switch_to.active_element.get_attribute("id") == "main"
    find(browser, ".wishes form button").send_keys("\ue007")
    until(browser, lambda: browser.find_element("id", "token"))
    browser.get(server.address)
    assert "/enter" in browser.current_url
