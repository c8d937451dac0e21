"""The packaged network at its smallest, kept ready: what it makes of a photo says which photos are alike."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.decoding import decode
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.embedding import shelf_key
from apprenti.domain.recipe import Canvas
from apprenti.recipes import SIZES_PX

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SIDE_PX = min(SIZES_PX)
"""That landmarks are measured on; for telling photos apart without labels larger squares were no better."""


class Sight:
    """Looks at photos; opened when the first is looked at."""

    def __init__(self) -> None:
        self._canvas = Canvas(size_px=SIDE_PX)
        self._turn = threading.Lock()
        self.seen_up_to = -1
        """The place of the last image when all had been looked at: until another comes in there is nothing to do."""

    @cached_property
    def name(self) -> str:
        """Says which network at which size: embeddings of another do not compare."""
        return shelf_key(load_embedded(SIDE_PX), self._canvas)

    def embed(self, data: bytes, *, item: str) -> NDArray[np.float32]:
        """Return the embedding of a photo, [d] float32; a few milliseconds.

        Args:
            data: its file.
            item: what a person calls it.

        Raises:
            ItemError: it cannot be decoded.
        """
        pixels = decode(data, self._canvas, item=item)
        with self._turn:
            (rows,) = self._session.run(["features"], {"pixels": pixels[np.newaxis]})
        return np.asarray(rows[0], np.float32)

    @cached_property
    def _session(self) -> InferenceSession:
        from apprenti.blocks.session import open_session

        return open_session(load_embedded(SIDE_PX).graph_for(SIDE_PX))
