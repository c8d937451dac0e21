"""Which images a list is to show, from the words after the question mark; words nobody knows change nothing."""

from __future__ import annotations

import math
import re

from starlette.datastructures import QueryParams

from apprenti.api.refusals import RefusedError
from apprenti.api.vize.asking import uuid_in
from apprenti.store.database.images import ImageFilter

_VALUE = re.compile(r"label_value_(?P<id>.+)__(?P<end>gte|lte)")
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}
MAX_LABELS = 100


def image_filter(query: QueryParams) -> ImageFilter:
    """Return the filter that a query describes.

    Raises:
        NotFoundError: what should be the id of a label is none.
        RefusedError: a number or a truth is not one (400).
    """
    values = [
        (named["end"], uuid_in(named["id"], "label"), _number(name, text))
        for name, text in query.multi_items()
        if (named := _VALUE.fullmatch(name))
    ]
    return ImageFilter(
        label_ids=_ids(query, "labels"),
        without_label_ids=_ids(query, "not_labels"),
        is_test=_truth(query, "test"),
        is_real=_truth(query, "real"),
        n_verified=_count(query, "verified"),
        value_least=tuple((label_id, value) for end, label_id, value in values if end == "gte"),
        value_most=tuple((label_id, value) for end, label_id, value in values if end == "lte"),
    )


def _ids(query: QueryParams, name: str) -> tuple[str, ...]:
    words = [word for text in query.getlist(name) for word in text.split(",") if word]
    if len(words) > MAX_LABELS:
        raise RefusedError("request_malformed", 400, detail=name)
    return tuple(dict.fromkeys(uuid_in(word, "label") for word in words))


def _truth(query: QueryParams, name: str) -> bool | None:
    text = query.get(name, "").lower()
    if not text:
        return None
    if text not in _TRUTHS:
        raise RefusedError("request_malformed", 400, detail=name)
    return _TRUTHS[text]


def _count(query: QueryParams, name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise RefusedError("request_malformed", 400, detail=name)
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RefusedError("request_malformed", 400, detail=name[:100])
    return number
