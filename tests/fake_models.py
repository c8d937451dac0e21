"""A model that answers at once, for tests of the doors: it reads photos as the real one does."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from apprenti.blocks.decoding import decode
from apprenti.domain.dataset import TaskType
from apprenti.domain.prediction import Prediction
from apprenti.domain.recipe import Canvas, Interval, Recipe
from apprenti.domain.report import DataFacts, NumberFacts, Report
from apprenti.domain.scores import ClassScores, Scores

RECIPE = Recipe(backbones=("classic.v1",), canvas=Canvas(size_px=64), transform="power.v1", head="ridge.v1")
LABELS = ("dress", "hat", "shirt")


class FakeModel:
    """Answers by the mean colour: red is a dress, green a hat, blue a shirt, and grey is unfamiliar.

    Args:
        labels: what it calls red, green and blue.
        report: what it says of itself.
        door: waited for before each answer, where a test needs it to be slow.
    """

    def __init__(
        self,
        labels: tuple[str, ...] = LABELS,
        report: Mapping[str, Any] | None = None,
        door: threading.Event | None = None,
    ) -> None:
        self.labels = labels
        self.report = a_report(labels).to_json() if report is None else report
        self._door = door

    def predict_bytes(self, data: bytes, *, item: str, top: int = 5) -> Prediction:
        """Decode the photo and answer."""
        if self._door is not None:
            self._door.wait(10)
        channels = decode(data, Canvas(size_px=8), item=item).mean(axis=(0, 1))
        shares = (channels + 1) / (channels + 1).sum()
        order = np.argsort(-shares)
        ranked = tuple((self.labels[i], float(shares[i])) for i in order)
        spread = float(channels.max() - channels.min())
        return Prediction(
            item=item,
            label=ranked[0][0],
            probability=ranked[0][1],
            top=ranked[:top],
            familiar=spread > 30,
            distance=30 / max(spread, 1.0),
        )


class FakeLabels(FakeModel):
    """Gives every label whose colour is at least a third of the light."""

    def __init__(self) -> None:
        super().__init__(report=replace(a_report(), scores=None, task_type=TaskType.MULTI_LABEL).to_json())

    def predict_bytes(self, data: bytes, *, item: str, top: int = 5) -> Prediction:
        """Decode the photo and answer."""
        answer = super().predict_bytes(data, item=item, top=top)
        given = tuple(one for one in answer.top if one[1] >= 0.4)
        return replace(answer, labels=given, task_type=TaskType.MULTI_LABEL)


class FakeNumbers(FakeModel):
    """Tells how bright a photo is, 0..255, give or take 12."""

    def __init__(self) -> None:
        data = DataFacts(name="light", numbers=NumberFacts(low=3.0, median=120.0, high=250.0))
        report = replace(a_report(), labels=(), scores=None, data=data, task_type=TaskType.REGRESSION)
        super().__init__(report=report.to_json())
        self.labels = ()

    def predict_bytes(self, data: bytes, *, item: str, top: int = 5) -> Prediction:
        """Decode the photo and answer."""
        value = float(decode(data, Canvas(size_px=8), item=item).mean())
        interval = Interval(low=value - 12, high=value + 12, level=0.9)
        return Prediction(
            item=item,
            value=value,
            interval=interval,
            familiar=True,
            distance=0.5,
            task_type=TaskType.REGRESSION,
        )


def a_photo(red: int, green: int, blue: int, *, side_px: int = 32, kind: str = "JPEG") -> bytes:
    """Return the bytes of a photo of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (side_px, side_px), (red, green, blue)).save(file, kind)
    return file.getvalue()


RED, GREY = a_photo(220, 30, 30), a_photo(120, 120, 120)


def a_report(labels: tuple[str, ...] = LABELS, *, n: int = 40, n_right: int = 36) -> Report:
    """Return a small report."""
    interval = Interval(low=0.77, high=0.96)
    per_class = tuple(
        ClassScores(
            label=label,
            n=10,
            n_right=9,
            n_predicted=10,
            recall=0.9,
            recall_interval=interval,
            precision=0.9,
            f1=0.9,
        )
        for label in labels
    )
    scores = Scores(
        n=n, n_right=n_right, accuracy=n_right / n, accuracy_interval=interval, balanced_accuracy=0.9,
        balanced_accuracy_interval=interval, macro_f1=0.9, macro_f1_interval=interval, log_loss=0.3, ece=0.04,
        majority_label=labels[0], majority_n_right=n // len(labels), per_class=per_class,
        confusion=tuple((number, number, 9) for number in range(len(labels))),
        reliability=(), coverage_curve=(),
    )  # fmt: skip
    return Report(labels=labels, data=DataFacts(name="clothes"), scores=scores, kept=RECIPE)
