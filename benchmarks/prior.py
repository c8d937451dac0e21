"""The fixed order of recipes that ``apprenti.recipes`` ships, from validation scores alone.

    python benchmarks/prior.py --backbones classic

Reads ``results/baselines.json`` and prints the greedy complementary portfolio: first the recipe that is best
on average over the sets, then, each time, the one that adds most to the best so far. Test scores are never
read.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Mapping

import results
from image_sets import BACKBONES

Scores = Mapping[str, Mapping[str, float]]
"""Validation accuracy by recipe, then by set; only recipes measured on every set."""

N_PICKS = 5


def main() -> None:
    """Print the order for one choice of backbones."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backbones", default="embedded", choices=tuple(BACKBONES))
    options = parser.parse_args()
    scores = validation_scores(options.backbones)
    for rank, (recipe, regret) in enumerate(portfolio(scores), start=1):
        print(f"{rank}  mean regret after it {100 * regret:.2f} points  {recipe}")


def validation_scores(backbones: str) -> Scores:
    """Return the validation accuracies of every recipe that was measured on all sets."""
    by_recipe: dict[str, dict[str, float]] = {}
    rows = [row for row in results.load("baselines") if row["backbones"] == backbones]
    for row in rows:
        for recipe, score in row["recipes"].items():
            by_recipe.setdefault(head_of(recipe), {})[row["set"]] = score["validation"]
    return {recipe: scores for recipe, scores in by_recipe.items() if len(scores) == len(rows)}


def head_of(recipe: str) -> str:
    """Return a recipe without the names of its backbones and canvas.

    Example:
        >>> head_of("mobilenet-1a2b+classic.v1@224-squash/power.v1/ridge.v1?alpha=1")
        'nets+classic power.v1/ridge.v1?alpha=1'
    """
    features, _, rest = recipe.partition("/")
    names = features.rpartition("@")[0].split("+")
    kinds = ["classic" if name.startswith("classic.") else "nets" for name in names]
    return f"{'+'.join(dict.fromkeys(kinds))} {rest}"


def portfolio(scores: Scores, *, n_picks: int = N_PICKS) -> list[tuple[str, float]]:
    """Return (recipe, mean regret of the best so far) in greedy order."""
    if not scores:
        return []
    sets = list(next(iter(scores.values())))
    best = {name: max(row[name] for row in scores.values()) for name in sets}
    reached = dict.fromkeys(sets, 0.0)
    order: list[tuple[str, float]] = []
    for _ in range(min(n_picks, len(scores))):
        left = [recipe for recipe in scores if recipe not in dict(order)]
        pick = max(left, key=lambda recipe: sum(max(reached[name], scores[recipe][name]) for name in sets))
        reached = {name: max(reached[name], scores[pick][name]) for name in sets}
        order.append((pick, statistics.mean(best[name] - reached[name] for name in sets)))
    return order


if __name__ == "__main__":
    main()
