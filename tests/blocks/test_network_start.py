"""What a network is before it is trained."""

from __future__ import annotations

import numpy as np
import pytest
from tests.blocks.drawn_photos import drawn_photos

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")

from apprenti.blocks.augmentation import plain  # noqa: E402
from apprenti.blocks.embedded import load_embedded  # noqa: E402
from apprenti.blocks.network_start import MOMENTUM, packaged_start, scratch_start  # noqa: E402
from apprenti.blocks.residual_network import ResidualNetwork, folded, unfolded  # noqa: E402
from apprenti.blocks.residual_reading import read_network  # noqa: E402

SIDE_PX = 64


def batches() -> list[torch.Tensor]:
    photos = plain(torch.from_numpy(drawn_photos(24, SIDE_PX)), side_px=SIDE_PX)
    return [photos[:9], photos[9:]]


def norms(network: ResidualNetwork) -> list[torch.nn.BatchNorm2d]:
    return [layer for layer in network.modules() if isinstance(layer, torch.nn.BatchNorm2d)]


@pytest.fixture(scope="module")
def started() -> ResidualNetwork:
    return packaged_start(read_network(load_embedded(SIDE_PX).graph), batches())


def test_the_packaged_network_says_what_it_said_before(started: ResidualNetwork) -> None:
    photos = torch.cat(batches())
    with torch.no_grad():
        before = unfolded(read_network(load_embedded(SIDE_PX).graph)).features(photos)
        after = started.eval().features(photos)
    assert float((after - before).abs().max()) <= 1e-4 * float(before.abs().max())


def test_its_normalisations_hold_means_and_spreads_of_these_photos(started: ResidualNetwork) -> None:
    photos = torch.cat(batches())
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    hooks = [
        norm.register_forward_pre_hook(
            lambda _, given: seen.append((given[0].mean(dim=(0, 2, 3)), given[0].var(dim=(0, 2, 3))))
        )
        for norm in norms(started)
    ]
    with torch.no_grad():
        started.eval().features(photos)
    for hook in hooks:
        hook.remove()
    assert len(seen) == len(norms(started)) == 18
    for norm, (mean, variance) in zip(norms(started), seen, strict=True):
        assert torch.allclose(norm.running_mean, mean, atol=2e-3 * float(mean.abs().max() + 1e-3))
        assert torch.allclose(norm.running_var, variance, rtol=0.02, atol=1e-4)
        assert norm.momentum == MOMENTUM


def test_in_training_it_says_nearly_the_same_of_the_photos_it_was_measured_on(
    started: ResidualNetwork,
) -> None:
    photos = torch.cat(batches())
    state = {name: tensor.clone() for name, tensor in started.state_dict().items()}
    with torch.no_grad():
        still, training = started.eval().features(photos), started.train().features(photos)
    started.load_state_dict(state)  # the running means moved
    assert float((training - still).abs().mean()) <= 0.02 * float(still.abs().mean())


@pytest.mark.parametrize(
    ("size_px", "cells"), [(28, 4), (32, 4), (40, 5), (64, 4), (80, 5), (96, 3), (128, 4)]
)
def test_a_network_from_scratch_sees_enough_of_squares_of_every_size(size_px: int, cells: int) -> None:
    network = scratch_start(size_px, seed=0)
    with torch.no_grad():
        shown = network.eval()(torch.zeros(1, 3, size_px, size_px))
    assert tuple(shown.shape[2:]) == (cells, cells)
    assert network.n_features == 960
    assert folded(network).stem[0].stride == (1 if size_px <= 40 else 2)


def test_a_seed_gives_the_same_numbers_and_leaves_the_global_ones_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, again, other = (scratch_start(32, seed=seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(one[name], again[name]) for name in one)
    name = "stem.0.0.weight"
    assert not torch.equal(one[name], other[name])
    assert np.isfinite(one[name].numpy()).all()
