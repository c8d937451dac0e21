"""A worker that finishes in seconds: it tells of steps and candidates, and leaves a real, small model."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.blocks.models import a_manifest
from tests.blocks.networks import a_backbone
from tests.fake_models import a_report
from tests.web.rooms.memory import memory_of

from apprenti.blocks.artifact import pack
from apprenti.blocks.assembly import assemble
from apprenti.blocks.decoding import decode
from apprenti.blocks.familiarity import fit_familiarity, held_out_distances, threshold
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.blocks.session import open_session
from apprenti.domain.outlook import Outlook
from apprenti.domain.recipe import Canvas, Interval, Pick, Recipe, Trial, TrialStatus
from apprenti.domain.report import Report
from apprenti.domain.scores import CoveragePoint, ReliabilityBin, Scores
from apprenti.domain.sentence import Sentence
from apprenti.domain.service import JobState, TrainingJob, Version
from apprenti.flow.foretelling import BudgetPlan, Foretold
from apprenti.flow.service import images, tasks
from apprenti.flow.service.access import ITSELF
from apprenti.flow.service.job_progress import JobProgress
from apprenti.flow.service.known_embeddings import KnownEmbeddings
from apprenti.flow.service.planning import BUDGETS_SECONDS, plan_content
from apprenti.flow.service.service import Service
from apprenti.flow.service.versions import put_in_production
from apprenti.jobs.worker import next_training
from apprenti.stages.predict import Predictor
from apprenti.store.database import images as image_table
from apprenti.store.database import plans
from apprenti.store.database import trainings as table
from apprenti.store.database import versions as version_table
from apprenti.store.database.images import ImageFilter

CANVAS = Canvas(size_px=16)
RECIPE = Recipe(backbones=("tiny",), canvas=CANVAS, transform="standardise.v1", head="ridge.v1")
SCORES = (0.71, 0.86, 0.93)
NETWORK = "tuned.v1-64-e8"
N_EPOCHS = 8
WORKER = "00000000-0000-4000-8000-000000000001"


def work_fast(service: Service, *, stopping: Callable[[], bool], pause_seconds: float) -> None:
    """Do what waits in the queue until told to stop; the first version of a task answers, later ones only stand by."""
    with service.locks.hold(WORKER):
        while not stopping():
            job = next_training(service, WORKER)
            if job is None:
                _plan(service)
                time.sleep(0.1)
            else:
                _train(service, job, pause_seconds)


def _picks(n_networks: int = 1) -> tuple[Pick, ...]:
    """Return what is tried: the recipes that have scores, the last of them with a network of its own."""
    reasons = (
        Sentence(key="select.ridge", values={"rank": 1}),
        Sentence(key="select.ridge", values={"rank": 2}),
        Sentence(key="select.network_own_tuned", values={}),
    )
    expected = [Interval(low=score - 0.1, high=min(1.0, score + 0.1)) for score in SCORES]
    frozen = len(SCORES) - n_networks
    return tuple(
        Pick(
            recipe=_recipe(number),
            reason=reasons[number],
            predicted_seconds=2.0 if number < frozen else 40.0,
            predicted_score=expected[number] if number < frozen else None,
        )
        for number in range(len(SCORES))
    )


def _recipe(number: int) -> Recipe:
    if number < len(SCORES) - 1:
        return replace(RECIPE, parameters={"alpha": float(number + 1)})
    return Recipe(backbones=(NETWORK,), canvas=Canvas(size_px=64), transform="none.v1", head="own.v1")


def _plan(service: Service) -> None:
    """Make the plan somebody asked for, at once."""
    with service.database.write() as tx:
        plan = plans.claim(tx, WORKER, is_alive=service.locks.is_alive)
        if plan is None:
            return
        outlook = Outlook(
            n_datasets=59, n_families=40, by_likeness=True, best_score=Interval(low=0.78, high=0.97)
        )
        budgets = tuple(
            BudgetPlan(budget_seconds=seconds, picks=_picks(), n_fitting=3 if seconds >= 60 else 2)
            for seconds in BUDGETS_SECONDS
        )
        made = Foretold(
            n_learnt_from=32, n_test=8, plans=budgets, seconds_before=4.0, outlook=outlook, has_torch=True
        )
        plans.finish(tx, plan, WORKER, content=plan_content(made), error={})


def _train(service: Service, job: TrainingJob, pause_seconds: float) -> None:
    progress = JobProgress(service, job, clock=lambda: time.monotonic() * 100)
    progress.begin("gathering")
    time.sleep(pause_seconds)
    picks = _picks()
    progress.planned(picks)
    progress.begin("candidates", len(SCORES))
    for number, score in enumerate(SCORES):
        progress.begun(picks[number], lambda: picks)
        if picks[number].recipe.is_trained:
            _learn(progress, pause_seconds)
        trial = Trial(
            recipe=picks[number].recipe,
            status=TrialStatus.FINISHED,
            score=score,
            interval=Interval(low=score - 0.06, high=score + 0.04),
            seconds=1.0,
        )
        progress.tried(trial)
        progress.advance()
        time.sleep(pause_seconds)
        progress.refuse_if_taken_over()
        if progress.cancel_requested:
            _end(service, job, state=JobState.CANCELLED)
            return
    _finish(service, job)


def _learn(progress: JobProgress, pause_seconds: float) -> None:
    """Tell of the epochs of a network."""
    progress.begin("networks", 100)
    for epoch in range(1, N_EPOCHS + 1):
        values = {"epoch": float(epoch), "epochs": N_EPOCHS, "loss": round(1.4 / epoch, 3), "pace": 80}
        score = round(93 - 40 / epoch, 1)
        news = Sentence(key="progress.epoch_classes", values={**values, "score": score})
        progress.note(news, seconds_left=float(N_EPOCHS - epoch))
        time.sleep(pause_seconds / N_EPOCHS)
    progress.begin("candidates", 1)


def _finish(service: Service, job: TrainingJob) -> None:
    who = (service, ITSELF, job.workspace_id)
    labels = {label.id: label.name for label, is_none in tasks.task_labels(*who, job.task_id) if not is_none}
    found = images.list_images(*who, ImageFilter(task_id=job.task_id), limit=500).items
    shows = images.labels_of_images(*who, [image.id for image in found])
    ids = list(labels)
    shown = [
        (image, next(ids.index(label.id) for label, _ in shows[image.id] if label.id in ids))
        for image in found
    ]
    tested = {image.id for image in found if image.is_test} or {image.id for image in found[::5]}
    learnt = [(image, place) for image, place in shown if image.id not in tested]
    data = a_model_of(
        [service.blobs.get(image.sha256) for image, _ in learnt],
        [place for _, place in learnt],
        tuple(labels.values()),
    )
    known = _known([service.blobs.get(image.sha256) for image, _ in learnt], data)
    memory = {"known_sha256": service.blobs.put(known.to_npz()), **memory_of(service, data, found)}
    with service.database.write() as tx:
        image_table.change(tx, job.workspace_id, sorted(tested), is_test=True)
        number = version_table.next_number(tx, job.task_id)
        reason = Sentence(
            key="feedback.promoted_first" if number == 1 else "feedback.kept_too_few", values={}
        )
        values = {} if number == 1 else {"n": 8, "fewest": 30}
        version = Version(
            id=service.new_id(),
            workspace_id=job.workspace_id,
            task_id=job.task_id,
            number=number,
            job_id=job.id,
            model_sha256=service.blobs.put(data),
            n_bytes=len(data),
            scores={"accuracy": 0.9, "balanced_accuracy": 0.88, "macro_f1": 0.87, "ece": 0.04},
            labels=tuple(ids),
            n_examples=len(learnt),
            **memory,
            verdict={"promote": number == 1, "n": 8, "reason": {"key": reason.key, "values": values}},
            created_us=service.now_us(),
        )
        version_table.insert(tx, version)
        if number == 1:
            put_in_production(tx, service, ITSELF, job.workspace_id, job.task_id, 1, pinned=False)
    _end(service, job, state=JobState.DONE, version_number=number)


def _known(photos: Sequence[bytes], model: bytes) -> KnownEmbeddings:
    predictor = Predictor.open(model)
    rows = [predictor.answer_pixels(decode(data, CANVAS, item="photo"), item="photo")[1] for data in photos]
    hashes = tuple(hashlib.sha256(data).hexdigest() for data in photos)
    return KnownEmbeddings(hashes=hashes, embeddings=np.stack(rows))


def _end(service: Service, job: TrainingJob, **values: object) -> None:
    with service.database.write() as tx:
        table.write(tx, job, finished_us=service.now_us(), owner="", **values)


def _report(labels: tuple[str, ...]) -> Report:
    """Return a report whose every plot has something to show."""
    made = a_report(labels)
    interval = Interval(low=0.7, high=0.97)
    bins = tuple(
        ReliabilityBin(
            low=low / 5,
            high=(low + 1) / 5,
            n=8,
            n_right=low + 3,
            mean_confidence=(low + 0.5) / 5,
            accuracy_interval=interval,
        )
        for low in range(5)
    )
    points = tuple(CoveragePoint(coverage=share / 4, accuracy=1 - share / 40) for share in range(1, 5))
    assert isinstance(made.scores, Scores)
    return replace(made, scores=replace(made.scores, reliability=bins, coverage_curve=points))


def a_model_of(photos: Sequence[bytes], places: Sequence[int], labels: tuple[str, ...]) -> bytes:
    """Return the bytes of a model that has learnt these photos with a network of a few weights."""
    pixels = np.stack([decode(data, CANVAS, item="photo") for data in photos])
    with tempfile.TemporaryDirectory() as folder:
        backbone = a_backbone(Path(folder))
    session = open_session(backbone.graph_for(CANVAS.size_px))
    features = np.vstack([session.run(["features"], {"pixels": one[None]})[0] for one in pixels])
    pipeline = fit_pipeline(RECIPE, features, np.asarray(places, np.int64), n_labels=len(labels), seed=0)
    graph = assemble(
        [backbone],
        CANVAS,
        pipeline,
        n_labels=len(labels),
        temperature=0.2,
        familiarity=fit_familiarity(features, seed=0),
    )
    manifest = a_manifest(
        labels=labels,
        recipe=RECIPE,
        familiarity_threshold=3 * threshold(held_out_distances(features, seed=0)),
    )
    return pack(
        manifest=manifest,
        graph=graph,
        report=_report(labels).to_json(),
        golden_pixels=pixels[:2],
        seen=[hashlib.sha256(data).hexdigest() for data in photos],
    )
