"""Workspaces, tokens, tasks, labels and images: what everything else stands on."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event
from tests.fake_service import OPERATOR, Blobs, default_workspace, make_service, picture

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import (
    AccessError,
    ConflictError,
    ItemError,
    NotFoundError,
    OptionError,
    TokenError,
)
from apprenti.domain.service import Caller, LabelKind, Role
from apprenti.flow.service import access, images, labels, looking_back, tasks, workspaces
from apprenti.flow.service.images import ImageWords, Said
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.store.database.images import ImageFilter


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return make_service(tmp_path)


@pytest.fixture
def here(service: Service) -> str:
    return default_workspace(service)


def test_a_token_is_shown_once_and_opens_its_workspace_until_it_is_taken_back(
    service: Service, here: str
) -> None:
    made = access.create_token(service, OPERATOR, here, name="phone", role=Role.EDITOR)
    assert made.secret not in str(made.token)
    caller = access.caller_of(service, made.secret)
    assert (caller.workspace_id, caller.role) == (here, Role.EDITOR)
    access.revoke_token(service, OPERATOR, here, made.token.id)
    with pytest.raises(TokenError):
        access.caller_of(service, made.secret)


def test_a_service_that_begins_again_makes_no_second_first_token(service: Service) -> None:
    assert access.begin_service(service) is None


def test_nobody_gives_more_than_he_has(service: Service, here: str) -> None:
    owner = Caller(token_id="o", role=Role.OWNER, workspace_id=here)
    with pytest.raises(AccessError):
        access.create_token(service, owner, here, name="more", role=Role.OPERATOR)
    editor = Caller(token_id="e", role=Role.EDITOR, workspace_id=here)
    with pytest.raises(AccessError):
        access.create_token(service, editor, here, name="same", role=Role.EDITOR)


def test_another_workspace_is_not_there_for_a_token_of_this_one(service: Service, here: str) -> None:
    other = workspaces.create_workspace(service, OPERATOR, name="Other")
    mine = Caller(token_id="m", role=Role.OWNER, workspace_id=here)
    with pytest.raises(NotFoundError):
        tasks.list_tasks(service, mine, other.id)
    task = tasks.create_task(service, OPERATOR, other.id, TaskSettings(name="Theirs"))
    with pytest.raises(NotFoundError):
        tasks.get_task(service, mine, here, task.id)


def test_a_task_of_several_labels_has_one_for_none_of_them(service: Service, here: str) -> None:
    settings = TaskSettings(name="Colours", task_type=TaskType.MULTI_LABEL)
    task = tasks.create_task(service, OPERATOR, here, settings)
    ((label, negative),) = tasks.task_labels(service, OPERATOR, here, task.id)
    assert negative
    tasks.delete_task(service, OPERATOR, here, task.id)
    with pytest.raises(NotFoundError):
        labels.get_label(service, OPERATOR, here, label.id)


def test_the_same_bytes_are_kept_once_and_gain_the_labels_said_later(service: Service, here: str) -> None:
    red = labels.create_label(service, OPERATOR, here, name="red", kind=LabelKind.TAG)
    image, is_new = images.add_image(service, OPERATOR, here, picture())
    again, is_new_again = images.add_image(service, OPERATOR, here, picture(), shows=[Said(label_id=red.id)])
    assert (is_new, is_new_again, again.id) == (True, False, image.id)
    shown = images.labels_of_images(service, OPERATOR, here, [image.id])
    assert [label.name for label, _ in shown[image.id]] == ["red"]


def test_a_category_takes_the_place_of_the_other_one_of_its_task(service: Service, here: str) -> None:
    task = tasks.create_task(service, OPERATOR, here, TaskSettings(name="Animals"))
    cat, dog = (labels.create_label(service, OPERATOR, here, name=name) for name in ("cat", "dog"))
    for label in (cat, dog):
        tasks.add_label_to_task(service, OPERATOR, here, task.id, label.id)
    image, _ = images.add_image(service, OPERATOR, here, picture(), shows=[Said(label_id=cat.id)])
    images.label_image(service, OPERATOR, here, image.id, add=[Said(label_id=dog.id)])
    shown = images.labels_of_images(service, OPERATOR, here, [image.id])
    assert [label.name for label, _ in shown[image.id]] == ["dog"]


def test_a_deleted_image_takes_its_bytes_along_unless_another_workspace_has_them(
    service: Service, here: str
) -> None:
    other = workspaces.create_workspace(service, OPERATOR, name="Other").id
    image, _ = images.add_image(service, OPERATOR, here, picture())
    theirs, _ = images.add_image(service, OPERATOR, other, picture())
    assert isinstance(service.blobs, Blobs)
    images.delete_images(service, OPERATOR, here, [image.id])
    assert service.blobs.has(image.sha256)
    images.delete_images(service, OPERATOR, other, [theirs.id])
    assert not service.blobs.has(image.sha256)


def test_images_are_found_by_what_they_show(service: Service, here: str) -> None:
    red, blue = (labels.create_label(service, OPERATOR, here, name=name) for name in ("red", "blue"))
    first, _ = images.add_image(service, OPERATOR, here, picture((1, 2, 3)), shows=[Said(label_id=red.id)])
    images.add_image(
        service,
        OPERATOR,
        here,
        picture((4, 5, 6)),
        shows=[Said(label_id=blue.id)],
        words=ImageWords(is_test=True),
    )
    found = images.list_images(service, OPERATOR, here, ImageFilter(label_ids=(red.id,)))
    assert [image.id for image in found.items] == [first.id]
    found = images.list_images(
        service, OPERATOR, here, ImageFilter(without_label_ids=(red.id,), is_test=True)
    )
    assert len(found.items) == 1


def test_what_many_images_show_is_read_in_a_few_looks(service: Service, here: str) -> None:
    ids = [images.add_image(service, OPERATOR, here, picture((n, 4, 4)))[0].id for n in range(20)]
    looks: list[str] = []
    event.listen(service.database.engine, "before_cursor_execute", lambda *about: looks.append(about[2]))
    assert list(images.labels_of_images(service, OPERATOR, here, ids)) == ids
    assert len([look for look in looks if look.startswith("SELECT")]) <= 3
    with pytest.raises(NotFoundError, match="nobody"):
        images.labels_of_images(service, OPERATOR, here, [*ids, "nobody"])


def test_only_images_that_are_there_are_changed_and_audited(service: Service, here: str) -> None:
    there = images.add_image(service, OPERATOR, here, picture())[0].id
    assert images.change_images(service, OPERATOR, here, [there, "nobody"], is_test=True) == 1
    log = looking_back.list_audit(service, OPERATOR, here).items
    assert [entry.noun_id for entry in log if entry.verb == "change"] == [there]


def test_lists_are_read_page_by_page_to_their_end(service: Service, here: str) -> None:
    for n in range(7):
        labels.create_label(service, OPERATOR, here, name=f"label {n}")
    names, cursor = [], None
    while True:
        page = labels.list_labels(service, OPERATOR, here, cursor=cursor, limit=3)
        names += [label.name for label in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert names == [f"label {n}" for n in range(7)]
    with pytest.raises(OptionError):
        labels.list_labels(service, OPERATOR, here, cursor="' OR 1=1")


def test_what_is_no_image_is_refused_and_leaves_nothing(service: Service, here: str) -> None:
    assert isinstance(service.blobs, Blobs)
    with pytest.raises(ItemError):
        images.add_image(service, OPERATOR, here, b"<svg onload=alert(1)>")
    assert service.blobs.kept == {}


def test_a_label_of_another_workspace_cannot_be_said_of_an_image(service: Service, here: str) -> None:
    other = workspaces.create_workspace(service, OPERATOR, name="Other").id
    theirs = labels.create_label(service, OPERATOR, other, name="theirs")
    with pytest.raises(NotFoundError):
        images.add_image(service, OPERATOR, here, picture(), shows=[Said(label_id=theirs.id)])
    assert images.count_images_that_fit(service, OPERATOR, here) == 0


def test_the_last_workspace_is_not_deleted_since_nobody_could_come_in(service: Service, here: str) -> None:
    with pytest.raises(ConflictError, match="only workspace"):
        workspaces.delete_workspace(service, OPERATOR, here)
    other = workspaces.create_workspace(service, OPERATOR, name="Other")
    workspaces.delete_workspace(service, OPERATOR, here)
    assert default_workspace(service) == other.id
