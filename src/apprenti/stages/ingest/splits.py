"""Which examples are for testing: as the data says, or one in five by the hash of their content.

The hash decides for each group of near duplicates alone, so adding photos does not move the old ones. Chance
leaves some small classes short; there it is corrected, by moving the groups whose draw lies nearest to the
border: a class of 4 to 49 groups gets at least 1 test group, and 10 % to 30 % of its groups in all; a smaller
one goes to training whole; a larger one needs no help. Only in a class so corrected, or when a new photo
nearly repeats an old one, can an old photo change sides.

No validation split is drawn: what is not for testing is cross-validated.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from apprenti.domain.dataset import Split
from apprenti.domain.sentence import Sentence

TEST_SHARE = 0.2
LEAST_TEST_SHARE = 0.1
MOST_TEST_SHARE = 0.3
LEAST_GROUPS_TO_TEST = 4
GROUPS_LEFT_TO_CHANCE = 50


def given_splits(splits: Sequence[Split | None]) -> tuple[list[Split] | None, tuple[Sentence, ...]]:
    """Return the splits the data came with, in the form the later stages expect.

    Args:
        splits: for each example the split its folder or table gave, ``None`` where it gave none.

    Returns:
        For each example its split, or ``None`` as a whole where splits must be drawn; and what to tell.
        Without a test split the validation split is used for testing, and validation is by cross-validation.
    """
    found = set(splits) - {None}
    if not found:
        return None, ()
    if Split.TRAIN not in found and None not in splits:
        return None, (Sentence(key="ingest.splits_without_train"),)
    if len(found | {Split.TRAIN}) == 1:
        return None, ()
    here = [split or Split.TRAIN for split in splits]
    if Split.TEST in found:
        key = "given_splits" if Split.VALIDATION in found else "given_train_and_test"
        return here, (_counted(key, here),)
    here = [Split.TEST if split is Split.VALIDATION else split for split in here]
    return here, (_counted("validation_as_test", here),)


def drawn_splits(groups: Sequence[str], labels: Sequence[str]) -> list[Split]:
    """Return train or test for each example; all of a group share a side.

    Args:
        groups: for each example the name of its group (a content hash).
        labels: for each example its label; one and the same for all where there are no classes.
    """
    draws = {group: _draw(group) for group in sorted(set(groups))}
    test = {group for group, draw in draws.items() if draw < TEST_SHARE}
    for of_class in _groups_of_classes(groups, labels):
        _correct(test, sorted(of_class, key=draws.__getitem__))
    return [Split.TEST if group in test else Split.TRAIN for group in groups]


def _draw(group: str) -> float:
    """Return a number in 0..1 that only the group decides; not its hash, the smallest of several."""
    digest = hashlib.sha256(b"split:" + group.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2.0**64


def _groups_of_classes(groups: Sequence[str], labels: Sequence[str]) -> list[list[str]]:
    """Return the groups of each class in order; a group of several labels counts for its commonest."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for group, label in zip(groups, labels, strict=True):
        counts[group][label] += 1
    of_class: defaultdict[str, list[str]] = defaultdict(list)
    for group in sorted(counts):
        of_class[_commonest(counts[group])].append(group)
    return [of_class[label] for label in sorted(of_class)]


def _commonest(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda label: (-counts[label], label))


def _correct(test: set[str], by_draw: Sequence[str]) -> None:
    """Move groups of one class, sorted by their draw, in or out of ``test`` until it has a fair share."""
    n = len(by_draw)
    if n >= GROUPS_LEFT_TO_CHANCE:
        return
    n_test = sum(group in test for group in by_draw)
    if n < LEAST_GROUPS_TO_TEST:
        fair = 0
    else:
        least = max(1, math.floor(LEAST_TEST_SHARE * n))
        fair = min(max(n_test, least), math.ceil(MOST_TEST_SHARE * n))
    if fair != n_test:
        test.difference_update(by_draw)
        test.update(by_draw[:fair])


def _counted(key: str, splits: Sequence[Split]) -> Sentence:
    counts = Counter(splits)
    values = {
        "n_train": counts[Split.TRAIN],
        "n_validation": counts[Split.VALIDATION],
        "n_test": counts[Split.TEST],
    }
    return Sentence(key=f"ingest.{key}", values=values)
