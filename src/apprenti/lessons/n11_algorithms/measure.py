"""Measures the ten on the drawn sets: ``python -m apprenti.lessons.n11_algorithms.measure`` prints ``table.py``."""

from __future__ import annotations

import sys
from itertools import product

import numpy as np

from apprenti.lessons.n11_algorithms.ten import NOISES, SETS, SIZES, TEN, drawn_set, swapped, ten_answers

N_DRAWS, N_JUDGED = 5, 1000
"""Draws behind each mean, and points of each class that judge each draw."""


def shares_right(name: str, n_each: int, noise: float, *, n_draws: int = N_DRAWS) -> dict[str, float]:
    """Return each algorithm's mean share of right answers on one drawn set."""
    totals = dict.fromkeys(TEN, 0.0)
    for draw in range(n_draws):
        features, labels = drawn_set(name, n_each, seed=draw)
        asked, truth = drawn_set(name, N_JUDGED, seed=1000 + draw)
        noisy = swapped(labels, noise, n_labels=2, seed=draw)
        answers = ten_answers(features, noisy, asked, n_labels=2, seed=draw)
        for one in TEN:
            totals[one] += float(np.mean(answers[one] == truth))
    return {one: round(total / n_draws, 3) for one, total in totals.items()}


HEAD = '''"""Shares right of the ten on the drawn sets; made by ``measure.py``."""

from __future__ import annotations

# set, rows of a class, labels swapped: the ten in their order
RIGHT: dict[tuple[str, int, float], tuple[float, ...]] = {
'''

if __name__ == "__main__":
    sys.stdout.write(HEAD)
    for cell in product(SETS, SIZES, NOISES):
        sys.stdout.write(f"    {cell}: {tuple(shares_right(*cell).values())},\n".replace("'", '"'))
    sys.stdout.write("}\n")
