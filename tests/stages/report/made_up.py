"""Made-up reports of many shapes, through the same function that makes real ones."""

from __future__ import annotations

import numpy as np

from apprenti.blocks.metrics import wilson_interval
from apprenti.domain.dataset import Dataset, DuplicateGroup, Example, Kind, SetAside, Split, TaskType
from apprenti.domain.network_history import ChangedPhoto, EpochRecord, NetworkHistory
from apprenti.domain.outlook import Hindsight, Neighbour, Outlook
from apprenti.domain.recipe import Canvas, Interval, Pick, Recipe, Trial, TrialStatus
from apprenti.domain.report import BackboneCredit, Report, Timing
from apprenti.domain.sentence import Sentence
from apprenti.recipes import POLICIES
from apprenti.stages.evaluate import Answers, Training, evaluate

CANVAS = Canvas(size_px=64)
RECIPES = (
    Recipe(backbones=("classic.v1",), canvas=CANVAS, transform="power.v1", head="ridge.v1"),
    Recipe(
        backbones=("classic.v1", "tiny_net"),
        canvas=CANVAS,
        transform="pca.v1",
        head="rbf_svm.v1",
        parameters={"C": 10.0, "n_components": 64},
    ),
    Recipe(backbones=("classic.v1",), canvas=CANVAS, transform="none.v1", head="unheard_of.v7"),
)
EXPECTED = Interval(low=0.83, high=0.89, level=0.9)
OUTLOOK = Outlook(
    n_datasets=54,
    n_families=18,
    by_likeness=True,
    best_score=EXPECTED,
    neighbours=(
        Neighbour(
            name="leaves",
            weight=0.31,
            n_related=2,
            best=RECIPES[2],
            best_score=0.955,
            behind_points=0.4,
            gone=RECIPES[:1],
            instead=RECIPES[2:],
        ),
        Neighbour(name="here 3", weight=0.04, best=RECIPES[0], best_score=0.7, behind_points=0.0),
        Neighbour(name="coins", weight=0.02, gone=RECIPES[1:2]),
    ),
)
HINDSIGHT = Hindsight(n_others=38, n_photos=98, best=RECIPES[2], best_score=83 / 98, kept_score=78 / 98)
REASON = Sentence(key="report.calm_why")
MIRRORED = Sentence(key="train.mirror_holds", values={"changed": 91, "expected": 93})
NETWORKS = tuple(
    NetworkHistory(
        backbone=f"{kind}-64-e{n_epochs}",
        n_photos=320,
        n_held_out=80,
        n_photos_kept=400,
        epochs_kept=float(n_epochs),
        epochs=tuple(
            EpochRecord(
                epoch=float(epoch),
                loss=2.0 / (1 + epoch),
                score=0.5 + 0.4 * min(epoch / n_epochs, 0.75),
                rate=0.03 * (1 - epoch / n_epochs),
            )
            for epoch in range(1, n_epochs + 1)
        ),
        policy=POLICIES[policy],
        symmetries=(MIRRORED,),
        examples=(
            ChangedPhoto(
                name="train/photo 3.jpg", plain=b"\xff\xd8 plain", changed=(b"\xff\xd8 a", b"\xff\xd8 b")
            ),
        ),
    )
    for kind, n_epochs, policy in (("tuned.v1", 12, "strong"), ("scratch.v1", 48, "gentle"))
)
TIMING = Timing(
    total_seconds=83.4,
    predicted_seconds={recipe.name: 2.5 for recipe in RECIPES},
    seconds={RECIPES[0].name: 3.25, RECIPES[1].name: 131.0},
)


def made_up_report(
    *,
    n_labels: int = 4,
    n_test: int = 120,
    n_held_out: int = 400,
    skill: float = 2.5,
    labels: tuple[str, ...] = (),
    name: str = "fruit",
    file_name: str = "photo {i}.jpg",
    with_distances: bool = True,
    with_troubles: bool = True,
    outlook: Outlook | None = OUTLOOK,
    networks: tuple[NetworkHistory, ...] = (),
) -> Report:
    """Return the report of a training on data that never were; ``skill`` 0 is guessing, 50 is faultless."""
    labels = labels or tuple(f"kind {k:03d}" for k in range(n_labels))
    rng = np.random.default_rng(n_labels + n_test)
    test = _answers(rng, n_test, len(labels), skill, Split.TEST, file_name, with_distances)
    held_out = _answers(rng, n_held_out, len(labels), skill, Split.TRAIN, file_name, False)
    dataset = Dataset(
        name=name,
        kind=Kind.IMAGE,
        task_type=TaskType.MULTI_CLASS,
        labels=labels,
        examples=(*_examples(held_out, labels, Split.TRAIN), *_examples(test, labels, Split.TEST)),
        **(_troubles(labels, file_name) if with_troubles else {}),
    )
    return evaluate(
        dataset,
        test=test,
        held_out=held_out,
        training=_training(n_held_out, outlook, networks),
        thumbnail=lambda name: b"\xff\xd8 small " + name.encode(),
    )


def _answers(
    rng: np.random.Generator,
    n: int,
    n_labels: int,
    skill: float,
    split: Split,
    file_name: str,
    with_distances: bool,
) -> Answers:
    truth = rng.integers(0, n_labels, n)
    logits = rng.normal(size=(n, n_labels))
    logits[np.arange(n), truth] += skill
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Answers(
        names=[f"{split}/{file_name.format(i=i)}" for i in range(n)],
        expected=truth,
        given=p / p.sum(axis=1, keepdims=True),
        distances=np.abs(rng.normal(size=n)) if with_distances else None,
    )


def _examples(answers: Answers, labels: tuple[str, ...], split: Split) -> tuple[Example, ...]:
    return tuple(
        Example(
            kind=Kind.IMAGE, name=name, path=name, content_hash=f"{i:064x}", target=labels[k], split=split
        )
        for i, (name, k) in enumerate(zip(answers.names, answers.expected.tolist(), strict=True))
    )


def _troubles(labels: tuple[str, ...], file_name: str) -> dict[str, tuple[object, ...]]:
    first, second = file_name.format(i=1), file_name.format(i=2)
    return {
        "set_aside": (SetAside(name=first, reason=Sentence(key="errors.empty_file", values={"item": first})),)
        * 45,
        "duplicates": (
            DuplicateGroup(names=(first, second), labels=labels[:2], exact=True),
            DuplicateGroup(names=tuple(f"{first}-{i}" for i in range(9)), labels=labels[:1], exact=False),
        ),
        "notices": (Sentence(key="report.few_title"), Sentence(key="nowhere.to_be_found")),
    }


def _training(n_held_out: int, outlook: Outlook | None, networks: tuple[NetworkHistory, ...]) -> Training:
    scores = (0.8, 0.9)
    trials = [
        Trial(
            recipe=recipe,
            status=TrialStatus.FINISHED,
            score=score,
            interval=wilson_interval(round(score * n_held_out), n_held_out),
            n_validation=n_held_out,
            scheme="5-fold",
            seconds=12.0,
        )
        for recipe, score in zip(RECIPES, scores, strict=False)
    ]
    failed = Trial(recipe=RECIPES[2], status=TrialStatus.FAILED, detail=Sentence(key="report.calm_title"))
    return Training(
        kept=RECIPES[1],
        picks=[
            Pick(
                recipe=recipe,
                reason=REASON,
                predicted_seconds=2.5,
                predicted_score=None if outlook is None else EXPECTED,
            )
            for recipe in RECIPES
        ],
        trials=[*trials, failed],
        networks=networks,
        outlook=outlook,
        temperature=1.25,
        familiarity_threshold=1.96,
        false_alarm_rate=0.05,
        seed=7,
        versions={"apprenti": "0.1.0"},
        backbones=(BackboneCredit(name="classic.v1", licence="Apache-2.0", source="apprenti"),),
    )
