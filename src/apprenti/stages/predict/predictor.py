"""A loaded model: bytes of a photo in, label with probability and familiarity out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from apprenti.domain.sentence import Sentence

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PROBABILITY_TOLERANCE = 1e-3
DISTANCE_TOLERANCE = 1e-2
"""As a share of the familiarity threshold."""


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
            answers = predictor.outputs(artifact.golden.pixels, names=("probabilities", "distance"))
        except Exception as error:  # ONNX Runtime has a kind for every failure
            detail = str(error)[:200]
            raise ModelFileError("model_malformed", detail=detail) from error
        check_golden(answers, artifact.golden, artifact.manifest.familiarity_threshold)
        return predictor

    @property
    def labels(self) -> tuple[str, ...]:
        """What it can answer, in the order of its probabilities."""
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
            ``probabilities`` [n,K], ``embedding`` [n,D], ``distance`` [n], and ``feature_map`` [n,c,h,w]
            where the model has one; float32.
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
        pixels = decode(data, self._manifest.canvas, item=item)
        answers = self.outputs(pixels[None], names=("probabilities", "distance"))
        p_labels, distance = answers["probabilities"][0], float(answers["distance"][0])
        best = np.argsort(-p_labels, kind="stable")[: max(top, 1)]
        threshold = self._manifest.familiarity_threshold
        return Prediction(
            item=item,
            label=self.labels[best[0]],
            probability=float(p_labels[best[0]]),
            top=tuple((self.labels[i], float(p_labels[i])) for i in best[:top]),
            familiar=distance <= threshold,
            distance=distance / threshold,
        )

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
            return Prediction(item=item, problem=Sentence(key=f"errors.{error.key}", values=error.values))


def check_golden(answers: Mapping[str, NDArray[np.float32]], golden: Golden, threshold: float) -> None:
    """Refuse a graph that does not answer here as it did where it was made.

    Args:
        answers: its ``probabilities`` [n,K] and ``distance`` [n] for the golden pictures.
        golden: what they must be.
        threshold: distance past which a photo is unfamiliar.

    Raises:
        ModelFileError: they differ.
    """
    fits = [
        _close(answers["probabilities"], golden.probabilities, PROBABILITY_TOLERANCE),
        _close(answers["distance"], golden.distances, DISTANCE_TOLERANCE * threshold),
    ]
    if not all(fits):
        raise ModelFileError("model_golden")


def _close(got: NDArray[np.float32], expected: NDArray[np.float32], tolerance: float) -> bool:
    return got.shape == expected.shape and bool(np.allclose(got, expected, rtol=1e-5, atol=tolerance))
