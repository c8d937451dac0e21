"""Model files by name, as the protocol asks for them; each has one version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fastapi import Request

from apprenti.api.inference.errors import shown
from apprenti.api.inference.served import Find, Said, ServedModel, Shown
from apprenti.api.refusals import RefusedError

if TYPE_CHECKING:
    from apprenti.stages.predict import Predictor

ONLY_VERSION = "1"


class FileModels:
    """Models that were loaded when the server began.

    Args:
        models: by the names they are served under.
    """

    def __init__(self, models: Mapping[str, Predictor]) -> None:
        self._models = models

    async def enter(self, request: Request) -> Find:
        """Return what finds models: anybody may use all."""
        return self._found

    def _found(self, name: str, version: str | None) -> ServedModel:
        if name not in self._models or version not in (None, ONLY_VERSION):
            raise RefusedError("model_unknown", 404, name=shown(name))
        predictor = self._models[name]

        def answer(images: Sequence[Shown]) -> list[Said]:
            return [_said(predictor, image, f"image {i}") for i, image in enumerate(images, start=1)]

        return ServedModel(
            name=name,
            version=ONLY_VERSION,
            versions=lambda: (ONLY_VERSION,),
            manifest=predictor.manifest,
            answer=answer,
        )

    async def check(self, request: Request) -> None:
        """Pass: models in memory always answer."""


def _said(predictor: Predictor, image: Shown, item: str) -> Said:
    top = len(predictor.labels)
    if isinstance(image, bytes):
        return Said(prediction=predictor.predict_bytes(image, item=item, top=top))
    return Said(prediction=predictor.predict_pixels(image, item=item, top=top))
