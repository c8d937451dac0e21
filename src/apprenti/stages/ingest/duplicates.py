"""Exact and near duplicates: one of each kept, or grouped; under different labels, reported.

The same bytes under one label are kept once. The same bytes under several labels are all set aside: only
a person can say which label is right. Near duplicates all stay, but share a group, which no split
divides. Where the data came with splits, a training photo that also stands in a held-out split is dropped
from training.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apprenti.domain.dataset import DuplicateGroup, SetAside, Split, Target
from apprenti.domain.sentence import Sentence
from apprenti.stages.ingest.likeness import alike
from apprenti.stages.ingest.listing import aside
from apprenti.stages.ingest.looking import Seen

_HELD_OUT_FIRST = {Split.TEST: 0, Split.VALIDATION: 1, Split.TRAIN: 2, None: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct:
    """Items without repeats, and what was found on the way.

    Args:
        seen: the items kept, sorted by content hash.
        groups: for each of them the smallest content hash among its near duplicates.
        duplicates: every group found, exact and near.
        set_aside: conflicting copies, and training copies of held-out photos.
        notices: what a person should know of them.
    """

    seen: tuple[Seen, ...]
    groups: tuple[str, ...]
    duplicates: tuple[DuplicateGroup, ...]
    set_aside: tuple[SetAside, ...]
    notices: tuple[Sentence, ...]


def without_duplicates(seen: Sequence[Seen]) -> Distinct:
    """Return the items with each picture kept, grouped or set aside as the head of this file says."""
    kept, exact, conflicting = _exact(seen)
    near = [[kept[at] for at in group] for group in alike([one.looked for one in kept])]
    straddling = {one.looked.content_hash: one for group in near for one in _straddling(group)}
    group_of = {
        one.looked.content_hash: min(member.looked.content_hash for member in group)
        for group in near
        for one in group
    }
    rest = tuple(one for one in kept if one.looked.content_hash not in straddling)
    reported = [_reported(group, exact=False) for group in near]
    return Distinct(
        seen=rest,
        groups=tuple(group_of.get(one.looked.content_hash, one.looked.content_hash) for one in rest),
        duplicates=(*exact, *reported),
        set_aside=(*conflicting, *(aside(one.item.name, "also_held_out") for one in straddling.values())),
        notices=_notices(exact, reported, len(straddling)),
    )


def _exact(seen: Sequence[Seen]) -> tuple[list[Seen], list[DuplicateGroup], list[SetAside]]:
    """Return one item per content (sorted by hash), the groups of same bytes, and the conflicting ones."""
    by_hash: defaultdict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_hash[one.looked.content_hash].append(one)
    kept: list[Seen] = []
    groups: list[DuplicateGroup] = []
    conflicting: list[SetAside] = []
    for content_hash in sorted(by_hash):
        copies = sorted(
            by_hash[content_hash], key=lambda one: (_HELD_OUT_FIRST[one.item.split], one.item.name)
        )
        if len(copies) > 1:
            groups.append(_reported(copies, exact=True))
        if len(copies) > 1 and groups[-1].conflicting:
            conflicting += _in_conflict(copies, groups[-1])
        else:
            kept.append(copies[0])
    return kept, groups, conflicting


def _in_conflict(copies: Sequence[Seen], group: DuplicateGroup) -> list[SetAside]:
    labels = ", ".join(group.labels)
    return [aside(one.item.name, "conflicting_copies", labels=labels) for one in copies]


def _straddling(group: Sequence[Seen]) -> list[Seen]:
    """Return the members that must leave, so that a group lies in one of the splits the data came with."""
    first = min((one.item.split for one in group), key=_HELD_OUT_FIRST.__getitem__)
    return [one for one in group if one.item.split is not first]


def _reported(group: Sequence[Seen], *, exact: bool) -> DuplicateGroup:
    return DuplicateGroup(
        names=tuple(sorted(one.item.name for one in group)),
        labels=_labels_of(group, exact=exact),
        exact=exact,
    )


def _labels_of(group: Sequence[Seen], *, exact: bool) -> tuple[str, ...]:
    """Return what the items stand under; of numbers the range, since nearly the same picture has nearly the same."""
    numbers = [one.item.target for one in group if isinstance(one.item.target, float)]
    if numbers and not exact and min(numbers) < max(numbers):
        return (f"{min(numbers):g} … {max(numbers):g}",)
    return tuple(sorted({_written(one.item.target) for one in group}))


def _written(target: Target) -> str:
    """Return a target as one string: labels joined as they stand in a table."""
    return "|".join(target) or "|" if isinstance(target, tuple) else str(target)


def _notices(
    exact: Sequence[DuplicateGroup], near: Sequence[DuplicateGroup], n_straddling: int
) -> tuple[Sentence, ...]:
    conflicts = {
        "exact_conflicts": sum(len(group.names) for group in exact if group.conflicting),
        "near_conflicts": sum(len(group.names) for group in near if group.conflicting),
        "exact_duplicates": sum(len(group.names) - 1 for group in exact if not group.conflicting),
        "near_duplicates": sum(len(group.names) for group in near),
        "also_held_out_count": n_straddling,
    }
    return tuple(Sentence(key=f"ingest.{key}", values={"n": n}) for key, n in conflicts.items() if n)
