"""What is said of images that are uploaded, as query parameters: the body is the image itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query

from apprenti.api.refusals import RefusedError
from apprenti.api.routes import read_json
from apprenti.api.v1.asking import IdQuery
from apprenti.domain.service import Origin
from apprenti.flow.service.images import ImageWords, Said
from apprenti.flow.service.service import MAX_NAME_LETTERS
from apprenti.store.database.images import ImageFilter

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NUMBER = r"-?[0-9]{1,15}(\.[0-9]{1,15})?"
LabelId = Annotated[str, Query(pattern=rf"^{_ID}$")]
LabelWord = Annotated[str, Query(pattern=rf"^{_ID}(:{_NUMBER})?$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadWords:
    """What is said of every image of an upload.

    Args:
        shows: labels, with the numbers some stand for.
        is_test: belongs to the fixed test set.
        is_real: a real photo.
        meta_data: JSON object of the sender's own.
        name: for people; empty where the file's name is meant.
    """

    shows: tuple[Said, ...]
    is_test: bool
    is_real: bool
    meta_data: Mapping[str, Any]
    name: str

    def of(self, name: str) -> ImageWords:
        """Return what is said of one image, called ``name`` where nothing else was said."""
        return ImageWords(
            name=self.name or name, meta_data=self.meta_data, is_test=self.is_test, is_real=self.is_real
        )


def upload_words(
    label: Annotated[
        list[LabelWord], Query(max_length=100, description="what it shows: a label's id, or `id:number`")
    ] = [],  # noqa: B006 (FastAPI reads it, nobody changes it)
    is_test: Annotated[bool, Query(description="judged on, never trained on")] = False,
    is_real: Annotated[bool, Query(description="false: made for the purpose")] = True,
    meta_data: Annotated[
        str, Query(max_length=8000, description="a JSON object of your own", examples=['{"shop": "Nice"}'])
    ] = "{}",
    name: Annotated[str, Query(max_length=MAX_NAME_LETTERS, description="by default the file's")] = "",
) -> UploadWords:
    """Return what a query says of the images of an upload."""
    said = read_json(meta_data.encode(errors="surrogatepass"))
    if not isinstance(said, dict):
        raise RefusedError("json_malformed", 422)
    return UploadWords(
        shows=tuple(_said(word) for word in label),
        is_test=is_test,
        is_real=is_real,
        meta_data=said,
        name=name,
    )


def _said(word: str) -> Said:
    label_id, _, number = word.partition(":")
    return Said(label_id=label_id, value=float(number) if number else None)


def image_filter(
    task: IdQuery = None,
    label: Annotated[list[LabelId], Query(max_length=100, description="shows all of these")] = [],  # noqa: B006
    without_label: Annotated[list[LabelId], Query(max_length=100, description="shows none of these")] = [],  # noqa: B006
    is_test: bool | None = None,
    is_real: bool | None = None,
    origin: Origin | None = None,
    has_labels: bool | None = None,
) -> ImageFilter:
    """Return which images a query means; there are no other filters."""
    return ImageFilter(
        task_id=task,
        label_ids=tuple(label),
        without_label_ids=tuple(without_label),
        is_test=is_test,
        is_real=is_real,
        origin=origin,
        has_labels=has_labels,
    )


Words = Annotated[UploadWords, Depends(upload_words)]
Chosen = Annotated[ImageFilter, Depends(image_filter)]
