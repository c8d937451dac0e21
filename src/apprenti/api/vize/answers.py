"""Records and what is said of them: each with its own status, its own fields given back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apprenti.api.refusals import RefusedError
from apprenti.api.vize.errors import said, status_of
from apprenti.api.vize.pictures import Pictures
from apprenti.domain.errors import AccessError, ApprentiError, ConflictError, NotFoundError, UserError
from apprenti.domain.service import StoredPrediction
from apprenti.texts import Lang

NOT_GIVEN_BACK = frozenset({"_base64", "_file", "_img_data", "_status", "_stored_image_id"})
OK = {"code": 200, "text": "OK"}


def answered_records(
    records: Sequence[Mapping[str, Any]],
    pictures: Pictures,
    ask: Callable[[bytes], StoredPrediction],
    lang: Lang,
) -> list[Mapping[str, Any]]:
    """Return each record with what was said of it, or with what is wrong with it.

    Args:
        records: with ``_base64`` or ``_url`` and fields of the caller's own, which are given back.
        pictures: takes the images out.
        ask: says what an image shows. What is wrong with the task and not with a record is raised.
        lang: which language the caller reads.
    """
    return [_answered(record, pictures, ask, lang) for record in records]


def _answered(
    record: Mapping[str, Any], pictures: Pictures, ask: Callable[[bytes], StoredPrediction], lang: Lang
) -> Mapping[str, Any]:
    own = own_fields(record)
    try:
        answer = ask(pictures.in_record(record))
    except (ConflictError, NotFoundError, AccessError):
        raise
    except (RefusedError, UserError) as error:
        return {**own, "_status": _status(error, lang)}
    return {**own, "_status": OK, **answer_data(answer)}


def own_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a record that are the caller's own."""
    return {name: value for name, value in record.items() if name not in NOT_GIVEN_BACK}


def answer_data(prediction: StoredPrediction) -> Mapping[str, Any]:
    """Return the JSON form of an answer: all labels, best first, or a number with its interval."""
    answer = prediction.answer
    data: dict[str, Any] = {"familiar": prediction.familiar}
    if prediction.image_id is not None:
        data["_stored_image_id"] = prediction.image_id
    if "labels" not in answer:
        return {**data, **answer, "labels": []}
    labels = [
        {
            "id": label["id"],
            "name": label["name"],
            "prob": label["p"],
            **({"given": label["given"]} if "given" in label else {}),
        }
        for label in answer["labels"]
    ]
    return {**data, "best_label": labels[0] if labels else None, "labels": labels}


def _status(error: RefusedError | ApprentiError, lang: Lang) -> Mapping[str, Any]:
    return {"code": status_of(error), "text": said(error, lang)}
