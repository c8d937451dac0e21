"""What lesson 5 shows: what each test photo costs, what all of them cost, and the training photos that cost most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.metrics import log_loss
from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

MOST_SHOWN = 24
"""Photos that are sorted by their loss."""
MOST_BARS = 40
MOST_LEFT_OUT = 10
N_ASKED, N_WORST = 9, 3
"""Photos among which the worst are to be found, and how many."""
LEAST_P, MOST_P = 0.05, 0.8
"""Of the probability for the learner to work with: outside, slips could not be told from one another."""
SUPPOSED = 0.3
APART = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one photo costs.

    Args:
        row: of the photo.
        name: of the photo.
        label: its true class.
        answer: what the model says.
        sure: probability of that answer.
        p: probability given to the true class.
        loss: −ln p, as the report counts it.
        squared: (1 − p)².
        is_right: whether the answer is the true class.
    """

    row: int
    name: str
    label: str
    answer: str
    sure: float
    p: float
    loss: float
    squared: float
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """One photo for the learner to work out.

    Args:
        row: of the photo.
        label: its true class.
        p: probability of it, to two decimals.
        loss: −ln p.
        squared: (1 − p)².
        is_supposed: whether the probability is made up, as no photo has one that would do.
    """

    row: int
    label: str
    p: float
    loss: float
    squared: float
    is_supposed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 5.

    Args:
        n_classes: classes.
        n_tested: test photos.
        n_wrong: of them answered wrongly.
        n_shown: photos to sort and to ask about.
        n_sorted: of them to sort.
        n_asked: of them to ask about.
        mean: log loss of all test photos, the report's; ``None`` where none was kept apart.
        unknowing: what somebody pays who gives every class the same probability.
        knows: whether the mean is below that.
        typical: the probability of the true class that costs the mean: e to the −mean.
        mean_squared: mean of (1 − p)² over the test photos.
        total: what all test photos cost together.
        n_worst: photos that make up ``worst_share``.
        worst_share: share of the total that they cost.
        without: mean loss without the 0, 1, 2, ... dearest photos.
        losses: of the dearest test photos, the dearest first.
        ps: what those gave to the true class.
        surest_wrong: the wrong answer that was surest; ``None`` where all are right.
        sorted: photos to sort, the dearest first.
        by_hand: a photo for the learner.
        asked: photos among which the worst are to be found.
        to_look: training photos that cost most when held out.
    """

    n_classes: int
    n_tested: int
    n_wrong: int
    n_shown: int
    n_sorted: int
    n_asked: int
    mean: float | None
    unknowing: float
    knows: bool
    typical: float | None
    mean_squared: float | None
    total: float
    n_worst: int
    worst_share: float
    without: tuple[float, ...]
    losses: tuple[float, ...]
    ps: tuple[float, ...]
    surest_wrong: Cost | None
    sorted: tuple[Cost, ...]
    by_hand: ByHand
    asked: tuple[Cost, ...]
    to_look: tuple[Cost, ...]


def compute(context: LessonContext) -> Shown:
    """Return the figures: costs of test photos, and to act upon, of training photos held out."""
    tested = _costs(context, Split.TEST)
    dearest_first = sorted(tested, key=lambda one: (-one.loss, one.row))
    asked = _asked(dearest_first[1::2])
    places = {one.row for one in asked}
    others = [one for one in dearest_first if one.row not in places]
    to_sort = _spread(others, MOST_SHOWN)
    p_all = true_probabilities(context)
    losses = np.sort(losses_of(p_all))[::-1]
    n_worst = max(1, len(losses) // 10)
    total = float(losses.sum())
    wrong = [one for one in tested if not one.is_right]
    mean = context.scores.log_loss if context.scores else None
    return Shown(
        n_classes=len(context.labels),
        n_tested=len(losses),
        n_wrong=int((~context.test.right).sum()) if len(losses) else 0,
        n_shown=len(tested),
        n_sorted=len(to_sort),
        n_asked=len(asked),
        mean=mean,
        unknowing=math.log(max(1, len(context.labels))),
        knows=mean is not None and mean < math.log(max(1, len(context.labels))),
        typical=None if mean is None else math.exp(-mean),
        mean_squared=float(((1 - p_all) ** 2).mean()) if len(p_all) else None,
        total=total,
        n_worst=n_worst,
        worst_share=float(losses[:n_worst].sum()) / total if total else 0.0,
        without=tuple(
            float(losses[n:].mean()) for n in range(min(MOST_LEFT_OUT, max(len(losses) - 1, 0)) + 1) if len(losses)
        ),
        losses=tuple(float(one) for one in losses[:MOST_BARS]),
        ps=tuple(float(one) for one in np.sort(p_all)[:MOST_BARS]),
        surest_wrong=max(wrong, key=lambda one: one.sure) if wrong else None,
        sorted=tuple(to_sort),
        by_hand=_by_hand(tested),
        asked=asked,
        to_look=tuple(
            sorted(_costs(context, Split.TRAIN, Split.VALIDATION), key=lambda one: (-one.loss, one.row))[:4]
        ),
    )  # fmt: skip


def losses_of(p: Floats) -> Floats:
    """Return what each probability of the true class costs, as the report counts it."""
    return np.array([log_loss([[one]], [0]) for one in p], np.float64)


def true_probabilities(context: LessonContext) -> Floats:
    """Return [n] what each test photo's true class was given."""
    rows = np.arange(len(context.test))
    if not len(rows):
        return np.zeros(0)
    return np.asarray(context.test.probabilities[rows, context.test.labels], np.float64)


def slips_of(p: float) -> dict[str, float]:
    """Return what comes out where −ln p is worked out wrongly in the ways people do."""
    return {
        "log10": -math.log10(p),
        "log2": -math.log2(p),
        "squared": (1 - p) ** 2,
        "sign": math.log(p),
        "missing": 1 - p,
    }


def _costs(context: LessonContext, *splits: Split) -> list[Cost]:
    photos, labels = context.photos, context.labels
    rows = [int(row) for row in photos.rows(*splits) if np.isfinite(photos.answers[row]).all()]
    found = []
    for row in rows:
        given = photos.answers[row].astype(np.float64)
        true, answer = int(photos.labels[row]), int(given.argmax())
        p = float(given[true])
        found.append(
            Cost(
                row=row, name=photos.names[row], label=labels[true], answer=labels[answer], sure=float(given[answer]),
                p=p, loss=float(losses_of(np.array([p]))[0]), squared=(1 - p) ** 2, is_right=true == answer,
            )
        )  # fmt: skip
    return found


def _spread(costs: Sequence[Cost], most: int) -> list[Cost]:
    """Return the dearest, and others of the rest, the closer together the dearer."""
    if len(costs) <= most:
        return list(costs)
    rest = costs[most // 2 :]
    places = np.geomspace(1, len(rest), most - most // 2).round().astype(np.int64) - 1
    distinct = np.maximum.accumulate(places - np.arange(len(places))) + np.arange(len(places))
    return [*costs[: most // 2], *(rest[min(int(place), len(rest) - 1)] for place in distinct)]


def _asked(dearest_first: Sequence[Cost]) -> tuple[Cost, ...]:
    """Return the worst, the least sure that are right, and a few others, in the order of their rows."""
    worst, rest = list(dearest_first[:N_WORST]), list(dearest_first[N_WORST:])
    unsure = sorted((one for one in rest if one.is_right), key=lambda one: one.sure)[:N_WORST]
    others = [one for one in rest if one not in unsure][: -N_WORST - 1 : -1]
    return tuple(sorted((*worst, *unsure, *others), key=lambda one: one.row))


def _by_hand(costs: Sequence[Cost]) -> ByHand:
    """Return the photo nearest to the probability one would choose, whose slips can all be told apart."""
    for one in sorted(costs, key=lambda one: abs(one.p - SUPPOSED)):
        p = round(one.p, 2)
        if LEAST_P <= p <= MOST_P and _tells(p):
            return _worked(one.row, one.label, p, is_supposed=False)
    first = costs[0] if costs else None
    return _worked(first.row if first else 0, first.label if first else "", SUPPOSED, is_supposed=True)


def _worked(row: int, label: str, p: float, *, is_supposed: bool) -> ByHand:
    return ByHand(row=row, label=label, p=p, loss=-math.log(p), squared=(1 - p) ** 2, is_supposed=is_supposed)


def _tells(p: float) -> bool:
    values = [-math.log(p), *slips_of(p).values()]
    return all(abs(one - other) > APART for place, one in enumerate(values) for other in values[:place])
