"""What lesson 4 shows: what becomes of the dark photos of a class when the training has not seen any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from apprenti.blocks.metrics import accuracy
from apprenti.domain import json_form
from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.n04_biases.material import Flags, Material, Numbers, logits_of, material_of

MOST_CLASSES = 8
LEAST_JUDGED, LEAST_LEFT = 4, 3
"""Photos a group needs to be judged, and a class needs to be learnt."""
N_PICTURES = 5
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
ADDED = tuple(step * 0.5 for step in range(17))
"""To the bias of the class."""
N_OTHERS = 2
LEAST_OWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Photos of one class that are all dark or all bright, and how many were recognised.

    Args:
        label: the class.
        is_dark: whether they are the darker half.
        n: photos judged.
        before: recognised by a model that had all photos to learn from.
        after: recognised by one that lacked some.
        fall: of the share recognised, 0..1.
    """

    label: str
    is_dark: bool
    n: int
    before: int
    after: int
    fall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What leaving out some training photos does.

    Args:
        label: the class they were of.
        is_dark: whether they were dark ones.
        n_removed: how many.
        n_left: of the class.
        groups: the group they belong to, the rest of their class, and the groups of a few other classes.
        random_right: of the first group, recognised when as many of the class were left out at random.
        accuracy_before: over all photos judged.
        accuracy_after: over all photos judged.
        others_before: share recognised of the other classes.
        others_after: of them.
        others_random: of them, with as many left out at random.
        sibling_random: of the rest of the class, recognised, with as many left out at random.
        removed: rows of some that were left out.
        kept: rows of some that were kept.
    """

    label: str
    is_dark: bool
    n_removed: int
    n_left: int
    groups: tuple[Group, ...]
    random_right: int
    accuracy_before: float
    accuracy_after: float
    others_before: float
    others_after: float
    others_random: float
    sibling_random: int
    removed: tuple[int, ...]
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A class in the learner's run, answered by the learner's model.

    Args:
        label: the class.
        n_dark: photos darker than the middle of all photos.
        n_bright: the others.
        dark_recall: share of the dark ones recognised; ``None`` with too few to say.
        bright_recall: of the bright ones.
    """

    label: str
    n_dark: int
    n_bright: int
    dark_recall: float | None
    bright_recall: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 4.

    Args:
        fall: of the recall of a group in both removals, the lesser; 0 where no class can be judged.
        shown: the removal that is shown first: the one that does most.
        asked: another, for the learner.
        classes: that may be chosen, by name.
        numbers: their numbers.
        shown_class: place of the class that is shown first.
        n_trained: photos learnt from here.
        n_judged: photos judged.
        before_recall: recall of the group with all photos.
        after_recall: without its photos.
        random_recall: with as many left out at random.
        is_the_kind: whether most of the fall is not there in the control.
        added: what may be added to the bias of the class.
        group_recalls: recall of the group for each.
        other_recalls: recall of the other classes for each.
        n_taken: photos of other classes taken for the class, for each.
        own: the classes of the run, with the model of the run.
        weakest: the group of the run that is recognised least; ``None`` where no group is large enough.
        weakest_recall: of it.
        weakest_is_dark: whether it is a dark one.
        weakest_is_bright: whether it is a bright one.
        is_reference: whether these are the handwritten digits.
    """

    fall: float
    shown: Removal
    asked: Removal
    classes: tuple[str, ...]
    numbers: tuple[int, ...]
    shown_class: int
    n_trained: int
    n_judged: int
    before_recall: float
    after_recall: float
    random_recall: float
    is_the_kind: bool
    added: tuple[float, ...]
    group_recalls: tuple[float, ...]
    other_recalls: tuple[float, ...]
    n_taken: tuple[int, ...]
    own: tuple[Own, ...]
    weakest: str | None
    weakest_recall: float | None
    weakest_is_dark: bool
    weakest_is_bright: bool
    is_reference: bool


def compute(context: LessonContext) -> Shown:
    """Return the figures: every class and both its halves are tried, and the removal that does most is shown."""
    material, names = material_of(context), context.labels
    numbers = _classes(material)
    tried = {
        (number, is_dark): removal(material, names, number, is_dark=is_dark, share=1.0)
        for number in numbers or (0,)
        for is_dark in (True, False)
    }
    order = sorted(tried, key=lambda one: (-tried[one].groups[0].fall, one))
    first = order[0]
    second = next((one for one in order if one[0] != first[0]), first)
    shown = tried[first]
    group = shown.groups[0]
    mended = _mended(material, first)
    own = _own(context, material)
    weak = sorted(
        (recall, one.label, is_dark)
        for one in own
        for recall, is_dark in ((one.dark_recall, True), (one.bright_recall, False))
        if recall is not None
    )
    return Shown(
        fall=min(group.fall, max(one.fall for one in tried[second].groups)) if numbers else 0.0,
        shown=shown,
        asked=_shuffled(tried[second]),
        classes=tuple(names[number] for number in numbers),
        numbers=numbers,
        shown_class=numbers.index(first[0]) if first[0] in numbers else 0,
        n_trained=len(material.trained),
        n_judged=len(material.judged),
        before_recall=_share(group.before, group.n),
        after_recall=_share(group.after, group.n),
        random_recall=_share(shown.random_right, group.n),
        is_the_kind=2 * (shown.random_right - group.after) >= group.before - group.after,
        added=ADDED,
        group_recalls=tuple(one[0] for one in mended),
        other_recalls=tuple(one[1] for one in mended),
        n_taken=tuple(one[2] for one in mended),
        own=own,
        weakest=weak[0][1] if weak else None,
        weakest_recall=weak[0][0] if weak else None,
        weakest_is_dark=bool(weak) and weak[0][2],
        weakest_is_bright=bool(weak) and not weak[0][2],
        is_reference=context.is_reference,
    )


def respond(context: LessonContext, shown: Shown, question: Mapping[str, float]) -> Mapping[str, Any]:
    """Return what leaving out a share of the dark or bright photos of a class does."""
    place = int(question.get("place", 0)) % max(1, len(shown.numbers))
    number = shown.numbers[place] if shown.numbers else 0
    share = min(1.0, max(0.0, question.get("share", 1.0)))
    found = removal(
        material_of(context), context.labels, number, is_dark=question.get("dark", 1) > 0, share=share
    )
    answer: dict[str, Any] = json_form.to_json(found, exact=True)
    return answer


def removal(material: Material, names: Sequence[str], number: int, *, is_dark: bool, share: float) -> Removal:
    """Return what becomes of all groups when a share of one is left out of the training, its extremes first."""
    own = material.trained[material.labels[material.trained] == number]
    group = own[material.is_dark[own] == is_dark]
    group = group[np.argsort(material.light[group] * (1 if is_dark else -1), kind="stable")]
    n_removed = min(round(share * len(group)), max(0, len(own) - LEAST_LEFT))
    removed = group[:n_removed]
    at_random = np.random.default_rng(material.seed).permutation(own)[:n_removed]
    after, control = (
        logits_of(material, np.setdiff1d(material.trained, out)) for out in (removed, at_random)
    )
    truth = material.labels[material.judged]
    before, answers, by_chance = (one.argmax(axis=1) for one in (material.before, after, control))
    others = truth != number
    first, sibling = (_in_group(material, number, dark) for dark in (is_dark, not is_dark))
    groups = [
        _group(material, names, one, dark, before, answers)
        for one in _told(material, number, before, answers)
        for dark in (is_dark, not is_dark)
    ]
    return Removal(
        label=names[number] if names else "",
        is_dark=is_dark,
        n_removed=n_removed,
        n_left=len(own) - n_removed,
        groups=tuple(groups),
        random_right=int((by_chance == truth)[first].sum()),
        accuracy_before=_accuracy(truth, before),
        accuracy_after=_accuracy(truth, answers),
        others_before=_accuracy(truth[others], before[others]),
        others_after=_accuracy(truth[others], answers[others]),
        others_random=_accuracy(truth[others], by_chance[others]),
        sibling_random=int((by_chance == truth)[sibling].sum()),
        removed=tuple(int(row) for row in removed[:N_PICTURES]),
        kept=tuple(int(row) for row in np.setdiff1d(own, removed)[:N_PICTURES]),
    )


def _shuffled(found: Removal) -> Removal:
    """Return it with its groups by name: their order tells nothing."""
    return replace(found, groups=tuple(sorted(found.groups, key=lambda one: (one.label, one.is_dark))))


def _told(material: Material, number: int, before: Numbers, after: Numbers) -> list[int]:
    """Return the class itself and the others that change most, or are largest."""
    truth = material.labels[material.judged]
    others = [one for one in range(material.n_labels) if one != number and (truth == one).any()]
    others.sort(key=lambda one: (-int(((before != after) & (truth == one)).sum()), one))
    return [number, *others[:N_OTHERS]]


def _group(
    material: Material, names: Sequence[str], number: int, is_dark: bool, before: Numbers, after: Numbers
) -> Group:
    there = _in_group(material, number, is_dark)
    n, n_before, n_after = (
        int(there.sum()),
        int((before == number)[there].sum()),
        int((after == number)[there].sum()),
    )
    return Group(
        label=names[number] if names else "", is_dark=is_dark, n=n, before=n_before, after=n_after,
        fall=_share(n_before, n) - _share(n_after, n),
    )  # fmt: skip


def _in_group(material: Material, number: int, is_dark: bool) -> Flags:
    rows = material.judged
    return np.asarray((material.labels[rows] == number) & (material.is_dark[rows] == is_dark))


def _classes(material: Material) -> tuple[int, ...]:
    """Return the classes of which both halves can be judged, those with most photos."""
    found = []
    for number in range(material.n_labels):
        least = min(int(_in_group(material, number, dark).sum()) for dark in (True, False))
        n_trained = int((material.labels[material.trained] == number).sum())
        if least >= LEAST_JUDGED and n_trained > 2 * LEAST_LEFT:
            found.append((-n_trained, number))
    return tuple(sorted(number for _, number in sorted(found)[:MOST_CLASSES]))


def _mended(material: Material, chosen: tuple[int, bool]) -> list[tuple[float, float, int]]:
    """Return for each addition to the bias of a class: its recall, that of others, and who is taken for it."""
    number, is_dark = chosen
    own = material.trained[
        (material.labels[material.trained] == number) & (material.is_dark[material.trained] == is_dark)
    ]
    logits = logits_of(material, np.setdiff1d(material.trained, own))
    truth, there = material.labels[material.judged], _in_group(material, number, is_dark)
    found = []
    for added in ADDED:
        answers = (logits + added * (np.arange(material.n_labels) == number)).argmax(axis=1)
        others = truth != number
        found.append((
            _accuracy(truth[there], answers[there]), _accuracy(truth[others], answers[others]),
            int((answers == number)[others].sum()),
        ))  # fmt: skip
    return found


def _own(context: LessonContext, material: Material) -> tuple[Own, ...]:
    """Return the classes of the run with the recall that its own model has in the dark and in the light."""
    used = np.concatenate([material.trained, material.judged]).astype(np.int64)
    answers = context.photos.answers
    rows = np.array([row for row in used if np.isfinite(answers[row]).all()], np.int64)
    if not len(rows):
        return ()
    middle, found = float(np.median(material.light[rows])), []
    right = answers[rows].argmax(axis=1) == material.labels[rows]
    for number in range(min(material.n_labels, 2 * MOST_CLASSES)):
        dark = (material.labels[rows] == number) & (material.light[rows] < middle)
        bright = (material.labels[rows] == number) & ~dark
        found.append(
            Own(
                label=context.labels[number], n_dark=int(dark.sum()), n_bright=int(bright.sum()),
                dark_recall=float(right[dark].mean()) if dark.sum() >= LEAST_OWN else None,
                bright_recall=float(right[bright].mean()) if bright.sum() >= LEAST_OWN else None,
            )
        )  # fmt: skip
    return tuple(found)


def _accuracy(truth: Numbers, answers: Numbers) -> float:
    return accuracy(truth, answers) if len(truth) else 0.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
