"""Every lesson in a real Chromium, gone through with the keyboard alone, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.lessons.at_the_lessons import Learner, open_lesson, school
from tests.web.rooms.at_the_browser import asked_hosts, complaints, find, until, violations

from apprenti.lessons.catalogue import all_lessons
from apprenti.lessons.lesson import Lesson
from apprenti.texts import Lang

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(600)]
NARROW_PX = 390


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with school() as served:
        yield served


@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("fr", "light")])
@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.folder)
def test_every_check_is_answered_by_keyboard_and_the_page_is_for_everybody(
    browser: Chrome, address: str, lesson: Lesson, lang: Lang, theme: str
) -> None:
    open_lesson(browser, address, lesson, lang, theme)
    assert violations(browser) == []
    learner = Learner(browser, lesson, lang)
    learner.walk()
    assert set(learner.verdicts) == set(lesson.checks)
    wrong = {name for name, said in learner.verdicts.items() if said not in ("guess", "verdict right")}
    assert wrong == set()
    until(browser, lambda: find(browser, "#lesson-state").is_displayed())
    sliders = browser.find_elements("css selector", "input[data-slider]")
    assert len(learner.moved) >= sum(one.is_displayed() for one in sliders)
    assert violations(browser) == [], "after it was used"
    assert asked_hosts(browser) == {address.removeprefix("http://")}
    assert complaints(browser) == []
    browser.set_window_size(NARROW_PX, 900)
    wide = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px do not fit a phone"
