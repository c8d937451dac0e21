from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.blocks.networks import N_FEATURES, DistanceFromZero, LinearHead, a_backbone, noise

from apprenti.blocks.assembly import assemble
from apprenti.blocks.joining import default_opset
from apprenti.blocks.session import open_session
from apprenti.domain.recipe import Canvas

N_LABELS = 4


def softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("opsets", [(13,), (13, 17), (18, 13)], ids=str)
@pytest.mark.parametrize("canvas_px", [16, 24])
def test_the_graph_answers_as_its_parts_do_one_by_one(
    tmp_path: Path, opsets: tuple[int, ...], canvas_px: int
) -> None:
    backbones = [a_backbone(tmp_path, f"{i}.onnx", opset=opset, seed=i) for i, opset in enumerate(opsets)]
    n_features = N_FEATURES * len(backbones)
    head, distance = LinearHead(n_features, N_LABELS), DistanceFromZero()
    canvas = Canvas(size_px=canvas_px)
    graph = assemble(backbones, canvas, head, n_labels=N_LABELS, temperature=1.7, familiarity=distance)

    pixels = noise(3, canvas_px)
    parts = [open_session(b.graph_for(canvas_px)).run(None, {"pixels": pixels}) for b in backbones]
    features = np.hstack([part[0] for part in parts])
    session = open_session(graph)
    names = [output.name for output in session.get_outputs()]
    answers = dict(zip(names, session.run(None, {"pixels": pixels}), strict=True))
    assert names == ["probabilities", "embedding", "distance", "feature_map"]
    np.testing.assert_allclose(answers["embedding"], features, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(answers["distance"], distance.distances(features), rtol=1e-4)
    np.testing.assert_allclose(answers["probabilities"], softmax(head.logits(features) / 1.7), atol=1e-4)
    np.testing.assert_allclose(answers["feature_map"], parts[0][1], rtol=1e-4, atol=1e-5)
    model = onnx.load_model_from_string(graph)
    onnx.checker.check_model(model, full_check=True)
    assert default_opset(model) == max(opsets)


def test_the_same_parts_give_the_same_bytes(tmp_path: Path) -> None:
    backbones = [a_backbone(tmp_path, "a.onnx"), a_backbone(tmp_path, "b.onnx", seed=2)]
    first, second = (
        assemble(
            backbones,
            Canvas(size_px=24),
            LinearHead(2 * N_FEATURES, N_LABELS),
            n_labels=N_LABELS,
            temperature=1.0,
            familiarity=DistanceFromZero(),
        )
        for _ in range(2)
    )
    assert first == second


def test_the_map_is_that_of_the_first_backbone_that_has_one(tmp_path: Path) -> None:
    without = a_backbone(tmp_path, "without.onnx", pooling="ReduceMax")
    with_map = a_backbone(tmp_path, "with.onnx", seed=1)
    for backbones, has_map in (([without], False), ([without, with_map], True)):
        graph = assemble(
            backbones,
            Canvas(size_px=16),
            LinearHead(N_FEATURES * len(backbones), N_LABELS),
            n_labels=N_LABELS,
            temperature=1.0,
            familiarity=DistanceFromZero(),
        )
        session = open_session(graph)
        assert ("feature_map" in [output.name for output in session.get_outputs()]) == has_map
    (answer,) = session.run(["feature_map"], {"pixels": noise(1)})
    (expected,) = open_session(with_map.graph).run(["feature_map"], {"pixels": noise(1)})
    np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=1e-5)
