"""How soon a lesson answers when a slider is moved: in a real Chromium, from the key to the last change of the page.

    python benchmarks/lessons.py              every lesson there is
    python benchmarks/lessons.py --steps 40

``apprenti learn`` runs as a process of its own, as a person starts it, on the set that comes along. Each slider is
moved step by step, to and fro; an answer that the browser cannot work out itself travels to that process and back.
Writes ``results/lessons.json``. Needs ``chromium`` and ``chromedriver``.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.request import urlopen

import results
from apprenti.lessons.catalogue import all_lessons

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

BAR_MS = 100
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,1600")
ALIVE = "return !document.querySelector('[data-module]:not([data-alive])')"
MOVE = """
const [n, done] = arguments;
const pause = (ms) => new Promise((heard) => setTimeout(heard, ms));
const frame = () => new Promise((heard) => requestAnimationFrame(heard));
const fetched = window.fetch;
let underWay = 0;
window.fetch = (...asked) => { underWay += 1; return fetched(...asked).finally(() => { underWay -= 1; }); };
(async () => {
  const seconds = [];
  for (const slider of document.querySelectorAll('figure.widget input[data-slider]')) {
    const figure = slider.closest('figure');
    const step = Number(slider.step) || (Number(slider.max) - Number(slider.min)) / 100;
    for (let i = 0; i < n; i += 1) {
      let last = 0;
      const watch = new MutationObserver(() => { last = performance.now(); });
      watch.observe(figure, { subtree: true, childList: true, attributes: true, characterData: true });
      const begun = performance.now();
      const way = Number(slider.value) + step > Number(slider.max) || i % 8 > 3 ? -1 : 1;
      slider.value = Number(slider.value) + way * step;
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      do { await frame(); await pause(20); } while (underWay);
      await frame();
      watch.disconnect();
      if (last) seconds.push((last - begun) / 1000);
    }
  }
  done(seconds);
})();
"""


def main() -> None:
    """Measure every lesson that has a slider."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=20, help="of each slider")
    options = parser.parse_args()
    with serving() as address, chromium() as browser:
        for lesson in all_lessons():
            seconds = moved(browser, f"{address}/learn/{lesson.number}", options.steps)
            if seconds:
                row = {"lesson": lesson.number, "title": lesson.title("en"), **measured(seconds)}
                results.keep("lessons", [row], key=("lesson",))
                print(row)


def measured(seconds: list[float]) -> results.Row:
    """Return the figures of one lesson, in milliseconds."""
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return {
        "n": len(seconds),
        "median_ms": round(1e3 * statistics.median(seconds), 1),
        "p95_ms": round(1e3 * p95, 1),
        "worst_ms": round(1e3 * max(seconds), 1),
        "met": 1e3 * p95 <= BAR_MS,
    }


def moved(browser: Chrome, page: str, n_steps: int) -> list[float]:
    """Return how many seconds each step of each slider of a page took to be answered."""
    browser.get(page)
    while not browser.execute_script(ALIVE):
        time.sleep(0.1)
    seconds: list[float] = browser.execute_async_script(MOVE, n_steps)
    return seconds


@contextmanager
def serving() -> Iterator[str]:
    """Run ``apprenti learn`` and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "apprenti", "learn", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/learn")
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            urlopen(address, timeout=60).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Give a headless Chromium."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in FLAGS:
        options.add_argument(flag)
    browser = Chrome(options=options, service=ChromeService(shutil.which("chromedriver")))
    browser.set_script_timeout(300)
    try:
        yield browser
    finally:
        browser.quit()


if __name__ == "__main__":
    main()
