"""A real server, killed as a power cut would and begun again under an open page: nothing is lost or doubled."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.web.rooms.at_the_browser import count_of, draw_photos, find, until
from tests.web.rooms.hands import Mouse
from tests.web.rooms.real_clothes import address_of, real_server
from tests.web.rooms.test_browser_story import is_over

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(900)]
N_PHOTOS = 201
TRAINING_SECONDS = 400


def test_a_server_killed_in_mid_upload_and_in_mid_training_is_gone_on_with(
    browser: Chrome, tmp_path: Path
) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    photos = draw_photos(tmp_path / "photos", N_PHOTOS)
    with real_server(tmp_path / "server") as server:
        browser.get(f"{address_of(server)}/enter#{server.secret}")
        hand = Mouse(browser)
        hand.write("#name", "Killed")
        hand.use(".new-task button")
        until(browser, lambda: browser.current_url.endswith("/data"))
        hand.drop(photos, photos)
        for n_there in (20, 90):
            until(
                browser, lambda n=n_there: browser.find_element("id", "queue-bar").get_property("value") >= n
            )
            server.kill()
            until(browser, lambda: browser.find_element("id", "queue-trouble").is_displayed())
            server.start()
        until(browser, lambda: is_over(browser))
        until(browser, lambda: count_of(browser, "All") == N_PHOTOS)
        labels = ("bread", "cake", "fruit")
        until(browser, lambda: [count_of(browser, label) for label in labels] == [67, 67, 67])

        hand.use('.tabs a[href$="/train"]')
        hand.shorten("#budget")
        hand.use(".begin button")
        until(browser, lambda: browser.find_elements("css selector", "#candidates li"))
        server.kill()
        time.sleep(2)
        server.start()
        wait = WebDriverWait(browser, TRAINING_SECONDS, 0.5)
        wait.until(lambda _: browser.find_elements("css selector", ".result, .problem"))
        assert browser.find_elements("css selector", ".result"), find(browser, "main").text
        (training,) = server.done("GET", "/trainings")["items"]
        assert (training["state"], training["version_number"]) == ("done", 1)
        assert server.done("GET", "/usage")["n_images"] == N_PHOTOS
