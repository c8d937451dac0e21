"""Photos with their captions: mistakes and doubtful labels, worded for one language."""

from __future__ import annotations

from dataclasses import dataclass

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
