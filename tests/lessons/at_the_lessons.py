"""What browser tests of the lessons share: a server of them in this process, and a learner with a keyboard alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn
from tests.lessons.contexts import context_named
from tests.lessons.seeing import reference, seen_on
from tests.web.rooms.at_the_browser import find, until

from apprenti.api.guard import Guard
from apprenti.lessons.check import as_written
from apprenti.lessons.lesson import Lesson
from apprenti.server import listen, open_door
from apprenti.texts import Lang
from apprenti.web.learning.alone import make_school

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

MOST_STEPS = 1500
"""Presses of Tab from the top of a page to its end, at most."""

FOCUSED = """
const one = document.activeElement, form = one.closest('form.check');
if (one === document.body || one.closest('footer nav')) return {end: true};
const group = one.type === 'radio' && form ? [...form.querySelectorAll(`[name="${one.name}"]`)] : [];
return {
  end: false, tag: one.tagName, type: one.type ?? '', name: one.name ?? '', value: one.value ?? '',
  checked: one.checked ?? false, check: form ? form.dataset.check : '', slider: one.dataset.slider ?? '',
  highest: one.max !== undefined && one.max !== '' && Number(one.value) >= Number(one.max),
  options: group.map(other => other.value), seen: one.getClientRects().length > 0,
  outlined: getComputedStyle(one).outlineStyle !== 'none' || one.matches(':focus-visible'),
};
"""


@contextmanager
def school() -> Iterator[str]:
    """Serve the lessons on a made-up run and give their address."""
    app = Guard(make_school(context_named("normal"), reference), door=open_door("127.0.0.1"))
    with listen("127.0.0.1", 0) as listening:
        config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


def open_lesson(browser: Chrome, address: str, lesson: Lesson, lang: Lang, theme: str = "light") -> None:
    """Open a lesson and wait until its widgets are alive."""
    browser.get(f"{address}/preferences?lang={lang}&theme={theme}&next=/learn/{lesson.number}")
    assert find(browser, "html").get_attribute("lang") == lang
    until(browser, lambda: not browser.find_elements("css selector", "[data-module]:not([data-alive])"))


@dataclass
class Learner:
    """Goes through a lesson from top to bottom with Tab, arrows, Space and Enter, and answers each check rightly.

    Args:
        browser: at the lesson.
        lesson: which.
        lang: numbers are typed as people do in this language.
    """

    browser: Chrome
    lesson: Lesson
    lang: Lang

    def __post_init__(self) -> None:
        shown = seen_on(self.lesson, "normal").shown
        self.answers = {
            name: as_written(check.reference(shown)) for name, check in self.lesson.checks.items()
        }
        self.verdicts: dict[str, str] = {}
        self.moved: list[str] = []

    def walk(self) -> None:
        """Go to the end of the page."""
        from selenium.webdriver.common.keys import Keys

        for _ in range(MOST_STEPS):
            self._press(Keys.TAB)
            at = self.browser.execute_script(FOCUSED)
            if at["end"]:
                return
            assert at["seen"], f"the focus is on something that cannot be seen: {at}"
            assert at["outlined"], f"it cannot be seen where the focus is: {at}"
            if at["check"] and at["tag"] in ("INPUT", "BUTTON"):
                self._answer(at)
            elif at["type"] == "range":
                self._move(at)
        raise AssertionError(f"not at the end after {MOST_STEPS} presses of Tab")

    def _answer(self, at: dict[str, Any]) -> None:
        from selenium.webdriver.common.keys import Keys

        wanted = self.answers[at["check"]].get(at["name"], "")
        if at["tag"] == "BUTTON":
            self._press(Keys.ENTER)
            self.verdicts[at["check"]] = self._verdict(at["check"])
        elif at["type"] == "radio":
            steps = at["options"].index(wanted)
            self._press(*([Keys.ARROW_DOWN] * steps or [Keys.SPACE]))
        elif at["type"] == "checkbox":
            if (at["value"] in wanted.split(",")) != at["checked"]:
                self._press(Keys.SPACE)
        else:
            typed = wanted.replace(".", ",") if self.lang == "fr" else wanted
            self._write(typed)

    def _move(self, at: dict[str, Any]) -> None:
        from selenium.webdriver.common.keys import Keys

        self._press(Keys.ARROW_LEFT if at["highest"] else Keys.ARROW_RIGHT)
        value = self.browser.execute_script("return document.activeElement.value")
        assert value != at["value"], f"slider {at['slider']} does not move"
        self.moved.append(at["slider"])

    def _verdict(self, check: str) -> str:
        verdict = find(self.browser, f'form[data-check="{check}"] .verdict')
        until(self.browser, lambda: verdict.text)
        return "guess" if self.lesson.checks[check].is_guess else str(verdict.get_attribute("class"))

    def _write(self, text: str) -> None:
        from selenium.webdriver import ActionChains
        from selenium.webdriver.common.keys import Keys

        chain = ActionChains(self.browser, duration=0)
        chain.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).send_keys(text).perform()

    def _press(self, *keys: str) -> None:
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.browser, duration=0)
        for key in keys:
            chain.send_keys(key)
        chain.perform()
