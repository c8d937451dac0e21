"""What lesson 7 shows: a small network on the photos of lesson 3, its gradients, and a program that has gone wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.n03_neuron.compute import compute as compute_neuron
from apprenti.lessons.n07_backpropagation.network import (
    BEGIN,
    NAMES,
    Sample,
    both_ways,
    forward,
    fresh,
    mean_loss,
    wiggled,
)

MOST_PHOTOS = 16
RATE = 1.0
EXPONENTS = tuple(range(1, 13))
N_STEPS, N_TOLD, N_MEASURED = 60, 5, 3
"""Steps of the three programs; of them told; of those, told with the slope as it was measured."""
RUNS: Mapping[str, tuple[float, bool]] = {"a": (0.02, True), "b": (RATE, False), "c": (RATE, True)}
"""By program: its learning rate, and whether it sets gradients to zero."""
WATCHED = "v1"
ASKED_STEP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo as the network gets it."""

    row: int
    label: str
    x1: float
    x2: float
    truth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A photo that went through the network and back.

    Args:
        photo: which.
        values: the numbers on the way forward, by name.
        slopes: of the loss, by parameters and by those numbers.
        off: p less the truth.
        slope_h1: h1 (1 − h1).
    """

    photo: Photo
    values: Mapping[str, float]
    slopes: Mapping[str, float]
    off: float
    slope_h1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One of three programs.

    Args:
        losses: the mean loss before each step.
        reported: what it holds for the gradient of the watched weight, before each step that is told.
        measured: what the slope by that weight is really.
    """

    losses: tuple[float, ...]
    reported: tuple[float, ...]
    measured: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 7.

    Args:
        first: the class answered with 0.
        second: the class answered with 1.
        n_least: photos of the smaller class in lesson 3.
        n_photos: photos that are gone through.
        photos: those.
        begin: the nine numbers to begin with.
        rate: the learning rate.
        worked: a photo worked out in the text.
        asked: another, for the learner.
        begin_loss: mean loss with the numbers to begin with.
        exponents: of the distances h = 10^−k tried.
        apart: for each, the largest difference between backpropagation and measuring.
        measured: [k][parameter] the slopes of the worked photo as measured.
        least_power: the power of ten of the smallest of ``apart``.
        best_exponent: where that is.
        runs: three programs, by name.
        asked_step: the step asked about.
        should_be: the gradient the program gone wrong should have had there.
        it_has: what it had.
        it_had: what it had one step before.
        n_networks: networks that the learner's run trained by backpropagation.
    """

    first: str
    second: str
    n_least: int
    n_photos: int
    photos: tuple[Photo, ...]
    begin: Mapping[str, float]
    rate: float
    worked: Passed
    asked: Passed
    begin_loss: float
    exponents: tuple[int, ...]
    apart: tuple[float, ...]
    measured: tuple[tuple[float, ...], ...]
    least_power: int
    best_exponent: int
    runs: Mapping[str, Run]
    asked_step: int
    should_be: float
    it_has: float
    it_had: float
    n_networks: int


def compute(context: LessonContext) -> Shown:
    """Return the figures; every gradient comes from the lesson's own automatic differentiation."""
    neuron = compute_neuron(context)
    n = len(neuron.rows)
    places = sorted({round(step * (n - 1) / max(1, MOST_PHOTOS - 1)) for step in range(MOST_PHOTOS)})
    photos = tuple(
        Photo(
            row=neuron.rows[place],
            label=(neuron.first, neuron.second)[neuron.truth[place]],
            x1=round(neuron.x1[place], 2),
            x2=round(neuron.x2[place], 2),
            truth=neuron.truth[place],
        )
        for place in places
    )
    passed = sorted((_passed(photo) for photo in photos), key=_telling, reverse=True)
    worked, asked = passed[min(1, len(passed) - 1)], passed[0]
    samples = [sample_of(photo) for photo in photos]
    measured = tuple(
        tuple(wiggled(BEGIN, name, sample_of(worked.photo), 10.0**-k) for name in NAMES) for k in EXPONENTS
    )
    apart = tuple(
        max(abs(one - worked.slopes[name]) for name, one in zip(NAMES, line, strict=True))
        for line in measured
    )
    runs = {name: train(samples, rate=rate, zeroes=zeroes) for name, (rate, zeroes) in RUNS.items()}
    gone_wrong = runs["b"].reported
    it_has, it_had = (round(gone_wrong[ASKED_STEP - back], 4) for back in (1, 2))
    return Shown(
        first=neuron.first,
        second=neuron.second,
        n_least=neuron.n_least,
        n_photos=len(photos),
        photos=photos,
        begin=BEGIN,
        rate=RATE,
        worked=worked,
        asked=asked,
        begin_loss=mean_loss(BEGIN, samples),
        exponents=EXPONENTS,
        apart=apart,
        measured=measured,
        least_power=math.floor(math.log10(max(min(apart), 1e-16))),
        best_exponent=EXPONENTS[apart.index(min(apart))],
        runs=runs,
        asked_step=ASKED_STEP,
        should_be=round(it_has - it_had, 4),
        it_has=it_has,
        it_had=it_had,
        n_networks=len(context.report.networks),
    )


def respond(context: Any, shown: Shown, question: Mapping[str, float]) -> Mapping[str, Any]:
    """Return a photo's way forward and back with any nine numbers, and what one step makes of them."""
    parameters = {name: question.get(name, BEGIN[name]) for name in NAMES}
    place = int(question.get("place", 0)) % len(shown.photos)
    sample = sample_of(shown.photos[place])
    values, slopes = both_ways(parameters, sample)
    after = {name: parameters[name] - shown.rate * slopes[name] for name in NAMES}
    return {
        "values": values,
        "slopes": slopes,
        "after": after,
        "loss_after": forward(fresh(after), sample)["loss"].data,
        "mean_after": mean_loss(after, [sample_of(photo) for photo in shown.photos]),
    }


def sample_of(photo: Photo) -> Sample:
    """Return what the network gets of a photo."""
    return photo.x1, photo.x2, photo.truth


def train(samples: Sequence[Sample], *, rate: float, zeroes: bool) -> Run:
    """Return how a program fares that looks at all photos in each step; it may forget to set gradients to zero."""
    parameters, held = dict(BEGIN), dict.fromkeys(NAMES, 0.0)
    losses, reported, measured = [], [], []
    for step in range(N_STEPS):
        values = fresh(parameters)
        for name in NAMES:
            values[name].grad = 0.0 if zeroes else held[name]
        loss, slope = _through(values, samples)
        held = {name: values[name].grad for name in NAMES}
        losses.append(loss)
        if step < N_TOLD:
            reported.append(held[WATCHED])
            measured.append(slope)
        parameters = {name: parameters[name] - rate * held[name] for name in NAMES}
    return Run(losses=tuple(losses), reported=tuple(reported), measured=tuple(measured))


def _through(values: Mapping[str, Any], samples: Sequence[Sample]) -> tuple[float, float]:
    """Add the mean gradient over photos to what the values hold; return the mean loss and the watched slope alone."""
    before = {name: one.grad for name, one in values.items()}
    loss = 0.0
    for one in values.values():
        one.grad = 0.0
    for sample in samples:
        made = forward(values, sample)["loss"]
        made.backward()
        loss += made.data
    n = max(1, len(samples))
    slope = values[WATCHED].grad / n
    for name, one in values.items():
        one.grad = before[name] + one.grad / n
    return loss / n, slope


def _passed(photo: Photo) -> Passed:
    values, slopes = both_ways(BEGIN, sample_of(photo))
    h1 = values["h1"]
    return Passed(
        photo=photo, values=values, slopes=slopes, off=values["p"] - photo.truth, slope_h1=h1 * (1 - h1)
    )


def _telling(passed: Passed) -> float:
    """Return how well slips on this photo can be told from one another: small slopes look all alike."""
    away = min(abs(abs(passed.photo.x1) - 1), abs(passed.photo.x1))
    return min(abs(passed.slopes["w11"]), abs(passed.slopes["z1"])) * min(away, 0.3)
