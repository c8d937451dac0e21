"""What of poisoned corrections is held back, and what of honest ones for nothing.

    python benchmarks/quarantine.py
    python benchmarks/quarantine.py --sets clothing --draws 5

A model learns from a part of a set's training photos and answers the others. Four honest people correct its mistakes
with the true label and confirm some of its right answers; poisoned corrections are added to them:

- ``slips``: the honest people give random photos a wrong label, as from carelessness or malice in the dark;
- ``one source``: a fifth source gives random photos random wrong labels;
- ``one label``: a fifth source gives random photos one and the same label;
- ``saved anew``: training photos, a little brighter and saved again, with a wrong label by the honest people.

Near duplicates stay on one side, labels of the set are taken as true, and test photos are not used. Writes
``results/quarantine.json``, one row for each (set, poison, share).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import results
from apprenti.stages.feedback import (
    GivenCorrection,
    KnownPhotos,
    Observations,
    quarantine,
    share_of_sure_mistakes,
)
from feedback_model import Eyes, Features, Photos, deal, learn, read_photos
from image_sets import SETS, add_arguments

DEFAULT_SETS = ("clothing", "trashnet", "neu-steel")
POISONS = ("slips", "one source", "one label", "saved anew")
SHARES = (0.05, 0.2)
N_PEOPLE = 4
SHARE_CONFIRMED = 0.2
KEY = ("set", "poison", "share")


@dataclass(frozen=True)
class Answered:
    """Photos the model did not learn from, and what it says of them."""

    photos: Photos
    rows: NDArray[np.int64]
    said: Observations
    embeddings: Features

    def correction(self, place: int, label: int, source: str, kind: str) -> GivenCorrection:
        """Return a correction of one of the photos."""
        answers = self.said.answers[place]
        return GivenCorrection(
            id=f"{kind}-{source}-{place}",
            content_hash=f"{self.rows[place]}" if kind != "anew" else f"anew-{place}",
            target=self.photos.names[label],
            source=source,
            created_us=place,
            answered=self.photos.names[int(answers.argmax())],
            probability=float(answers.max()),
            familiar=bool(self.said.distances[place] <= 1),
            embedding=self.embeddings[place],
        )

    @property
    def labels(self) -> NDArray[np.int64]:
        """The true ones."""
        return self.photos.labels[self.rows]


def main() -> None:
    """Measure the sets the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(DEFAULT_SETS))
    parser.add_argument("--draws", type=int, default=5)
    options = parser.parse_args()
    eyes = Eyes()
    for name in options.sets:
        rows = measured(name, read_photos(name, options), eyes, options.draws)
        results.keep("quarantine", rows, key=KEY)
        print(*rows, sep="\n", flush=True)


def measured(name: str, photos: Photos, eyes: Eyes, n_draws: int) -> list[results.Row]:
    """Return what is held, by poison and its share."""
    features = eyes.features(photos.pixels)
    learnt, others = deal(photos, seed=0)
    model = learn(photos, features, learnt, seed=0)
    new = Answered(
        photos,
        others,
        model.observe(features[others], photos.pixels[others], photos.sizes[others]),
        features[others],
    )
    resaved = np.clip(photos.pixels[learnt].astype(np.float32) * 1.05 + 2, 0, 255).astype(np.uint8)
    resaved_features = eyes.features(resaved)
    old = Answered(
        photos, learnt, model.observe(resaved_features, resaved, photos.sizes[learnt]), resaved_features
    )
    probability, right = new.said.answers.max(axis=1), new.said.answers.argmax(axis=1) == new.labels
    known = KnownPhotos(
        target_of={f"{row}": photos.names[photos.labels[row]] for row in learnt},
        labels=frozenset(photos.names),
        hashes=tuple(f"{row}" for row in learnt),
        embeddings=features[learnt],
        share_sure=share_of_sure_mistakes(probability, new.said.distances <= 1, right),
    )
    rows = []
    for poison in POISONS:
        for share in SHARES:
            counts, kinds = Counter[str](), Counter[str]()
            for draw in range(n_draws):
                honest = honest_corrections(new, right, seed=draw)
                n_poison = max(1, round(len(honest) * share / (1 - share)))
                bad = poisoned(poison, old if poison == "saved anew" else new, n_poison, right, seed=draw)
                held = {one.correction_id: one.kind.value for one in quarantine([*honest, *bad], known)}
                wrong = [one for one in honest if one.contradicts]
                counts.update(poison_given=len(bad), caught=sum(one.id in held for one in bad))
                counts.update(honest=len(honest), held=sum(one.id in held for one in honest))
                counts.update(mistakes=len(wrong), mistakes_held=sum(one.id in held for one in wrong))
                kinds.update(held.values())
            rows.append(
                {
                    "set": name,
                    "poison": poison,
                    "share": share,
                    "n_draws": n_draws,
                    **counts,
                    "kinds": dict(kinds),
                }
            )
    return rows


def honest_corrections(new: Answered, right: NDArray[np.bool_], *, seed: int) -> list[GivenCorrection]:
    """Return all mistakes put right and some answers confirmed, by four people."""
    rng = np.random.default_rng((seed, 2))
    chosen = np.flatnonzero(~right | (rng.random(len(right)) < SHARE_CONFIRMED))
    people = rng.integers(0, N_PEOPLE, len(chosen))
    return [
        new.correction(int(place), int(new.labels[place]), f"person {person}", "honest")
        for place, person in zip(chosen, people, strict=True)
    ]


def poisoned(
    poison: str, photos: Answered, n: int, right: NDArray[np.bool_], *, seed: int
) -> Sequence[GivenCorrection]:
    """Return wrong corrections of photos that nobody else corrects in the same draw."""
    rng = np.random.default_rng((seed, 3))
    n_labels = len(photos.photos.names)
    untouched = np.arange(len(photos.rows))
    if poison != "saved anew":
        honest = np.random.default_rng((seed, 2)).random(len(right)) < SHARE_CONFIRMED
        untouched = np.flatnonzero(right & ~honest)
    one_label = int(rng.integers(n_labels))
    if poison == "one label":
        untouched = untouched[photos.labels[untouched] != one_label]
    chosen = rng.permutation(untouched)[:n]
    wrong = (photos.labels[chosen] + rng.integers(1, n_labels, len(chosen))) % n_labels
    kind = "anew" if poison == "saved anew" else "poison"
    return [
        photos.correction(
            int(place),
            one_label if poison == "one label" else int(label),
            "stranger" if poison.startswith("one") else f"person {rng.integers(N_PEOPLE)}",
            kind,
        )
        for place, label in zip(chosen, wrong, strict=True)
    ]


if __name__ == "__main__":
    main()
