"""What a network is taught by: classes, labels, numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")

from tests.stages.train.small_networks import (  # noqa: E402
    N_PHOTOS,
    SETTINGS,
    a_learner,
    a_material,
    material_of,
)
from torch.nn.functional import cross_entropy  # noqa: E402

from apprenti.blocks.augmentation import mixed  # noqa: E402
from apprenti.stages.train.losses import losses_of  # noqa: E402

PLAIN = replace(SETTINGS, label_smoothing=0.0, class_weights=False)
ROWS = np.arange(6)


def some_logits(n_outputs: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).normal(0, 2, (6, n_outputs)).astype(np.float32))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_classes_are_taught_by_the_cross_entropy_pytorch_has(smoothing: float, tmp_path: Path) -> None:
    labels = np.arange(N_PHOTOS) % 3
    losses = losses_of(
        material_of(tmp_path, labels, "cross_entropy", n_outputs=3),
        replace(PLAIN, label_smoothing=smoothing),
    )
    logits = some_logits(3)
    expected = cross_entropy(logits, torch.from_numpy(labels[ROWS]), label_smoothing=smoothing)
    assert float(losses.loss(logits, losses.wanted(ROWS))) == pytest.approx(float(expected), abs=1e-6)


def test_rare_classes_weigh_more_by_the_root_of_how_rare_they_are(tmp_path: Path) -> None:
    labels = np.asarray([0] * 16 + [1] * 4 + [0, 1, 0, 1])
    material = replace(a_material(tmp_path), targets=labels, fitted=np.arange(20))
    losses = losses_of(material, replace(PLAIN, class_weights=True))
    assert float(losses.weights[1] / losses.weights[0]) == pytest.approx(2.0)  # 16 to 4
    rows, logits = np.asarray([0, 16]), torch.tensor([[0.0, 1.0], [0.0, 3.0]])
    each = cross_entropy(logits, torch.tensor([0, 1]), reduction="none")
    expected = float((each * torch.tensor([1.0, 2.0])).sum() / 3)
    assert float(losses.loss(logits, losses.wanted(rows))) == pytest.approx(expected, abs=1e-6)
    assert losses_of(material, PLAIN).weights.tolist() == [1, 1]


def test_a_class_without_photos_to_learn_from_has_a_weight_all_the_same(tmp_path: Path) -> None:
    material = replace(a_material(tmp_path), n_outputs=3)
    assert torch.isfinite(losses_of(material, replace(PLAIN, class_weights=True)).weights).all()


def test_two_mixed_photos_are_taught_by_as_much_of_both_labels(tmp_path: Path) -> None:
    losses = losses_of(a_material(tmp_path), PLAIN)
    wanted = losses.wanted(ROWS)
    photos, soft = mixed(
        wanted[:, :, None, None].repeat(1, 2, 4, 4)[:, :3],  # every pixel says the label
        wanted,
        alpha=1.0,
        generator=torch.Generator().manual_seed(1),
    )
    assert torch.allclose(photos[:, :2, 0, 0], soft)  # photo and label are mixed by the same share
    assert torch.allclose(soft.sum(dim=1), torch.ones(6))
    assert ((soft > 0.01) & (soft < 0.99)).any()
    logits = some_logits(2)
    assert float(losses.loss(logits, soft)) == pytest.approx(float(cross_entropy(logits, soft)), abs=1e-6)


def test_labels_are_taught_each_for_itself(tmp_path: Path) -> None:
    present = np.random.default_rng(0).integers(0, 2, (N_PHOTOS, 3)).astype(np.float32)
    losses = losses_of(material_of(tmp_path, present, "binary_cross_entropy", n_outputs=3), PLAIN)
    logits = some_logits(3)
    p = 1 / (1 + np.exp(-logits.numpy()))
    expected = -np.where(present[ROWS] == 1, np.log(p), np.log(1 - p)).mean()
    assert float(losses.loss(logits, losses.wanted(ROWS))) == pytest.approx(expected, abs=1e-5)
    assert losses.score(torch.from_numpy(20 * present[ROWS] - 10), ROWS) == 1.0
    assert losses.score(torch.from_numpy(10 - 20 * present[ROWS]), ROWS) == 0.0


def test_numbers_are_taught_in_spreads_of_those_learnt_from(tmp_path: Path) -> None:
    numbers = (1000 + 50 * np.random.default_rng(0).normal(size=N_PHOTOS)).astype(np.float32)
    material = material_of(tmp_path, numbers, "squared_error", n_outputs=1)
    losses = losses_of(material, PLAIN)
    learnt = losses.wanted(material.fitted)
    assert float(learnt.mean()) == pytest.approx(0, abs=1e-4)
    assert float(learnt.std(correction=0)) == pytest.approx(1, abs=1e-4)
    assert float(losses.loss(losses.wanted(ROWS) + 0.5, losses.wanted(ROWS))) == pytest.approx(0.25)


def test_the_score_of_numbers_is_r_squared_even_of_one(tmp_path: Path) -> None:
    from apprenti.blocks.number_metrics import r2

    numbers = np.random.default_rng(0).normal(size=N_PHOTOS).astype(np.float32)
    losses = losses_of(material_of(tmp_path, numbers, "squared_error", n_outputs=1), PLAIN)
    wanted = losses.wanted(ROWS)
    guesses = wanted + torch.linspace(-0.4, 0.4, 6).reshape(-1, 1)
    expected = r2(wanted[:, 0].numpy(), guesses[:, 0].numpy())
    assert losses.score(guesses, ROWS) == pytest.approx(expected, abs=1e-5)
    assert losses.score(wanted[:1], ROWS[:1]) == 1.0


def test_smoothing_leaves_labels_and_numbers_alone(tmp_path: Path) -> None:
    numbers = np.arange(N_PHOTOS, dtype=np.float32)
    for smoothing in (0.0, 0.5):
        losses = losses_of(
            material_of(tmp_path, numbers, "squared_error", n_outputs=1),
            replace(PLAIN, label_smoothing=smoothing),
        )
        assert float(losses.loss(losses.wanted(ROWS), losses.wanted(ROWS))) == 0


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "squared_error"])
def test_a_step_towards_labels_and_numbers_can_be_taken(loss: str, tmp_path: Path) -> None:
    targets = np.arange(N_PHOTOS, dtype=np.float32) % 2
    shaped = targets if loss == "squared_error" else np.stack([targets, 1 - targets], axis=1)
    material = material_of(tmp_path, shaped, loss, n_outputs=1 if loss == "squared_error" else 2)  # type: ignore[arg-type]
    learner = a_learner(material, replace(PLAIN, rate=0.02), epochs=3)
    first = learner.learn()
    for _ in range(5):
        last = learner.learn()
    assert last < first
    assert learner.score() is not None
