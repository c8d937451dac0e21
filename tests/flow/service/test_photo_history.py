"""What photos were like day by day."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.fake_loop import NAMES, open_loop, shade
from tests.fake_service import OPERATOR, WorldClock

from apprenti.domain.errors import OptionError
from apprenti.flow.service import tasks
from apprenti.flow.service.photo_history import photo_history
from apprenti.flow.service.tasks import TaskSettings
from apprenti.flow.service.traffic import DAY_US


def darker(data: bytes) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.asarray(Image.open(io.BytesIO(data))) // 3).save(out, "PNG")
    return out.getvalue()


def test_a_dark_day_lies_below_what_is_usual(tmp_path: Path) -> None:
    loop = open_loop(tmp_path)
    assert isinstance(loop.service.now_us, WorldClock)
    who = (loop.service, OPERATOR, loop.here)
    assert photo_history(*who, loop.task.id) == ()
    for number in range(9):
        loop.ask(shade(NAMES[number % 3], 3000 + number))
    loop.service.now_us.now += DAY_US
    for number in range(9):
        loop.ask(darker(shade(NAMES[number % 3], 4000 + number)))
    brightness, *others = photo_history(*who, loop.task.id)
    assert (brightness.fact, len(others)) == ("brightness", 5)
    before, dark = brightness.days.values()
    assert (before.n, dark.n) == (9, 9)
    assert brightness.usual is not None
    assert brightness.usual.low <= before.middle <= brightness.usual.high
    assert dark.low <= dark.middle <= dark.high < brightness.usual.low
    assert len(photo_history(*who, loop.task.id, days=1)[0].days) == 1
    with pytest.raises(OptionError):
        photo_history(*who, loop.task.id, days=0)


def test_without_a_version_there_is_nothing_to_look_back_on(tmp_path: Path) -> None:
    loop = open_loop(tmp_path)
    task = tasks.create_task(loop.service, OPERATOR, loop.here, TaskSettings(name="New"))
    assert photo_history(loop.service, OPERATOR, loop.here, task.id) == ()
