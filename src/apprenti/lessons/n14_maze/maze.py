"""The maze of lesson 14, the learner that walks in it, and the shortest ways that a search finds."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

PLAN = ("S.#...", "..T..E", ".##.#.", "......")
N_ROWS, N_COLUMNS = len(PLAN), len(PLAN[0])
MOVES = ((0, -1), (1, 0), (0, 1), (-1, 0))
"""Up, right, down, left, as (columns, rows)."""
EXIT_REWARD = 10.0
RATE = 0.5
MOST_STEPS = 100
MOST_EPISODES = 500


def _find(mark: str) -> int:
    return "".join(PLAN).index(mark)


START, TRAP, EXIT = _find("S"), _find("T"), _find("E")
WALLS = frozenset(cell for cell, mark in enumerate("".join(PLAN)) if mark == "#")


def cell_after(cell: int, move: int) -> int:
    """Return where a move leads; into a wall, nowhere."""
    column, row = cell % N_COLUMNS + MOVES[move][0], cell // N_COLUMNS + MOVES[move][1]
    if not (0 <= column < N_COLUMNS and 0 <= row < N_ROWS):
        return cell
    to = row * N_COLUMNS + column
    return cell if to in WALLS else to


NEXT = tuple(tuple(cell_after(cell, move) for move in range(4)) for cell in range(N_ROWS * N_COLUMNS))


def shortest(*, closed: frozenset[int] = frozenset()) -> int | None:
    """Return the fewest steps from start to exit, not entering ``closed``; ``None`` where there is no way."""
    steps, waiting = {START: 0}, deque([START])
    while waiting:
        cell = waiting.popleft()
        for to in NEXT[cell]:
            if to not in steps and to not in closed:
                steps[to] = steps[cell] + 1
                waiting.append(to)
    return steps.get(EXIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What somebody has learnt.

    Args:
        path: cells of the way taken without exploring, the start first.
        best: for each cell the best move; −1 where nothing was learnt.
        reached: whether the way ends at the exit.
        n_steps: of the way.
        is_trapped: whether it enters the trap.
        n_by_episode: steps each episode took.
    """

    path: tuple[int, ...]
    best: tuple[int, ...]
    reached: bool
    n_steps: int
    is_trapped: bool
    n_by_episode: tuple[int, ...]


def learn(*, exploration: float, discount: float, punishment: float, n_episodes: int, seed: int) -> Walk:
    """Return what Q-learning makes of the maze.

    Source: C. Watkins, P. Dayan, "Q-learning", 1992.
    """
    rng = random.Random(seed)  # noqa: S311
    values = [[0.0] * 4 for _ in NEXT]
    lengths = []
    for _ in range(n_episodes):
        cell, n = START, 0
        while cell != EXIT and n < MOST_STEPS:
            known = values[cell]
            if rng.random() < exploration:
                move = int(rng.random() * 4)
            else:
                top = max(known)
                move = rng.choice([one for one in range(4) if known[one] == top])
            to = NEXT[cell][move]
            reward = EXIT_REWARD if to == EXIT else -punishment if to == TRAP and to != cell else 0.0
            known[move] += RATE * (reward + discount * max(values[to]) - known[move])
            cell, n = to, n + 1
        lengths.append(n)
    return _walk(values, tuple(lengths))


def _walk(values: list[list[float]], lengths: tuple[int, ...]) -> Walk:
    best = tuple(one.index(max(one)) if max(one) > 0 else -1 for one in values)
    path = [START]
    while path[-1] != EXIT and best[path[-1]] >= 0 and len(path) <= len(NEXT):
        path.append(NEXT[path[-1]][best[path[-1]]])
    return Walk(
        path=tuple(path),
        best=best,
        reached=path[-1] == EXIT,
        n_steps=len(path) - 1,
        is_trapped=TRAP in path,
        n_by_episode=lengths,
    )
