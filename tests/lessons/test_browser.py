"""A lesson in a real Chromium: its kernels, its keyboard, what axe says, and no other address asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.lessons.at_the_lessons import Learner, open_lesson, school
from tests.web.rooms.at_the_browser import asked_hosts, complaints, find, until, violations

from apprenti.lessons.catalogue import lesson_numbered
from apprenti.lessons.lesson import Lesson
from apprenti.texts import LANGS, Lang
from apprenti.web.learning.routes import static_folder

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
KERNELS = """
const [place, asked, done] = arguments;
import(place).then((kernels) => done(asked.map(([name, ...given]) => kernels[name](...given))));
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with school() as served:
        yield served


def neuron() -> Lesson:
    lesson = lesson_numbered(3)
    assert lesson is not None
    return lesson


def test_the_kernels_in_the_browser_are_numpys(browser: Chrome, address: str) -> None:
    rng = np.random.default_rng(0)
    inputs, weights, biases = rng.normal(0, 3, (40, 7)), rng.normal(0, 3, (40, 7)), rng.normal(0, 9, 40)
    pictures, filters = rng.normal(0, 100, (5, 12, 9)), rng.normal(0, 2, (5, 3, 3))
    logits = [*rng.normal(0, 20, (20, 6)), np.array([1000.0, 999.0, -1000.0]), np.array([-745.0, -746.0])]
    asked: list[list[Any]] = [
        *(
            ["neuron", x.tolist(), w.tolist(), float(b)]
            for x, w, b in zip(inputs, weights, biases, strict=True)
        ),
        *(["convolve3x3", x.tolist(), k.tolist()] for x, k in zip(pictures, filters, strict=True)),
        *(["softmax", one.tolist()] for one in logits),
    ]
    browser.get(f"{address}/learn")
    said = browser.execute_async_script(KERNELS, f"{static_folder()}/kernels.js", asked)
    of = {
        name: [one for (kind, *_), one in zip(asked, said, strict=True) if kind == name] for name, *_ in asked
    }
    z = (inputs * weights).sum(axis=1) + biases
    exact = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose([one["z"] for one in of["neuron"]], z, **exact)
    np.testing.assert_allclose([one["p"] for one in of["neuron"]], 1 / (1 + np.exp(-z)), **exact)
    windows = np.lib.stride_tricks.sliding_window_view(pictures, (3, 3), axis=(1, 2))
    np.testing.assert_allclose(of["convolve3x3"], np.einsum("nyxij,nij->nyx", windows, filters), **exact)
    for one, logit in zip(of["softmax"], logits, strict=True):
        powers = np.exp(logit - logit.max())
        np.testing.assert_allclose(one, powers / powers.sum(), **exact)


@pytest.mark.parametrize("lang", LANGS)
def test_a_lesson_is_done_with_the_keyboard_alone(browser: Chrome, address: str, lang: Lang) -> None:
    open_lesson(browser, address, neuron(), lang)
    learner = Learner(browser, neuron(), lang)
    learner.walk()
    assert set(learner.verdicts) == set(neuron().checks)
    assert {verdict for verdict in learner.verdicts.values() if verdict != "guess"} == {"verdict right"}
    assert {"w1", "w2", "b"} <= set(learner.moved)
    assert find(browser, "#lesson-state").is_displayed()
    browser.get(f"{address}/learn")
    until(browser, lambda: find(browser, '[data-lesson="3"] .done').is_displayed())
    assert asked_hosts(browser) == {address.removeprefix("http://")}
    assert complaints(browser) == []


@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("fr", "dark")])
def test_lessons_their_list_and_their_glossary_can_be_used_by_everybody(
    browser: Chrome, address: str, lang: Lang, theme: str
) -> None:
    for page in (f"/learn/{neuron().number}", "/learn", "/learn/glossary"):
        browser.get(f"{address}/preferences?lang={lang}&theme={theme}&next={page}")
        assert violations(browser) == [], page


def test_a_wrong_answer_is_told_and_what_to_do(browser: Chrome, address: str) -> None:
    from selenium.webdriver.common.keys import Keys

    open_lesson(browser, address, neuron(), "en")
    form = find(browser, "form.check:not([data-guess])")
    form.find_element("css selector", "button").send_keys(Keys.ENTER)
    verdict = form.find_element("css selector", ".verdict")
    until(browser, lambda: verdict.text)
    assert "wrong" in str(verdict.get_attribute("class")).split()
    assert not find(browser, "#lesson-state").is_displayed()
