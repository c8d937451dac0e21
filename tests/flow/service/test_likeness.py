"""Likeness in the service: looking at photos, groups, the map, doubts, readiness; and labels merged."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, Blobs, default_workspace, make_service, picture
from tests.fake_sight import ColourSight

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError, OptionError
from apprenti.domain.service import Label
from apprenti.flow.service import (
    doubts,
    images,
    labels,
    likeness,
    looking,
    merging,
    photo_grid,
    readiness,
    tasks,
)
from apprenti.flow.service.doubts import DoubtKind
from apprenti.flow.service.images import Said
from apprenti.flow.service.readiness import Ready
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.flow.service.upkeep import DUTIES
from apprenti.store.database import embeddings

COLOURS = {"red": (210, 40, 40), "green": (40, 190, 60), "blue": (50, 70, 220)}


@dataclass(frozen=True, kw_only=True)
class World:
    """A task of colours.

    Args:
        service: what is behind it.
        here: the workspace.
        task: its id.
        labels: by name.
    """

    service: Service
    here: str
    task: str
    labels: dict[str, Label]

    @property
    def who(self) -> tuple[Service, object, str]:
        return self.service, OPERATOR, self.here

    def add(self, name: str, n: int, *, label: str = "", seed: int = 0, is_test: bool = False) -> list[str]:
        """Add photos of a colour, labelled or not; return their ids."""
        draws, ids = random.Random(f"{name}{seed}"), []
        for _ in range(n):
            colour = tuple(part + draws.randint(-25, 25) for part in COLOURS[name])
            words = images.ImageWords(is_test=is_test)
            shows = [Said(label_id=self.labels[label].id)] if label else []
            image, _ = images.add_image(
                self.service, OPERATOR, self.here, picture(colour, side_px=8), words=words, shows=shows
            )
            ids.append(image.id)
        return ids


@pytest.fixture
def world(tmp_path: Path) -> World:
    service = replace(make_service(tmp_path), sight=ColourSight())
    here = default_workspace(service)
    task = tasks.create_task(service, OPERATOR, here, TaskSettings(name="Colours")).id
    made = {name: labels.create_label(service, OPERATOR, here, name=name) for name in COLOURS}
    for label in made.values():
        tasks.add_label_to_task(service, OPERATOR, here, task, label.id)
    return World(service=service, here=here, task=task, labels=made)


def test_photos_are_looked_at_once_and_their_embeddings_go_with_them(world: World) -> None:
    ids = world.add("red", 3)
    assert looking.how_far_looked(world.service, OPERATOR, world.here, world.task).n_done == 0
    assert looking.look_at_photos(world.service) == 3
    assert looking.look_at_photos(world.service) == 0
    far = looking.how_far_looked(world.service, OPERATOR, world.here, world.task)
    assert (far.n, far.n_done) == (3, 3)
    images.delete_images(world.service, OPERATOR, world.here, ids[:1])
    with world.service.database.read() as tx:
        assert embeddings.of_images(tx, ids, made_by="colours")[0] == tuple(ids[1:])
    world.add("red", 1, seed=7)
    assert looking.look_at_photos(world.service) == 1


def test_a_photo_that_cannot_be_read_is_not_tried_for_ever(world: World) -> None:
    (image_id,) = world.add("red", 1)
    blobs = world.service.blobs
    assert isinstance(blobs, Blobs)
    for sha256 in blobs.kept:
        blobs.kept[sha256] = b"damaged since"
    assert looking.look_at_photos(world.service) == 1
    assert looking.look_at_photos(world.service) == 0
    with world.service.database.read() as tx:
        assert embeddings.of_images(tx, [image_id], made_by="colours")[0] == ()


def test_looking_stops_for_others_and_upkeep_goes_on_with_it(world: World) -> None:
    world.add("red", 40)
    assert looking.look_at_photos(world.service, longest_us=0) == looking.LOOKED_AT_ONCE
    assert looking.look_at_photos in [duty.do for duty in DUTIES]


def test_embeddings_of_an_earlier_network_are_forgotten(world: World) -> None:
    world.add("red", 2)
    looking.look_at_photos(world.service)
    sight = world.service.sight
    sight.name = "another"
    assert looking.forget_other_sights(world.service) == 2
    sight.name = "colours"


def test_unlabelled_photos_are_grouped_and_a_group_says_what_it_looks_like(world: World) -> None:
    world.add("red", 6, label="red", seed=1)
    world.add("green", 6, label="green", seed=1)
    red, green = set(world.add("red", 20)), set(world.add("green", 15))
    looking.look_at_photos(world.service)
    groups = likeness.group_photos(world.service, OPERATOR, world.here, world.task)
    assert sum(len(group.photos) for group in groups) == 35
    for group in groups:
        ids = {photo.id for photo in group.photos}
        assert ids <= red or ids <= green
        assert group.label_id == world.labels["red" if ids <= red else "green"].id


def test_before_anything_is_labelled_nothing_is_suggested(world: World) -> None:
    world.add("red", 20)
    looking.look_at_photos(world.service)
    (group, *_) = likeness.group_photos(world.service, OPERATOR, world.here, world.task)
    assert group.label_id == ""
    assert likeness.suggest_labels(world.service, OPERATOR, world.here, world.task) == ()


def test_suggestions_follow_the_labels_given(world: World) -> None:
    for name in COLOURS:
        world.add(name, 4, label=name, seed=1)
    blue = set(world.add("blue", 3))
    looking.look_at_photos(world.service)
    found = likeness.suggest_labels(world.service, OPERATOR, world.here, world.task)
    assert {one.image_id for one in found} == blue
    assert {one.label_id for one in found} == {world.labels["blue"].id}


def test_the_order_for_the_grid_holds_every_photo_once(world: World) -> None:
    ids = world.add("red", 9) + world.add("blue", 9)
    looking.look_at_photos(world.service)
    found = likeness.order_photos(world.service, OPERATOR, world.here, world.task, n_columns=6)
    assert sorted(found) == sorted(ids)
    placed = likeness.map_photos(world.service, OPERATOR, world.here, world.task)
    assert sorted(each.photo.id for each in placed) == sorted(ids)


def test_a_wrong_label_and_a_picture_kept_twice_are_doubted_until_somebody_says_they_are_right(
    world: World,
) -> None:
    for name in COLOURS:
        world.add(name, 15, label=name)
    (wrong,) = world.add("red", 1, label="blue", seed=9)
    looking.look_at_photos(world.service)
    found = doubts.find_doubts(world.service, OPERATOR, world.here, world.task)
    labelled = [one for one in found.doubts if one.kind is DoubtKind.LABEL]
    conflicts = [one for one in found.doubts if one.kind is DoubtKind.CONFLICT]
    doubted = {photo.id for one in [*labelled, *conflicts] for photo in one.photos}
    assert wrong in doubted
    note = doubts.find_right(world.service, OPERATOR, world.here, wrong)
    after = doubts.find_doubts(world.service, OPERATOR, world.here, world.task).doubts
    assert wrong not in {one.photos[0].id for one in after if one.kind is DoubtKind.LABEL}
    doubts.take_back_right(world.service, OPERATOR, world.here, note)
    assert doubts.find_doubts(world.service, OPERATOR, world.here, world.task) == found


def test_readiness_says_when_it_cannot_be_told_yet(world: World) -> None:
    world.add("red", 3, label="red")
    world.add("green", 12, label="green")
    looking.look_at_photos(world.service)
    said = readiness.measure_readiness(world.service, OPERATOR, world.here, world.task)
    assert [(one.n, one.state) for one in said] == [(3, Ready.FEW), (12, Ready.UNKNOWN), (0, Ready.FEW)]


def test_readiness_of_photos_that_are_told_apart_asks_for_no_more(world: World) -> None:
    for name in COLOURS:
        world.add(name, 30, label=name)
        world.add(name, 5, label=name, seed=4, is_test=True)
    looking.look_at_photos(world.service)
    said = readiness.measure_readiness(world.service, OPERATOR, world.here, world.task)
    assert [(one.n, one.state) for one in said] == [(30, Ready.ENOUGH)] * 3


def test_a_task_of_numbers_has_no_readiness(world: World) -> None:
    settings = TaskSettings(name="Grams", task_type=TaskType.REGRESSION)
    task = tasks.create_task(world.service, OPERATOR, world.here, settings).id
    assert readiness.measure_readiness(world.service, OPERATOR, world.here, task) == ()


def test_merged_labels_are_one_and_it_can_be_taken_back(world: World) -> None:
    red, blue = world.labels["red"], world.labels["blue"]
    ids = world.add("red", 4, label="red")
    world.add("blue", 2, label="blue")
    came = merging.merge_labels(world.service, OPERATOR, world.here, world.task, red.id, into=blue.id)
    assert (came.moved, came.both) == (tuple(ids), ())
    counts = photo_grid.count_photos(world.service, OPERATOR, world.here, world.task)
    assert counts.by_label == {blue.id: 6}
    assert red.id not in {
        label.id for label, _ in tasks.task_labels(world.service, OPERATOR, world.here, world.task)
    }
    tasks.add_label_to_task(world.service, OPERATOR, world.here, world.task, red.id)
    images.label_images(world.service, OPERATOR, world.here, came.moved, add=[Said(label_id=red.id)])
    counts = photo_grid.count_photos(world.service, OPERATOR, world.here, world.task)
    assert counts.by_label == {red.id: 4, blue.id: 2}


def test_only_two_labels_of_one_task_are_merged(world: World) -> None:
    red, blue = world.labels["red"].id, world.labels["blue"].id
    who = (world.service, OPERATOR, world.here)
    with pytest.raises(OptionError):
        merging.merge_labels(*who, world.task, red, into=red)
    other = tasks.create_task(*who, TaskSettings(name="Warm")).id
    tasks.add_label_to_task(*who, other, red)
    with pytest.raises(OptionError):
        merging.merge_labels(*who, other, red, into=blue)
    with pytest.raises(ConflictError):
        merging.merge_labels(*who, world.task, red, into=blue)
