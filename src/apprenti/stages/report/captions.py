"""Photos with their captions: mistakes and doubtful labels, worded for one language."""

from __future__ import annotations

from dataclasses import dataclass

from apprenti.domain.label_scores import LabelMiss
from apprenti.domain.number_scores import NumberMiss
from apprenti.domain.report import LabelSuspect
from apprenti.domain.scores import Mistake
from apprenti.stages.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionedPhoto:
    """A thumbnail and what is written below it.

    Args:
        name: how a person finds the photo.
        thumbnail: a small JPEG, or nothing.
        alt: what the photo shows here, for those who do not see it.
        lines: (word, label, ``wrong`` or nothing): ``taken for``, ``shirt``.
        sure: the probability behind it, in words.
    """

    name: str
    thumbnail: bytes
    alt: str
    lines: tuple[tuple[str, str, str], ...]
    sure: str


def mistake_photo(mistake: Mistake, words: Words) -> CaptionedPhoto:
    """Return a wrong answer as a captioned photo."""
    return CaptionedPhoto(
        name=mistake.name,
        thumbnail=mistake.thumbnail,
        alt=words("mistake_alt", name=mistake.name, true=mistake.true, predicted=mistake.predicted),
        lines=(
            (words("mistake_taken"), mistake.predicted, "wrong"),
            (words("mistake_is"), mistake.true, ""),
        ),
        sure=words("mistake_sure", share=words.percent(mistake.probability)),
    )


def suspect_photo(suspect: LabelSuspect, words: Words) -> CaptionedPhoto:
    """Return a doubtful label as a captioned photo."""
    return CaptionedPhoto(
        name=suspect.name,
        thumbnail=suspect.thumbnail,
        alt=words("suspect_alt", name=suspect.name, given=suspect.given, suggested=suspect.suggested),
        lines=(
            (words("suspect_labelled"), suspect.given, "wrong"),
            (words("suspect_looks"), suspect.suggested, ""),
        ),
        sure=words("suspect_share", share=words.percent(suspect.p_given)),
    )


def label_miss_photo(miss: LabelMiss, words: Words) -> CaptionedPhoto:
    """Return a label wrongly given or left out as a captioned photo."""
    return _label_photo("label_left_out" if miss.stands_there else "label_given", miss, words)


def label_doubt_photo(miss: LabelMiss, words: Words) -> CaptionedPhoto:
    """Return a label that models which had not seen the photo would take away or add, as a captioned photo."""
    return _label_photo("doubt_there" if miss.stands_there else "doubt_missing", miss, words)


def _label_photo(key: str, miss: LabelMiss, words: Words) -> CaptionedPhoto:
    return CaptionedPhoto(
        name=miss.name,
        thumbnail=miss.thumbnail,
        alt=words(f"{key}_alt", name=miss.name, label=miss.label),
        lines=((words(key), miss.label, "wrong"),),
        sure=words("label_sure", share=words.percent(miss.given_probability)),
    )


def number_miss_photo(miss: NumberMiss, words: Words, *, precision: float) -> CaptionedPhoto:
    """Return an answer that is far off as a captioned photo."""
    answered, expected = (words.amount(value, precision) for value in (miss.answered, miss.expected))
    return CaptionedPhoto(
        name=miss.name,
        thumbnail=miss.thumbnail,
        alt=words("number_miss_alt", name=miss.name, answered=answered, expected=expected),
        lines=((words("number_answered"), answered, "wrong"), (words("number_is"), expected, "")),
        sure=words("number_off", amount=words.amount(abs(miss.answered - miss.expected), precision)),
    )
