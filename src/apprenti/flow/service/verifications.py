"""Verifications: people who found right what an image is said to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apprenti.domain.errors import NotFoundError
from apprenti.domain.service import Caller, Role, Verification
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import MAX_NAME_LETTERS, Service, note
from apprenti.flow.service.words import required_text
from apprenti.store.database import images as image_table
from apprenti.store.database import verifications as table
from apprenti.store.database.rows import Page


def verify_image(
    service: Service, caller: Caller, workspace_id: str, image_id: str, *, user: str
) -> Verification:
    """Note that ``user`` has verified an image, and return that; said before, it is what was said then.

    Raises:
        NotFoundError: this workspace has no such image.
        OptionError: the user has no name, or too long a one.
    """
    allow(caller, workspace_id, Role.EDITOR)
    user = required_text(user, "user", most=MAX_NAME_LETTERS)
    with service.database.write() as tx:
        image_table.get(tx, workspace_id, image_id)
        there = table.by_user(tx, image_id, user)
        if there is not None:
            return there
        said = Verification(
            id=service.new_id(),
            workspace_id=workspace_id,
            image_id=image_id,
            user=user,
            created_us=service.now_us(),
        )
        table.insert(tx, said)
        note(tx, service, caller, workspace_id, "verify", "image", image_id, user=user)
    return said


def list_verifications(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    image_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Verification]:
    """Return verifications of a workspace or of one of its images, oldest first."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.page(tx, workspace_id, image_id=image_id, cursor=cursor, limit=limit)


def count_verifications(
    service: Service, caller: Caller, workspace_id: str, *, image_id: str | None = None
) -> int:
    """Return how many verifications ``list_verifications`` would give in all."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.count(tx, workspace_id, image_id=image_id)


def verifications_of_images(
    service: Service, caller: Caller, workspace_id: str, image_ids: Sequence[str]
) -> Mapping[str, int]:
    """Return how many people have verified each of these images.

    Raises:
        NotFoundError: an image is not one of this workspace.
    """
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        image_table.all_by_ids(tx, workspace_id, image_ids)
        return table.n_of_images(tx, image_ids)


def take_back_verification(service: Service, caller: Caller, workspace_id: str, verification_id: str) -> None:
    """Delete a verification.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    allow(caller, workspace_id, Role.EDITOR)
    with service.database.write() as tx:
        if not table.delete(tx, workspace_id, verification_id):
            raise NotFoundError("not_found", noun="verification", id=verification_id[:100])
        note(tx, service, caller, workspace_id, "delete", "verification", verification_id)
