"""The network of lesson 7: two inputs, two hidden neurons, one answer; nine numbers to learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apprenti.lessons.n07_backpropagation.autograd import Value

Parameters = Mapping[str, float]
Sample = tuple[float, float, int]
"""Both inputs and the truth, 0 or 1."""

NAMES = ("w11", "w12", "b1", "w21", "w22", "b2", "v1", "v2", "c")
BEGIN: Parameters = {
    "w11": 0.8, "w12": -0.5, "b1": 0.1, "w21": -0.6, "w22": 0.9, "b2": -0.2, "v1": 1.2, "v2": -0.7, "c": 0.3,
}  # fmt: skip
"""Small numbers as if drawn at random: were both neurons alike, they would stay alike."""


def forward(parameters: Mapping[str, Value], sample: Sample) -> dict[str, Value]:
    """Return every number on the way from the inputs to the loss, by its name."""
    x1, x2, truth = Value(sample[0]), Value(sample[1]), sample[2]
    z1 = parameters["w11"] * x1 + parameters["w12"] * x2 + parameters["b1"]
    z2 = parameters["w21"] * x1 + parameters["w22"] * x2 + parameters["b2"]
    h1, h2 = z1.sigmoid(), z2.sigmoid()
    z = parameters["v1"] * h1 + parameters["v2"] * h2 + parameters["c"]
    p = z.sigmoid()
    return {"z1": z1, "z2": z2, "h1": h1, "h2": h2, "z": z, "p": p, "loss": p.cross_entropy(truth)}


def fresh(parameters: Parameters) -> dict[str, Value]:
    """Return parameters as values with no gradient yet."""
    return {name: Value(parameters[name]) for name in NAMES}


def loss_of(parameters: Parameters, sample: Sample) -> float:
    """Return the loss on one photo."""
    return forward(fresh(parameters), sample)["loss"].data


def both_ways(parameters: Parameters, sample: Sample) -> tuple[dict[str, float], dict[str, float]]:
    """Return the numbers of a forward pass, and of the way back all gradients, those of hidden numbers too."""
    values = fresh(parameters)
    made = forward(values, sample)
    made["loss"].backward()
    return (
        {name: one.data for name, one in made.items()},
        {name: one.grad for name, one in (*values.items(), *made.items())},
    )


def mean_loss(parameters: Parameters, samples: Sequence[Sample]) -> float:
    """Return the mean loss over photos."""
    return sum(loss_of(parameters, sample) for sample in samples) / len(samples) if samples else 0.0


def wiggled(parameters: Parameters, name: str, sample: Sample, h: float) -> float:
    """Return the slope by one parameter as measured: of the loss a little further on, and a little back."""
    there, back = ({**parameters, name: parameters[name] + step} for step in (h, -h))
    return (loss_of(there, sample) - loss_of(back, sample)) / (2 * h)
