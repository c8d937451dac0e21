"""How often it is right what ``apprenti inspect`` says about more photos, on data sets nothing was tuned on.

    python benchmarks/learning_curves.py                   every set, four seeds
    python benchmarks/learning_curves.py --seeds 1         a quarter of it

Photos for testing are never looked at. Of the others a third is kept to ask about; a half, a quarter or an eighth of
the rest is known, evenly thinned as the set comes, or with some classes thinned to a half or a quarter of that. From
what is known, or a random half of it where it is much, statements are made; then the photos they speak of are really
added, and the first recipe of the fixed order is fitted before and after. A statement is right where the change of
the balanced accuracy on the photos kept lies within its interval. The constants are tuned on all sets but the one that
is judged. Every set counts alike.

Writes ``results/learning_curves.json``: a row for each set and kind of statement, one for all sets, and one with the
constants tuned on all of them, which the package should have (``tests/stages/profile/test_more_photos.py``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

import results
from apprenti.blocks.gram import solve_from_gram
from apprenti.blocks.heads.kernel_machine import gaussian_kernel
from apprenti.blocks.parameters import number
from apprenti.blocks.threads import one_thread
from apprenti.blocks.transforms import power
from apprenti.recipes import PRIOR
from apprenti.stages.profile.learning_curve import mean_by_class, measure_learning_curve
from apprenti.stages.profile.more_photos import readable
from image_sets import SETS, add_arguments
from law_tuning import Situation, judged, tuned
from photo_rows import Labels, PhotoRows, rows_of

MOST_PHOTOS = 2000
N_SEEDS = 4
KNOWN = (2, 4, 8)
"""Of the photos that are not kept to ask about, one in so many is known."""
THINNED = (1, 2, 4)
ENOUGH_TO_SAMPLE = 300
KEY = ("set", "kind")
Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Parts = Mapping[int, Rows]
"""Rows of each class."""


def main() -> None:
    """Measure what the command line asks for, and judge it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    names = [name for name in SETS if name != "digits"]
    parser.add_argument("--sets", nargs="+", choices=names, default=names, help="two or more")
    parser.add_argument("--seeds", type=int, default=N_SEEDS)
    options = parser.parse_args()
    situations: list[Situation] = []
    for name in options.sets:
        rows = rows_of(name, options, most=MOST_PHOTOS)
        with one_thread():
            learner = Learner.of(rows)
            found = [one for seed in range(options.seeds) for one in situations_of(name, rows, learner, seed)]
        print(f"{name:22} {len(rows.labels):5} photos, {len(found):3} situations", flush=True)
        situations += found
    for row in ({"set": "all", "kind": "law", **asdict(tuned(situations))}, *judged(situations)):
        row = {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}
        results.keep("learning_curves", [row], key=KEY)
        print(json.dumps(row), flush=True)


def situations_of(name: str, rows: PhotoRows, learner: Learner, seed: int) -> Iterator[Situation]:
    """Yield what is known and what came true, for every part of the photos that may be known."""
    random = np.random.default_rng([seed, 1])
    order = {label: in_random_order(rows, label, random) for label in range(learner.n_labels)}
    pool = {label: own[round(len(own) / 3) :] for label, own in order.items()}
    asked = joined({label: own[: round(len(own) / 3)] for label, own in order.items()})
    asked = asked[~np.isin(rows.groups[asked], rows.groups[joined(pool)])]
    for part in KNOWN:
        for thinned in (False, True):
            sizes = {
                label: max(2, len(own) // part // (int(random.choice(THINNED)) if thinned else 1))
                for label, own in pool.items()
            }
            known = {label: own[: sizes[label]] for label, own in pool.items()}
            more = {label: own[sizes[label] : 2 * sizes[label]] for label, own in pool.items()}
            for share in (1, 2) if len(joined(known)) >= ENOUGH_TO_SAMPLE else (1,):
                seen = random.permutation(joined(known))[: len(joined(known)) // share]
                one = situation(name, rows, learner, seen, known, more, asked, seed)
                if one is not None:
                    yield one


def situation(
    name: str,
    rows: PhotoRows,
    learner: Learner,
    seen: Rows,
    known: Parts,
    more: Parts,
    asked: Rows,
    seed: int,
) -> Situation | None:
    """Return what is foretold from ``seen``, a part of ``known``, and what adding photos of ``more`` brought."""
    curve = measure_learning_curve(
        rows.landmark[seen], rows.labels[seen], rows.groups[seen], n_labels=learner.n_labels, seed=seed
    )
    if curve is None:
        return None
    before = learner.accuracy(joined(known), asked)
    one = {
        label: learner.accuracy(np.append(joined(known), more[label][: readable(len(known[label]))]), asked)
        for label in curve.effect_on_others
    }
    return Situation(
        set=name,
        curve=curve,
        n_photos=np.asarray([len(own) for own in known.values()]),
        every=learner.accuracy(np.append(joined(known), joined(more)), asked) - before,
        one={label: accuracy - before for label, accuracy in one.items()},
    )


def joined(parts: Parts) -> Rows:
    """Return the rows of all classes."""
    return np.concatenate(list(parts.values()))


def in_random_order(rows: PhotoRows, label: int, random: np.random.Generator) -> Rows:
    """Return the rows of a class in a random order of their groups, so that near duplicates stay together."""
    own = np.flatnonzero(rows.labels == label)
    rank = random.permutation(int(rows.groups.max()) + 1)
    return own[np.argsort(rank[rows.groups[own]], kind="stable")]


@dataclass(frozen=True)
class Learner:
    """The first recipe of the fixed order; its transform and the width of its kernel know all photos, no label."""

    kernel: Floats
    labels: Labels
    n_labels: int
    penalty: float

    @classmethod
    def of(cls, rows: PhotoRows) -> Learner:
        """Return the learner of a set."""
        recipe = PRIOR["nets"][0]
        assert (recipe.transform, recipe.head) == ("power.v1", "kernel_ridge.v1"), (
            "the fixed order has changed"
        )
        transformed = power.fit(rows.recipe, parameters={}, seed=0).apply(rows.recipe)
        kernel = gaussian_kernel(transformed, number(recipe.parameters, "gamma", 1.0, above=0))[2]
        penalty = number(recipe.parameters, "alpha", 0.03, above=0)
        return cls(kernel=kernel, labels=rows.labels, n_labels=int(rows.labels.max()) + 1, penalty=penalty)

    def accuracy(self, fitted: Rows, asked: Rows) -> float:
        """Return the balanced accuracy on ``asked`` of what is learnt from ``fitted``."""
        labels = self.labels[fitted]
        shares = np.bincount(labels, minlength=self.n_labels) / len(labels)
        targets = np.eye(self.n_labels)[labels] - shares
        weights = solve_from_gram(self.kernel[np.ix_(fitted, fitted)], self.penalty, targets)
        right = (self.kernel[np.ix_(asked, fitted)] @ weights + shares).argmax(axis=1) == self.labels[asked]
        return float(np.nanmean(mean_by_class(right.astype(np.float64), self.labels[asked], self.n_labels)))


if __name__ == "__main__":
    main()
