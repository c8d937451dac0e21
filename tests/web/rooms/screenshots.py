"""Every page in both languages and both themes, and on a phone: ``scripts/screenshots FOLDER``."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from tests.conftest import BROWSER_FLAGS
from tests.web.rooms.at_the_browser import draw_photos, find, press_button, running, until
from tests.web.rooms.test_browser_story import come_in, drop, is_over, make_task

SIZES = {"": (1280, 960), "phone-": (390, 844)}
NAMES = {"en": "Bread, cake or fruit", "fr": "Pain, gâteau ou fruit"}
QUALITY = 82


def main(folder: Path) -> None:
    """Make a task, train it, and write each page as a WebP file."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        for lang in NAMES:
            with running(Path(made) / lang, pause_seconds=1.5) as server:
                browser = _browser(Path(made) / f"browser-{lang}")
                try:
                    _story(browser, server, folder, lang, draw_photos(Path(made) / f"photos-{lang}", 90))
                finally:
                    browser.quit()


def _story(browser: Chrome, server: object, folder: Path, lang: str, photos: Path) -> None:
    from tests.web.rooms.at_the_browser import Server

    assert isinstance(server, Server)
    browser.get(f"{server.address}/preferences?lang={lang}&next=/enter")
    _shoot(browser, server.address, folder, f"{lang}-enter", "/enter")
    come_in(browser, server, lang)
    rooms = make_task(browser, server, NAMES[lang]).removeprefix(server.address)
    (photos / "bread" / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    shutil.copy(photos / "bread" / "bread-0000.jpg", photos / "cake" / "also-bread.jpg")
    drop(browser, photos)
    until(browser, lambda: is_over(browser))
    find(browser, "#problems summary").click()
    _keep(browser, folder / f"{lang}-problems.webp")
    for photo in ("fruit/fruit-0002.jpg", "bread/bread-0003.jpg"):
        assert (photos / photo).exists()
    browser.get(f"{server.address}{rooms}/train")
    find(browser, ".begin button").click()
    until(browser, lambda: browser.find_elements("css selector", "#curves:not([hidden]) polyline"))
    _keep(browser, folder / f"{lang}-training.webp")
    until(browser, lambda: browser.find_elements("css selector", ".result"))
    press_button(browser, ".begin button")
    until(browser, lambda: "2" in find(browser, ".eyebrow").text)
    for page in (
        "/",
        "/tokens",
        "/learn",
        *(f"{rooms}/{room}" for room in ("data", "train", "models", "review")),
    ):
        name = page.rsplit("/", 1)[-1] or "tasks"
        _shoot(browser, server.address, folder, f"{lang}-{name}", page, photos=photos)


def _shoot(
    browser: Chrome, address: str, folder: Path, name: str, page: str, *, photos: Path | None = None
) -> None:
    for theme in ("light", "dark"):
        browser.get(f"{address}/preferences?theme={theme}&next={page}")
        for size, (width, height) in SIZES.items():
            if size and theme == "dark":
                continue
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": bool(size)}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            browser.get(f"{address}{page}")
            if page.endswith("/models") and photos is not None:
                chosen = [photos / "fruit" / "fruit-0002.jpg", photos / "bread" / "bread-0003.jpg"]
                find(browser, "#files").send_keys("\n".join(map(str, chosen)))
                until(browser, lambda: len(browser.find_elements("css selector", ".said .nearest")) == 2)
                browser.execute_script("document.querySelector('.heat-part button')?.click()")
            if page.endswith("/data"):
                until(browser, lambda: browser.find_elements("css selector", ".cell img[src]"))
            until(
                browser,
                lambda: browser.execute_script("return [...document.images].every(one => one.complete)"),
            )
            _keep(browser, folder / f"{size}{name}-{theme}.webp")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def _keep(browser: Chrome, path: Path) -> None:
    Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB").save(path, quality=QUALITY)


def _browser(profile: Path) -> Chrome:
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*BROWSER_FLAGS, "--window-size=1280,960", "--hide-scrollbars", f"--user-data-dir={profile}"):
        options.add_argument(flag)
    return Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
