"""What is expected of the recipes picked and what the choice rests on; and, once it is over, what it cost."""

from __future__ import annotations

from dataclasses import dataclass

from apprenti.domain.recipe import Interval, Recipe
from apprenti.texts import Lang, say

OWN, IMPORTED = "here", "import"
"""What trainings are called beside the data sets of the package: their own names never enter the knowledge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Past data that are like these, and what they brought to the choice. One family counts as one.

    Args:
        name: the data set of the family that is most alike.
        n_related: how many others of its family are known.
        weight: share of the family in all that is known, 0..1.
        best: the recipe that did best on ``name``, of those that can be trained now; ``None`` where none was measured.
        best_score: what it scored there, 0..1.
        behind_points: by how much the best of the picks stayed behind it there; ``None`` where none was measured.
        gone: the picks that would not have been chosen without the family.
        instead: what would have been chosen in their place.
    """

    name: str
    weight: float
    n_related: int = 0
    best: Recipe | None = None
    best_score: float | None = None
    behind_points: float | None = None
    gone: tuple[Recipe, ...] = ()
    instead: tuple[Recipe, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What past data sets say before any recipe is trained. No durations: it travels in the model file.

    Args:
        n_datasets: past data sets that are known.
        n_families: families they belong to.
        by_likeness: whether those more alike counted for more; ``False`` where too few are known to tell.
        best_score: between which validation accuracies the best of the picks should end up; ``None`` where too few
            data sets had all of them measured.
        neighbours: the most alike first.
    """

    n_datasets: int
    n_families: int
    by_likeness: bool
    best_score: Interval | None = None
    neighbours: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindsight:
    """How the recipe that was kept compares with others measured on the same photos, held out in the same way.

    It depends on how much the machine could measure in the time, so it never enters the model file.

    Args:
        n_others: recipes that were measured beside the kept one.
        n_photos: held-out photos all of them were scored on.
        best: the best of the others.
        best_score: its share of right answers, 0..1.
        kept_score: that of the kept one, 0..1.
    """

    n_others: int
    n_photos: int
    best: Recipe
    best_score: float
    kept_score: float

    @property
    def regret_points(self) -> float:
        """Points lost by not having picked the best; 0 where the kept one was."""
        return max(0.0, 100 * (self.best_score - self.kept_score))

    @property
    def n_more_right(self) -> int:
        """Photos the best got right beyond the kept one."""
        return max(0, round(self.n_photos * (self.best_score - self.kept_score)))


def said_name(name: str, lang: Lang) -> str:
    """Return what a past data set is called: its name, or which of the user's trainings it was.

    Example:
        >>> said_name("here 3", "fr")
        'votre entraînement 3'
    """
    word, _, number = name.rpartition(" ")
    if word not in (OWN, IMPORTED) or not number.isdigit():
        return name
    return say("select.own_training" if word == OWN else "select.others_training", lang, rank=number)
