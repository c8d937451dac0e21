"""How networks were trained, told for a person who has never seen one trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apprenti.domain.dataset import TaskType
from apprenti.domain.network_history import ChangedPhoto, NetworkHistory
from apprenti.domain.policy import Policy
from apprenti.domain.report import Report, Timing
from apprenti.domain.sentence import Sentence
from apprenti.recipes import TRAININGS
from apprenti.stages.report.training_chart import training_chart
from apprenti.stages.report.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

SHORTENED = 0.05
"""Of an epoch: a training that ended sooner than this before its end was cut short."""
WORTH_SAYING = 0.01
"""A best score so much above the last one is told."""
FEW_HELD_OUT = 200
"""Where one photo is half a point or more, it is said that small steps are luck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRow:
    """One epoch in words: how often photos had been seen, loss, score (may be empty) and learning rate."""

    epoch: str
    loss: str
    score: str
    rate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkStory:
    """One training, in words and as a drawing.

    Args:
        place: its number on the page, from 1.
        what: what was trained and what became of it, sentence by sentence.
        course: how the score went; empty without one.
        chart: the drawing; ``None`` where no epoch is known.
        rows: the numbers behind it.
        policy: how photos were changed, each way in a few words; none where they were not.
        symmetries: which flips and turns they were shown in, and why.
        examples: photos as the network saw them.
    """

    place: int
    what: tuple[str, ...]
    course: str
    chart: Markup | None
    rows: tuple[EpochRow, ...]
    policy: tuple[str, ...]
    symmetries: tuple[str, ...]
    examples: tuple[ChangedPhoto, ...]


def network_stories(report: Report, timing: Timing | None, words: Words) -> tuple[NetworkStory, ...]:
    """Return the trainings in the order they ended."""
    return tuple(
        NetworkStory(
            place=place,
            what=tuple(_what(history, report, timing, words)),
            course=_course(history, report.task_type, words),
            chart=training_chart(history, report.task_type, words, place=place) if history.epochs else None,
            rows=_rows(history, report.task_type, words),
            policy=policy_words(history.policy, words),
            symmetries=tuple(words.said(sentence) for sentence in history.symmetries),
            examples=history.examples,
        )
        for place, history in enumerate(report.networks, start=1)
    )


def other_notices(report: Report) -> tuple[Sentence, ...]:
    """Return the notices that the section about networks does not tell."""
    told = [sentence for history in report.networks for sentence in history.symmetries]
    return tuple(notice for notice in report.notices if notice not in told)


def policy_words(policy: Policy, words: Words) -> tuple[str, ...]:
    """Return how photos are changed, each way in a few words; none where they are not."""
    said: list[str] = []
    low, high = policy.area
    if high > 1:
        said.append(words("policy_zoom", low=words.percent(low), high=words.percent(high)))
    elif low < 1:
        said.append(words("policy_part", low=words.percent(low), high=words.percent(high)))
    if policy.aspect[1] > 1:
        said.append(words("policy_aspect", share=words.percent(policy.aspect[1] - 1)))
    if policy.rotation_degrees:
        said.append(words("policy_rotation", degrees=words.amount(policy.rotation_degrees, 10)))
    if policy.shift_share:
        said.append(words("policy_shift", share=words.percent(policy.shift_share)))
    strengths = {name: getattr(policy, name) for name in ("brightness", "contrast", "saturation")}
    for strength in sorted({value for value in strengths.values() if value}):
        names = [words(f"policy_{name}") for name, value in strengths.items() if value == strength]
        said.append(words("policy_strength", names=words.listed(names), share=words.percent(strength)))
    if policy.erase_share:
        said.append(words("policy_erase", share=words.percent(policy.erase_share)))
    if policy.mixup_alpha:
        said.append(words("policy_mixup"))
    return tuple(said)


def _what(history: NetworkHistory, report: Report, timing: Timing | None, words: Words) -> list[str]:
    trained = history.trained
    if trained is None or trained.kind not in TRAININGS:
        said = [words("network_other", name=history.backbone)]
    else:
        said = [words(f"network_{trained.kind.partition('.')[0]}", size=trained.size_px)]
    said.append(words("network_judged", n=history.n_photos))
    seen = history.epochs[-1].epoch if history.epochs else 0.0
    is_short = trained is not None and seen < trained.epochs - SHORTENED
    planned = trained.epochs if trained is not None else 0
    said.append(words("network_short" if is_short else "network_seen", seen=_epoch(seen, words), n=planned))
    if history.n_held_out:
        said.append(words("network_held_out", n=history.n_held_out))
    said.append(words("network_whole", n=history.n_photos_kept, epochs=_epoch(history.epochs_kept, words)))
    is_kept = history.backbone in report.kept.backbones
    said.append(words("network_is_kept" if is_kept else "network_not_kept"))
    pace = timing.photos_per_second.get(history.backbone) if timing is not None else None
    if pace:
        said.append(words("network_pace", n=round(pace)))
    resumed_at = timing.resumed_at.get(history.backbone) if timing is not None else None
    if resumed_at is not None:
        said.append(words("network_resumed", epoch=_epoch(resumed_at, words), n=planned))
    return said


def _course(history: NetworkHistory, task_type: TaskType, words: Words) -> str:
    scored, best = history.scored, history.best
    if not scored or best is None:
        return ""
    first, last = (_score(one.score, task_type, words) for one in (scored[0], scored[-1]))
    if len(scored) == 1:
        said = words(f"course_once_{task_type.value}", last=last)
    else:
        said = words(f"course_{task_type.value}", first=first, last=last)
    if (best.score or 0.0) - (scored[-1].score or 0.0) >= WORTH_SAYING:
        said += " " + words(
            "course_best", best=_score(best.score, task_type, words), epoch=_epoch(best.epoch, words)
        )
    if task_type is TaskType.MULTI_CLASS and 0 < history.n_held_out < FEW_HELD_OUT:
        share = words.percent(1 / history.n_held_out, 1)
        said += " " + words("course_luck", n=history.n_held_out, share=share)
    return said


def _rows(history: NetworkHistory, task_type: TaskType, words: Words) -> tuple[EpochRow, ...]:
    return tuple(
        EpochRow(
            epoch=_epoch(one.epoch, words),
            loss=words.decimal(one.loss, 3),
            score=_score(one.score, task_type, words),
            rate=words.amount(one.rate, 0.1 * one.rate),
        )
        for one in history.epochs
    )


def _score(score: float | None, task_type: TaskType, words: Words) -> str:
    if score is None:
        return ""
    return words.decimal(score, 3) if task_type is TaskType.REGRESSION else words.percent(score, 1)


def _epoch(epoch: float, words: Words) -> str:
    """Return how often photos were seen; a whole number where it is one."""
    return words.count(round(epoch)) if abs(epoch - round(epoch)) < SHORTENED else words.decimal(epoch, 1)
