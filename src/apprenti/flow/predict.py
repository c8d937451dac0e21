"""Predict: labels for files and folders, one after another, in constant memory."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from apprenti.blocks.artifact import MAX_FILE_BYTES
from apprenti.domain.errors import ModelFileError
from apprenti.domain.prediction import Prediction
from apprenti.stages.ingest import read_items
from apprenti.stages.predict import Predictor


def open_model(path: Path) -> Predictor:
    """Load a model file and check its golden examples.

    Raises:
        ModelFileError: there is no such file, or it is truncated, altered, foreign or too new.
    """
    return Predictor.open(read_model(path))


def read_model(path: Path) -> bytes:
    """Return the bytes of what should be a model file.

    Raises:
        ModelFileError: there is no such file, or it is too large.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise ModelFileError("model_unreadable", item=str(path), cause="not a file")
        if facts.st_size > MAX_FILE_BYTES:
            raise ModelFileError("model_too_large", limit=MAX_FILE_BYTES // 1_000_000)
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError("model_unreadable", item=str(path), cause=error.strerror or "?") from error


def predict(model: Path, items: Iterable[str | Path], *, top: int = 5) -> Iterator[Prediction]:
    """Yield the answer for every image among ``items``, in order; a broken one carries its problem.

    Args:
        model: an ``.apprenti`` file.
        items: image files, and folders that are walked.
        top: how many labels each answer lists.
    """
    yield from open_model(model).predict_many(read_items(items), top=top)
