"""A task's life over HTTP, the same every time: each answer is remembered, and held against the server later.

Whoever lives it asks again when the server went away without an answer, as a careful client does: with the same
idempotency key. What was not acknowledged may have happened or not; what was, must be there.
"""

from __future__ import annotations

import hashlib
import io
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageDraw
from tests.faults.running import Answered, GoneError, Running

BUDGET_SECONDS = 3600.0
"""Far more than is needed, so that no step is cut short."""
WORDS = ("red", "green", "blue")


def photo(number: int, word: int, *, side_px: int = 64) -> bytes:
    """Return a noisy picture of one of three colours, the same for the same numbers."""
    draws = random.Random(number)
    shown = Image.frombytes("RGB", (side_px, side_px), draws.randbytes(side_px * side_px * 3))
    colour = [40, 40, 40]
    colour[word] = 150 + draws.randrange(100)
    flat = Image.new("RGB", (side_px, side_px), tuple(colour))
    ImageDraw.Draw(flat).ellipse([draws.randrange(20), draws.randrange(20), 50, 50], fill=(90, 90, 90))
    out = io.BytesIO()
    Image.blend(flat, shown, 0.3).save(out, "PNG")
    return out.getvalue()


@dataclass(kw_only=True)
class Seen:
    """What the server has acknowledged.

    Args:
        files: the bytes of each image, by id.
        shows: the label each image shows, by id.
        versions: SHA-256 of each model file, by task and number.
        production: the version that answers, by task.
        corrections: what was corrected and the label that was said, by id of the correction.
        reviewed: ids of predictions somebody has judged.
        unsure: ids of what a request was about that was not answered.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    shows: dict[str, str] = field(default_factory=dict)
    versions: dict[tuple[str, int], str] = field(default_factory=dict)
    production: dict[str, int] = field(default_factory=dict)
    corrections: dict[str, tuple[str, str]] = field(default_factory=dict)
    reviewed: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)

    def check(self, server: Running) -> None:
        """Hold everything that was acknowledged against what the server says now."""
        there = {image["id"]: image for image in every(server, "/images")}
        for image_id, data in self.files.items():
            assert image_id in there, f"image {image_id} was acknowledged and is gone"
            assert there[image_id]["sha256"] == hashlib.sha256(data).hexdigest()
            if image_id in self.shows and image_id not in self.unsure:
                shown = [label["id"] for label in there[image_id]["labels"]]
                assert shown == [self.shows[image_id]], image_id
        for image_id in list(self.files)[-3:]:
            assert server.ask("GET", f"/images/{image_id}/file").data == self.files[image_id]
        self._check_corrections(server)
        for (task_id, number), sha256 in self.versions.items():
            model = server.ask("GET", f"/tasks/{task_id}/versions/{number}/model")
            assert hashlib.sha256(model.data).hexdigest() == sha256
        for task_id, number in self.production.items():
            if task_id not in self.unsure:
                assert server.done("GET", f"/tasks/{task_id}")["production_version"] == number

    def _check_corrections(self, server: Running) -> None:
        there = {one["id"]: one for one in every(server, "/corrections")}
        for correction_id, (prediction_id, label_id) in self.corrections.items():
            assert correction_id in there, f"correction {correction_id} was acknowledged and is gone"
            found = there[correction_id]
            assert (found["prediction_id"], found["label_ids"]) == (prediction_id, [label_id])
        assert len({one["prediction_id"] for one in there.values()}) == len(there), "something was said twice"
        for prediction_id in list(self.reviewed)[-3:]:
            assert server.done("GET", f"/predictions/{prediction_id}")["is_reviewed"]


@dataclass(kw_only=True)
class Life:
    """Somebody who works with a server that may go away at any moment.

    Args:
        server: that is asked.
        revive: called when it went away; it is asked again after that.
        seen: what was acknowledged.
        labels: ids of the colours.
        between: what to do between two looks at a training.
        n_repeats: how often something had to be asked again.
    """

    server: Running
    revive: Callable[[Seen], object]
    seen: Seen = field(default_factory=Seen)
    labels: list[str] = field(default_factory=list)
    between: Callable[[], object] = lambda: time.sleep(0.1)
    n_repeats: int = 0

    def ask(self, method: str, path: str, body: Any = None, *, about: str = "", **more: Any) -> Answered:
        """Ask until there is an answer."""
        self.seen.unsure = {about} if about else set()
        while True:
            try:
                answered = self.server.ask(method, path, body, **more)
            except GoneError:
                self.n_repeats += 1
                self.revive(self.seen)
                continue
            if answered.status == 503:  # a moment's trouble, such as a full queue
                continue
            self.seen.unsure = set()
            assert answered.ok, (
                f"{method} {path}: {answered.status} {answered.data[:500]!r}\n{self.server.log()[-2000:]}"
            )
            return answered

    def make_task(self) -> str:
        """Make a task of three colours and return its id."""
        settings = {"name": "colours", "budget_seconds": BUDGET_SECONDS}
        task_id = str(self.ask("POST", "/tasks", settings, key="task").body["id"])
        for word in WORDS:
            label = self.ask("POST", "/labels", {"name": word}, key=f"label-{word}").body
            self.ask("PUT", f"/tasks/{task_id}/labels/{label['id']}")
            self.labels.append(label["id"])
        return task_id

    def upload(self, number: int, *, word: int | None = None) -> str:
        """Upload a photo, labelled where ``word`` is given; return its id."""
        data = photo(number, number % 3 if word is None else word)
        query = {} if word is None else {"label": self.labels[word]}
        made = self.ask(
            "POST",
            "/images",
            data,
            key=f"image-{number}",
            content_type="image/png",
            name=f"{number}.png",
            **query,
        ).body
        self.seen.files[made["id"]] = data
        if word is not None:
            self.seen.shows[made["id"]] = self.labels[word]
        return str(made["id"])

    def relabel(self, image_id: str, word: int) -> None:
        """Say that an image shows another colour."""
        self.ask("PUT", f"/images/{image_id}/labels/{self.labels[word]}", about=image_id)
        self.seen.shows[image_id] = self.labels[word]

    def keep_images(self, task_id: str) -> None:
        """Let predictions keep their images from now on."""
        self.ask("PATCH", f"/tasks/{task_id}", {"keeps_images": True})

    def correct(self, task_id: str, number: int, word: int) -> None:
        """Ask what a photo shows, and say what it does."""
        data = photo(number, word)
        said = self.ask(
            "POST", f"/tasks/{task_id}/predictions", data, key=f"ask-{number}", content_type="image/png"
        ).body
        self.seen.files[said["image_id"]] = data
        body = {"label_ids": [self.labels[word]]}
        made = self.ask("POST", f"/predictions/{said['id']}/corrections", body, key=f"say-{number}").body
        self.seen.corrections[made["id"]] = (said["id"], self.labels[word])
        self.seen.reviewed.add(said["id"])

    def train(self, task_id: str, name: str) -> Any:
        """Train and return the training, done."""
        job = self.ask("POST", f"/tasks/{task_id}/trainings", {}, key=f"train-{name}", about=task_id).body
        attempt = 0
        while job["state"] in ("queued", "running"):
            self.between()
            job = self.ask("GET", f"/trainings/{job['id']}", about=task_id).body
            assert job["attempt"] >= attempt
            attempt = job["attempt"]
        assert job["state"] == "done", f"{job}\n{self.server.log()[-3000:]}"
        self.look_at(task_id, job["version_number"])
        return job

    def look_at(self, task_id: str, number: int) -> None:
        """Remember a version's model file, and which version answers."""
        model = self.ask("GET", f"/tasks/{task_id}/versions/{number}/model").data
        self.seen.versions[task_id, number] = hashlib.sha256(model).hexdigest()
        self.seen.production[task_id] = self.ask("GET", f"/tasks/{task_id}").body["production_version"]

    def promote(self, task_id: str, number: int, name: str) -> None:
        """Let a version answer."""
        self.ask(
            "POST", f"/tasks/{task_id}/versions/{number}/promote", {}, key=f"promote-{name}", about=task_id
        )
        self.seen.production[task_id] = number


def every(server: Running, path: str, **query: Any) -> Iterator[Any]:
    """Yield all items of a list, page by page."""
    cursor: dict[str, str] = {}
    while True:
        page = server.done("GET", path, limit=500, **query, **cursor)
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        cursor = {"cursor": page["next_cursor"]}
