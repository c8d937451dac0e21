"""An archive may come from a stranger: what is damaged, altered or reaches elsewhere is refused, and leaves nothing."""

from __future__ import annotations

import hashlib
import io
import json
import random
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
from tests.fake_service import OPERATOR, default_workspace, make_service, picture
from tests.flow.service.full_workspace import changed, with_row

from apprenti.domain.errors import DataError
from apprenti.flow.service import images, workspaces
from apprenti.flow.service.importing import import_workspace
from apprenti.flow.service.service import Service, ServiceLimits

FOREIGN = "12345678-1234-1234-1234-123456789abc"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Service:
    return make_service(tmp_path / "elsewhere")


def refused(elsewhere: Service, archive: IO[bytes]) -> DataError:
    """Return why an archive was refused, sure that nothing of it is there."""
    with pytest.raises(DataError) as caught:
        import_workspace(elsewhere, OPERATOR, archive)
    assert len(workspaces.list_workspaces(elsewhere, OPERATOR).items) == 1
    assert list(elsewhere.blobs.hashes()) == []
    return caught.value


def test_an_archive_broken_off_anywhere_is_refused(archive: bytes, elsewhere: Service) -> None:
    for share in (0.0, 0.1, 0.5, 0.9, 0.999):
        refused(elsewhere, io.BytesIO(archive[: int(len(archive) * share)]))


def test_one_whose_card_is_missing_was_broken_off_while_it_was_written(
    archive: bytes, elsewhere: Service
) -> None:
    cut = changed(archive, lambda members: members.pop("apprenti-workspace.json"))
    assert refused(elsewhere, cut).key == "archive_not_ours"


def test_altered_bytes_anywhere_are_refused_or_make_no_difference(archive: bytes, elsewhere: Service) -> None:
    draws = random.Random(5)
    n_refused = 0
    for _ in range(150):
        altered = bytearray(archive)
        altered[draws.randrange(len(altered))] ^= 1 << draws.randrange(8)
        try:
            import_workspace(elsewhere, OPERATOR, io.BytesIO(bytes(altered)))
        except DataError:
            n_refused += 1
    assert n_refused > 120


def test_an_altered_or_missing_blob_is_refused_and_those_before_it_are_not_kept(
    archive: bytes, elsewhere: Service
) -> None:
    def alter(members: dict[str, bytes]) -> None:
        last = max(name for name in members if name.startswith("blobs/"))
        members[last] += b"!"

    def drop(members: dict[str, bytes]) -> None:
        members.pop(max(name for name in members if name.startswith("blobs/")))

    refused(elsewhere, changed(archive, alter))
    refused(elsewhere, changed(archive, drop))


ODD_ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "a label of elsewhere": ("image_labels", {"label_id": FOREIGN}),
    "an image of elsewhere": ("image_labels", {"image_id": FOREIGN}),
    "a task of elsewhere": ("versions", {"task_id": FOREIGN}),
    "a training of elsewhere": ("versions", {"job_id": FOREIGN}),
    "a prediction of elsewhere": ("corrections", {"prediction_id": FOREIGN}),
    "labels of elsewhere": ("corrections", {"label_ids": [FOREIGN]}),
    "an id that is none": ("tasks", {"id": "../../etc/passwd"}),
    "a version that is not there": ("tasks", {"production_version": 7}),
    "no version": ("tasks", {"production_version": -1}),
    "an ending that is a path": ("images", {"format": "PNG/../../../../x"}),
    "another format": ("images", {"format": "JPEG"}),
    "another size": ("images", {"width_px": 9999}),
    "another number of bytes": ("images", {"n_bytes": 3}),
    "more bytes than there are": ("images", {"n_bytes": 10**12}),
    "a blob that is a path": ("images", {"sha256": "../../../../etc/passwd"}),
    "no blob": ("images", {"sha256": ""}),
    "a blob that is something else": ("versions", {"reference_sha256": "REFERENCE"}),
    "a model without all labels": ("versions", {"labels": []}),
    "a label that is a path": ("versions", {"labels": ["../x", "b", "c"]}),
    "a number that fits no column": ("versions", {"number": 2**40}),
    "a time that fits no column": ("labels", {"created_us": 2**70}),
    "no number": ("tasks", {"budget_seconds": float("nan")}),
    "an endless number": ("tasks", {"budget_seconds": float("inf")}),
    "a word for a number": ("tasks", {"budget_seconds": "much"}),
    "a sign no word has": ("labels", {"name": "a\x00b"}),
    "half a character": ("labels", {"name": "\ud800"}),
    "a state that is none": ("trainings", {"state": "' OR 1=1 --"}),
    "a deep thing": (
        "images",
        {"meta_data": {"a": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}},
    ),
    "a long line": ("labels", {"description": "x" * 2_000_000}),
}


@pytest.mark.parametrize("name", ODD_ROWS)
def test_a_row_that_says_what_no_export_says_is_refused(
    name: str, archive: bytes, elsewhere: Service
) -> None:
    table, values = ODD_ROWS[name]
    if values.get("reference_sha256"):
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            a_blob = next(one for one in opened.namelist() if one.startswith("blobs/"))
        values = {"reference_sha256": a_blob.removeprefix("blobs/")}
    assert refused(elsewhere, with_row(archive, table, **values)).key == "archive_damaged"


@pytest.mark.parametrize(
    "table", ["tasks", "images", "image_labels", "task_labels", "versions", "predictions"]
)
def test_a_row_that_is_there_twice_is_refused(table: str, archive: bytes, elsewhere: Service) -> None:
    def double(members: dict[str, bytes]) -> None:
        members[f"rows/{table}.jsonl"] += members[f"rows/{table}.jsonl"].splitlines()[0] + b"\n"

    refused(elsewhere, changed(archive, double))


def test_the_same_image_under_two_ids_is_refused(archive: bytes, elsewhere: Service) -> None:
    def double(members: dict[str, bytes]) -> None:
        first = members["rows/images.jsonl"].splitlines()[0]
        members["rows/images.jsonl"] += first.replace(first[7:43], FOREIGN.encode()) + b"\n"

    assert "twice" in str(refused(elsewhere, changed(archive, double)))


def test_a_newer_kind_of_archive_asks_for_a_newer_program(archive: bytes, elsewhere: Service) -> None:
    def newer(members: dict[str, bytes]) -> None:
        card = members["apprenti-workspace.json"]
        members["apprenti-workspace.json"] = card.replace(b'"format_version": 1', b'"format_version": 2')

    assert refused(elsewhere, changed(archive, newer)).key == "archive_too_new"


def test_a_larger_image_than_the_service_takes_is_refused(archive: bytes, tmp_path: Path) -> None:
    strict = replace(make_service(tmp_path), limits=ServiceLimits(max_image_bytes=50))
    refused(strict, io.BytesIO(archive))


def test_bytes_that_something_here_needs_stay_when_an_archive_with_them_is_refused(
    archive: bytes, elsewhere: Service
) -> None:
    here = default_workspace(elsewhere)
    mine, _ = images.add_image(elsewhere, OPERATOR, here, picture((40, 80, 10), side_px=21))

    def alter(members: dict[str, bytes]) -> None:
        last = max(name for name in members if name.startswith("blobs/") and mine.sha256 not in name)
        members[last] += b"!"

    with pytest.raises(DataError):
        import_workspace(elsewhere, OPERATOR, changed(archive, alter))
    assert list(elsewhere.blobs.hashes()) == [mine.sha256]


def test_a_pickle_in_place_of_numbers_is_not_read(archive: bytes, elsewhere: Service) -> None:
    out = io.BytesIO()
    np.save(out, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    bad = io.BytesIO()
    with zipfile.ZipFile(bad, "w") as made:
        for name in ("hashes", "embeddings"):
            made.writestr(f"{name}.npy", out.getvalue())
    sha256 = hashlib.sha256(bad.getvalue()).hexdigest()

    def place(members: dict[str, bytes]) -> None:
        members[f"blobs/{sha256}"] = bad.getvalue()
        row = json.loads(members["rows/versions.jsonl"])
        members["rows/versions.jsonl"] = json.dumps({**row, "known_sha256": sha256}).encode() + b"\n"

    refused(elsewhere, changed(archive, place))
