"""The network in PyTorch and as a graph: two tellings of the same numbers."""

import numpy as np
import pytest

from apprenti.blocks.residual_graph import Network, network_graph, quantised, rounded
from apprenti.blocks.session import open_session

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")


def a_network(**sizes: object) -> "torch.nn.Module":
    """Return a small network whose normalisations have seen something."""
    from apprenti.blocks.residual_network import ResidualNetwork

    torch.manual_seed(0)
    settings = {"widths": (8, 16, 24, 32), "depths": (1, 2, 2, 1), "stem_width": 8, "head_width": 40, **sizes}
    network = ResidualNetwork(**settings).train()
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(part.weight, 0.5, 1.5)
            torch.nn.init.uniform_(part.bias, -0.5, 0.5)
    for _ in range(3):
        network(255 * torch.rand(8, 3, 64, 64))
    return network.eval()


def answers(network: "torch.nn.Module", pixels: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return np.asarray(network(torch.from_numpy(pixels).permute(0, 3, 1, 2).float()))


def pictures(side_px: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, side_px, side_px, 3), np.uint8)


def folded_numbers(network: "torch.nn.Module") -> Network:
    from apprenti.blocks.residual_network import folded

    return folded(network)


@pytest.mark.parametrize("side_px", [64, 96, 100, 130])
def test_the_graph_answers_as_pytorch_does_at_any_size(side_px: int) -> None:
    from apprenti.blocks.residual_network import unfolded

    numbers = rounded(folded_numbers(a_network()))
    expected = answers(unfolded(numbers), pictures(side_px))
    (feature_map,) = open_session(network_graph(numbers)).run(["feature_map"], {"pixels": pictures(side_px)})
    assert feature_map.shape == expected.shape
    assert np.abs(feature_map - expected).max() <= 1e-3 * np.abs(expected).max()


def test_the_features_of_the_graph_are_those_of_pytorch() -> None:
    from apprenti.blocks.residual_network import unfolded

    numbers = rounded(folded_numbers(a_network()))
    pixels = torch.from_numpy(pictures(96)).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        expected = unfolded(numbers).features(pixels).numpy()
    (features,) = open_session(network_graph(numbers)).run(["features"], {"pixels": pictures(96)})
    assert features.shape == expected.shape == (2, numbers.n_features) == (2, 40 + 32 + 24 + 16)
    assert np.abs(features - expected).max() <= 1e-3 * np.abs(expected).max()


def test_folding_the_normalisations_changes_no_answer() -> None:
    from apprenti.blocks.residual_network import unfolded

    network = a_network()
    expected = answers(network, pictures(64))
    assert np.allclose(answers(unfolded(folded_numbers(network)), pictures(64)), expected, atol=1e-4)


@pytest.mark.parametrize("depths", [(1, 1, 1, 1), (2, 1, 3, 1)])
def test_a_network_of_other_depths_comes_back_as_it_was(depths: tuple[int, ...]) -> None:
    from apprenti.blocks.residual_network import unfolded

    network = a_network(depths=depths)
    again = unfolded(folded_numbers(network))
    assert np.allclose(answers(again, pictures(64)), answers(network, pictures(64)), atol=1e-4)


def test_eight_bits_change_the_features_little() -> None:
    from apprenti.blocks.residual_network import unfolded

    numbers = folded_numbers(a_network())
    before, after = (
        answers(unfolded(part), pictures(96)).mean(axis=(2, 3)) for part in (numbers, rounded(numbers))
    )
    assert np.abs(before - after).max() <= 0.05 * np.abs(before).max()
    assert (before != after).any()


def test_quantised_weights_are_within_half_a_step_of_the_weights() -> None:
    weight = np.random.default_rng(0).normal(size=(5, 4, 3, 3)).astype(np.float32)
    weight[2] = 0
    integers, scales = quantised(weight)
    assert integers.dtype == np.int8
    assert np.abs(integers.astype(int)).max() == 127
    assert (
        np.abs(integers * scales.reshape(-1, 1, 1, 1) - weight) <= 0.5001 * scales.reshape(-1, 1, 1, 1)
    ).all()


def test_the_same_numbers_give_the_same_bytes() -> None:
    numbers = folded_numbers(a_network())
    assert network_graph(numbers) == network_graph(numbers)
