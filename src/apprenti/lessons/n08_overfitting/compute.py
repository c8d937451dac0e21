"""What lesson 8 shows: a small network on the learner's pixels, its gap, what narrows it, and the run's own epochs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.n08_overfitting.training import (
    BATCH,
    N_EPOCHS,
    N_INPUTS,
    SIDE_PX,
    Curves,
    Photos,
    Settings,
    n_weights,
    train,
)
from apprenti.lessons.pictures import squares

MOST_LEARNT, MOST_HELD = 160, 120
HELD_SHARE = 1 / 3
LEAST_HELD = 10
"""Photos to judge by, below which no gap can be told."""
LEAST_GAP = 0.05
RISE = 1.15
"""The loss on photos held out must end so much above its lowest for stopping to matter."""
PLANTED_SHARE = 0.4
SEEDS = (0, 1)
CLOSE = 0.0101
"""Remedies within a point of the best count as best."""
STOP_TOLERANCE = 1.03
REMEDIES = ("more", "penalty", "dropout", "flips", "wider")
WIDTH, WIDER = 32, 64
PENALTY, DROPOUT = 0.1, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One change to the training, and what came of it; means of several trainings.

    Args:
        name: of the change.
        accuracy: on the photos learnt from.
        held_accuracy: on the others.
        gap: between the two.
    """

    name: str
    accuracy: float
    held_accuracy: float
    gap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEpoch:
    """An epoch of the network the report tells of."""

    epoch: float
    loss: float
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 8.

    Args:
        n_photos: photos that can be learnt from.
        n_half: half of them, with which the lesson begins.
        n_held: photos the network never learns from.
        one_photo: what one of those is worth, in points.
        n_labels: classes.
        side: of the photos, in pixels.
        n_inputs: numbers of one photo.
        width: neurons in the hidden layer.
        n_weights: numbers that are learnt.
        batch: photos a step.
        n_steps: steps an epoch.
        n_epochs: epochs.
        n_all_steps: steps in all.
        planted: whether some labels were made wrong on purpose.
        n_planted: how many.
        start: the first training.
        gap: its gap.
        effect: the same; 0 where there are too few photos to tell.
        best_epoch: where its loss on the photos held out is lowest.
        best_loss: how low.
        best_accuracy: accuracy on them there.
        end_loss: the loss on them at the end.
        base: the first training over several seeds.
        remedies: each change by itself.
        best: the one that narrows the gap most.
        n_seeds: trainings each figure is the mean of.
        epochs: of the network in the report; ``None`` where none was trained.
        has_network: whether one was.
        own: its epochs.
        own_photos: photos it learnt from.
        smallest: the class with fewest photos.
        n_smallest: its photos.
    """

    n_photos: int
    n_half: int
    n_held: int
    one_photo: float
    n_labels: int
    side: int
    n_inputs: int
    width: int
    n_weights: int
    batch: int
    n_steps: int
    n_epochs: int
    n_all_steps: int
    planted: bool
    n_planted: int
    start: Curves
    gap: float
    effect: float
    best_epoch: int
    best_loss: float
    best_accuracy: float
    end_loss: float
    base: Remedy
    remedies: tuple[Remedy, ...]
    best: Remedy
    n_seeds: int
    epochs: int | None
    has_network: bool
    own: tuple[OwnEpoch, ...]
    own_photos: int
    smallest: str
    n_smallest: int


def compute(context: LessonContext) -> Shown:
    """Return the figures, from photos that were for training or choosing."""
    photos, n_planted = _photos(context)
    n_photos, n_held = len(photos.labels), len(photos.held_labels)
    half = Settings(n=max(1, n_photos // 2), width=WIDTH)
    start = train(photos, half, seed=SEEDS[0])
    base = _mean("base", [start, *(train(photos, half, seed=seed) for seed in SEEDS[1:])])
    remedies = tuple(
        _mean(name, [train(photos, changed(half, name, n_photos), seed=seed) for seed in SEEDS])
        for name in REMEDIES
    )
    best_epoch = int(np.argmin(start.held_loss))
    n_steps = -(-half.n // BATCH)
    network = context.report.networks[0] if context.report.networks else None
    counts = context.report.data.n_per_label or {context.labels[0]: n_photos}
    smallest = min(counts, key=lambda label: (counts[label], label))
    return Shown(
        n_photos=n_photos,
        n_half=half.n,
        n_held=n_held,
        one_photo=100 / max(1, n_held),
        n_labels=len(context.labels),
        side=SIDE_PX,
        n_inputs=N_INPUTS,
        width=WIDTH,
        n_weights=n_weights(WIDTH, len(context.labels)),
        batch=BATCH,
        n_steps=n_steps,
        n_epochs=N_EPOCHS,
        n_all_steps=n_steps * N_EPOCHS,
        planted=n_planted > 0,
        n_planted=n_planted,
        start=start,
        gap=start.gap,
        effect=start.gap if n_held >= LEAST_HELD else 0.0,
        best_epoch=best_epoch + 1,
        best_loss=start.held_loss[best_epoch],
        best_accuracy=start.held_accuracy[best_epoch],
        end_loss=start.held_loss[-1],
        base=base,
        remedies=remedies,
        best=min(remedies, key=lambda one: one.gap),
        n_seeds=len(SEEDS),
        epochs=len(network.epochs) if network else None,
        has_network=network is not None,
        own=tuple(OwnEpoch(epoch=one.epoch, loss=one.loss, score=one.score) for one in network.epochs)
        if network
        else (),
        own_photos=network.n_photos if network else 0,
        smallest=smallest,
        n_smallest=counts[smallest],
    )


def respond(context: LessonContext, shown: Shown, question: Mapping[str, float]) -> Mapping[str, Any]:
    """Return what a training with the sliders' settings is like."""
    photos, _ = _photos(context)
    settings = Settings(
        n=int(np.clip(question.get("n", shown.n_half), 1, shown.n_photos)),
        width=int(np.clip(question.get("width", WIDTH), 1, WIDER)),
        penalty=float(np.clip(question.get("penalty", 0), 0, 0.5)),
        dropout=float(np.clip(question.get("dropout", 0), 0, 0.8)),
        flips=bool(question.get("flips", 0)),
    )
    curves = train(photos, settings, seed=SEEDS[0])
    return {
        "accuracy": [round(one, 4) for one in curves.accuracy],
        "held_accuracy": [round(one, 4) for one in curves.held_accuracy],
        "gap": curves.gap,
        "n_weights": n_weights(settings.width, photos.n_labels),
    }


def changed(settings: Settings, remedy: str, n_photos: int) -> Settings:
    """Return the settings with one change."""
    changes: dict[str, dict[str, Any]] = {
        "more": {"n": n_photos},
        "penalty": {"penalty": PENALTY},
        "dropout": {"dropout": DROPOUT},
        "flips": {"flips": True},
        "wider": {"width": WIDER},
    }
    return replace(settings, **changes[remedy])


@lru_cache(maxsize=2)
def _photos(context: LessonContext) -> tuple[Photos, int]:
    """Return the photos, and how many labels had to be made wrong for there to be anything to learn by heart."""
    plain = _plain(context)
    curves = train(plain, Settings(n=max(1, len(plain.labels) // 2), width=WIDTH), seed=SEEDS[0])
    if curves.gap >= LEAST_GAP and curves.held_loss[-1] >= RISE * min(curves.held_loss):
        return plain, 0
    return _planted(plain, context.seed)


def _plain(context: LessonContext) -> Photos:
    kept = context.photos
    rng = np.random.default_rng(context.seed)
    rows = rng.permutation(kept.rows(Split.TRAIN, Split.VALIDATION))
    if len(rows) == 0:
        rows = np.arange(len(kept))
    n_held = min(MOST_HELD, int(HELD_SHARE * len(rows)))
    held, learnt = rows[:n_held], rows[n_held : n_held + MOST_LEARNT]
    pixels = squares(kept, [*map(int, learnt), *map(int, held)], side_px=SIDE_PX)
    inputs = _scaled(pixels.reshape(len(pixels), -1) / 255, len(learnt))
    return Photos(
        pixels=inputs[: len(learnt)],
        labels=kept.labels[learnt],
        held_pixels=inputs[len(learnt) :],
        held_labels=kept.labels[held],
        n_labels=len(context.labels),
    )


def _scaled(values: NDArray[np.float64], n_learnt: int) -> NDArray[np.float32]:
    """Return pixels with mean 0 at every place and spread 1 over all, as of those learnt from."""
    learnt = values[:n_learnt]
    centred = values - learnt.mean(axis=0)
    return np.asarray(centred / ((learnt - learnt.mean(axis=0)).std() + 1e-6), np.float32)


def _planted(photos: Photos, seed: int) -> tuple[Photos, int]:
    """Return the photos with another label on some of those learnt from; the others stay as they are."""
    rng = np.random.default_rng(seed)
    n = round(PLANTED_SHARE * len(photos.labels))
    if photos.n_labels < 2 or n == 0:
        return photos, 0
    rows = rng.permutation(len(photos.labels))[:n]
    labels = photos.labels.copy()
    labels[rows] = (labels[rows] + rng.integers(1, photos.n_labels, n)) % photos.n_labels
    return replace(photos, labels=labels), n


def _mean(name: str, curves: list[Curves]) -> Remedy:
    accuracy = float(np.mean([one.accuracy[-1] for one in curves]))
    held = float(np.mean([one.held_accuracy[-1] for one in curves]))
    return Remedy(name=name, accuracy=accuracy, held_accuracy=held, gap=accuracy - held)
