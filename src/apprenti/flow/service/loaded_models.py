"""Models that are loaded: the few asked last, each read and checked once whoever asks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.decoding import decode, read_header
from apprenti.blocks.photo_facts import photo_facts
from apprenti.domain.prediction import Prediction
from apprenti.flow.service.known_embeddings import KnownEmbeddings
from apprenti.stages.feedback.observations import DriftReference
from apprenti.stages.feedback.review import ReviewScale, review_scale
from apprenti.stages.predict import Predictor

if TYPE_CHECKING:
    from apprenti.domain.seams import BlobStore
    from apprenti.domain.service import Version

MOST_LOADED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a model said of an image, and what the image is like.

    Args:
        prediction: every label listed, best first.
        facts: float32 [6], see ``blocks.photo_facts``.
        embedding: float32 [D].
    """

    prediction: Prediction
    facts: NDArray[np.float32]
    embedding: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A version of a task, ready to answer from several threads.

    Args:
        predictor: answers.
        reference: what it says of held-out photos; ``None`` where that was not kept.
        scale: how uncertain answers usually are; ``None`` without a reference.
        known: embeddings of photos it learnt from; ``None`` where they were not kept.
    """

    predictor: Predictor
    reference: DriftReference | None
    scale: ReviewScale | None
    known: KnownEmbeddings | None = None

    @classmethod
    def load(cls, version: Version, blobs: BlobStore) -> LoadedModel:
        """Return a version, its golden examples checked.

        Raises:
            StoreError: a blob is damaged.
            NotFoundError: or gone.
            ModelFileError: it does not answer as it did where it was made.
        """
        predictor = Predictor.open(blobs.get(version.model_sha256))
        known = KnownEmbeddings.from_npz(blobs.get(version.known_sha256)) if version.known_sha256 else None
        if not version.reference_sha256:
            return cls(predictor=predictor, reference=None, scale=None, known=known)
        reference = DriftReference.from_npz(blobs.get(version.reference_sha256))
        manifest = predictor.manifest
        scale = review_scale(reference, task_type=manifest.task_type, thresholds=manifest.thresholds)
        return cls(predictor=predictor, reference=reference, scale=scale, known=known)

    def ask(self, data: bytes, *, item: str, max_megapixels: float) -> Answered:
        """Return the answer for the bytes of one image file.

        Raises:
            ItemError: the bytes are not a usable image.
        """
        header = read_header(data, item=item, max_megapixels=max_megapixels)
        pixels = decode(data, self.predictor.manifest.canvas, item=item)
        return self._asked(pixels, item, width_px=header.width_px, height_px=header.height_px)

    def ask_pixels(self, pixels: NDArray[np.uint8], *, item: str) -> Answered:
        """Return the answer for an image that somebody else decoded, uint8 [S,S,3] in the model's size."""
        height_px, width_px = pixels.shape[:2]
        return self._asked(pixels, item, width_px=width_px, height_px=height_px)

    def _asked(self, pixels: NDArray[np.uint8], item: str, *, width_px: int, height_px: int) -> Answered:
        top = len(self.predictor.labels)
        prediction, embedding = self.predictor.answer_pixels(pixels, item=item, top=top)
        facts = photo_facts(pixels, width_px=width_px, height_px=height_px)
        return Answered(prediction=prediction, facts=facts, embedding=embedding)


class LoadedModels:
    """The models asked last."""

    def __init__(self, most: int = MOST_LOADED) -> None:
        self._most = most
        self._loaded: OrderedDict[str, LoadedModel] = OrderedDict()
        self._lock = threading.Lock()
        self._loading: dict[str, threading.Lock] = {}

    def of(self, version: Version, blobs: BlobStore) -> LoadedModel:
        """Return a version, loaded now if it is not yet; who asks for one that is does not wait for others.

        Raises:
            ApprentiError: as ``LoadedModel.load``.
        """
        key = version.id
        with self._lock:
            if key in self._loaded:
                self._loaded.move_to_end(key)
                return self._loaded[key]
            loading = self._loading.setdefault(key, threading.Lock())
        with loading:
            with self._lock:
                if key in self._loaded:
                    return self._loaded[key]
            model = LoadedModel.load(version, blobs)
            with self._lock:
                self._loaded[key] = model
                self._loading.pop(key, None)
                while len(self._loaded) > self._most:
                    self._loaded.popitem(last=False)
        return model
