"""A person puts photos into the page and reads the answers, in both languages; nothing leaves the machine."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.fake_models import GREY, RED, a_photo

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SERVER = """
import sys; sys.path.insert(0, sys.argv[1])
from apprenti import server
from tests.fake_models import FakeLabels, FakeModel, FakeNumbers
models = {"clothes": FakeModel(), "colours": FakeModel(labels=("red", "green", "blue"))}
models |= {"many": FakeLabels(), "light": FakeNumbers()}
server.load_models = lambda paths: models
server.serve([], host="127.0.0.1", port=0, n_workers=1, lang="en", tell=lambda text: print(text, flush=True))
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a real server, in a process of its own."""
    command = [sys.executable, "-c", SERVER, str(Path(__file__).parents[2])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert found is not None
        yield found[0]
        process.terminate()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with a familiar photo, an unfamiliar one, one a browser cannot show, and a broken one."""
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "red.jpg").write_bytes(RED)
    (folder / "grey.jpg").write_bytes(GREY)
    (folder / "green.tiff").write_bytes(a_photo(10, 200, 10, kind="TIFF"))
    (folder / "broken.jpg").write_bytes(RED[:200])
    return folder


def put_in(browser: Chrome, *photos: Path) -> None:
    browser.find_element("id", "files").send_keys("\n".join(map(str, photos)))


def until(browser: Chrome, selector: str, n: int = 1) -> list[str]:
    """Wait for ``n`` elements and return their texts."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 15).until(lambda b: len(b.find_elements("css selector", selector)) >= n)
    return [element.text for element in browser.find_elements("css selector", selector)]


def asked_hosts(browser: Chrome) -> set[str]:
    """Return the hosts of everything the page has loaded."""
    script = "return performance.getEntries().map(entry => entry.name)"
    names: list[str] = browser.execute_script(script)
    return {urlsplit(name).netloc for name in names if name.startswith("http")}


@pytest.mark.parametrize(
    ("lang", "title", "sure", "unfamiliar"),
    [
        ("en", "What does the photo show?", "78%", "Unlike anything it was trained on"),
        ("fr", "Que montre la photo\u202f?", "78\u202f%", "Ne ressemble à rien de ce qu’il a appris"),
    ],
)
def test_a_photo_put_in_is_answered(
    browser: Chrome, address: str, photos: Path, lang: str, title: str, sure: str, unfamiliar: str
) -> None:
    browser.get(f"{address}/?lang={lang}")
    assert browser.find_element("tag name", "h1").text == title
    put_in(browser, photos / "red.jpg", photos / "grey.jpg")
    labels = until(browser, ".label", 2)
    assert labels[1].split() == ["dress", *sure.replace("\u202f", " ").split()]
    assert until(browser, ".note strong") == [unfamiliar]
    heard = browser.find_element("id", "heard").get_attribute("textContent")
    assert heard is not None
    assert heard.startswith("grey.jpg")
    assert asked_hosts(browser) == {urlsplit(address).netloc}
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]


def test_another_language_changes_the_words_and_keeps_the_answers(
    browser: Chrome, address: str, photos: Path
) -> None:
    browser.get(f"{address}/?lang=en")
    put_in(browser, photos / "red.jpg", photos / "grey.jpg", photos / "broken.jpg")
    assert until(browser, ".problem")[0].startswith("image broken.jpg is damaged")
    browser.find_element("css selector", "nav a[lang=fr]").click()
    until(browser, "html[lang=fr]")
    assert until(browser, ".note strong") == ["Ne ressemble à rien de ce qu’il a appris"]
    assert len(until(browser, ".label")) == 2
    assert "lang=fr" in browser.current_url
    assert browser.switch_to.active_element.text == "Français"


def test_another_model_answers_the_next_photo(browser: Chrome, address: str, photos: Path) -> None:
    browser.get(f"{address}/?lang=en")
    put_in(browser, photos / "red.jpg")
    until(browser, ".label")
    browser.find_element("link text", "colours").click()
    until(browser, "body[data-model=colours]")
    put_in(browser, photos / "green.tiff")
    assert [label.split()[0] for label in until(browser, ".label", 2)] == ["green", "dress"]
    assert until(browser, ".unseen") == ["TIFF"]  # a format that browsers cannot show


@pytest.mark.parametrize(
    ("model", "label", "also"),
    [
        ("many", "dress", ["dress", "shirt", "hat"]),
        ("light", "94", ["82 to 106 in 90% of the cases"]),
    ],
)
def test_several_labels_and_numbers_are_answered_in_their_own_way(
    browser: Chrome, address: str, photos: Path, model: str, label: str, also: list[str]
) -> None:
    browser.get(f"{address}/?lang=en&model={model}")
    put_in(browser, photos / "red.jpg")
    assert until(browser, ".label") == [label]
    assert until(browser, ".answer .quiet, .answer .which") == also
    assert len(browser.find_elements("css selector", ".left-out")) == (2 if model == "many" else 0)
    heard = browser.find_element("id", "heard").get_attribute("textContent")
    assert heard == f"red.jpg: {label}"
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]


def test_a_narrow_screen_needs_no_sideways_scrolling(browser: Chrome, address: str, photos: Path) -> None:
    phone = {"width": 390, "height": 800, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    browser.get(f"{address}/?lang=fr")
    put_in(browser, photos / "grey.jpg")
    until(browser, ".label")
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390


def test_the_keyboard_reaches_everything(browser: Chrome, address: str) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.get(f"{address}/?lang=en")
    reached = []
    for _ in range(11):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        element = browser.switch_to.active_element
        reached.append(element.get_attribute("id") or element.text)
    assert {
        "English",
        "Français",
        "clothes",
        "colours",
        "files",
        "Read its report",
        "Ask from a program",
    } <= set(reached)
