"""A task with photos of two colours and versions of real, small models that tell them apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tests.fake_service import OPERATOR, default_workspace, make_service, picture
from tests.web.rooms.fast_worker import a_model_of

from apprenti.domain.service import Caller, Version
from apprenti.flow.service import images, labels, tasks
from apprenti.flow.service.images import ImageWords, Said
from apprenti.flow.service.known_embeddings import KnownEmbeddings
from apprenti.flow.service.loaded_models import LoadedModel
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.store.database import images as image_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table

N_EACH = 6
COLOURS = {"red": (200, 40, 30), "blue": (40, 60, 190)}


@dataclass(frozen=True, kw_only=True)
class Colours:
    """The task.

    Args:
        service: what it is in.
        workspace: where.
        task: its id.
        label_ids: of red and blue.
        photos: bytes of each photo, red ones first.
        image_ids: of them.
    """

    service: Service
    workspace: str
    task: str
    label_ids: tuple[str, ...]
    photos: tuple[bytes, ...]
    image_ids: tuple[str, ...]

    @property
    def who(self) -> tuple[Service, Caller, str]:
        """What every flow takes first."""
        return self.service, OPERATOR, self.workspace


def colours_in(service: Service, workspace: str) -> Colours:
    """Make the task with its photos; every third is of the test set."""
    who = (service, OPERATOR, workspace)
    task = tasks.create_task(*who, TaskSettings(name="Colours")).id
    label_ids = tuple(labels.create_label(*who, name=name).id for name in COLOURS)
    photos, image_ids = [], []
    for label_id, colour in zip(label_ids, COLOURS.values(), strict=True):
        tasks.add_label_to_task(*who, task, label_id)
        for n in range(N_EACH):
            shade = tuple(min(255, part + 7 * n) for part in colour)
            photos.append(picture((shade[0], shade[1], shade[2])))
            made, _ = images.add_image(
                *who, photos[-1], words=ImageWords(name=f"{n}.png"), shows=(Said(label_id=label_id),)
            )
            image_ids.append(made.id)
    with service.database.write() as tx:
        image_table.change(tx, workspace, image_ids[::3], is_test=True)
    return Colours(
        service=service,
        workspace=workspace,
        task=task,
        label_ids=label_ids,
        photos=tuple(photos),
        image_ids=tuple(image_ids),
    )


def colours(folder: Path) -> Colours:
    """Make a service with the task in its first workspace."""
    service = make_service(folder)
    return colours_in(service, default_workspace(service))


def give_model(here: Colours, number: int, *, mixed_up: bool = False) -> Version:
    """Give the task a version that knows its photos, the first one in production; or one that mixes colours up."""
    service = here.service
    learnt = [n for n in range(2 * N_EACH) if n % 3]
    photos = [here.photos[n] for n in learnt]
    places = [int((n >= N_EACH) != mixed_up) for n in learnt]
    data = a_model_of(photos, places, tuple(COLOURS))
    version = Version(
        id=service.new_id(),
        workspace_id=here.workspace,
        task_id=here.task,
        number=number,
        model_sha256=service.blobs.put(data),
        n_bytes=len(data),
        labels=here.label_ids,
        scores={"accuracy": 0.9},
        n_examples=len(photos),
        created_us=service.now_us(),
    )
    model = LoadedModel.load(version, service.blobs)
    rows = [model.ask(photo, item="photo", max_megapixels=1.0).embedding for photo in photos]
    hashes = tuple(service.blobs.put(photo) for photo in photos)
    known = KnownEmbeddings(hashes=hashes, embeddings=np.stack(rows))
    made = replace(version, known_sha256=service.blobs.put(known.to_npz()))
    with service.database.write() as tx:
        version_table.insert(tx, made)
        if number == 1:
            task_table.change(tx, here.workspace, here.task, production_version=1)
    return made
