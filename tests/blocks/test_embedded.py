"""The packaged backbone: that it is whole, the same everywhere, and what PyTorch made it."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
import pytest

from apprenti.blocks.embedded import FILE, N_FEATURES, load_embedded
from apprenti.blocks.resizing import resize
from apprenti.blocks.session import open_session

GOLDEN = Path(__file__).parent / "golden" / "embedded.npz"
LARGEST_MB = 8


def features_of(graph: bytes, pixels: np.ndarray) -> np.ndarray:
    (features,) = open_session(graph).run(["features"], {"pixels": pixels})
    return np.asarray(features)


@pytest.mark.parametrize("size_px", [64, 96, 160])
def test_the_packaged_file_gives_the_features_pytorch_gave(size_px: int) -> None:
    golden = np.load(GOLDEN)
    features = features_of(load_embedded(size_px).graph, golden[f"pixels_{size_px}"])
    expected = golden[f"features_{size_px}"]
    assert np.abs(features - expected).max() <= 1e-3 * np.abs(expected).max()


def test_two_pictures_do_not_have_the_same_features() -> None:
    golden = np.load(GOLDEN)
    one, other = features_of(load_embedded(96).graph, golden["pixels_96"])
    assert np.corrcoef(one, other)[0, 1] < 0.9


def test_the_packaged_file_is_small() -> None:
    assert len(load_embedded(96).graph) <= LARGEST_MB * 1e6


def test_the_first_features_are_the_means_of_the_published_map() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 128, 128, 3), np.uint8)
    backbone = load_embedded(128)
    features, feature_map = open_session(backbone.graph).run(["features", "feature_map"], {"pixels": pixels})
    assert features.shape == (1, N_FEATURES) == (1, backbone.n_features)
    n_shown = feature_map.shape[1]
    assert feature_map.shape == (1, n_shown, 4, 4)
    assert 0 < n_shown < N_FEATURES
    assert np.allclose(feature_map.mean(axis=(2, 3)), features[:, :n_shown], atol=1e-5)


def test_a_photo_alone_has_the_features_it_has_among_others() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 96, 96, 3), np.uint8)
    graph = load_embedded(96).graph
    together = features_of(graph, pixels)
    assert np.allclose(together[1:2], features_of(graph, pixels[1:2]), atol=1e-5)


def test_a_smaller_canvas_is_enlarged_inside_the_graph() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), np.uint8)
    backbone = load_embedded(64)
    expected = features_of(backbone.graph, resize(pixels, 64))
    assert np.allclose(features_of(backbone.graph_for(32), pixels), expected, atol=1e-4)


def test_every_size_has_a_name_of_its_own() -> None:
    assert load_embedded(64).name != load_embedded(96).name


@pytest.mark.parametrize("size_px", [0, 16, 100])
def test_a_size_the_network_cannot_divide_is_refused(size_px: int) -> None:
    with pytest.raises(ValueError, match="multiple of 32"):
        load_embedded(size_px)


def test_the_packaged_file_holds_only_operators_every_runtime_has() -> None:
    model = onnx.load_model_from_string(files("apprenti.blocks").joinpath("weights", FILE).read_bytes())
    onnx.checker.check_model(model, full_check=True)
    assert [entry.version for entry in model.opset_import] == [13]
