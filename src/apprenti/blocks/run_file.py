"""What a training keeps for the lessons as one ``.run`` file: JSON and plain arrays in a zip, nothing unpickled.

It lies beside the model file and never in it: a model is handed on, and photos are private.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.domain import json_form
from apprenti.domain.dataset import Split
from apprenti.domain.errors import ModelFileError
from apprenti.domain.lesson_context import AnsweredPhotos, KeptPhotos, LessonContext, LinearHead
from apprenti.domain.report import Report, Timing

FORMAT = 1
MAX_FILE_BYTES = 256 * 2**20
MAX_UNPACKED_BYTES = 512 * 2**20
"""Of all arrays together; past it the file is not one of ours."""


TROUBLE = (
    KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, MemoryError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""Whatever zip and array readers raise at bytes that are not theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """All that is not an array."""

    format: int
    run_id: str
    name: str
    report: Report
    photo_names: tuple[str, ...]
    photo_splits: tuple[Split, ...]
    test_names: tuple[str, ...]
    held_out_names: tuple[str, ...]
    timing: Timing | None = None


def write_run(context: LessonContext) -> bytes:
    """Return ``context`` as the bytes of a ``.run`` file; the same context gives the same bytes.

    Corrections are left out: they are made later.
    """
    photos = context.photos
    words = _Words(
        format=FORMAT,
        run_id=context.run_id,
        name=context.name,
        report=context.report,
        photo_names=photos.names,
        photo_splits=photos.splits,
        test_names=context.test.names,
        held_out_names=context.held_out.names,
        timing=context.timing,
    )
    text = json.dumps(json_form.to_json(words, exact=True), ensure_ascii=False)
    arrays: dict[str, NDArray[Any]] = {
        "words": np.frombuffer(text.encode(), np.uint8),
        "photo_labels": photos.labels,
        "thumbnail_bytes": np.frombuffer(b"".join(photos.thumbnails), np.uint8),
        "thumbnail_lengths": np.array([len(one) for one in photos.thumbnails], np.int64),
        "features": _short(photos.features),
        "photo_answers": photos.answers,
        "test_labels": context.test.labels,
        "test_probabilities": context.test.probabilities,
        "held_out_labels": context.held_out.labels,
        "held_out_probabilities": context.held_out.probabilities,
    }
    if context.head is not None:
        arrays |= {"head_weights": context.head.weights, "head_biases": context.head.biases}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes it for its own options
    return file.getvalue()


def read_run(data: bytes, *, name: str) -> LessonContext:
    """Return what ``write_run`` made the bytes from.

    Args:
        data: of a ``.run`` file.
        name: of the file, for errors.

    Raises:
        ModelFileError: it is something else, or damaged.
    """
    try:
        if len(data) > MAX_FILE_BYTES or _n_unpacked(data) > MAX_UNPACKED_BYTES:
            raise ValueError("larger than any such file")
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            context = _context({member: file[member] for member in file.files})
        _refuse_misfits(context)
        return context
    except TROUBLE as error:
        raise ModelFileError("run_file_damaged", path=name) from error


def _context(arrays: dict[str, NDArray[Any]]) -> LessonContext:
    words = json_form.from_json(_Words, json.loads(arrays["words"].tobytes()))
    if words.format != FORMAT:
        raise ValueError(f"format {words.format}")
    ends = np.cumsum(arrays["thumbnail_lengths"])
    blob = arrays["thumbnail_bytes"].tobytes()
    head = None
    if "head_weights" in arrays:
        head = LinearHead(weights=arrays["head_weights"], biases=arrays["head_biases"])
    return LessonContext(
        run_id=words.run_id,
        name=words.name,
        report=words.report,
        photos=KeptPhotos(
            names=words.photo_names,
            splits=words.photo_splits,
            labels=arrays["photo_labels"],
            thumbnails=tuple(
                blob[end - length : end]
                for end, length in zip(ends, arrays["thumbnail_lengths"], strict=True)
            ),
            features=arrays["features"].astype(np.float32),
            answers=arrays["photo_answers"],
        ),
        test=AnsweredPhotos(
            names=words.test_names,
            labels=arrays["test_labels"],
            probabilities=arrays["test_probabilities"],
        ),
        held_out=AnsweredPhotos(
            names=words.held_out_names,
            labels=arrays["held_out_labels"],
            probabilities=arrays["held_out_probabilities"],
        ),
        head=head,
        timing=words.timing,
    )


def _refuse_misfits(context: LessonContext) -> None:
    """Refuse arrays of other shapes or other classes than the report's.

    Raises:
        ValueError: there are such.
    """
    n_labels, photos, head = len(context.labels), context.photos, context.head
    kinds = (photos.labels, context.test.labels, context.held_out.labels)
    answers = (photos.answers, context.test.probabilities, context.held_out.probabilities)
    if not len(photos.rows(Split.TRAIN, Split.VALIDATION)):
        raise ValueError("no photo that was learnt from")
    if any(kind.dtype != np.int64 or kind.ndim != 1 for kind in kinds):
        raise ValueError("labels that are no numbers")
    if any(kind.size and not 0 <= kind.min() <= kind.max() < n_labels for kind in kinds):
        raise ValueError("labels of no class")
    if any(one.dtype != np.float32 or one.shape[1:] != (n_labels,) for one in answers):
        raise ValueError("answers of other classes")
    if photos.features.ndim != 2:
        raise ValueError("features that are no table")
    if head is not None and (
        head.weights.shape != (photos.features.shape[1], n_labels) or head.biases.shape != (n_labels,)
    ):
        raise ValueError("a last layer that does not fit")


def _n_unpacked(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return sum(member.file_size for member in opened.infolist())


def _short(features: NDArray[np.float32]) -> NDArray[Any]:
    """Return features in half the bytes, where they fit: lessons draw with them, scores never rest on them."""
    if np.abs(features).max(initial=0) < np.finfo(np.float16).max:
        return features.astype(np.float16)
    return features
