"""What more photos should bring is said of the photos to learn from, and near duplicates count once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.making import a_dataset, an_example

from apprenti.domain.dataset import Dataset, Split
from apprenti.flow.landmarks import LandmarkRows
from apprenti.flow.more_photos import foretell_more_photos


def a_seen_dataset(n: int) -> tuple[Dataset, LandmarkRows]:
    """Two classes of ``n`` photos to learn from and 10 to test with, and features of those to learn from."""
    learnt = [an_example(number, label) for label in ("cat", "dog") for number in range(n)]
    tested = [
        an_example(1000 + number, label, Split.TEST) for label in ("cat", "dog") for number in range(10)
    ]
    dataset = a_dataset(*learnt, *tested)
    examples = dataset.in_split(Split.TRAIN)
    features = np.random.default_rng(0).normal(size=(len(examples), 8)).astype(np.float32)
    features[:, 0] += [2.0 * (example.target == "dog") for example in examples]
    return dataset, LandmarkRows(features=features, examples=examples)


def test_photos_for_testing_are_not_doubled() -> None:
    dataset, rows = a_seen_dataset(60)
    more = foretell_more_photos(dataset, rows, seed=0)
    assert more is not None
    assert more.every_class.n_photos == 120
    assert more == foretell_more_photos(dataset, rows, seed=0)


def test_of_too_few_photos_nothing_is_said() -> None:
    dataset, rows = a_seen_dataset(20)
    assert foretell_more_photos(dataset, rows, seed=0) is None


def test_near_duplicates_are_kept_together() -> None:
    """Copies that may be asked about after their twins were learnt from would promise too little."""
    dataset, rows = a_seen_dataset(60)
    random = np.random.default_rng(1)
    copied = random.normal(size=(60, 8)).astype(np.float32).repeat(2, axis=0)
    apart = sorted(rows.examples, key=lambda example: (example.target, example.content_hash))
    twins = tuple(replace(example, group=f"{number // 2:03}") for number, example in enumerate(apart))
    together = foretell_more_photos(dataset, LandmarkRows(features=copied, examples=twins), seed=0)
    torn = foretell_more_photos(dataset, LandmarkRows(features=copied, examples=tuple(apart)), seed=0)
    assert together is not None
    assert torn is not None
    assert together.every_class.gain > torn.every_class.gain
