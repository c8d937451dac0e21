"""A loaded model: bytes of a photo in, answer and familiarity out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.artifact import SEEN_BYTES, Artifact, Golden, unpack
from apprenti.blocks.decoding import decode
from apprenti.blocks.item_file import read_item
from apprenti.blocks.session import open_session
from apprenti.domain.errors import ItemError, ModelFileError
from apprenti.domain.manifest import Manifest
from apprenti.domain.prediction import Prediction
from apprenti.domain.recipe import Interval
from apprenti.domain.sentence import Sentence

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PROBABILITY_TOLERANCE = 1e-3
DISTANCE_TOLERANCE = 1e-2
"""As a share of the familiarity threshold."""
VALUE_TOLERANCE = 1e-2
"""As a share of the margin."""


class Predictor:
    """A model file, opened and found to answer as it did when it was made.

    It may be used from several threads at once. ``Predictor.open(data)`` makes one.
    """

    def __init__(self, artifact: Artifact, session: InferenceSession) -> None:
        self._manifest = artifact.manifest
        self._report = artifact.report
        self._seen = artifact.seen
        self._session = session

    @classmethod
    def open(cls, data: bytes) -> Predictor:
        """Return the predictor in a model file.

        Raises:
            ModelFileError: the file is truncated, altered, foreign or too new, or does not answer its golden
                pictures as it did where it was made.
        """
        artifact = unpack(data)
        try:
            session = open_session(artifact.graph)
            predictor = cls(artifact, session)
            names = (artifact.manifest.answer, "distance")
            answers = predictor.outputs(artifact.golden.pixels, names=names)
        except Exception as error:  # ONNX Runtime has a kind for every failure
            detail = str(error)[:200]
            raise ModelFileError("model_malformed", detail=detail) from error
        check_golden(answers, artifact.golden, artifact.manifest)
        return predictor

    @property
    def labels(self) -> tuple[str, ...]:
        """What it can answer, in the order of its probabilities; nothing where it tells a number."""
        return self._manifest.labels

    @property
    def manifest(self) -> Manifest:
        """What the model says about itself."""
        return self._manifest

    @property
    def report(self) -> Mapping[str, Any]:
        """JSON data of the report in the file; ``Report.from_json`` reads it."""
        return self._report

    def has_seen(self, content_hash: str) -> bool:
        """Return whether the model learnt from the photo with this SHA-256 (64 hex digits)."""
        prefix = np.uint64(int(content_hash[: 2 * SEEN_BYTES], 16))
        place = int(np.searchsorted(self._seen, prefix))
        return place < len(self._seen) and bool(self._seen[place] == prefix)

    def outputs(
        self, pixels: NDArray[np.uint8], *, names: Iterable[str] | None = None
    ) -> dict[str, NDArray[np.float32]]:
        """Return what the graph makes of pixels.

        Args:
            pixels: uint8 [n,S,S,3], decoded by ``blocks.decoding.decode`` to the manifest's canvas.
            names: which outputs; all of the manifest's by default.

        Returns:
            ``probabilities`` [n,K] or ``value`` [n], ``embedding`` [n,D], ``distance`` [n], and ``feature_map``
            [n,c,h,w] where the model has one; float32.
        """
        wanted = list(self._manifest.outputs if names is None else names)
        return dict(zip(wanted, self._session.run(wanted, {"pixels": pixels}), strict=True))

    def predict_bytes(self, data: bytes, *, item: str, top: int = 5) -> Prediction:
        """Return the answer for the bytes of one image file.

        Args:
            data: a JPEG, PNG, WebP, GIF, BMP or TIFF file.
            item: its name, for the answer and the message.
            top: how many labels to list.

        Raises:
            ItemError: the bytes are not a usable image.
        """
        return self.predict_pixels(decode(data, self._manifest.canvas, item=item), item=item, top=top)

    def predict_pixels(self, pixels: NDArray[np.uint8], *, item: str, top: int = 5) -> Prediction:
        """Return the answer for a photo that is decoded already.

        Args:
            pixels: uint8 [S,S,3], decoded by ``blocks.decoding.decode`` to the manifest's canvas.
            item: its name, for the answer.
            top: how many labels to list.
        """
        return self.answer_pixels(pixels, item=item, top=top)[0]

    def answer_pixels(
        self, pixels: NDArray[np.uint8], *, item: str, top: int = 5
    ) -> tuple[Prediction, NDArray[np.float32]]:
        """Return the answer for a photo as ``predict_pixels`` does, and the photo's embedding, [D] float32."""
        manifest = self._manifest
        answers = self.outputs(pixels[None], names=(manifest.answer, "distance", "embedding"))
        distance = float(answers["distance"][0])
        about = Prediction(
            item=item,
            familiar=distance <= manifest.familiarity_threshold,
            distance=distance / manifest.familiarity_threshold,
            task_type=manifest.task_type,
        )
        embedding = answers["embedding"][0]
        if manifest.margin is not None:
            value = float(answers["value"][0])
            return _with_value(about, value, manifest.margin, manifest.margin_level), embedding
        return _with_labels(about, answers["probabilities"][0], manifest, top), embedding

    def predict_many(
        self, items: Iterable[tuple[str, Path | bytes]], *, top: int = 5
    ) -> Iterator[Prediction]:
        """Yield the answer for each item as it comes; memory does not grow with their number.

        One at a time: on a CPU a batch is no faster than its images one by one.

        Args:
            items: names, each with the file or its bytes.
            top: how many labels to list.

        Yields:
            One prediction per item, in order; a file that cannot be used has a ``problem`` and no label.
        """
        for item, source in items:
            yield self._answer(item, source, top)

    def _answer(self, item: str, source: Path | bytes, top: int) -> Prediction:
        try:
            data = source if isinstance(source, bytes) else read_item(source, item=item)
            return self.predict_bytes(data, item=item, top=top)
        except ItemError as error:
            problem = Sentence(key=f"errors.{error.key}", values=error.values)
            return Prediction(item=item, problem=problem, task_type=self._manifest.task_type)


def _with_value(about: Prediction, value: float, margin: float, level: float) -> Prediction:
    """Return the answer of a model of numbers."""
    interval = Interval(low=value - margin, high=value + margin, level=level)
    return replace(about, value=value, interval=interval)


def _with_labels(
    about: Prediction, p_labels: NDArray[np.float32], manifest: Manifest, top: int
) -> Prediction:
    """Return the answer of a model of classes or of several labels."""
    ordered = [(manifest.labels[i], float(p_labels[i])) for i in np.argsort(-p_labels, kind="stable")]
    threshold_of = dict(zip(manifest.labels, manifest.thresholds, strict=False))
    return replace(
        about,
        label=ordered[0][0],
        probability=ordered[0][1],
        top=tuple(ordered[: max(top, 0)]),
        labels=tuple((label, p) for label, p in ordered if threshold_of and p >= threshold_of[label]),
    )


def check_golden(answers: Mapping[str, NDArray[np.float32]], golden: Golden, manifest: Manifest) -> None:
    """Refuse a graph that does not answer here as it did where it was made.

    Args:
        answers: its ``probabilities`` [n,K] or ``value`` [n], and its ``distance`` [n], for the golden pictures.
        golden: what they must be.
        manifest: of the model.

    Raises:
        ModelFileError: they differ.
    """
    margin = manifest.margin
    tolerance = PROBABILITY_TOLERANCE if margin is None else VALUE_TOLERANCE * margin
    fits = [
        _close(answers[manifest.answer], golden.answers, tolerance),
        _close(answers["distance"], golden.distances, DISTANCE_TOLERANCE * manifest.familiarity_threshold),
    ]
    if not all(fits):
        raise ModelFileError("model_golden")


def _close(got: NDArray[np.float32], expected: NDArray[np.float32], tolerance: float) -> bool:
    return got.shape == expected.shape and bool(np.allclose(got, expected, rtol=1e-5, atol=tolerance))
