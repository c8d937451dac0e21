"""The whole story with real photos, a real server and real trainings: 200 photos dropped, a correction promoted.

In both languages, by mouse and by keyboard alone. What the browser asks, and what it complains of, is looked at all
the while.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from tests.faults.running import Running
from tests.web.rooms.at_the_browser import asked_hosts, complaints, count_of, find, until
from tests.web.rooms.hands import Hand, Keyboard, Mouse
from tests.web.rooms.real_clothes import (
    LABELS,
    address_of,
    labels_by_hash,
    real_server,
    take_photos,
    zipped,
)
from tests.web.rooms.test_browser_story import is_over

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.shared,
    pytest.mark.timeout(1500),
]
N_EACH, N_ASKED_EACH = 40, 4
LONG_SECONDS = 400
MOST_JUDGED = 30
HASH_OF_PHOTO = """
const done = arguments[0], id = document.getElementById("photo").src.split("/").at(-2);
fetch(`/v1/images/${id}`).then((answer) => answer.json()).then((image) => done(image.sha256));
"""
PROMOTED = {"en": "let version 2 of “Clothes” answer", "fr": "a mis en service la version 2 de"}
CORRECTED = {"en": "corrected an answer", "fr": "a corrigé une réponse"}


class Story:
    """One way through the rooms.

    Args:
        hand: mouse or keyboard.
        server: a real one.
        lang: of the pages.
    """

    def __init__(self, hand: Hand, server: Running, lang: str) -> None:
        self.hand, self.browser, self.lang = hand, hand.browser, lang
        self.address, self.secret = address_of(server), server.secret

    def check(self) -> None:
        """Nothing was asked of anybody else, and the console is quiet."""
        assert asked_hosts(self.browser) == {urlsplit(self.address).netloc}
        assert complaints(self.browser) == []

    def wait(self, holds: Callable[[], Any]) -> None:
        """Wait for what takes minutes."""
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.browser, LONG_SECONDS, 0.5).until(lambda _: holds())

    def come_in(self) -> None:
        self.browser.get(f"{self.address}/preferences?lang={self.lang}&next=/enter")
        self.browser.get(f"{self.address}/enter#{self.secret}")
        until(self.browser, lambda: self.browser.find_element("css selector", ".new-task"))

    def make_task(self) -> None:
        self.hand.write("#name", "Clothes")
        self.hand.use(".new-task button")
        until(self.browser, lambda: self.browser.current_url.endswith("/data"))

    def room(self, name: str) -> None:
        """Go to another room by its tab."""
        self.hand.use(f'.tabs a[href$="/{name}"]')
        until(self.browser, lambda: urlsplit(self.browser.current_url).path.endswith(f"/{name}"))

    def drop(self, photos: Path) -> None:
        self.hand.drop(photos, zipped(photos))
        until(self.browser, lambda: is_over(self.browser))
        wanted = N_EACH * len(LABELS) - 4  # the set has a few photos twice
        until(self.browser, lambda: sum(count_of(self.browser, label) for label in LABELS) >= wanted)
        self.check()

    def train(self) -> None:
        self.hand.shorten("#budget")
        self.hand.use(".begin button")
        until(self.browser, lambda: self.browser.find_elements("id", "running"))
        self.wait(lambda: self.browser.find_elements("css selector", ".result, .problem"))
        assert self.browser.find_elements("css selector", ".result"), find(self.browser, "main").text
        self.check()

    def keep_photos(self) -> None:
        self.hand.use("#consent button")
        until(
            self.browser,
            lambda: find(self.browser, '#consent input[name="keeps"]').get_property("value") == "no",
        )

    def ask(self, photos: Path) -> None:
        """Ask about photos one after the other; each answer is explained as well, which takes a while."""
        files = sorted(photos.rglob("*.jpg"))
        find(self.browser, "#files").send_keys("\n".join(map(str, files)))
        self.wait(lambda: len(self.browser.find_elements("css selector", ".said .bars")) == len(files))
        self.check()

    def judge(self, truth: dict[str, str]) -> tuple[int, int]:
        """Look at what waits until one was wrong, and a few more; return how many were confirmed and corrected."""
        until(self.browser, lambda: self.browser.find_element("id", "photo").is_displayed())
        facts: dict[str, Any] = json.loads(str(find(self.browser, "#facts").get_property("textContent")))
        keys = {label["name"]: label for label in facts["labels"]}
        n = {True: 0, False: 0}
        while sum(n.values()) < MOST_JUDGED and not (n[False] >= 3 and n[True] >= 3):
            until(self.browser, lambda: self.browser.find_element("id", "photo").get_property("complete"))
            shown = truth[str(self.browser.execute_async_script(HASH_OF_PHOTO))]
            before = find(self.browser, "#photo").get_attribute("src")
            is_right = find(self.browser, "#best").text == shown
            self.hand.judge(keys[shown]["id"], keys[shown]["key"], is_right=is_right)
            n[is_right] += 1
            until(self.browser, lambda before=before: self._moved_on(str(before)))
            if not self.browser.find_element("id", "stage").is_displayed():
                break
        until(self.browser, lambda: not self.browser.find_element("id", "saving").is_displayed())
        self.check()
        return n[True], n[False]

    def _moved_on(self, before: str) -> bool:
        photo = self.browser.find_element("id", "photo")
        return not photo.is_displayed() or photo.get_attribute("src") != before

    def promote(self) -> None:
        """Let the version that has learnt from the corrections answer, unless it does already."""
        answering = "return document.querySelector('.answering').id"
        if self.browser.execute_script(answering) != "version-2":
            self.hand.use("#version-2 .primary")
        until(self.browser, lambda: self.browser.execute_script(answering) == "version-2")


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("kind", [Mouse, Keyboard])
def test_from_two_hundred_photos_to_a_correction_that_is_promoted(
    browser: Chrome, tmp_path: Path, kind: type[Mouse] | type[Keyboard], lang: str
) -> None:
    photos = take_photos(tmp_path / "photos", "train", N_EACH)
    asked = take_photos(tmp_path / "asked", "val", N_ASKED_EACH)
    with real_server(tmp_path / "server") as server:
        story = Story(kind(browser), server, lang)
        story.come_in()
        story.make_task()
        story.drop(photos)
        story.room("train")
        story.train()
        story.room("review")
        story.keep_photos()
        story.room("models")
        story.ask(asked)
        story.room("review")
        n_right, n_wrong = story.judge(labels_by_hash(asked))
        assert n_wrong >= 1, f"{n_right} answers right, none wrong"
        story.hand.use("#train-now")
        story.train()
        story.room("models")
        story.promote()
        story.room("review")
        story.hand.use('.parts a[href$="/log"]')
        log = until(browser, lambda: browser.find_element("css selector", ".log").text)
        assert PROMOTED[lang] in log
        assert CORRECTED[lang] in log
        story.check()
