"""The review room of tasks of several labels and of numbers: what is chosen, what is typed, what arrives."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from tests.fake_loop import Loop, mixture, open_loop
from tests.fake_service import OPERATOR
from tests.web.rooms.asking import UNHURRIED
from tests.web.rooms.at_the_browser import complaints, find, press, until

from apprenti.domain.dataset import TaskType
from apprenti.domain.service import Correction, Role
from apprenti.flow.service import access, corrections
from apprenti.service_server import ServeOptions, build_service_app, service_door

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
ENTER = "\ue007"


@contextmanager
def served(loop: Loop) -> Iterator[str]:
    """Serve a task in use from a thread; give the address of its door with a token."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    door = service_door(ServeOptions(host="127.0.0.1", port=port))
    app = build_service_app(loop.service, door=door, rules=UNHURRIED, n_threads=1)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    made = access.create_token(loop.service, OPERATOR, loop.here, name="Ann", role=Role.OWNER)
    yield f"http://127.0.0.1:{port}/enter?next=/tasks/{loop.task.id}/review#{made.secret}"
    server.should_exit = True
    thread.join(10)
    loop.service.database.close()


def opened(folder: Path, task_type: TaskType) -> Loop:
    loop = open_loop(folder, task_type=task_type, url=f"sqlite:///{folder}/a.db")
    for number in range(12):  # of colours so different that none is folded behind another
        loop.ask(mixture(250 - 20 * number, 20, 20 + 19 * number, number))
    return loop


def newest(loop: Loop) -> Correction:
    return corrections.list_corrections(loop.service, OPERATOR, loop.here, task_id=loop.task.id).items[0]


def saved(browser: Chrome, n: int) -> None:
    until(browser, lambda: find(browser, "#progress").text.split(":")[1].split()[0] == str(n))
    until(browser, lambda: not browser.find_element("id", "saving").is_displayed())


def test_several_labels_are_put_on_and_off_and_kept_together(browser: Chrome, tmp_path: Path) -> None:
    loop = opened(tmp_path, TaskType.MULTI_LABEL)
    with served(loop) as door:
        browser.get(door)
        until(browser, lambda: browser.find_element("id", "photo").get_property("naturalWidth"))
        pressed = [
            button.get_attribute("aria-pressed") == "true"
            for button in browser.find_elements("css selector", "#labels button")
        ]
        press(browser, *(str(place + 1) for place, on in enumerate(pressed) if on))  # off, what was guessed
        press(browser, "2", "3", ENTER)
        saved(browser, 1)
        assert set(newest(loop).label_ids) == set(loop.id_of("green", "blue"))
        assert complaints(browser) == []


def test_a_number_is_confirmed_or_typed(browser: Chrome, tmp_path: Path) -> None:
    loop = opened(tmp_path, TaskType.REGRESSION)
    with served(loop) as door:
        browser.get(door)
        until(browser, lambda: browser.find_element("id", "photo").get_property("naturalWidth"))
        press(browser, ENTER)
        saved(browser, 1)
        assert newest(loop).agrees
        press(browser, "1", "2", ",", "5", ENTER)
        saved(browser, 2)
        assert (newest(loop).value, newest(loop).agrees) == (12.5, False)
        assert complaints(browser) == []
