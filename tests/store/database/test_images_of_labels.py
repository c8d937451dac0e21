"""Images are found by what they show, whether many show it or few, and counted the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, default_workspace, make_service, picture

from apprenti.flow.service import images, labels, tasks
from apprenti.flow.service.images import Said
from apprenti.flow.service.tasks import TaskSettings
from apprenti.store.database import images as table
from apprenti.store.database.images import ImageFilter


@pytest.mark.parametrize("many", [2_000, 2, 0])
def test_pages_and_counts_are_the_same_by_either_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    service = make_service(tmp_path)
    here = default_workspace(service)
    task = tasks.create_task(service, OPERATOR, here, TaskSettings(name="Colours"))
    made = [
        labels.create_label(service, OPERATOR, here, name=name, kind=labels.LabelKind.TAG) for name in "abc"
    ]
    for label in made[:2]:
        tasks.add_label_to_task(service, OPERATOR, here, task.id, label.id)
    expected: dict[str, list[str]] = {"a": [], "b": [], "ab": [], "task": []}
    for n in range(12):
        shows = [Said(label_id=label.id) for k, label in enumerate(made) if n % (k + 2) == 0]
        image, _ = images.add_image(service, OPERATOR, here, picture((n, 1, 1)), shows=shows)
        is_a, is_b = n % 2 == 0, n % 3 == 0
        for name, fits in (("a", is_a), ("b", is_b), ("ab", is_a and is_b), ("task", is_a or is_b)):
            if fits:
                expected[name].append(image.id)
    monkeypatch.setattr(table, "MANY", many)
    chosen = {
        "a": ImageFilter(label_ids=(made[0].id,)),
        "b": ImageFilter(label_ids=(made[1].id,)),
        "ab": ImageFilter(label_ids=(made[0].id, made[1].id)),
        "task": ImageFilter(task_id=task.id),
    }
    for name, filter_ in chosen.items():
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = images.list_images(service, OPERATOR, here, filter_, cursor=cursor, limit=2)
            seen += [image.id for image in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == expected[name]
        assert images.count_images_that_fit(service, OPERATOR, here, filter_) == len(expected[name])
        assert images.list_images(service, OPERATOR, "elsewhere", filter_).items == ()
        assert images.count_images_that_fit(service, OPERATOR, "elsewhere", filter_) == 0
