"""The service in figures, as Prometheus reads them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.fake_loop import mixture, open_loop, shade
from tests.fake_service import OPERATOR

from apprenti.domain.errors import AccessError
from apprenti.domain.service import Role
from apprenti.flow.service import corrections, metrics, trainings
from apprenti.flow.service.exposition import Family, Sample, exposed
from apprenti.store.database import workers

LINE = re.compile(
    r"# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+=\"(?:[^\"\\]|\\.)*\"(,[a-z]+=\"(?:[^\"\\]|\\.)*\")*\})? \S+"
)


def figures(text: str) -> dict[str, float]:
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if not line.startswith("#")
    }


def test_the_figures_are_those_of_the_database(tmp_path: Path) -> None:
    loop = open_loop(tmp_path)
    for n in range(3):
        loop.ask(mixture(120 + n, 20, 110))
    prediction = loop.ask(shade("red", 1))
    corrections.correct(loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of("red"))
    trainings.ask_training(loop.service, OPERATOR, loop.here, loop.task.id)
    with loop.service.database.write() as tx:
        workers.note(tx, "worker-1", now_us=1)
    text = metrics.metrics_text(loop.service, OPERATOR)
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    seen = figures(text)
    of_task = f'workspace="{loop.here}",task="{loop.task.id}"'
    labels = f'{of_task},version="1"'
    assert seen[f"apprenti_predictions_total{{{labels}}}"] == 4
    assert seen[f'apprenti_prediction_seconds_bucket{{{labels},le="+Inf"}}'] == 4
    assert seen[f"apprenti_prediction_seconds_count{{{labels}}}"] == 4
    assert seen["apprenti_training_queue_length"] == 1
    assert seen[f'apprenti_corrections{{{of_task},state="accepted"}}'] == 1
    assert seen["apprenti_workers_alive"] == 0
    assert seen['apprenti_blob_bytes{of="images"}'] > 0
    assert seen["apprenti_database_bytes"] > 0
    with loop.service.locks.hold("worker-1"):
        assert figures(metrics.metrics_text(loop.service, OPERATOR))["apprenti_workers_alive"] == 1


def test_buckets_of_latency_only_grow(tmp_path: Path) -> None:
    loop = open_loop(tmp_path)
    for n in range(5):
        loop.ask(mixture(120 + n, 20, 110))
    buckets = [
        n for name, n in figures(metrics.metrics_text(loop.service, OPERATOR)).items() if "_bucket" in name
    ]
    assert buckets == sorted(buckets)
    assert buckets[-1] == 5


def test_the_figures_are_of_all_workspaces_and_so_an_operators(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, n_known=0)
    with pytest.raises(AccessError):
        metrics.metrics_text(loop.service, loop.person("o", Role.OWNER))


def test_signs_that_would_end_a_label_are_escaped() -> None:
    labels = {"name": 'a"b\\c\nd'}
    family = Family(name="x", kind="gauge", help="one\ntwo", samples=[Sample(value=0.5, labels=labels)])
    assert exposed([family]) == ('# HELP x one\\ntwo\n# TYPE x gauge\nx{name="a\\"b\\\\c\\nd"} 0.5\n')
