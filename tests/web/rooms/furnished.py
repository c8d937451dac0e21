"""A service with a past, made in its folder before the server starts: versions, answers of weeks, corrections."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageEnhance
from tests.web.rooms.at_the_browser import COLOURS, draw_photos
from tests.web.rooms.fast_worker import work_fast
from tests.web.rooms.serving import TOKEN

from apprenti.domain.service import Caller, Role, StoredPrediction
from apprenti.flow.service import access, corrections, images, labels, predictions, tasks, trainings, versions
from apprenti.flow.service.access import ITSELF, begin_service
from apprenti.flow.service.drift_checks import check_drift
from apprenti.flow.service.images import ImageWords, Said
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.flow.service.traffic import DAY_US
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.opening import Place, open_service

N_DAYS, N_DARK_DAYS = 24, 4
N_TRAINED = 132
DARKER = 0.86
FRENCH = {"bread": "pain", "cake": "gâteau", "fruit": "fruit"}
ENGLISH = {name: name for name in COLOURS}


@dataclass
class SetClock:
    """A clock of the world that is set day by day."""

    now: int

    def __call__(self) -> int:
        """Return the time, a little later than before."""
        self.now += 1_000
        return self.now


@dataclass(frozen=True, kw_only=True)
class Past:
    """A service that was made.

    Args:
        folder: its own.
        task_id: of the task in use.
    """

    folder: Path
    task_id: str


def furnish(folder: Path, photos: Path, *, name: str, words: Mapping[str, str] = ENGLISH) -> Past:
    """Make a service in ``folder`` and a task in use for weeks, its photos darker since a few days.

    Args:
        folder: of the service.
        photos: an empty folder for the photos drawn.
        name: of the task.
        words: what the labels are called.
    """
    with open_service(Place(folder=folder), {}) as opened:
        clock = SetClock(now=time.time_ns() // 1000 - N_DAYS * DAY_US)
        service = replace(opened, now_us=clock)
        made = begin_service(service)
        assert made is not None
        (folder / TOKEN).write_text(made.secret)
        caller = Caller(token_id=made.token.id, role=Role.OPERATOR)
        who = (service, caller, workspace_meant(service, caller, None).id)
        task_id = _a_task(who, draw_photos(photos, N_TRAINED), name, words)
        _train(service, who, task_id)
        answered = _answer_for_weeks(service, who, task_id, clock, photos)
        _judge(who, answered)
    return Past(folder=folder, task_id=task_id)


Who = tuple[Service, Caller, str]


def _a_task(who: Who, photos: Path, name: str, words: Mapping[str, str]) -> str:
    settings = TaskSettings(name=name, keeps_images=True, corrections_until_retrain=10)
    task = tasks.create_task(*who, settings)
    ids = {}
    for word, said in words.items():
        ids[word] = labels.create_label(*who, name=said).id
        tasks.add_label_to_task(*who, task.id, ids[word])
    for number, path in enumerate(sorted(photos.glob("*/*.jpg"), key=lambda one: one.stem.split("-")[1])):
        about = ImageWords(name=path.name, is_test=number % 4 == 0)
        images.add_image(*who, path.read_bytes(), words=about, shows=[Said(label_id=ids[path.parent.name])])
    return task.id


def _train(service: Service, who: Who, task_id: str) -> None:
    for number in (1, 2):
        trainings.ask_training(*who, task_id)
        work_fast(service, stopping=lambda n=number: _n_versions(who, task_id) >= n, pause_seconds=0)


def _n_versions(who: Who, task_id: str) -> int:
    return len(versions.list_versions(*who, task_id=task_id).items)


def _answer_for_weeks(
    service: Service, who: Who, task_id: str, clock: SetClock, photos: Path
) -> list[StoredPrediction]:
    drawn = random.Random(8)
    fresh = sorted(draw_photos(photos.parent / "asked", 260, seed=9).rglob("*.jpg"))
    drawn.shuffle(fresh)
    answered = []
    for day in range(N_DAYS):
        for _ in range(drawn.randint(4, 11) if day < N_DAYS - N_DARK_DAYS else 12):
            path = fresh.pop()
            data = _darker(path.read_bytes()) if day >= N_DAYS - N_DARK_DAYS else path.read_bytes()
            answered.append(predictions.classify(*who, task_id, data, item=path.name))
            clock.now += DAY_US // 40
        clock.now += DAY_US - clock.now % DAY_US
        check_drift(service, who[2], task_id)
    return answered


def _darker(data: bytes) -> bytes:
    out = io.BytesIO()
    ImageEnhance.Brightness(Image.open(io.BytesIO(data))).enhance(DARKER).save(out, "JPEG", quality=90)
    return out.getvalue()


def _judge(who: Who, answered: list[StoredPrediction]) -> None:
    """Let two people look at what was drawn at random, and differ about one photo."""
    service, caller, here = who
    helper = access.create_token(service, ITSELF, here, name="Camille", role=Role.EDITOR).token
    camille = Caller(token_id=helper.id, role=Role.EDITOR, workspace_id=here)
    for one in [one for one in answered if one.review_reason == "random"][:34]:
        corrections.correct(service, camille, here, one.id, label_ids=[one.label_id], in_queue=True)
    uncertain = [one for one in answered if one.review_reason == "uncertain"]
    for one in uncertain[:3]:
        second = one.answer["labels"][1]["id"]
        corrections.correct(service, camille, here, one.id, label_ids=[second], in_queue=True)
    corrections.correct(service, caller, here, uncertain[0].id, label_ids=[uncertain[0].label_id])
