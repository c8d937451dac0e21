"""Two ways to use a page: with the mouse, or with nothing but the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tests.web.rooms.at_the_browser import find, press, until

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

ENTER, TAB, HOME, RIGHT = "\ue007", "\ue004", "\ue011", "\ue014"
MOST_TABS = 400


class Hand(Protocol):
    """What does things at a page."""

    browser: Chrome

    def use(self, selector: str) -> None:
        """Press a button or follow a link."""

    def write(self, selector: str, text: str) -> None:
        """Write into a field."""

    def drop(self, folder: Path, archive: Path) -> None:
        """Give the page a folder of photos; ``archive`` holds the same, for whoever cannot drag."""

    def shorten(self, slider: str) -> None:
        """Put a slider to a short time: its third step."""

    def judge(self, label: str, key: str, *, is_right: bool) -> None:
        """Say of the photo shown that it is this."""


class Mouse:
    """Clicks, drags and drops."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def use(self, selector: str) -> None:
        """Click it."""
        element = find(self.browser, selector)
        self.browser.execute_script(
            "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element
        )
        element.click()

    def write(self, selector: str, text: str) -> None:
        """Click into the field and type."""
        self.use(selector)
        find(self.browser, selector).send_keys(text)

    def drop(self, folder: Path, archive: Path) -> None:
        """Drag the folder from the desktop onto the page."""
        place = find(self.browser, "#drop").rect
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            event = {"type": kind, "x": x, "y": y, "data": data}
            self.browser.execute_cdp_cmd("Input.dispatchDragEvent", event)

    def shorten(self, slider: str) -> None:
        """Click on it, a quarter from its left end."""
        from selenium.webdriver import ActionChains

        element = find(self.browser, slider)
        left = -element.size["width"] // 4
        ActionChains(self.browser).move_to_element_with_offset(element, left, 0).click().perform()

    def judge(self, label: str, key: str, *, is_right: bool) -> None:
        """Click the button of the label, or the one that says that the model is right."""
        self.use("#right" if is_right else f'#labels [data-label="{label}"]')


class Keyboard:
    """Tabs to what it wants; never touches a mouse."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def go_to(self, selector: str) -> WebElement:
        """Press Tab until the element has the focus."""
        wanted = find(self.browser, selector)
        for _ in range(MOST_TABS):
            if self.browser.switch_to.active_element == wanted:
                return wanted
            press(self.browser, TAB)
        raise AssertionError(f"{selector} is not reached by the keyboard")

    def use(self, selector: str) -> None:
        """Go to it and press Enter."""
        self.go_to(selector)
        press(self.browser, ENTER)

    def write(self, selector: str, text: str) -> None:
        """Go to the field and type."""
        self.go_to(selector)
        press(self.browser, text)

    def drop(self, folder: Path, archive: Path) -> None:
        """Choose the archive in the dialog that Enter opens; only the dialog of the system is left out."""
        self.go_to("#files").send_keys(str(archive))

    def shorten(self, slider: str) -> None:
        """Go to the slider; Home, and two steps to the right."""
        self.go_to(slider)
        press(self.browser, HOME, RIGHT, RIGHT)

    def judge(self, label: str, key: str, *, is_right: bool) -> None:
        """Press the key of the label, or Enter; the photo has the focus."""
        until(
            self.browser,
            lambda: self.browser.switch_to.active_element == self.browser.find_element("id", "stage"),
        )
        press(self.browser, ENTER if is_right else key)
