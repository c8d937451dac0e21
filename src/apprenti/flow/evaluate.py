"""Evaluate: what a model is worth on labelled photos it has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering import answering_of
from apprenti.domain.dataset import Dataset, Example, SetAside, Split
from apprenti.domain.errors import DataError
from apprenti.domain.manifest import Manifest
from apprenti.domain.prediction import Prediction
from apprenti.domain.report import Report
from apprenti.domain.sentence import Sentence
from apprenti.flow.known_targets import with_known_targets
from apprenti.flow.packing import thumbnailer
from apprenti.flow.predict import open_model
from apprenti.flow.tools import Tools
from apprenti.stages.evaluate import Answers, Decision, evaluate_again
from apprenti.stages.ingest import read_dataset
from apprenti.stages.predict import Predictor
from apprenti.store import private_workspace

CHUNK = 16


def evaluate(model: Path, source: Path, *, tools: Tools) -> Report:
    """Return the scores of a model on labelled photos.

    Where the data come with a test split, only that is scored. Photos the model was trained on are left out, since
    they would flatter it; if nothing else is left they are scored all the same, and a notice says so.

    Args:
        model: an ``.apprenti`` file.
        source: folder, archive or table of labelled photos.
        tools: what to work with.

    Raises:
        ModelFileError: the file is not a whole model.
        DataError: there is no photo under a label the model knows.
    """
    predictor = open_model(model)
    report = Report.from_json(predictor.report)
    with private_workspace() as workspace:
        dataset = read_dataset(
            source, engine=tools.engine, progress=tools.progress, workspace=workspace, for_training=False
        )
        dataset = scored_photos(dataset, predictor)
        answered, dataset = _answered(dataset, model, tools=tools)
        examples = [example for example, _ in answered]
        return evaluate_again(
            report,
            dataset,
            answers=_answers(answered, predictor.manifest),
            decision=decision_of(predictor.manifest),
            thumbnail=thumbnailer(examples),
        )


def scored_photos(dataset: Dataset, predictor: Predictor) -> Dataset:
    """Return the photos a model is fairly scored on, with a notice for every kind that was left out.

    Raises:
        DataError: there is no photo under a label the model knows, or they have something else than it tells.
    """
    return _only_unseen(with_known_targets(_only_test(dataset), predictor.manifest), predictor)


def _only_test(dataset: Dataset) -> Dataset:
    """Return the test split where there is one beside others, with a notice; else everything."""
    test = dataset.in_split(Split.TEST)
    if not test or len(test) == len(dataset.examples):
        return dataset
    notice = Sentence(key="evaluate.only_test", values={"n": len(test), "n_all": len(dataset.examples)})
    return replace(dataset, examples=test, notices=(*dataset.notices, notice))


def _only_unseen(dataset: Dataset, predictor: Predictor) -> Dataset:
    """Return the photos the model was not trained on; all of them, with a notice, where there are no others."""
    unseen = tuple(example for example in dataset.examples if not predictor.has_seen(example.content_hash))
    n_seen = len(dataset.examples) - len(unseen)
    if not n_seen:
        return dataset
    key = "evaluate.seen_left_out" if unseen else "evaluate.only_seen"
    notice = Sentence(key=key, values={"n": n_seen})
    return replace(dataset, examples=unseen or dataset.examples, notices=(*dataset.notices, notice))


def _answered(
    dataset: Dataset, model: Path, *, tools: Tools
) -> tuple[list[tuple[Example, Prediction]], Dataset]:
    """Return each photo with its answer, and the data set without those that could not be read."""
    tools.progress.begin("predicting", len(dataset.examples))
    answered, broken = [], []
    for example, prediction in zip(dataset.examples, _predictions(dataset, model, tools), strict=True):
        if prediction.problem is None:
            answered.append((example, prediction))
        else:
            broken.append(SetAside(name=example.name, reason=prediction.problem))
    tools.progress.end()
    if not answered:
        raise DataError("nothing_readable", item=dataset.name)
    examples = tuple(example for example, _ in answered)
    return answered, replace(dataset, examples=examples, set_aside=(*dataset.set_aside, *broken))


def _predictions(dataset: Dataset, model: Path, tools: Tools) -> Iterator[Prediction]:
    starts = range(0, len(dataset.examples), CHUNK)
    chunks = ((model, dataset.examples[start : start + CHUNK]) for start in starts)
    for predictions in tools.engine.map(_predict_chunk, chunks):
        tools.progress.advance(len(predictions))
        yield from predictions


def _predict_chunk(chunk: tuple[Path, Sequence[Example]]) -> list[Prediction]:
    """Return the answers for some photos, every label listed."""
    model, examples = chunk
    predictor = _opened(model, model.stat().st_mtime_ns)
    items = [(example.name, Path(example.path)) for example in examples]
    return list(predictor.predict_many(items, top=len(predictor.labels)))


@lru_cache(maxsize=1)
def _opened(model: Path, modified_ns: int) -> Predictor:
    """Return the model, loaded once per process as long as its file does not change."""
    return open_model(model)


def decision_of(manifest: Manifest) -> Decision:
    """Return what a model's answers are told by, beside its probabilities."""
    return Decision(
        thresholds=manifest.thresholds, margin=manifest.margin, margin_level=manifest.margin_level
    )


def _answers(answered: Sequence[tuple[Example, Prediction]], manifest: Manifest) -> Answers:
    """Return expected and given answers as arrays, in the order of the photos."""
    targets = [example.target for example, _ in answered]
    return Answers(
        names=[example.name for example, _ in answered],
        expected=answering_of(manifest.task_type).targets(targets, manifest.labels),
        given=_given([prediction for _, prediction in answered], manifest.labels),
        distances=np.asarray(
            [prediction.distance * manifest.familiarity_threshold for _, prediction in answered]
        ),
    )


def _given(predictions: Sequence[Prediction], labels: Sequence[str]) -> NDArray[np.float64]:
    """Return the probabilities [n, K], or the numbers [n]."""
    if not labels:
        return np.asarray([prediction.value for prediction in predictions], np.float64)
    index = {label: number for number, label in enumerate(labels)}
    probabilities = np.zeros((len(predictions), len(labels)))
    for row, prediction in enumerate(predictions):
        for label, probability in prediction.top:
            probabilities[row, index[label]] = probability
    return probabilities
