"""A training in miniature: pixels as features, a few heads, seconds. It gives the lessons' reference set its context.

It goes the way of a real training: photos split, candidates compared on held-out turns, the best one kept,
calibrated, and judged once on its test photos by the same functions. Only the network is missing: the features are
an 8 x 8 grey picture, so that nothing about them is hidden.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering import answering_of
from apprenti.blocks.linear_part import linear_part
from apprenti.blocks.metrics import accuracy, wilson_interval
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.dataset import Dataset, Example, Kind, Split, TaskType
from apprenti.domain.lesson_context import (
    MOST_PHOTOS,
    AnsweredPhotos,
    KeptPhotos,
    LessonContext,
)
from apprenti.domain.recipe import Canvas, Pick, Recipe, Trial, TrialStatus
from apprenti.domain.report import Timing
from apprenti.domain.sentence import Sentence
from apprenti.stages.evaluate import Answers, Training, evaluate

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]

SIDE_PX = 8
LEAST_TO_SPLIT = 20
"""Photos below which none is kept apart for a test, as in a real training."""
N_TURNS = 3
CANVAS = Canvas(size_px=SIDE_PX)
SHARES = ((Split.TEST, 0.25), (Split.VALIDATION, 0.15))
HEADS: tuple[tuple[str, dict[str, float | int | str]], ...] = (
    ("logistic.v1", {"C": 0.05}),
    ("centroid.v1", {}),
    ("tree.v1", {}),
    ("lda.v1", {}),
    ("naive_bayes.v1", {}),
)


@cache
def reference_context() -> LessonContext:
    """Return the handwritten digits that come with scikit-learn, trained on: the same each time, within seconds."""
    from apprenti.flow.samples import digits

    images, labels = digits()
    return small_run(images, labels, tuple("0123456789"), run_id="digits", name="digits", is_reference=True)


def small_run(
    images: Images,
    labels: NDArray[np.int64],
    names: tuple[str, ...],
    *,
    run_id: str,
    name: str,
    seed: int = 0,
    is_reference: bool = False,
) -> LessonContext:
    """Train on pictures in memory and return what a lesson needs.

    Args:
        images: [n, S, S] grey or [n, S, S, 3] uint8, S a multiple of 8.
        labels: [n] int64 classes.
        names: [K] of the classes.
        run_id: of the run.
        name: of the data.
        seed: of the split and the heads.
        is_reference: whether it is the set that comes along.
    """
    splits = _split(labels, seed=seed)
    dataset = _dataset(images, labels, names, splits, name=name)
    features = pixels_of(images)
    fitted = np.flatnonzero([split is not Split.TEST for split in splits])
    test = np.flatnonzero([split is Split.TEST for split in splits])
    turns = _turns(labels[fitted], seed=seed)
    picks = [_pick(head, parameters) for head, parameters in HEADS]
    tried = [
        _held_out(pick.recipe, features[fitted], labels[fitted], turns, len(names), seed) for pick in picks
    ]
    trials = [_trial(pick.recipe, logits, labels[fitted]) for pick, logits in zip(picks, tried, strict=True)]
    best = max(range(len(trials)), key=lambda number: (trials[number].score or 0.0, -number))
    calibration = answering_of(TaskType.MULTI_CLASS).calibrate(tried[best], labels[fitted])
    pipeline = fit_pipeline(
        picks[best].recipe, features[fitted], labels[fitted], n_labels=len(names), seed=seed
    )
    held_out = AnsweredPhotos(
        names=tuple(dataset.examples[row].name for row in fitted),
        labels=labels[fitted],
        probabilities=calibration.answers(tried[best]),
    )
    tested = AnsweredPhotos(
        names=tuple(dataset.examples[row].name for row in test),
        labels=labels[test],
        probabilities=calibration.answers(pipeline.logits(features[test])).reshape(len(test), len(names)),
    )
    report = evaluate(
        dataset,
        test=Answers(names=tested.names, expected=tested.labels, given=tested.probabilities),
        held_out=Answers(names=held_out.names, expected=held_out.labels, given=held_out.probabilities),
        training=Training(
            kept=picks[best].recipe,
            picks=picks,
            trials=trials,
            temperature=calibration.temperature,
            seed=seed,
        ),
    )
    answers = np.full((len(labels), len(names)), np.nan, np.float32)
    answers[fitted], answers[test] = held_out.probabilities, tested.probabilities
    return LessonContext(
        run_id=run_id,
        name=name,
        report=report,
        photos=_kept(dataset, images, labels, splits, features, answers),
        test=tested,
        held_out=held_out,
        head=linear_part(pipeline, features[fitted]),
        timing=Timing(total_seconds=0.0) if is_reference else None,
        is_reference=is_reference,
    )


def pixels_of(images: Images) -> Floats:
    """Return pictures [n, S, S] or [n, S, S, 3] as 64 grey levels each, [n, 64] float32, 0..1."""
    grey = images.mean(axis=3) if images.ndim == 4 else images.astype(np.float64)
    block = grey.shape[1] // SIDE_PX
    small = grey.reshape(len(grey), SIDE_PX, block, SIDE_PX, block).mean(axis=(2, 4))
    return np.asarray(small.reshape(len(grey), -1) / 255, np.float32)


def _split(labels: NDArray[np.int64], *, seed: int) -> tuple[Split, ...]:
    """Return what each picture is for, every class in its share; none for a test where there are few."""
    splits = np.full(len(labels), Split.TRAIN, dtype=object)
    if len(labels) < LEAST_TO_SPLIT:
        return tuple(splits)
    rng = np.random.default_rng(seed)
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        begun = 0
        for split, share in SHARES:
            n = round(share * len(rows))
            splits[rows[begun : begun + n]] = split
            begun += n
    return tuple(splits)


def _dataset(
    images: Images, labels: NDArray[np.int64], names: tuple[str, ...], splits: Sequence[Split], *, name: str
) -> Dataset:
    examples = tuple(
        Example(
            kind=Kind.IMAGE,
            name=f"{names[label]}/{number:04d}.png",
            path="",
            content_hash=hashlib.sha256(b"%d " % number + image.tobytes()).hexdigest(),
            target=names[label],
            split=split,
        )
        for number, (image, label, split) in enumerate(zip(images, labels, splits, strict=True))
    )
    return Dataset(
        name=name, kind=Kind.IMAGE, task_type=TaskType.MULTI_CLASS, labels=names, examples=examples
    )


def _pick(head: str, parameters: dict[str, float | int | str]) -> Pick:
    recipe = Recipe(
        backbones=("pixels",), canvas=CANVAS, transform="none.v1", head=head, parameters=parameters
    )
    return Pick(recipe=recipe, reason=Sentence(key="select.small_run"), predicted_seconds=1.0)


def _turns(labels: NDArray[np.int64], *, seed: int) -> NDArray[np.int64]:
    """Return in which turn each row is held out; every class goes round."""
    turn = np.zeros(len(labels), np.int64)
    rng = np.random.default_rng(seed)
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        turn[rows] = np.arange(len(rows)) % N_TURNS
    return turn


def _held_out(
    recipe: Recipe,
    features: Floats,
    labels: NDArray[np.int64],
    turns: NDArray[np.int64],
    n_labels: int,
    seed: int,
) -> Floats:
    """Return the logits of every row, by a pipeline that had not seen it."""
    logits = np.zeros((len(labels), n_labels), np.float32)
    for turn in range(N_TURNS):
        out = turns == turn
        if not out.any() or out.all():
            continue
        pipeline = fit_pipeline(recipe, features[~out], labels[~out], n_labels=n_labels, seed=seed)
        logits[out] = pipeline.logits(features[out])
    return logits


def _trial(recipe: Recipe, logits: Floats, labels: NDArray[np.int64]) -> Trial:
    answers = logits.argmax(axis=1)
    return Trial(
        recipe=recipe,
        status=TrialStatus.FINISHED,
        score=accuracy(labels, answers),
        interval=wilson_interval(int((answers == labels).sum()), len(labels)),
        n_validation=len(labels),
        scheme=f"{N_TURNS}-fold",
    )


def _kept(
    dataset: Dataset,
    images: Images,
    labels: NDArray[np.int64],
    splits: Sequence[Split],
    features: Floats,
    answers: Floats,
) -> KeptPhotos:
    rows = range(min(len(labels), MOST_PHOTOS))
    return KeptPhotos(
        names=tuple(dataset.examples[row].name for row in rows),
        splits=tuple(splits[row] for row in rows),
        labels=labels[rows],
        thumbnails=tuple(_jpeg(images[row]) for row in rows),
        features=features[rows],
        answers=answers[rows],
    )


def _jpeg(image: Images) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    scale = max(1, 64 // len(image))
    shown = Image.fromarray(image)
    shown.resize((scale * shown.width, scale * shown.height), Image.Resampling.NEAREST).save(
        buffer, "JPEG", quality=80
    )
    return buffer.getvalue()
