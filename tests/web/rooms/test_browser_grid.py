"""Ten thousand photos in the grid: there at once, few of them drawn, smooth while the page scrolls."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.web.rooms.at_the_browser import count_of, find, press, running, until
from tests.web.rooms.serving import TOKEN

from apprenti.domain.service import Caller, Role, StoredImage
from apprenti.flow.service import tasks
from apprenti.flow.service.access import begin_service
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.opening import Place, open_service
from apprenti.store.database import images as image_table

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
N_PHOTOS = 10_000
FIRST_PAINT_SECONDS = 1.0
FRAME_SECONDS = 0.05
SLOWER = 4.0
"""How much slower than promised a machine with other work to do may be before the test fails."""
N_STEPS = 60


def filled(folder: Path) -> str:
    """Put the photos into the service in a folder, past its doors; return the id of a task."""
    operator = Caller(token_id="operator", role=Role.OPERATOR)
    with open_service(Place(folder=folder), {}) as service:
        made = begin_service(service)
        assert made is not None
        (folder / TOKEN).write_text(made.secret)
        here = workspace_meant(service, operator, None).id
        with service.database.write() as tx:
            image_table.insert(tx, *[_photo(service, here, folder, number) for number in range(N_PHOTOS)])
        return tasks.create_task(service, operator, here, TaskSettings(name="Many")).id


def _photo(service: Service, here: str, folder: Path, number: int) -> StoredImage:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (number % 256, number // 256, 90)).save(out, "PNG")
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    path = folder / "blobs" / sha256[:2] / sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue())
    return StoredImage(
        id=service.new_id(), workspace_id=here, sha256=sha256, n_bytes=len(out.getvalue()), width_px=16,
        height_px=16, format="PNG", name=f"{number}.png", created_us=service.now_us(),
    )  # fmt: skip


def test_ten_thousand_photos_are_there_at_once_and_scroll_smoothly(
    browser: Chrome, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "service"
    folder.mkdir()
    task = filled(folder)
    with running(folder, looks=False) as server:
        browser.get(server.link)
        until(browser, lambda: browser.find_element("css selector", ".new-task"))
        begun = time.perf_counter()
        browser.get(f"{server.address}/tasks/{task}/data")
        until(browser, lambda: browser.find_elements("css selector", ".cell"))
        painted = time.perf_counter() - begun
        until(
            browser,
            lambda: find(browser, ".cell:not([hidden])").get_attribute("aria-setsize") == str(N_PHOTOS),
        )
        assert count_of(browser, "Unlabelled") == N_PHOTOS
        busy = _seconds_busy(browser)
        browser.execute_async_script(
            f"const done = arguments[0]; let n = 0; const step = () => {{ scrollBy({{top: 900, behavior: 'instant'}});"
            f" n += 1; if (n < {N_STEPS}) requestAnimationFrame(step); else done(); }}; step();"
        )
        frame = (_seconds_busy(browser) - busy) / N_STEPS
        record_property("first_paint_seconds", round(painted, 3))
        record_property("frame_seconds", round(frame, 4))
        print(f"first paint {painted:.2f} s, {1000 * frame:.1f} ms a frame")
        assert len(browser.find_elements("css selector", ".cell")) < 400
        find(browser, "#grid").send_keys("\ue010")  # End
        until(browser, lambda: browser.find_elements("css selector", f"#photo-{N_PHOTOS - 1}"))
        press(browser, "\ue011")
        assert painted < FIRST_PAINT_SECONDS * SLOWER
        assert frame < FRAME_SECONDS * SLOWER


def _seconds_busy(browser: Chrome) -> float:
    """Return how long the page has been at work: scripts, styles and layout."""
    browser.execute_cdp_cmd("Performance.enable", {})
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return sum(
        float(metric["value"])
        for metric in metrics
        if metric["name"] in ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
    )
