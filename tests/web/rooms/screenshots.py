"""Every page in both languages and both themes, and on a phone: ``scripts/screenshots FOLDER``."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from tests.conftest import BROWSER_FLAGS
from tests.web.rooms.at_the_browser import Server, draw_photos, find, running, until
from tests.web.rooms.furnished import ENGLISH, FRENCH, Past, furnish
from tests.web.rooms.hands import Mouse
from tests.web.rooms.test_browser_story import come_in, drop, is_over

SIZES = {"": (1280, 960), "phone-": (390, 844)}
NAMES = {"en": "Bread, cake or fruit", "fr": "Pain, gâteau ou fruit"}
WORDS = {"en": ENGLISH, "fr": FRENCH}
PAGES = {
    "tasks": "/",
    "tokens": "/tokens",
    "learn": "/learn",
    "lesson": "/learn/3",
    "glossary": "/learn/glossary",
}
ROOMS = ("data", "train", "models", "review", "review/traffic", "review/log")
TALL_PX = 1500
QUALITY = 74
BE_STILL = (
    "document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity)"
    ".forEach((one) => one.finish())"
)
PICTURES_ARE_THERE = "return [...document.images].every((one) => one.complete || one.loading === 'lazy')"


def main(folder: Path) -> None:
    """Make a service with weeks behind it, and write each of its pages as a WebP file."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        for lang, words in WORDS.items():
            place = Path(made) / lang
            past = furnish(place / "service", place / "photos", name=NAMES[lang], words=words)
            with running(past.folder, pause_seconds=1.5) as server:
                browser = _browser(place / "browser")
                try:
                    _story(browser, server, folder, lang, past)
                    _under_way(browser, server, folder, lang, past, place / "more")
                finally:
                    browser.quit()


def _story(browser: Chrome, server: Server, folder: Path, lang: str, past: Past) -> None:
    """Visit every page, as it is after some weeks."""
    browser.get(f"{server.address}/preferences?lang={lang}&next=/enter")
    _shoot(browser, server.address, folder, f"{lang}-enter", "/enter")
    come_in(browser, server, lang)
    photos = sorted((past.folder.parent / "photos").rglob("*-0002.jpg"))
    photos += sorted((past.folder.parent / "photos").rglob("*-0003.jpg"))
    rooms = {room.rsplit("/", 1)[-1]: f"/tasks/{past.task_id}/{room}" for room in ROOMS}
    for name, page in {**PAGES, **rooms}.items():
        _shoot(browser, server.address, folder, f"{lang}-{name}", page, photos=photos)


def _under_way(browser: Chrome, server: Server, folder: Path, lang: str, past: Past, photos: Path) -> None:
    """Show what is there for a while only: photos that cannot be used, a photo looked at closely, a training."""
    browser.get(f"{server.address}/preferences?theme=light&next=/tasks/{past.task_id}/data")
    draw_photos(photos, 12, seed=21)
    (photos / "bread" / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    shutil.copy(photos / "bread" / "bread-0000.jpg", photos / "cake" / "also-bread.jpg")
    drop(browser, photos)
    until(browser, lambda: is_over(browser))
    until(browser, lambda: browser.find_element("css selector", "#problems summary").is_displayed())
    Mouse(browser).use("#problems summary")
    _keep(browser, folder / f"{lang}-problems.webp")
    browser.get(f"{server.address}/tasks/{past.task_id}/train")
    Mouse(browser).use(".begin button")
    until(browser, lambda: browser.find_elements("css selector", "#curves:not([hidden]) polyline"))
    _keep(browser, folder / f"{lang}-training.webp")
    until(browser, lambda: browser.find_elements("css selector", ".result"))


def _shoot(
    browser: Chrome, address: str, folder: Path, name: str, page: str, *, photos: Sequence[Path] = ()
) -> None:
    for theme in ("light", "dark"):
        browser.get(f"{address}/preferences?theme={theme}&next={page}")
        for size, (width, height) in SIZES.items():
            if size and theme == "dark":
                continue
            if page.endswith("/traffic") and not size:
                height = TALL_PX  # so that the charts are seen
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": bool(size)}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            browser.get(f"{address}{page}")
            if page.endswith("/models"):
                find(browser, "#files").send_keys("\n".join(map(str, photos)))
                until(browser, lambda: len(browser.find_elements("css selector", ".said .nearest")) == 2)
                browser.execute_script("document.querySelector('.heat-part button')?.click()")
            if page.endswith("/review"):
                until(browser, lambda: browser.find_element("id", "photo").get_property("naturalWidth"))
            if page.endswith("/data"):
                until(browser, lambda: browser.find_elements("css selector", ".cell img[src]"))
            until(browser, lambda: browser.execute_script(PICTURES_ARE_THERE))
            browser.execute_script(BE_STILL)
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
