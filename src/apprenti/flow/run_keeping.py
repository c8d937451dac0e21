"""What a training keeps for the lessons, beside its model file: photos, features, answers, the report."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.decoding import thumbnail
from apprenti.blocks.item_file import read_item
from apprenti.blocks.run_file import read_run
from apprenti.blocks.sampling import sample_by_label
from apprenti.domain.dataset import Dataset, Example, Split
from apprenti.domain.errors import ItemError, ModelFileError
from apprenti.domain.lesson_context import MOST_PHOTOS, AnsweredPhotos, KeptPhotos, LessonContext
from apprenti.domain.recipe import Recipe
from apprenti.domain.report import Report
from apprenti.flow.features import FeatureTable
from apprenti.flow.tools import Tools
from apprenti.stages.train import FinishedModel

RUN_ENDING = ".run"
SIDE_PX = 64
LEAST_SECONDS, SHARE, MOST_SECONDS = 2.0, 0.03, 20.0
"""Photos are made small for so long: a share of the budget, within bounds. Drawn at random: any part is even."""
CHUNK = 16
LEAST_KEPT = 64
"""Photos kept even where no time was left to make them small."""


def run_path_of(model: Path) -> Path:
    """Return where what a training keeps lies: beside the model, under its name."""
    return model.with_suffix(RUN_ENDING)


def open_run(path: Path) -> LessonContext:
    """Return what a training kept.

    Args:
        path: its model file, or the ``.run`` file itself.

    Raises:
        ModelFileError: there is no such file, or it is damaged.
    """
    place = path if path.suffix == RUN_ENDING else run_path_of(path)
    try:
        data = place.read_bytes()
    except OSError as error:
        raise ModelFileError("run_file_missing", path=str(place)) from error
    context = read_run(data, name=str(place))
    return replace(context, name=context.name or path.stem)


def kept_run(
    dataset: Dataset,
    table: FeatureTable,
    finished: FinishedModel,
    report: Report,
    *,
    recipe: Recipe,
    model: bytes,
    budget_seconds: float,
    tools: Tools,
) -> LessonContext:
    """Return what lessons need of a training that has just been judged."""
    fitted_labels, test_labels = (
        np.asarray(table.labels(part, dataset.labels), np.int64) for part in (table.fitted, table.test)
    )
    held_out = AnsweredPhotos(
        names=tuple(table.fitted[row].name for row in finished.held_out_rows),
        labels=fitted_labels[finished.held_out_rows],
        probabilities=finished.held_out_answers,
    )
    test = AnsweredPhotos(
        names=tuple(one.name for one in table.test), labels=test_labels, probabilities=finished.test_answers
    )
    return LessonContext(
        run_id=hashlib.sha256(model).hexdigest()[:12],
        name=dataset.name,
        report=report,
        photos=_photos(
            table, finished, np.concatenate([fitted_labels, test_labels]), recipe, budget_seconds, tools
        ),
        test=test,
        held_out=held_out,
        head=finished.head,
    )


def _photos(
    table: FeatureTable,
    finished: FinishedModel,
    labels: NDArray[np.int64],
    recipe: Recipe,
    budget_seconds: float,
    tools: Tools,
) -> KeptPhotos:
    examples = (*table.fitted, *table.test)
    is_test = np.arange(len(examples)) >= len(table.fitted)
    rows = sample_by_label(labels * 2 + is_test, MOST_PHOTOS, seed=0)
    rows = np.random.default_rng(0).permutation(rows)
    seconds = min(MOST_SECONDS, max(LEAST_SECONDS, SHARE * budget_seconds))
    small = _thumbnails([examples[row] for row in rows], deadline=tools.clock() + seconds, tools=tools)
    rows = rows[: max(len(small), LEAST_KEPT)]
    small += [b""] * (len(rows) - len(small))
    order = np.argsort(rows)
    rows = rows[order]
    answers = np.full((len(examples), finished.held_out_answers.shape[1]), np.nan, np.float32)
    answers[finished.held_out_rows] = finished.held_out_answers
    if len(table.test):
        answers[len(table.fitted) :] = finished.test_answers
    return KeptPhotos(
        names=tuple(examples[row].name for row in rows),
        splits=tuple(examples[row].split or Split.TRAIN for row in rows),
        labels=labels[rows],
        thumbnails=tuple(small[place] for place in order),
        features=_features(table, recipe, rows),
        answers=answers[rows],
    )


def _features(table: FeatureTable, recipe: Recipe, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the features of rows that count through fitted photos and then test photos, [n, d]."""
    n_fitted = len(table.fitted)
    parts = []
    for whole, test in zip(
        table.whole(recipe), (table.test_files[look] for look in recipe.looks), strict=True
    ):
        fitted = np.load(whole, mmap_mode="r", allow_pickle=False)
        tested = np.load(test, mmap_mode="r", allow_pickle=False)
        part = np.empty((len(rows), fitted.shape[1]), np.float32)
        part[rows < n_fitted] = fitted[rows[rows < n_fitted]]
        part[rows >= n_fitted] = tested[rows[rows >= n_fitted] - n_fitted]
        parts.append(part)
    return np.concatenate(parts, axis=1)


def _thumbnails(examples: list[Example], *, deadline: float, tools: Tools) -> list[bytes]:
    """Return small pictures of the first photos, as many as there is time for."""
    chunks = (tuple(examples[start : start + CHUNK]) for start in range(0, len(examples), CHUNK))
    return [small for part in tools.engine.map(_small, chunks, deadline=deadline) for small in part]


def _small(examples: tuple[Example, ...]) -> list[bytes]:
    return [_one(example) for example in examples]


def _one(example: Example) -> bytes:
    try:
        return thumbnail(
            read_item(Path(example.path), item=example.name), item=example.name, max_side_px=SIDE_PX
        )
    except ItemError:
        return b""
