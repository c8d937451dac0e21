"""The automatic differentiation of lesson 7: equal to finite differences, and to PyTorch where it is installed."""

from __future__ import annotations

import numpy as np
import pytest
from tests.lessons.contexts import context_named

from apprenti.lessons.n07_backpropagation.autograd import Value
from apprenti.lessons.n07_backpropagation.compute import compute, respond
from apprenti.lessons.n07_backpropagation.network import BEGIN, NAMES, Parameters, Sample, both_ways, wiggled

RNG = np.random.default_rng(7)
CASES = [
    (dict(zip(NAMES, map(float, RNG.normal(size=9)), strict=True)), (*map(float, RNG.normal(size=2)), truth))
    for truth in (0, 1, 1, 0)
]


@pytest.mark.parametrize(("parameters", "sample"), CASES)
def test_its_gradients_are_the_finite_differences(parameters: Parameters, sample: Sample) -> None:
    _, slopes = both_ways(parameters, sample)
    for name in NAMES:
        assert slopes[name] == pytest.approx(wiggled(parameters, name, sample, 1e-5), abs=1e-8)


@pytest.mark.parametrize(("parameters", "sample"), CASES)
def test_its_gradients_are_those_of_torch(parameters: Parameters, sample: Sample) -> None:
    torch = pytest.importorskip("torch")
    x1, x2, truth = sample
    given = {
        name: torch.tensor(one, dtype=torch.float64, requires_grad=True) for name, one in parameters.items()
    }
    h1 = torch.sigmoid(given["w11"] * x1 + given["w12"] * x2 + given["b1"])
    h2 = torch.sigmoid(given["w21"] * x1 + given["w22"] * x2 + given["b2"])
    p = torch.sigmoid(given["v1"] * h1 + given["v2"] * h2 + given["c"])
    loss = torch.nn.functional.binary_cross_entropy(p, torch.tensor(float(truth), dtype=torch.float64))
    loss.backward()
    values, slopes = both_ways(parameters, sample)
    assert values["loss"] == pytest.approx(loss.item(), abs=1e-12)
    for name in NAMES:
        assert slopes[name] == pytest.approx(given[name].grad.item(), abs=1e-12)


def test_a_number_that_is_used_twice_collects_from_both_places() -> None:
    one = Value(3.0)
    (one * one + one).backward()
    assert one.grad == 7.0


def test_going_back_adds_to_what_is_held() -> None:
    one = Value(3.0)
    (one * one).backward()
    (one * one).backward()
    assert one.grad == 12.0


def test_the_program_gone_wrong_is_descent_with_a_momentum_of_one() -> None:
    run = compute(context_named("normal")).runs["b"]
    assert np.cumsum(run.measured) == pytest.approx(run.reported, abs=1e-12)


def test_a_step_makes_the_loss_of_its_photo_smaller() -> None:
    shown = compute(context_named("normal"))
    for place in range(shown.n_photos):
        answer = respond(None, shown, {**BEGIN, "place": place})
        assert answer["loss_after"] < answer["values"]["loss"]
