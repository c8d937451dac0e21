"""What lesson 6 shows: the loss of lesson 3's neuron over its two weights, ways down it, and a ravine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.n03_neuron.compute import compute as compute_neuron

Floats = NDArray[np.float64]
Point = tuple[float, float]

N_POINTS, REACH = 41, 6.0
"""Of the map in each direction, and how far it goes from 0."""
CORNER = 4.5
"""Ways begin at a corner this far out in both directions."""
RATE, MOMENTUM, N_STEPS, N_FIRST = 0.5, 0.6, 60, 15
"""``N_FIRST`` of the steps are shown at first."""
RATES = (0.5, 40.0, 0.5)
"""Least, most and step of the slider."""
BY_HAND_RATE = 2.0
PRICE = 0.01
"""Of the square of a weight, so that the valley has a bottom even where a line separates the photos."""
LEAST_P = float(np.finfo(np.float32).eps)

CONDITION = 25.0
RAVINE_START: Point = (10.0, 1.0)
DEEP_ENOUGH, GOAL_STEPS, MOST_STEPS = 1e-3, 30, 300
RAVINE_RATES, RAVINE_MOMENTA = (0.002, 0.16, 0.002), (0.0, 0.99, 0.01)
"""Least, most and step of the sliders."""
HEAVY = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a way is: w1 and w2, the loss there and its gradient."""

    w1: float
    w2: float
    loss: float
    g1: float
    g2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A step for the learner: begun at w1 and w2, with a gradient and a rate, it ends at to1 and to2."""

    w1: float
    w2: float
    g1: float
    g2: float
    rate: float
    to1: float
    to2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """The fewest steps down the ravine that the sliders allow, and how.

    Args:
        n_plain: without momentum.
        plain_rate: the learning rate that does it.
        n_best: with it.
        rate: the learning rate that does it.
        momentum: the momentum that does it.
        n_heavy: with a momentum of ``HEAVY``, whatever the rate.
        n_start: with what the sliders begin with.
    """

    n_plain: int
    plain_rate: float
    n_best: int
    rate: float
    momentum: float
    n_heavy: int
    n_start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 6.

    Args:
        first: the class the neuron answers with 0.
        second: the class it answers with 1.
        n_photos: photos of both.
        n_least: of the smaller class.
        x1: their first input.
        x2: their second.
        truth: 0 or 1.
        b: the bias, which stays.
        surface: [41][41] the loss, w2 upwards and w1 to the right.
        n_values: 41 times 41.
        lowest: the lowest point of the map.
        start: where the ways begin.
        rate: learning rate to begin with.
        momentum: to begin with.
        plain: the way without momentum, step by step.
        pushed: the way with it.
        by_hand: a step for the learner.
        ravine: what tuning comes to there.
        goal: steps that are asked for.
        high: a momentum that is too high.
        n_epochs: epochs of the first network the learner's run trained; 0 where it trained none.
        first_loss: loss of its first epoch.
        last_loss: loss of its last.
        seed: of everything drawn at random.
    """

    first: str
    second: str
    n_photos: int
    n_least: int
    x1: tuple[float, ...]
    x2: tuple[float, ...]
    truth: tuple[int, ...]
    b: float
    surface: tuple[tuple[float, ...], ...]
    n_values: int
    lowest: Step
    start: Point
    rate: float
    momentum: float
    plain: tuple[Step, ...]
    pushed: tuple[Step, ...]
    by_hand: ByHand
    ravine: Tuned
    goal: int
    high: float
    n_epochs: int
    first_loss: float
    last_loss: float
    seed: int


def compute(context: LessonContext) -> Shown:
    """Return the figures, on the photos and the bias of lesson 3."""
    neuron = compute_neuron(context)
    inputs, truth, b = np.column_stack([neuron.x1, neuron.x2]), np.array(neuron.truth), neuron.fitted[2]
    ticks = np.linspace(-REACH, REACH, N_POINTS)
    surface = _surface(ticks, b, inputs, truth)
    row, column = divmod(int(surface.argmin()), N_POINTS)
    start = _start(b, inputs, truth)
    networks = context.report.networks
    epochs = networks[0].epochs if networks else ()
    return Shown(
        first=neuron.first,
        second=neuron.second,
        n_photos=len(truth),
        n_least=neuron.n_least,
        x1=neuron.x1,
        x2=neuron.x2,
        truth=neuron.truth,
        b=b,
        surface=tuple(tuple(round(float(one), 4) for one in line) for line in surface),
        n_values=N_POINTS * N_POINTS,
        lowest=step_at((float(ticks[column]), float(ticks[row])), b, inputs, truth),
        start=start,
        rate=RATE,
        momentum=MOMENTUM,
        plain=descend(start, b, inputs, truth, rate=RATE, momentum=0.0),
        pushed=descend(start, b, inputs, truth, rate=RATE, momentum=MOMENTUM),
        by_hand=_by_hand(b, inputs, truth),
        ravine=tuned(),
        goal=GOAL_STEPS,
        high=HEAVY,
        n_epochs=len(epochs),
        first_loss=epochs[0].loss if epochs else 0.0,
        last_loss=epochs[-1].loss if epochs else 0.0,
        seed=context.seed % 2**31,
    )


def _surface(ticks: Floats, b: float, inputs: Floats, truth: NDArray[np.int64]) -> Floats:
    """Return the loss of every pair of weights, [w2][w1]."""
    w1, w2 = np.meshgrid(ticks, ticks)
    sums = w1[..., None] * inputs[:, 0] + w2[..., None] * inputs[:, 1] + b
    p = 1 / (1 + np.exp(-np.where(truth == 1, sums, -sums)))
    return np.asarray(-np.log(np.clip(p, LEAST_P, 1)).mean(axis=2) + PRICE * (w1**2 + w2**2))


def _start(b: float, inputs: Floats, truth: NDArray[np.int64]) -> Point:
    """Return the corner with the second highest loss: from the highest the way would be straight."""
    corners = [(w1, w2) for w1 in (-CORNER, CORNER) for w2 in (-CORNER, CORNER)]
    return sorted(corners, key=lambda corner: -loss_at(corner, b, inputs, truth))[1]


def loss_at(weights: Point, b: float, inputs: Floats, truth: NDArray[np.int64]) -> float:
    """Return the mean cross-entropy of a neuron, and the price of its weights."""
    p = _answers(weights, b, inputs)
    price = PRICE * (weights[0] ** 2 + weights[1] ** 2)
    return float(-np.log(np.clip(np.where(truth == 1, p, 1 - p), LEAST_P, 1)).mean() + price)


def gradient_at(weights: Point, b: float, inputs: Floats, truth: NDArray[np.int64]) -> Point:
    """Return its derivatives by both weights: the mean of (p − truth) times the input, and the slope of the price."""
    slope = ((_answers(weights, b, inputs) - truth)[:, None] * inputs).mean(axis=0)
    return float(slope[0] + 2 * PRICE * weights[0]), float(slope[1] + 2 * PRICE * weights[1])


def step_at(weights: Point, b: float, inputs: Floats, truth: NDArray[np.int64]) -> Step:
    """Return a point of the surface."""
    g1, g2 = gradient_at(weights, b, inputs, truth)
    return Step(w1=weights[0], w2=weights[1], loss=loss_at(weights, b, inputs, truth), g1=g1, g2=g2)


def descend(
    start: Point, b: float, inputs: Floats, truth: NDArray[np.int64], *, rate: float, momentum: float
) -> tuple[Step, ...]:
    """Return a way down, its start included; each step looks at all photos."""
    way = [step_at(start, b, inputs, truth)]
    v1 = v2 = 0.0
    for _ in range(N_STEPS):
        here = way[-1]
        v1, v2 = momentum * v1 - rate * here.g1, momentum * v2 - rate * here.g2
        way.append(step_at((here.w1 + v1, here.w2 + v2), b, inputs, truth))
    return tuple(way)


def _answers(weights: Point, b: float, inputs: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(inputs @ np.array(weights) + b, -700, 700))))


def _by_hand(b: float, inputs: Floats, truth: NDArray[np.int64]) -> ByHand:
    """Return a step whose numbers have two decimals, begun where both parts of the gradient are large."""
    points = [(w1, w2) for w1 in (1.5, -1.5, 0.5, -0.5) for w2 in (-1.2, 1.2, 0.4, -0.4)]
    gradients = {point: gradient_at(point, b, inputs, truth) for point in points}
    best = max(points, key=lambda point: min(abs(one) for one in gradients[point]))
    g1, g2 = (round(one, 2) or 0.25 for one in gradients[best])
    w1, w2 = best
    to1, to2 = (round(w - BY_HAND_RATE * g, 2) for w, g in ((w1, g1), (w2, g2)))
    return ByHand(w1=w1, w2=w2, g1=g1, g2=g2, rate=BY_HAND_RATE, to1=to1, to2=to2)


def ravine_steps(rates: Floats, momenta: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return for each pair after how many steps the loss is below the goal for good, and how large it gets at last.

    The ravine is (x² + 25 y²) / 2. Where it is not below for good within ``MOST_STEPS``, one more is returned.
    """
    x, y = np.full(rates.shape, RAVINE_START[0]), np.full(rates.shape, RAVINE_START[1])
    vx, vy = np.zeros(rates.shape), np.zeros(rates.shape)
    late, loss = np.zeros(rates.shape, np.int64), np.zeros(rates.shape)
    for step in range(1, MOST_STEPS + 1):
        vx, vy = momenta * vx - rates * x, momenta * vy - rates * CONDITION * y
        x, y = np.clip(x + vx, -1e6, 1e6), np.clip(y + vy, -1e6, 1e6)
        loss = (x**2 + CONDITION * y**2) / 2
        late[loss >= DEEP_ENOUGH] = step
    return late + 1, loss


@cache
def tuned() -> Tuned:
    """Return what tuning comes to, over every position of both sliders."""
    rates = np.round(np.arange(RAVINE_RATES[0], RAVINE_RATES[1] + 1e-9, RAVINE_RATES[2]), 3)
    momenta = np.round(np.arange(RAVINE_MOMENTA[0], RAVINE_MOMENTA[1] + 1e-9, RAVINE_MOMENTA[2]), 2)
    n_steps, _ = ravine_steps(*np.meshgrid(rates, momenta, indexing="ij"))
    row, column = divmod(int(n_steps.argmin()), len(momenta))
    heavy = int(np.argmin(abs(momenta - HEAVY)))
    first, _ = ravine_steps(np.array([0.02]), np.array([0.0]))
    return Tuned(
        n_plain=int(n_steps[:, 0].min()),
        plain_rate=float(rates[n_steps[:, 0].argmin()]),
        n_best=int(n_steps.min()),
        rate=float(rates[row]),
        momentum=float(momenta[column]),
        n_heavy=int(n_steps[:, heavy].min()),
        n_start=int(first[0]),
    )
