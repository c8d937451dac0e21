"""What every head that serves several labels or numbers keeps to, and every way from logits to answers."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from tests.blocks.blobs import N_FEATURES, assert_close, graph_bytes, run_graph

from apprenti.blocks.answering import Array, Loss, answering_of
from apprenti.blocks.catalogue import LABEL_FITS, SERVES, TARGET_FITS
from apprenti.blocks.graph import FLOAT, GraphBuilder
from apprenti.blocks.joining import finished
from apprenti.blocks.label_metrics import mean_average_precision
from apprenti.blocks.number_metrics import r2
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.blocks.target_heads import fit_target_head
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import BackboneError, OptionError
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.recipes import PRIORS

LABELS, NUMBERS = TaskType.MULTI_LABEL, TaskType.REGRESSION
PAIRS = [
    (task_type, name) for task_type in (LABELS, NUMBERS) for name in SERVES[answering_of(task_type).loss]
]
EVERY_PAIR = pytest.mark.parametrize(("task_type", "name"), PAIRS)


def some(task_type: TaskType, n: int = 160, *, seed: int = 0) -> tuple[NDArray[np.float32], Array]:
    """Return rows [n, 12] of uneven scales and targets that can be seen in them."""
    draws = np.random.default_rng(seed)
    hidden = draws.normal(0, 1, (n, 4))
    mixing = np.random.default_rng(1).normal(0, 1, (4, N_FEATURES))
    rows = hidden @ mixing + draws.normal(0, 0.2, (n, N_FEATURES))
    features = (rows * np.linspace(0.5, 3, N_FEATURES) + 1).astype(np.float32)
    if task_type is LABELS:
        return features, (hidden[:, :3] > np.array([0.0, 0.5, 1.2])).astype(np.float32)
    return features, (1000 + 30 * hidden[:, 0] + 10 * hidden[:, 1] ** 2).astype(np.float32)


def fitted(
    task_type: TaskType, name: str, features: NDArray[np.float32], targets: Array, **parameters: float
):  # type: ignore[no-untyped-def]
    loss: Loss = answering_of(task_type).loss
    settings = {"C": 1.0, "alpha": 0.03, **parameters}
    return fit_target_head(name, features, targets, loss=loss, parameters=settings, seed=0)


@EVERY_PAIR
def test_the_graph_gives_the_logits_of_numpy(task_type: TaskType, name: str) -> None:
    head = fitted(task_type, name, *some(task_type))
    fresh, _ = some(task_type, 50, seed=5)
    assert_close(run_graph(head, fresh), head.logits(fresh))


@EVERY_PAIR
def test_an_easy_problem_is_learnt(task_type: TaskType, name: str) -> None:
    head = fitted(task_type, name, *some(task_type, 400))
    fresh, targets = some(task_type, 200, seed=5)
    logits = head.logits(fresh)
    if task_type is LABELS:
        assert mean_average_precision(targets, logits) > 0.9
    else:
        assert (r2(targets, logits[:, 0]) or 0) > (0.5 if name == "knn.v1" else 0.75)


@EVERY_PAIR
def test_logits_are_finite_float32_one_per_label_or_one_number(task_type: TaskType, name: str) -> None:
    head = fitted(task_type, name, *some(task_type))
    for rows in (some(task_type, 7)[0], 1000 * some(task_type, 3)[0], np.zeros((2, N_FEATURES), np.float32)):
        logits = head.logits(rows)
        assert logits.shape == (len(rows), 3 if task_type is LABELS else 1)
        assert logits.dtype == np.float32
        assert np.isfinite(logits).all()


@EVERY_PAIR
def test_targets_that_do_not_vary_are_answered_as_they_are(task_type: TaskType, name: str) -> None:
    features, targets = some(task_type, 12)
    same = np.zeros_like(targets) if task_type is LABELS else np.full_like(targets, 7)
    logits = fitted(task_type, name, features, same).logits(features)
    if task_type is LABELS:
        assert (logits < -1).all()
    else:
        np.testing.assert_allclose(logits, 7, rtol=1e-5)


@EVERY_PAIR
def test_more_features_than_rows_are_no_obstacle(task_type: TaskType, name: str) -> None:
    features = np.random.default_rng(0).normal(0, 1, (24, 60)).astype(np.float32)
    head = fitted(task_type, name, features, some(task_type, 24)[1])
    assert np.isfinite(head.logits(features)).all()
    assert_close(run_graph(head, features), head.logits(features))


@EVERY_PAIR
def test_the_same_seed_gives_the_same_bytes(task_type: TaskType, name: str) -> None:
    first, second = (graph_bytes(fitted(task_type, name, *some(task_type)), N_FEATURES) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", SERVES["squared_error"])
@pytest.mark.parametrize(("scale", "offset"), [(1e-3, 0.0), (1e3, -5e4)])
def test_a_number_is_answered_in_its_own_unit_whatever_that_is(
    name: str, scale: float, offset: float
) -> None:
    features, targets = some(NUMBERS)
    plain = fitted(NUMBERS, name, features, targets).logits(features)
    changed = fitted(NUMBERS, name, features, (targets * scale + offset).astype(np.float32)).logits(features)
    tolerance = 2e-3 * float(targets.std()) * scale
    np.testing.assert_allclose(changed, plain * scale + offset, atol=tolerance)


def test_the_mean_of_neighbours_stays_within_the_numbers_it_has_seen() -> None:
    features, targets = some(NUMBERS)
    answers = fitted(NUMBERS, "knn.v1", features, targets).logits(5 * features)
    assert targets.min() - 1e-3 <= answers.min()
    assert answers.max() <= targets.max() + 1e-3


def test_every_head_that_serves_a_task_has_a_way_to_be_fitted() -> None:
    assert set(SERVES["squared_error"]) == set(TARGET_FITS)
    assert set(SERVES["binary_cross_entropy"]) <= set(TARGET_FITS) | set(LABEL_FITS)
    for task_type, orders in PRIORS.items():
        for templates in orders.values():
            assert {one.head for one in templates} <= set(SERVES[answering_of(task_type).loss])
            assert len({one.name for one in templates}) == len(templates)


@pytest.mark.parametrize("task_type", [LABELS, NUMBERS])
def test_a_head_that_does_not_serve_a_task_is_refused_by_name(task_type: TaskType) -> None:
    with pytest.raises(OptionError, match=r"lda\.v1"):
        fitted(task_type, "lda.v1", *some(task_type))


@pytest.mark.parametrize("task_type", [LABELS, NUMBERS])
@pytest.mark.parametrize("transform", ["standardise.v1", "power.v1", "pca.v1"])
def test_the_graph_of_a_whole_pipeline_gives_the_calibrated_answers_of_numpy(
    task_type: TaskType, transform: str
) -> None:
    answering = answering_of(task_type)
    features, targets = some(task_type, 200)
    recipe = Recipe(
        backbones=("x",), canvas=Canvas(size_px=8), transform=transform, head="kernel_ridge.v1",
        parameters={"n_components": 6},
    )  # fmt: skip
    n_labels = 3 if task_type is LABELS else 1
    pipeline = fit_pipeline(
        recipe, features[:150], targets[:150], n_labels=n_labels, seed=0, task_type=task_type
    )
    calibration = answering.calibrate(pipeline.logits(features[150:]), targets[150:])
    graph = GraphBuilder()
    logits = pipeline.add_to(graph, graph.input("features", FLOAT, ["N", N_FEATURES]))
    calibration.publish(graph, logits, n_labels)
    session = onnxruntime.InferenceSession(finished(graph), providers=["CPUExecutionProvider"])
    (name,) = (output.name for output in session.get_outputs())
    fresh, _ = some(task_type, 40, seed=9)
    (answers,) = session.run(None, {"features": fresh})
    assert name == ("probabilities" if task_type is LABELS else "value")
    assert_close(np.asarray(answers), calibration.answers(pipeline.logits(fresh)))


@pytest.mark.parametrize("task_type", [LABELS, NUMBERS])
def test_values_that_are_not_numbers_are_refused(task_type: TaskType) -> None:
    features, targets = some(task_type)
    features[3, 2] = np.nan
    recipe = Recipe(backbones=("x",), canvas=Canvas(size_px=8), transform="none.v1", head="ridge.v1")
    with pytest.raises(BackboneError):
        fit_pipeline(recipe, features, targets, n_labels=3, seed=0, task_type=task_type)
