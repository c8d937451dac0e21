"""A network read back from its graph is the network that was written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.residual_graph import Block, Convolution, Network, network_graph, rounded
from apprenti.blocks.residual_reading import read_network


def a_convolution(
    n_in: int, n_out: int, *, size: int = 3, stride: int = 1, activate: bool = True
) -> Convolution:
    rng = np.random.default_rng(100 * n_in + 10 * n_out + size)
    return Convolution(
        weight=rng.normal(size=(n_out, n_in, size, size)).astype(np.float32),
        bias=rng.normal(size=n_out).astype(np.float32),
        stride=stride,
        activate=activate,
    )


def a_network(widths: tuple[int, ...], depths: tuple[int, ...], stem_strides: tuple[int, int]) -> Network:
    n_in, blocks = widths[0], []
    for i, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        for j in range(depth):
            stride = 2 if i and not j else 1
            blocks.append(
                Block(
                    convolve=(
                        a_convolution(n_in, width, stride=stride),
                        a_convolution(width, width, activate=False),
                    ),
                    shortcut=a_convolution(n_in, width, size=1, activate=False)
                    if stride > 1 or n_in != width
                    else None,
                    stride=stride,
                )
            )
            n_in = width
    return Network(
        stem=(
            a_convolution(3, 5, stride=stem_strides[0]),
            a_convolution(5, widths[0], stride=stem_strides[1]),
        ),
        blocks=tuple(blocks),
        head=a_convolution(n_in, 11, size=1),
    )


def convolutions(network: Network) -> list[Convolution]:
    return [
        *network.stem,
        *(part for block in network.blocks for part in (*block.convolve, block.shortcut) if part is not None),
        network.head,
    ]


def shape_of(network: Network) -> list[tuple[int, bool]]:
    return [(block.stride, block.shortcut is None) for block in network.blocks]


def assert_same(read: Network, written: Network) -> None:
    assert shape_of(read) == shape_of(written)
    for one, other in zip(convolutions(read), convolutions(written), strict=True):
        assert (one.stride, one.activate) == (other.stride, other.activate)
        assert np.array_equal(one.weight, other.weight)
        assert np.array_equal(one.bias, other.bias)
        assert one.weight.dtype == one.bias.dtype == np.float32


@pytest.mark.parametrize(
    ("widths", "depths", "stem_strides"),
    [
        ((4, 6, 8, 9), (1, 2, 2, 1), (2, 2)),
        ((4, 6, 8, 9), (1, 1, 1, 1), (1, 1)),
        ((6, 6, 8), (3, 1, 2), (2, 1)),
        ((4,), (2,), (1, 2)),
    ],
)
def test_what_is_read_is_what_was_written_but_for_eight_bits(
    widths: tuple[int, ...], depths: tuple[int, ...], stem_strides: tuple[int, int]
) -> None:
    network = a_network(widths, depths, stem_strides)
    assert_same(read_network(network_graph(network)), rounded(network))


def test_the_packaged_network_is_read_as_it_was_written() -> None:
    read = read_network(load_embedded(96).graph)
    assert read.n_features == 1696
    assert shape_of(read) == [(1, True), (2, False), (1, True), (2, False), (1, True), (2, False)]
    again = read_network(network_graph(read))
    for one, other in zip(convolutions(again), convolutions(read), strict=True):
        assert np.abs(one.weight - other.weight).max() <= 1e-6 * np.abs(other.weight).max()
        assert np.array_equal(one.bias, other.bias)


def test_another_network_is_told_apart() -> None:
    network = a_network((4, 6), (1, 1), (2, 2))
    bias: NDArray[np.float32] = network.head.bias + np.float32(1e-3)
    changed = replace(network, head=replace(network.head, bias=bias))
    with pytest.raises(AssertionError):
        assert_same(read_network(network_graph(changed)), rounded(network))
