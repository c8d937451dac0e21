"""What lesson 14 shows: a maze with the learner's photos at the exit and in the trap, and a walker that learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.n14_maze import maze

BEGIN = {"exploration": 0.1, "discount": 0.9, "punishment": 0.0, "episodes": 100.0}
GOOD = {"exploration": 0.3, "discount": 0.9, "punishment": 10.0, "episodes": 300.0}
SEEDS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 14.

    Args:
        n_photos: kept of this run.
        exit_row: photo at the exit.
        exit_label: its class.
        trap_row: photo in the trap.
        trap_label: its class.
        shortest: fewest steps to the exit that avoid the trap.
        through: fewest steps when the trap may be entered.
        exit_reward: at the exit.
        worth_safe: what the safe way is worth at the start, with the first discount.
        worth_through: the same of the way through the trap, without any punishment.
        discount: the first one.
        begun: what was learnt with the sliders as they stand at first.
        n_columns: of the maze.
        lengths: steps in each episode of a good setting, ten by ten, their mean.
        first_length: in the first ten.
        last_length: in the last ten.
    """

    n_photos: int
    exit_row: int
    exit_label: str
    trap_row: int
    trap_label: str
    shortest: int
    through: int
    exit_reward: float
    worth_safe: float
    worth_through: float
    discount: float
    begun: maze.Walk
    n_columns: int
    lengths: tuple[float, ...]
    first_length: float
    last_length: float


def compute(context: LessonContext) -> Shown:
    """Return the figures; only the photos are of the learner's run, the maze is the same for all."""
    photos = context.photos
    rows = photos.rows(Split.TRAIN, Split.VALIDATION)
    exit_row = int(rows[0]) if len(rows) else 0
    others = rows[photos.labels[rows] != photos.labels[exit_row]] if len(rows) else rows
    trap_row = int(others[0]) if len(others) else exit_row
    labels = context.labels
    safe, through = maze.shortest(closed=frozenset({maze.TRAP})), maze.shortest()
    assert safe is not None, "the maze has no exit"
    assert through is not None
    lengths = np.array(learnt(GOOD, seed=0).n_by_episode).reshape(-1, 10).mean(axis=1)
    return Shown(
        n_photos=len(photos),
        exit_row=exit_row,
        exit_label=labels[photos.labels[exit_row]],
        trap_row=trap_row,
        trap_label=labels[photos.labels[trap_row]],
        shortest=safe,
        through=through,
        exit_reward=maze.EXIT_REWARD,
        worth_safe=maze.EXIT_REWARD * BEGIN["discount"] ** (safe - 1),
        worth_through=maze.EXIT_REWARD * BEGIN["discount"] ** (through - 1),
        discount=BEGIN["discount"],
        begun=learnt(BEGIN, seed=0),
        n_columns=maze.N_COLUMNS,
        lengths=tuple(float(one) for one in lengths),
        first_length=float(lengths[0]),
        last_length=float(lengths[-1]),
    )


def learnt(settings: Mapping[str, float], *, seed: int) -> maze.Walk:
    """Return what is learnt with the sliders so, each held to its range."""
    return maze.learn(
        exploration=min(max(settings["exploration"], 0.0), 1.0),
        discount=min(max(settings["discount"], 0.0), 1.0),
        punishment=min(max(settings["punishment"], 0.0), 10.0),
        n_episodes=int(min(max(settings["episodes"], 1), maze.MOST_EPISODES)),
        seed=seed,
    )


def respond(context: LessonContext, shown: Shown, question: Mapping[str, float]) -> Mapping[str, Any]:
    """Return the way that is learnt with the sliders so."""
    walk = learnt({name: question.get(name, value) for name, value in BEGIN.items()}, seed=0)
    return {
        "path": list(walk.path),
        "best": list(walk.best),
        "reached": walk.reached,
        "n_steps": walk.n_steps,
        "is_trapped": walk.is_trapped,
    }
