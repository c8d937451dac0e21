"""Eyes that see colours: photos of one colour are alike."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from apprenti.domain.errors import ItemError
from apprenti.flow.service.sight import Sight


class ColourSight(Sight):
    """What it makes of a photo is its mean colour, each channel several times with a slant of its own."""

    name = "colours"

    def __init__(self) -> None:
        super().__init__()
        self.n = 0

    def embed(self, data: bytes, *, item: str) -> NDArray[np.float32]:
        self.n += 1
        try:
            colour = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float32).mean(axis=(0, 1))
        except OSError as error:
            raise ItemError("not_an_image", item=item) from error
        waves = np.sin(np.outer(colour / 255 * np.pi, np.arange(1, 9)))
        return np.concatenate([colour / 40, waves.ravel()]).astype(np.float32)
