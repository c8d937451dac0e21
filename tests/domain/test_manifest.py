from __future__ import annotations

import json

import pytest
from tests.blocks.models import a_manifest

from apprenti.domain.dataset import TaskType
from apprenti.domain.json_form import from_json, to_json
from apprenti.domain.manifest import Manifest
from apprenti.domain.metric import Metric
from apprenti.domain.recipe import Canvas


def test_a_manifest_comes_back_whole_from_its_json() -> None:
    manifest = a_manifest()
    assert from_json(Manifest, json.loads(json.dumps(to_json(manifest)))) == manifest
    assert manifest.canvas == Canvas(size_px=16)


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ("one",)},
        {"labels": ("one", "one")},
        {"familiarity_threshold": 0.0},
        {"familiarity_threshold": float("nan")},
        {"familiarity_threshold": float("inf")},
        {"thresholds": (0.5, 0.5, 0.5)},
        {"margin": 1.0},
        {"task_type": TaskType.MULTI_LABEL},
        {"task_type": TaskType.MULTI_LABEL, "thresholds": (0.5, 0.5, float("nan"))},
        {"task_type": TaskType.REGRESSION, "labels": ()},
        {"task_type": TaskType.REGRESSION, "labels": (), "margin": float("nan")},
    ],
    ids=str,
)
def test_a_manifest_that_makes_no_sense_cannot_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Manifest"):
        a_manifest(**changes)


def test_a_manifest_from_before_there_were_other_tasks_tells_classes() -> None:
    data = to_json(a_manifest())
    for name in ("task_type", "thresholds", "margin", "margin_level"):
        del data[name]
    manifest = from_json(Manifest, data)
    assert manifest == a_manifest()
    assert (manifest.task_type, manifest.metric, manifest.answer) == (
        TaskType.MULTI_CLASS, Metric.ACCURACY, "probabilities"
    )  # fmt: skip


def test_other_tasks_say_what_their_answers_are_told_by() -> None:
    labels = a_manifest(task_type=TaskType.MULTI_LABEL, thresholds=(0.5, 0.2, 0.9))
    number = a_manifest(task_type=TaskType.REGRESSION, labels=(), margin=1.5)
    for manifest, metric in ((labels, Metric.MEAN_AVERAGE_PRECISION), (number, Metric.R2)):
        assert manifest.metric is metric
        assert from_json(Manifest, json.loads(json.dumps(to_json(manifest)))) == manifest
    assert number.answer == "value"


def test_nothing_in_a_manifest_tells_when_or_where_it_was_made() -> None:
    names = set(Manifest.__dataclass_fields__)
    assert not any(word in name for name in names for word in ("date", "second", "host", "user"))
