"""What lessons need of a training that kept nothing, as far as it can be made again from the model and its photos.

Answers held out while recipes were compared are gone for good: photos the model learnt from have none.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.decoding import decode, thumbnail
from apprenti.blocks.item_file import read_item
from apprenti.blocks.sampling import sample_by_label
from apprenti.domain.dataset import Dataset, Example, Split, TaskType
from apprenti.domain.errors import DataError, ItemError
from apprenti.domain.lesson_context import MOST_PHOTOS, AnsweredPhotos, KeptPhotos, LessonContext
from apprenti.domain.report import Report
from apprenti.flow.known_targets import with_known_targets
from apprenti.flow.predict import open_model
from apprenti.flow.run_keeping import SIDE_PX
from apprenti.flow.tools import Tools
from apprenti.stages.ingest import read_dataset
from apprenti.stages.predict import Predictor
from apprenti.store import private_workspace


def rebuilt_run(model: Path, source: Path, *, tools: Tools) -> LessonContext:
    """Return the run of a model, made again from its photos.

    Args:
        model: an ``.apprenti`` file that tells classes apart.
        source: the photos it was trained on; those it has not seen are taken for its test.
        tools: what to work with.

    Raises:
        ModelFileError: the file is not a whole model.
        DataError: it tells no classes, or no photo is one that it learnt from.
    """
    predictor = open_model(model)
    if predictor.manifest.task_type is not TaskType.MULTI_CLASS:
        raise DataError("lessons_need_classes", item=model.name)
    with private_workspace() as workspace:
        dataset = read_dataset(
            source, engine=tools.engine, progress=tools.progress, workspace=workspace, for_training=False
        )
        dataset = with_known_targets(dataset, predictor.manifest)
        answered = _answered(_some(dataset, predictor), predictor, tools)
    if not answered:
        raise DataError("nothing_readable", item=dataset.name)
    if not any(predictor.has_seen(example.content_hash) for example, *_ in answered):
        raise DataError("lessons_need_its_photos", item=dataset.name)
    return _context(model, Report.from_json(predictor.report).named(dataset.name), answered, predictor)


Answered = tuple[Example, NDArray[np.float32], NDArray[np.float32], bytes]
"""A photo, its probabilities [K], its features [d], a small JPEG of it."""


def _some(dataset: Dataset, predictor: Predictor) -> list[Example]:
    labels = np.array([predictor.labels.index(str(example.target)) for example in dataset.examples])
    rows = sample_by_label(labels, MOST_PHOTOS, seed=0)
    return [dataset.examples[row] for row in rows]


def _answered(examples: list[Example], predictor: Predictor, tools: Tools) -> list[Answered]:
    tools.progress.begin("predicting", len(examples))
    answered = []
    for example in examples:
        try:
            data = read_item(Path(example.path), item=example.name)
            pixels = decode(data, predictor.manifest.canvas, item=example.name)
            small = thumbnail(data, item=example.name, max_side_px=SIDE_PX)
        except ItemError:
            continue
        prediction, features = predictor.answer_pixels(pixels, item=example.name, top=len(predictor.labels))
        found = dict(prediction.top)
        p = np.array([found.get(label, 0.0) for label in predictor.labels], np.float32)
        answered.append((example, p, np.asarray(features, np.float32), small))
        tools.progress.advance()
    tools.progress.end()
    return answered


def _context(model: Path, report: Report, answered: list[Answered], predictor: Predictor) -> LessonContext:
    is_test = np.array([not predictor.has_seen(example.content_hash) for example, *_ in answered])
    labels = np.array([predictor.labels.index(str(example.target)) for example, *_ in answered], np.int64)
    names = tuple(example.name for example, *_ in answered)
    p = np.stack([part for _, part, _, _ in answered])
    none = AnsweredPhotos(names=(), labels=labels[:0], probabilities=p[:0])
    tested = np.flatnonzero(is_test)
    return LessonContext(
        run_id=hashlib.sha256(model.read_bytes()).hexdigest()[:12],
        name=report.data.name,
        report=report,
        photos=KeptPhotos(
            names=names,
            splits=tuple(Split.TEST if one else Split.TRAIN for one in is_test),
            labels=labels,
            thumbnails=tuple(small for *_, small in answered),
            features=np.stack([part for _, _, part, _ in answered]),
            answers=np.where(is_test[:, None], p, np.float32("nan")),
        ),
        test=AnsweredPhotos(
            names=tuple(names[row] for row in tested), labels=labels[tested], probabilities=p[tested]
        ),
        held_out=none,
    )
