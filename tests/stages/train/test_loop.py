"""The loop: equal seeds, layers that stay as they are, less memory or time than planned, and numbers that run away."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from apprenti.domain.errors import OutOfMemoryError, OutOfTimeError, WorkError
from apprenti.domain.policy import Policy

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")

from tests.stages.train.small_networks import (  # noqa: E402
    SETTINGS,
    Ticks,
    a_learner,
    differing,
    numbers_of,
)

from apprenti.stages.train.history import History  # noqa: E402
from apprenti.stages.train.loop import (  # noqa: E402
    LEAST_BATCH,
    Learner,
    Patience,
    fit_network,
    trial_steps,
)
from apprenti.stages.train.losses import Material  # noqa: E402
from apprenti.stages.train.rate_groups import rate_groups  # noqa: E402
from apprenti.stages.train.rates import find_rate  # noqa: E402


def test_the_same_seed_gives_the_same_network_to_the_last_bit_and_another_seed_another(
    material: Material, history: History
) -> None:
    mixed = Policy(area=(0.5, 1.0), symmetric=True, saturation=0.3, erase_share=0.2, mixup_alpha=0.2)
    networks = []
    for seed in (1, 1, 2):
        learner = a_learner(material, replace(SETTINGS, ema=0.9), policy=mixed, seed=seed)
        fit_network(learner, history=history)
        networks.append(numbers_of(learner))
    assert not differing(networks[0], networks[1])
    assert differing(networks[0], networks[2])


def test_a_network_learns_what_its_pictures_show(material: Material, history: History) -> None:
    learner = a_learner(material, epochs=12)
    fit_network(learner, history=history)
    lines = history.lines()
    assert [line["epoch"] for line in lines] == list(range(1, 13))
    assert lines[-1]["loss"] < lines[0]["loss"]  # type: ignore[operator]
    assert lines[-1]["score"] == 1.0
    assert history.progress() == 1.0


def test_every_photo_is_seen_once_an_epoch_in_an_order_of_its_own(material: Material) -> None:
    learner = a_learner(material)
    seen = []
    for step in range(learner.n_steps):
        learner.step = step
        seen.append(learner.rows())
    epochs = np.concatenate(seen).reshape(3, -1)
    assert all(sorted(epoch) == sorted(material.fitted) for epoch in epochs)
    assert len({epoch.tobytes() for epoch in epochs}) == 3


def test_epochs_are_counted_by_photos_where_batches_do_not_fill_them(
    material: Material, history: History
) -> None:
    few = replace(material, fitted=np.arange(10))  # 10 photos in batches of 8
    learner = a_learner(few, epochs=4)
    fit_network(learner, history=history)
    assert learner.n_steps == 5
    assert [line["epoch"] for line in history.lines()] == [1.6, 2.4, 3.2, 4.0]


def test_all_layers_learn_where_all_are_to_the_earlier_the_slower(material: Material) -> None:
    settings = replace(SETTINGS, depth_factor=0.5, head_factor=4.0)
    learner = a_learner(material, settings)
    before = numbers_of(learner)
    learner.step = learner.n_steps // 3
    learner.learn()
    assert not {name for name in before if name.endswith("weight")} - differing(before, numbers_of(learner))
    groups = rate_groups(learner.network, learner.head, settings)
    first_of = {id(next(part.parameters())): depth for depth, part in enumerate(learner.network.parts())}
    rates = {first_of[id(g["params"][0])]: g["highest"] for g in groups if id(g["params"][0]) in first_of}  # type: ignore[index]
    assert [rates[depth] / 0.05 for depth in range(5)] == pytest.approx([2**-4, 2**-3, 2**-2, 0.5, 1])
    assert groups[-1]["highest"] == pytest.approx(0.2)
    assert all(g["weight_decay"] == 0 for g in groups if all(p.ndim < 2 for p in g["params"]))  # type: ignore[attr-defined]


def failing_at(steps: set[int], error: Exception, *, fits: int = 0) -> type[Learner]:
    """Return learners that run out of memory at some steps, as long as a batch is larger than ``fits``."""

    class Failing(Learner):
        def logits(self, photos: torch.Tensor) -> torch.Tensor:
            if self.step in steps and len(photos) > fits and self.network.head.training:
                steps.discard(self.step) if not fits else None
                raise error
            return super().logits(photos)

    return Failing


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("can't allocate memory"),
    ],
    ids=["memory", "gpu", "cpu"],
)
def test_out_of_memory_halves_the_batch_and_goes_on(
    error: Exception, material: Material, history: History
) -> None:
    learner = a_learner(material, epochs=4, kind=failing_at({3}, error))
    taken: list[int] = []
    learn = learner.learn

    def noted() -> float:
        loss = learn()
        taken.append(learner.batch)
        return loss

    learner.learn = noted  # type: ignore[method-assign]
    fit_network(learner, history=history)
    assert taken == [8] * 3 + [4] * 10
    assert learner.batch == 4
    assert (learner.step, learner.n_steps) == (16, 16)  # 3 steps of 8 photos, then 10 of 4
    assert [line["epoch"] for line in history.lines()] == [
        1,
        2,
        3,
        4,
    ]  # no photo is seen more often than planned


def test_memory_for_less_than_four_photos_ends_the_training(material: Material, history: History) -> None:
    every_step = set(range(1000))
    learner = a_learner(material, kind=failing_at(every_step, MemoryError(), fits=LEAST_BATCH - 1))
    with pytest.raises(OutOfMemoryError, match="digits-net"):
        fit_network(learner, history=history, name="digits-net")
    assert learner.batch == LEAST_BATCH


def test_an_error_that_is_not_about_memory_is_not_hidden(material: Material, history: History) -> None:
    with pytest.raises(RuntimeError, match="shapes"):
        fit_network(
            a_learner(material, kind=failing_at({2}, RuntimeError("shapes do not match"))), history=history
        )


@pytest.mark.parametrize("n", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_training_and_says_where(
    n: float, material: Material, history: History
) -> None:
    class Lost(Learner):
        def learn(self) -> float:
            return super().learn() if self.step < 5 else n

    with pytest.raises(WorkError, match="digits-net lost its way at step 5") as caught:
        fit_network(a_learner(material, kind=Lost), history=history, name="digits-net")
    assert caught.value.key == "training_diverged"


def test_a_rate_far_too_high_ends_the_training_even_in_its_last_step(
    material: Material, history: History
) -> None:
    with pytest.raises(WorkError) as caught:
        fit_network(a_learner(material, replace(SETTINGS, rate=1e9)), history=history)
    assert caught.value.key == "training_diverged"

    class Late(Learner):
        def learn(self) -> float:
            loss = super().learn()
            if self.step == self.n_steps:
                next(self.network.parameters()).data.fill_(float("nan"))
            return loss

    with pytest.raises(WorkError, match="step 6"):
        fit_network(a_learner(material, kind=Late), history=history)


def test_a_plan_is_shortened_to_meet_its_deadline_and_ends_at_rest(
    material: Material, history: History
) -> None:
    clock = Ticks(1.0)  # a step takes some seconds on it
    learner = a_learner(material, epochs=20, deadline=40.0, clock=clock)
    assert learner.n_steps == 40
    fit_network(learner, history=history)
    assert 0.2 * 40 <= learner.n_steps < 40
    assert 30 < clock.now <= 44
    assert learner.step == learner.n_steps
    assert (
        learner.optimiser.param_groups[0]["lr"] < 0.02 * SETTINGS.rate
    )  # the schedule was shortened as well


def test_too_little_time_for_one_epoch_is_told_at_once(material: Material, history: History) -> None:
    learner = a_learner(material, epochs=200, deadline=3.0, clock=Ticks(3.0))
    with pytest.raises(OutOfTimeError, match="digits-net"):
        fit_network(learner, history=history, name="digits-net")
    assert learner.step == 1


def test_one_epoch_of_many_planned_is_a_network(material: Material, history: History) -> None:
    learner = a_learner(material, epochs=200, deadline=12.0, clock=Ticks(1.0))
    fit_network(learner, history=history)
    assert 1 <= learner.epochs < 40


def test_on_a_busy_machine_what_comes_after_the_last_step_gets_more_time(
    material: Material, history: History
) -> None:
    ended = []
    for busy in (1.0, 2.0):
        clock = Ticks(1.0)
        learner = a_learner(material, epochs=200, deadline=100.0, clock=clock)
        # 8 photos take 1.5 s on this clock, scores included
        learner.plan = replace(learner.plan, ending_seconds=20.0, photo_seconds=1.5 / 8 / busy)
        fit_network(learner, history=history)
        ended.append(clock.now)
    assert 70 < ended[0] < 85
    assert 50 < ended[1] < 65


def test_steps_that_were_slow_at_first_cost_nothing_in_the_end(material: Material, history: History) -> None:
    class SlowAtFirst(Ticks):
        def __call__(self) -> float:
            self.now += 15.0 if self.now < 40 else 0.01
            return self.now

    learner = a_learner(material, epochs=20, deadline=100.0, clock=SlowAtFirst())
    fit_network(learner, history=history)
    assert learner.epochs == 20


def test_a_deadline_far_away_changes_nothing(material: Material, history: History) -> None:
    networks = []
    for deadline in (float("inf"), 1e6):
        learner = a_learner(material, deadline=deadline, clock=Ticks(0.1))
        fit_network(learner, history=history)
        networks.append(numbers_of(learner))
    assert not differing(*networks)


def test_patience_ends_a_training_that_gets_no_better(material: Material, history: History) -> None:
    class Stuck(Learner):
        def score(self) -> float:
            return 0.5 + 0.1 * min(2.0, self.epochs)

    learner = a_learner(material, replace(SETTINGS, patience=0.3), epochs=10, kind=Stuck)
    fit_network(learner, history=history)
    assert learner.epochs == 2 + 4  # the best at 2, then more than 0.3 of 10
    everything = a_learner(material, epochs=10, kind=Stuck)
    fit_network(everything, history=history)
    assert everything.epochs == 10


def test_patience_has_no_opinion_without_validation() -> None:
    patience = Patience(share=0.01, epochs=10)
    assert not any(patience.is_over(None) for _ in range(10))


def test_without_held_out_photos_there_is_no_score(material: Material, history: History) -> None:
    learner = a_learner(replace(material, held_out=np.arange(0)))
    fit_network(learner, history=history)
    assert {line["score"] for line in history.lines()} == {None}


def test_averaged_weights_follow_quickly_at_first_and_take_the_place_of_the_last_ones(
    material: Material, history: History
) -> None:
    learner = a_learner(material, replace(SETTINGS, ema=0.9))
    weight = learner.head.weight
    begun = weight.detach().clone()
    learner.learn()
    assert learner.averaged is not None
    expected = begun.lerp(weight.detach(), 1 - 2 / 11)
    assert torch.allclose(learner.averaged[1].weight, expected, atol=1e-7)
    while learner.step < learner.n_steps:
        learner.learn()
    last, averaged = weight.detach().clone(), learner.averaged[1].weight.detach().clone()
    assert not torch.equal(last, averaged)
    learner.settle()
    assert torch.equal(learner.head.weight, averaged)
    assert not learner.network.training


def test_a_step_is_no_longer_than_gradients_may_be(material: Material) -> None:
    moved = []
    for clip_norm in (1e-3, 1e3):
        learner = a_learner(material, replace(SETTINGS, clip_norm=clip_norm, weight_decay=0.0))
        before = torch.cat([p.detach().flatten().clone() for p in learner.network.parameters()])
        learner.learn()
        after = torch.cat([p.detach().flatten() for p in learner.network.parameters()])
        rate = learner.optimiser.param_groups[0]["lr"]
        moved.append(
            float((after - before).norm()) / rate / 1.9
        )  # Nesterov's first step is 1 + 0.9 gradients
    assert moved[0] <= 1.01e-3 < 0.01 < moved[1]


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
def test_a_rate_that_is_found_teaches_whatever_the_settings_say(
    optimiser: str, material: Material, history: History
) -> None:
    settings = replace(SETTINGS, optimiser=optimiser, rate=123.0, depth_factor=0.5, finds_rate=True)  # type: ignore[arg-type]
    learner = a_learner(material, settings, epochs=8)
    fit_network(learner, history=history)
    assert 1e-4 < learner.rate < 0.5
    highest = [group["highest"] for group in learner.optimiser.param_groups]
    assert max(highest) == pytest.approx(learner.rate)
    assert min(highest) == pytest.approx(learner.rate / 2**4)
    losses = [line["loss"] for line in history.lines()]
    assert losses[-1] < 0.8 * losses[0]  # type: ignore[operator]


def test_looking_for_a_rate_leaves_the_learner_as_it_was(material: Material) -> None:
    learner = a_learner(material, epochs=1)  # fewer steps than are tried
    before = numbers_of(learner)
    step_at: Callable[[float], float] = trial_steps(learner)
    find_rate(step_at, n_steps=12)
    assert not differing(before, numbers_of(learner))
    assert (learner.step, learner.rate) == (0, SETTINGS.rate)


def test_a_line_half_written_is_left_out_of_the_history(history: History) -> None:
    history.path.write_text(json.dumps({"epoch": 1}) + '\n{"epoch": 2')
    assert history.lines() == ({"epoch": 1},)
    assert history.progress() == 0.0
