"""A task in use without a training: its model knows red, green and blue, and answers at once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from PIL import Image
from tests.fake_service import OPERATOR, default_workspace, make_service, picture

from apprenti.blocks.decoding import decode, read_header
from apprenti.blocks.photo_facts import photo_facts
from apprenti.domain.dataset import TaskType
from apprenti.domain.prediction import Prediction
from apprenti.domain.recipe import Canvas, Interval
from apprenti.domain.service import Caller, Label, LabelKind, Role, StoredPrediction, Task, Version
from apprenti.flow.service import images, labels, predictions, tasks
from apprenti.flow.service.images import ImageWords, Said
from apprenti.flow.service.known_embeddings import KnownEmbeddings
from apprenti.flow.service.loaded_models import Answered, LoadedModels
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.stages.feedback.review import review_scale
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table

NAMES = ("red", "green", "blue")
HUES = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1)}


def shade(name: str, n: int) -> bytes:
    """Return a picture of a colour, a little different for each number."""
    rng = np.random.default_rng([n, NAMES.index(name)])
    pixels = rng.integers(0, 60, (16, 16, 3))
    pixels += np.array(HUES[name]) * 150
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def mixture(red: int, green: int, blue: int, n: int = 0) -> bytes:
    """Return a picture that is between the colours."""
    return picture((red, green, blue), side_px=16 + n)


class ColourModel:
    """Answers by the mean colour, surer the purer it is; its embedding is that colour."""

    def __init__(self, task_type: TaskType = TaskType.MULTI_CLASS) -> None:
        manifest = SimpleNamespace(
            labels=NAMES if task_type is not TaskType.REGRESSION else (),
            task_type=task_type,
            thresholds=(0.5,) * 3 if task_type is TaskType.MULTI_LABEL else (),
        )
        self.predictor = SimpleNamespace(manifest=manifest, labels=manifest.labels)
        self.known: KnownEmbeddings | None = None
        seen = [self.ask(shade(NAMES[n % 3], 1000 + n), item="", max_megapixels=1) for n in range(60)]
        answers = [
            [dict(one.prediction.top)[name] for name in NAMES]
            if task_type is not TaskType.REGRESSION
            else [one.prediction.value]
            for one in seen
        ]
        observed = Observations(
            answers=np.array(answers, np.float32),
            distances=np.array([one.prediction.distance for one in seen], np.float32),
            facts=np.array([one.facts for one in seen], np.float32),
        )
        self.reference = DriftReference.made_from(observed, seed=0)
        self.scale = review_scale(self.reference, task_type=task_type, thresholds=manifest.thresholds)

    def ask(self, data: bytes, *, item: str, max_megapixels: float) -> Answered:
        """Return the answer for an image file."""
        header = read_header(data, item=item, max_megapixels=max_megapixels)
        pixels = decode(data, Canvas(size_px=16), item=item)
        colour = pixels.mean(axis=(0, 1))
        return Answered(
            prediction=self._said(colour, item),
            facts=photo_facts(pixels, width_px=header.width_px, height_px=header.height_px),
            embedding=(colour / 255 - 0.2).astype(np.float32),
        )

    def _said(self, colour: Any, item: str) -> Prediction:
        task_type = self.predictor.manifest.task_type
        distance = float(30 / max(np.ptp(colour), 1))
        about = Prediction(item=item, familiar=distance <= 1, distance=distance, task_type=task_type)
        if task_type is TaskType.REGRESSION:
            value = float(colour.mean())
            interval = Interval(low=value - 5, high=value + 5, level=0.9)
            return replace(about, value=value, interval=interval)
        p = np.exp((colour - colour.max()) / 15)
        p /= p.sum()
        top = tuple((NAMES[i], float(p[i])) for i in np.argsort(-p, kind="stable"))
        about = replace(about, label=top[0][0], probability=top[0][1], top=top)
        if task_type is TaskType.MULTI_LABEL:
            return replace(about, labels=tuple(one for one in top if one[1] >= 0.5))
        return about


class FakeModels:
    """One model, whichever version is asked."""

    def __init__(self, model: ColourModel) -> None:
        self.model = model

    def of(self, version: Version, blobs: object) -> ColourModel:
        """Return it."""
        return self.model


@dataclass(frozen=True, kw_only=True)
class Loop:
    """A task in use.

    Args:
        service: where it lives.
        here: its workspace.
        task: it.
        labels: by name.
        model: what answers.
    """

    service: Service
    here: str
    task: Task
    labels: dict[str, Label]
    model: ColourModel = field(repr=False)

    def ask(self, data: bytes, **options: Any) -> StoredPrediction:
        """Ask the model about an image."""
        return predictions.classify(self.service, OPERATOR, self.here, self.task.id, data, **options)

    def id_of(self, *names: str) -> tuple[str, ...]:
        """Return the ids of labels."""
        return tuple(self.labels[name].id for name in names)

    def shown(self, image_id: str | None) -> list[str]:
        """Return what an image shows, by name."""
        said = images.labels_of_images(self.service, OPERATOR, self.here, [str(image_id)])
        return [label.name for label, _ in said[str(image_id)]]

    def person(self, name: str, role: Role = Role.EDITOR) -> Caller:
        """Return somebody of the workspace."""
        return Caller(token_id=name, role=role, workspace_id=self.here)


def open_loop(
    folder: Any,
    *,
    task_type: TaskType = TaskType.MULTI_CLASS,
    url: str = "sqlite://",
    n_known: int = 8,
    **settings: Any,
) -> Loop:
    """Return a task that is in use, its model having learnt ``n_known`` images of each colour."""
    model = ColourModel(task_type)
    service = replace(make_service(folder, url=url), models=cast("LoadedModels", FakeModels(model)))
    here = default_workspace(service)
    settings = {"keeps_images": True, **settings}
    task = tasks.create_task(
        service, OPERATOR, here, TaskSettings(name="Colours", task_type=task_type, **settings)
    )
    names = NAMES if task_type is not TaskType.REGRESSION else ("how much",)
    kind = LabelKind.CATEGORY if task_type is TaskType.MULTI_CLASS else LabelKind.TAG
    made = {name: labels.create_label(service, OPERATOR, here, name=name, kind=kind) for name in names}
    for label in made.values():
        tasks.add_label_to_task(service, OPERATOR, here, task.id, label.id)
    learn(service, here, model, made, n_known, task_type)
    version = Version(
        id=service.new_id(),
        workspace_id=here,
        task_id=task.id,
        number=1,
        model_sha256="0" * 64,
        n_bytes=1,
        known_sha256="1" * 64,
        labels=tuple(label.id for label in made.values()) if task_type is not TaskType.REGRESSION else (),
        n_examples=3 * n_known,
        created_us=service.now_us(),
    )
    with service.database.write() as tx:
        version_table.insert(tx, version)
        task = task_table.change(tx, here, task.id, production_version=1)
    return Loop(service=service, here=here, task=task, labels=made, model=model)


def learn(
    service: Service,
    here: str,
    model: ColourModel,
    made: dict[str, Label],
    n_known: int,
    task_type: TaskType,
) -> None:
    """Put labelled images into the workspace, and let the model know them."""
    hashes: list[str] = []
    rows: list[Any] = []
    for name in NAMES:
        for n in range(n_known):
            data = shade(name, n)
            said = (
                Said(label_id=made[name].id)
                if name in made
                else Said(label_id=made["how much"].id, value=9.0)
            )
            image, _ = images.add_image(service, OPERATOR, here, data, shows=[said])
            hashes.append(image.sha256)
            rows.append(model.ask(data, item="", max_megapixels=1).embedding)
    if rows:
        model.known = KnownEmbeddings(hashes=tuple(hashes), embeddings=np.stack(rows))


def test_picture(loop: Loop, data: bytes, names: Sequence[str]) -> str:
    """Put an image into the fixed test set and return its id."""
    image, _ = images.add_image(
        loop.service, OPERATOR, loop.here, data,
        words=ImageWords(is_test=True), shows=[Said(label_id=one) for one in loop.id_of(*names)],
    )  # fmt: skip
    return image.id


test_picture.__test__ = False  # type: ignore[attr-defined]
