"""What the protocol's routes ask of whoever has models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from fastapi import Request
from numpy.typing import NDArray

from apprenti.domain.manifest import Manifest
from apprenti.domain.prediction import Prediction

Shown = bytes | NDArray[np.uint8]
"""An image: the bytes of its file, or uint8 [S,S,3] in the model's size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a model said of one image.

    Args:
        prediction: every label listed.
        prediction_id: under which it can be corrected; empty where nothing is kept.
    """

    prediction: Prediction
    prediction_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """A version of a model, for one request.

    Args:
        name: as it was asked for.
        version: a number, as text.
        versions: returns all there are; called in a thread.
        manifest: of the model.
        keeps: whether answers are kept under an id.
        answer: says what images show, in order; raises what errors of ours there are. Called in a thread.
    """

    name: str
    version: str
    versions: Callable[[], Sequence[str]]
    manifest: Manifest
    answer: Callable[[Sequence[Shown]], Sequence[Said]]
    keeps: bool = False


Find = Callable[[str, str | None], ServedModel]
"""Returns a model by its name and version, the one that answers where none is named. Called in a thread; raises what
errors of ours there are."""


class Repository(Protocol):
    """Has models by name."""

    async def enter(self, request: Request) -> Find:
        """Return what finds the models that whoever asks may use.

        Raises:
            ApprentiError: this caller may use none.
        """

    async def check(self, request: Request) -> None:
        """Pass where requests can be answered.

        Raises:
            ApprentiError: what they rest on does not answer.
        """
