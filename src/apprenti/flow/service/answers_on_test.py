"""What versions say of the task's test photos, remembered by this process: asking takes long, and answers stay."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from apprenti.domain.service import Version
    from apprenti.flow.service.loaded_models import LoadedModel

MOST_VERSIONS = 8
MOST_PHOTOS = 5_000
"""Of each version: some megabytes."""

Row = NDArray[np.float32]


class AnswersOnTest:
    """Answers of the versions asked last, by the SHA-256 of the photo.

    An answer is float32 [K], the probabilities in the order of the version's labels, or [1], the number.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, dict[str, Row]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, version: Version) -> Mapping[str, Row]:
        """Return what is remembered of a version: a copy."""
        with self._lock:
            return dict(self._kept.get(version.id, {}))

    def keep(self, version: Version, sha256: str, answer: Row) -> None:
        """Remember an answer, unless so many are."""
        with self._lock:
            answers = self._kept.setdefault(version.id, {})
            self._kept.move_to_end(version.id)
            if len(answers) < MOST_PHOTOS:
                answers[sha256] = answer
            while len(self._kept) > MOST_VERSIONS:
                self._kept.popitem(last=False)


def answer_row(model: LoadedModel, data: bytes, *, item: str, max_megapixels: float) -> Row:
    """Return what a model says of an image, as it is remembered.

    Raises:
        ItemError: the bytes are no image that can be used.
    """
    said = model.ask(data, item=item, max_megapixels=max_megapixels).prediction
    if said.value is not None:
        return np.array([said.value], np.float32)
    p_of: Mapping[str, float] = dict(said.top)
    labels: Sequence[str] = model.predictor.labels
    return np.array([p_of[label] for label in labels], np.float32)
