"""What browser tests of the rooms share: a server that may be killed, drawn photos, waiting, and axe."""

from __future__ import annotations

import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from PIL import Image, ImageDraw
from tests.web.rooms.serving import TOKEN

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

ROOT = Path(__file__).parents[3]
WAIT_SECONDS = 60
COLOURS = {"bread": (200, 150, 90), "cake": (230, 190, 200), "fruit": (200, 60, 50)}


class Server:
    """The rooms in a process of their own, on a port that stays the same.

    Args:
        folder: the service's.
        pause_seconds: between the steps of a training.
        looks: whether photos are looked at, as by a worker; the work is then this process's.
    """

    def __init__(self, folder: Path, *, pause_seconds: float = 0.3, looks: bool = True) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        module = "tests.web.rooms.serving"
        told = (str(folder), str(self.port), str(pause_seconds), "looks" if looks else "")
        self._command = [sys.executable, "-m", module, *told]
        self.start()

    def start(self) -> None:
        """Begin, and wait until it answers."""
        self.process = subprocess.Popen(self._command, cwd=ROOT)
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            try:
                urlopen(f"{self.address}/v1/health/live", timeout=2).close()
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise TimeoutError("the server did not begin")

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @property
    def link(self) -> str:
        """The address that lets in, as the terminal shows it."""
        return f"{self.address}/enter#{(self.folder / TOKEN).read_text()}"


@contextmanager
def running(folder: Path, **options: Any) -> Iterator[Server]:
    """Give a server, and kill it afterwards."""
    server = Server(folder, **options)
    try:
        yield server
    finally:
        server.kill()


def draw_photos(folder: Path, n: int, *, seed: int = 3) -> Path:
    """Draw photos of bread, cake and fruit into folders called so; return ``folder``."""
    drawn = random.Random(seed)
    for number in range(n):
        label = list(COLOURS)[number % 3]
        colour = tuple(max(0, min(255, part + drawn.randint(-25, 25))) for part in COLOURS[label])
        image = Image.new("RGB", (240, 200), (235, 232, 225))
        draw, side = ImageDraw.Draw(image), drawn.randint(90, 130)
        x, y = drawn.randint(20, 60), drawn.randint(20, 50)
        if label == "bread":
            draw.rounded_rectangle((x, y, x + side + 30, y + side), 30, fill=colour)
        elif label == "cake":
            corners = [(x, y + side), (x + side, y + side), (x + side, y + side // 3), (x, y + side // 2)]
            draw.polygon(corners, fill=colour)
            draw.rectangle((x, y + side * 2 // 3, x + side, y + side * 2 // 3 + 8), fill=(140, 70, 60))
        else:
            draw.ellipse((x, y, x + side, y + side), fill=colour)
            draw.rectangle((x + side // 2 - 3, y - 14, x + side // 2 + 3, y + 6), fill=(90, 70, 40))
        (folder / label).mkdir(parents=True, exist_ok=True)
        image.save(folder / label / f"{label}-{number:04d}.jpg")
    return folder


def until(browser: Chrome, holds: Callable[[], Any]) -> Any:
    """Return what ``holds`` gives as soon as it is true."""
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    ignored = (NoSuchElementException, StaleElementReferenceException)
    return WebDriverWait(browser, WAIT_SECONDS, 0.1, ignored).until(lambda _: holds())


def find(browser: Chrome, selector: str) -> WebElement:
    """Return the first element, waited for."""
    found: WebElement = until(browser, lambda: browser.find_element("css selector", selector))
    return found


def count_of(browser: Chrome, label: str) -> int:
    """Return how many photos the page says show a label."""
    for button in browser.find_elements("css selector", "#labels button, #filters button"):
        if button.find_element("css selector", ".name").text == label:
            return int(re.sub(r"\D", "", button.find_element("css selector", ".n").text))
    return -1


def press(browser: Chrome, *keys: str) -> None:
    """Press keys, wherever the focus is."""
    from selenium.webdriver import ActionChains

    for key in keys:
        ActionChains(browser).send_keys(key).perform()


def press_button(browser: Chrome, selector: str) -> None:
    """Press a button wherever the page has scrolled to."""
    browser.execute_script("document.querySelector(arguments[0]).click()", selector)


def asked_hosts(browser: Chrome) -> set[str]:
    """Return the hosts of everything the page has loaded."""
    names: list[str] = browser.execute_script("return performance.getEntries().map(entry => entry.name)")
    return {urlsplit(name).netloc for name in names if name.startswith("http")}


def complaints(browser: Chrome, *, but: tuple[str, ...] = ()) -> list[str]:
    """Return what the console says that is wrong, leaving out what a test brought about itself."""
    logged: list[dict[str, str]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    wrong = [entry["message"] for entry in logged if entry["level"] in ("SEVERE", "WARNING")]
    return [message for message in wrong if not any(word in message for word in but)]


def violations(browser: Chrome) -> list[str]:
    """Return what axe finds wrong with the page for people who cannot see, hear or point."""
    axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    browser.execute_script(axe)
    found: list[dict[str, Any]] = browser.execute_async_script(
        "const done = arguments[0]; axe.run(document).then(({violations}) => done(violations))"
    )
    return [
        f"{rule['id']}: {node['html'][:160]} {node['any'][:1] and node['any'][0]['message']}"
        for rule in found
        for node in rule["nodes"]
    ]
