"""Photos by likeness at the page: groups, a loop on the map, a brush, doubts, merged labels, the camera."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from tests.conftest import BROWSER_FLAGS
from tests.web.rooms.at_the_browser import (
    Server,
    complaints,
    count_of,
    draw_photos,
    find,
    press,
    running,
    until,
    violations,
)
from tests.web.rooms.serving import TOKEN
from tests.web.rooms.test_browser_everybody import NARROW_PX, PHONE
from tests.web.rooms.test_browser_story import come_in, make_task

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
N_PHOTOS = 60
WRONG = (1, 5)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("service")) as begun:
        yield begun


class Api:
    """Asks the service as a program does."""

    def __init__(self, server: Server) -> None:
        self._address = server.address
        self._secret = (server.folder / TOKEN).read_text()

    def ask(self, method: str, path: str, *, json_: Any = None, data: bytes | None = None) -> Any:
        body = json.dumps(json_).encode() if json_ is not None else data
        kind = "application/json" if json_ is not None else "application/octet-stream"
        headers = {"authorization": f"Token {self._secret}", "content-type": kind}
        with urlopen(Request(self._address + path, method=method, data=body, headers=headers)) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def filled(browser: Chrome, server: Server, folder: Path, *, lang: str, labelled: int) -> str:
    """Make a task and give it photos, the first of them labelled; return the address of its rooms.

    Photos without a label belong to every task, so that those of an earlier test go first.
    """
    api = Api(server)
    while here := api.ask("GET", "/v1/images?limit=500")["items"]:
        api.ask("POST", "/v1/images/delete", json_={"image_ids": [each["id"] for each in here]})
    come_in(browser, server, lang)
    rooms = make_task(browser, server, f"{folder.name} {lang}")
    task = rooms.rsplit("/", 1)[1]
    labels = {}
    for name in ("bread", "cake", "fruit"):
        labels[name] = api.ask("POST", "/v1/labels", json_={"name": name})["id"]
        api.ask("PUT", f"/v1/tasks/{task}/labels/{labels[name]}")
    photos = sorted(draw_photos(folder, N_PHOTOS, seed=len(folder.name)).rglob("*.jpg"))
    for number, photo in enumerate(photos):
        name = photo.parent.name
        said = "cake" if number in WRONG else name  # two loaves say they are cakes
        query = f"&label={labels[said]}" if number < labelled else ""
        api.ask("POST", f"/v1/images?name={photo.name}{query}", data=photo.read_bytes())
    return rooms


def pulled(browser: Chrome, places: list[tuple[float, float]]) -> None:
    """Press at the first of these places in the window, go through the others, and let go."""
    from selenium.webdriver import ActionChains

    hand = ActionChains(browser)
    for number, (x, y) in enumerate(places):
        hand.w3c_actions.pointer_action.move_to_location(int(x), int(y))
        if number == 0:
            hand.w3c_actions.pointer_action.pointer_down()
    hand.w3c_actions.pointer_action.release()
    hand.w3c_actions.perform()


def middles(browser: Chrome, selector: str) -> list[tuple[float, float]]:
    """Return the middle of each of these in the window."""
    found: list[tuple[float, float]] = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map(each => {"
        " const box = each.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })",
        selector,
    )
    return found


def chosen_view(browser: Chrome, name: str) -> None:
    find(browser, f"#views [data-view={name}]").click()
    until(browser, lambda: browser.find_element("id", f"view-{name}").is_displayed())


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_group_is_named_with_one_key_and_taken_back(
    browser: Chrome, server: Server, tmp_path: Path, lang: str
) -> None:
    rooms = filled(browser, server, tmp_path / "groups", lang=lang, labelled=0)
    browser.get(f"{rooms}/data?view=groups")
    until(browser, lambda: browser.find_elements("css selector", "#group-photos .thumb"))
    until(browser, lambda: not browser.find_element("id", "looked").is_displayed())
    browser.find_element("id", "group-again").click()
    total = until(
        browser,
        lambda: (
            sum(
                int("".join(filter(str.isdigit, each.text)) or 0)
                for each in browser.find_elements("css selector", "#group-strip button > span:last-of-type")
            )
            == N_PHOTOS
            and len(browser.find_elements("css selector", "#group-photos .thumb"))
        ),
    )
    assert violations(browser) == []
    browser.find_elements("css selector", "#group-photos .thumb")[0].click()  # taken out
    press(browser, "\ue014", " ")  # right, Space: the next as well
    out = browser.find_elements("css selector", '#group-photos [aria-selected="false"]')
    assert len(out) == 2
    press(browser, "1")
    until(browser, lambda: count_of(browser, "bread") == total - 2)
    find(browser, "#undo").click()
    until(browser, lambda: count_of(browser, "bread") == 0)
    assert complaints(browser, but=("503",)) == []


def test_a_loop_on_the_map_and_a_ring_of_the_keyboard_choose_what_a_key_labels(
    browser: Chrome, server: Server, tmp_path: Path
) -> None:
    rooms = filled(browser, server, tmp_path / "map", lang="en", labelled=0)
    browser.get(f"{rooms}/data?view=map")
    canvas = until(browser, lambda: browser.find_element("id", "map-canvas"))
    until(browser, lambda: canvas.is_displayed())
    until(browser, lambda: not browser.find_element("id", "looked").is_displayed())
    chosen_view(browser, "map")
    assert violations(browser) == []
    until(browser, lambda: canvas.get_attribute("data-n") == str(N_PHOTOS))
    browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", canvas)
    left, top, width, height = browser.execute_script(
        "const box = arguments[0].getBoundingClientRect(); return [box.x, box.y, box.width, box.height]",
        canvas,
    )
    right, bottom = left + width - 20, top + height - 8  # its corners are round
    pulled(browser, [(left + 20, top + 8), (right, top + 60), (right, bottom), (left + 20, bottom)])
    until(browser, lambda: str(N_PHOTOS) in browser.find_element("id", "map-n").text)
    press(browser, "2")
    until(browser, lambda: count_of(browser, "cake") == N_PHOTOS)
    find(browser, "#undo").click()
    until(browser, lambda: count_of(browser, "cake") == 0)
    canvas.send_keys("\ue012", *["+"] * 12, " ")  # a ring as wide as the map
    until(browser, lambda: browser.find_elements("css selector", "#map-chosen li"))
    canvas.send_keys("3")
    until(browser, lambda: count_of(browser, "fruit") > N_PHOTOS / 2)


def test_a_label_is_pulled_over_photos_that_have_none(
    browser: Chrome, server: Server, tmp_path: Path
) -> None:
    rooms = filled(browser, server, tmp_path / "brush", lang="en", labelled=0)
    browser.get(f"{rooms}/data")
    until(browser, lambda: browser.find_elements("css selector", ".cell"))
    browser.find_element("id", "brush").click()
    browser.find_element("id", "grid").send_keys("3")
    browser.execute_script("scrollTo({top: 0, behavior: 'instant'})")
    cells = middles(browser, ".cell:not([hidden])")
    pulled(browser, cells[:4])
    until(browser, lambda: count_of(browser, "fruit") == 4)
    press(browser, "2")
    pulled(browser, cells[2:6])
    until(browser, lambda: count_of(browser, "cake") == 2)  # two have a label, and keep it
    assert count_of(browser, "fruit") == 4
    find(browser, "#undo").click()
    until(browser, lambda: count_of(browser, "cake") == 0)
    browser.execute_script("document.getElementById('order').value = 'likeness'")
    browser.execute_script("document.getElementById('order').dispatchEvent(new Event('change'))")
    until(browser, lambda: browser.find_element("id", "again").is_displayed())
    until(browser, lambda: not browser.find_element("id", "grid").get_attribute("aria-busy"))
    assert count_of(browser, "All") == N_PHOTOS


@pytest.mark.parametrize("lang", ["en", pytest.param("fr", marks=pytest.mark.long)])
def test_a_wrong_label_is_found_settled_and_taken_back_on_a_phone(
    browser: Chrome, server: Server, tmp_path: Path, lang: str
) -> None:
    rooms = filled(browser, server, tmp_path / "doubts", lang=lang, labelled=60)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    browser.get(f"{rooms}/data")
    chosen_view(browser, "doubts")
    line = until(browser, lambda: browser.find_element("css selector", "#doubts-list li"))
    assert violations(browser) == []
    n_cakes = count_of(browser, "cake")
    line.find_element("css selector", ".primary").click()
    until(browser, lambda: count_of(browser, "cake") == n_cakes - 1)
    find(browser, "#doubts-list .settled button").click()
    until(browser, lambda: count_of(browser, "cake") == n_cakes)
    for view in ("grid", "groups", "map", "doubts"):
        chosen_view(browser, view)
        assert browser.execute_script("return document.documentElement.scrollWidth") == NARROW_PX
    chosen_view(browser, "grid")
    browser.execute_script("document.querySelector('#ready summary').click()")
    until(browser, lambda: len(browser.find_elements("css selector", "#ready-list li")) == 3)
    assert violations(browser) == []


def test_labels_are_merged_and_parted_again(browser: Chrome, server: Server, tmp_path: Path) -> None:
    rooms = filled(browser, server, tmp_path / "merge", lang="en", labelled=60)
    browser.get(f"{rooms}/data")
    until(browser, lambda: count_of(browser, "bread") > 0)
    n_bread, n_cake = count_of(browser, "bread"), count_of(browser, "cake")
    browser.find_element("id", "edit-labels").click()
    into = find(browser, "#editor-list .into")
    into.find_elements("css selector", "option")[1].click()  # bread into cake
    until(browser, lambda: count_of(browser, "cake") == n_bread + n_cake)
    assert count_of(browser, "bread") == -1
    find(browser, "#toast button").click()
    until(browser, lambda: (count_of(browser, "bread"), count_of(browser, "cake")) == (n_bread, n_cake))


@pytest.mark.long
def test_photos_are_taken_with_the_camera_of_a_phone(server: Server, tmp_path: Path) -> None:
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    camera = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    for flag in (
        *BROWSER_FLAGS,
        *camera,
        "--window-size=1280,1600",
        f"--user-data-dir={tmp_path / 'profile'}",
    ):
        options.add_argument(flag)
    phone = Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))
    try:
        come_in(phone, server)
        make_task(phone, server, "Camera")
        phone.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        n_before = count_of(phone, "All")
        find(phone, "#shots-open").click()
        until(phone, lambda: find(phone, "#shots-take").is_enabled())
        until(phone, lambda: phone.execute_script("return document.getElementById('shots-video').videoWidth"))
        assert phone.execute_script("return document.documentElement.scrollWidth") == NARROW_PX
        assert violations(phone) == []
        for n in (1, 2):
            find(phone, "#shots-take").click()
            until(phone, lambda n=n: str(n) in find(phone, "#shots-n").text)
        find(phone, "#shots [data-close]").click()
        until(phone, lambda: count_of(phone, "All") == n_before + 2)
        assert phone.execute_script("return document.getElementById('shots-video').srcObject") is None
    finally:
        phone.quit()
