"""Networks trained on a person's own photos: decoded once, trained twice side by side, then features like any other.

One network never sees the photos that are held out: it is judged. The other learns from all of them: it is kept. On a
machine with two processors the second costs no time, and nothing has to be trained again when the race is won.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.item_file import read_item
from apprenti.blocks.pixel_rows import PixelRows, write_pixels
from apprenti.domain.backbone_name import PACKAGED
from apprenti.domain.dataset import Dataset, Example, TaskType
from apprenti.domain.errors import ApprentiError, InterruptedWorkError, ItemError, OutOfTimeError, WorkError
from apprenti.domain.network_history import NetworkHistory
from apprenti.domain.network_training import TrainedName, TunableNetwork, read_trained_name
from apprenti.domain.recipe import Canvas, Look
from apprenti.domain.seams import Limits, Progress, Task
from apprenti.domain.sentence import Sentence
from apprenti.domain.symmetry import SymmetryFinding
from apprenti.flow.features import FeatureTable
from apprenti.flow.network_news import EpochNews, network_history
from apprenti.flow.tools import Tools
from apprenti.recipes import POLICIES, ending_seconds, learning_seconds, settings_for
from apprenti.stages.train import (
    Folds,
    NetworkJob,
    SymmetryJob,
    TrainedNetwork,
    find_symmetries_of,
    history_of,
    told,
    train_network,
)

DECODE_CHUNK = 25
POLL_SECONDS = 0.1
DISK_SHARE = 0.5
"""Of what is free: decoded photos may take so much of the disk."""
LONG = 200_000
"""Photos seen in all from which on they are changed more, lest the network learn them by heart."""
GREY = 128
GRACE_SECONDS = 15.0
"""Beyond what the end of a training should take, until it is stopped: it ends by itself where it can."""
LEAST_ROWS = 64
"""Photos to fit on whose features are worked out however late it is, beside all that judge a network."""
SYMMETRY_SECONDS = 120.0
SYMMETRY_SHARE = 0.2
"""Of the time left, until flips and turns are given up."""
BROUGHT_MEMORY_MB = 6144
"""At least, for a network that was brought: as much as its export had before."""


@dataclass(kw_only=True)
class NetworkTrainer:
    """Makes the features of networks that are trained on this data set.

    Args:
        dataset: with splits.
        table: where the features go.
        folds: which rows are held out in turn; the first turn's are never seen by the network that is judged.
        seed: of everything random.
        folder: private folder for files.
        tools: what to work with.
        finding: what flips and turns leave labels as they are, once it was looked for.
        trained: what came of the trainings, the judged network first, by name.
        histories: how they went, in the order they ended.
        lost: why there is no network, by its name.
    """

    dataset: Dataset
    table: FeatureTable
    folds: Folds
    seed: int
    folder: Path
    tools: Tools
    finding: SymmetryFinding | None = None
    trained: dict[str, tuple[TrainedNetwork, TrainedNetwork]] = field(default_factory=dict)
    histories: list[NetworkHistory] = field(default_factory=list)
    lost: dict[str, ApprentiError] = field(default_factory=dict)

    @property
    def notices(self) -> tuple[Sentence, ...]:
        """What was found out about flips and turns, where a network was trained, and what was tuned."""
        tuned = [self.table.backbone(name) for name in self.trained if self._tuned(name) is not None]
        return (
            *self._symmetries(),
            *(
                Sentence(key="train.hub_tuned", values={"name": each.name, "source": each.source})
                for each in tuned
            ),
        )

    def _symmetries(self) -> tuple[Sentence, ...]:
        return () if self.finding is None or not self.finding.n else told(self.finding, self.dataset.labels)

    @property
    def photos_per_second(self) -> dict[str, float]:
        """What each of the judged networks looked at in a second, by name."""
        return {name: judged.photos_per_second for name, (judged, _) in self.trained.items()}

    @property
    def resumed_at(self) -> dict[str, float]:
        """How often the judged networks had seen the photos when their training went on after a kill, by name."""
        return {
            name: judged.resumed_at
            for name, (judged, _) in self.trained.items()
            if judged.resumed_at is not None
        }

    def train(self, look: Look, *, deadline: float, judging_seconds: float, progress: Progress) -> None:
        """Train the network of a look, and put its features into the table.

        Args:
            look: of a trained backbone.
            deadline: on the clock of the tools; the training is shortened so that its features, and what is made of
                them, are there by then, however busy the machine turns out to be.
            judging_seconds: what is made of the features, on a machine that is free.
            progress: shown the step, in hundredths.

        Raises:
            OutOfTimeError: there was no time for a useful part of it.
            OutOfMemoryError: it did not fit into memory.
            WorkError: there is no room for the decoded photos, or the training failed.
        """
        if look.backbone in self.lost:
            raise self.lost[look.backbone]
        try:
            self._train(look, deadline=deadline, judging_seconds=judging_seconds, progress=progress)
        except InterruptedWorkError:
            raise  # told to stop: it has not failed
        except ApprentiError as error:
            self.lost[look.backbone] = error
            raise

    def _train(self, look: Look, *, deadline: float, judging_seconds: float, progress: Progress) -> None:
        trained = read_trained_name(look.backbone)
        if trained is None:
            raise AssertionError(f"{look.backbone} is not trained")
        frozen = self._frozen(look)
        if frozen is not None and frozen not in self.table.fitted_files:
            self.table.add([frozen], deadline=deadline, progress=progress)
        pixels = self._decoded(look.canvas, deadline=deadline, progress=progress)
        if self.finding is None:
            self.finding = self._found(pixels, deadline=deadline)
        jobs = self._jobs(trained, pixels, frozen, deadline=deadline, judging_seconds=judging_seconds)
        progress.begin("networks", 100)
        try:
            judged, whole = self._wait(jobs, progress, ending_seconds=self.ending_seconds(look))
        finally:
            progress.end()
        self.trained[look.backbone] = (judged, whole)
        self.histories.append(network_history(jobs, judged, whole, self._symmetries(), self.table.fitted))
        n = len(self.table.fitted)
        fitted, test = _cut(whole.features, n)
        before = None if frozen is None else self.table.backbone(frozen.backbone)
        self.table.put_trained(
            look,
            backbone=_backbone(trained, whole, before),
            judged=judged.features,
            whole=fitted,
            test=test,
        )

    def ending_seconds(self, look: Look) -> float:
        """Return what is left to do after the last step of a training."""
        n_photos = len(self.table.fitted) + len(self.table.test)
        return ending_seconds(n_photos, network=self._tuned(look.backbone))

    def _tuned(self, backbone: str) -> TunableNetwork | None:
        """Return the network that a trained one is tuned from, where the person brought it."""
        trained = read_trained_name(backbone)
        of = trained.of if trained is not None else ""
        return next((network for network in self.table.materials.tunable if network.of == of), None)

    def _frozen(self, look: Look) -> Look | None:
        """Return what such a network's features are before it learns."""
        network = self._tuned(look.backbone)
        return None if network is None else Look(backbone=network.name, canvas=look.canvas)

    def _decoded(self, canvas: Canvas, *, deadline: float, progress: Progress) -> PixelRows:
        path = self.folder / f"pixels-{canvas.name}.npy"
        if path.exists():
            return PixelRows.open(path)
        examples = (*self.table.fitted, *self.table.test)
        n_bytes = len(examples) * canvas.size_px**2 * 3
        if n_bytes > DISK_SHARE * shutil.disk_usage(self.folder).free:
            raise WorkError("no_room_for_photos", folder=str(self.folder), mb=n_bytes // 2**20)
        chunks = [
            (examples[start : start + DECODE_CHUNK], canvas)
            for start in range(0, len(examples), DECODE_CHUNK)
        ]
        progress.begin("decoding", len(examples))
        try:
            parts = (_counted(part, progress) for part in self.tools.engine.map(_decode, chunks))
            return write_pixels(path, parts, n=len(examples), size_px=canvas.size_px)
        finally:
            progress.end()

    def _found(self, pixels: PixelRows, *, deadline: float) -> SymmetryFinding:
        """Return which changes leave labels what they are; of several labels or a number nothing is known.

        Nor is it where there is no time to find out.
        """
        if self.dataset.task_type is not TaskType.MULTI_CLASS:
            return SymmetryFinding(judged=(), n=0)
        _, groups = np.unique(
            [example.group or example.content_hash for example in self.table.fitted], return_inverse=True
        )
        job = SymmetryJob(
            pixels=pixels.path,
            labels=self._targets(),
            groups=groups.astype(np.int64),
            n_labels=len(self.dataset.labels),
            seed=self.seed,
        )
        seconds = min(SYMMETRY_SECONDS, max(0.0, SYMMETRY_SHARE * (deadline - self.tools.clock())))
        try:
            return self.tools.engine.run(
                find_symmetries_of, job, limits=Limits(seconds=seconds, memory_mb=self.tools.memory_mb)
            )
        except OutOfTimeError:
            return SymmetryFinding(judged=(), n=0)

    def _targets(self) -> NDArray[np.int64]:
        return self.table.labels(self.table.fitted, self.dataset.labels, self.dataset.task_type)

    def _jobs(
        self,
        trained: TrainedName,
        pixels: PixelRows,
        frozen: Look | None,
        *,
        deadline: float,
        judging_seconds: float,
    ) -> list[NetworkJob]:
        """Return the network that is judged, and the one that is kept."""
        from apprenti.blocks.embedded import load_embedded

        holding = self.finding.holding if self.finding is not None else ()
        n, n_test = len(self.table.fitted), len(self.table.test)
        fitted, held_out = self.folds.turn(0)
        everything, none = np.arange(n), np.arange(0)
        network = self._tuned(trained.name)
        # what judges a network comes first, and the others in an order of luck: so it matters little where time is up
        others = np.random.default_rng(self.seed).permutation(fitted)
        last = np.random.default_rng(self.seed).permutation(n)
        settings = settings_for(trained.kind, self.dataset.task_type)
        start = load_embedded(trained.size_px).graph if settings.start == "packaged" else b""
        canvas = Canvas(size_px=trained.size_px, fit="squash")
        before = frozen or Look(backbone=f"{PACKAGED}-{trained.size_px}", canvas=canvas)
        brought = None if frozen is None else self.table.materials.weights[frozen.backbone]
        return [
            NetworkJob(
                trained=trained,
                settings=settings,
                policy=POLICIES[policy_for(trained.epochs * n, things="mirror" in holding)],
                symmetries=tuple(holding),
                start=start,
                pixels=pixels.path,
                targets=self._targets(),
                n_outputs=self.dataset.n_answers,
                task_type=self.dataset.task_type,
                fitted=rows,
                held_out=scored,
                shown=shown,
                n_needed=len(shown) - max(0, n_optional),
                folder=self.folder,
                stem=f"{trained.name}-{stem}",
                seed=self.seed,
                deadline=deadline,
                photo_seconds=learning_seconds(trained, network=network),
                features_seconds=ending_seconds(len(shown), network=network),
                judging_seconds=judging_seconds,
                clock=self.tools.clock,
                checkpoints=self.tools.unfinished_folder,
                data_key=self.dataset.fingerprint,
                start_features=self.table.fitted_files.get(before),
                brought=brought,
            )
            for stem, rows, scored, shown, n_optional in (
                ("judged", fitted, held_out, np.concatenate([held_out, others]), len(others) - LEAST_ROWS),
                ("whole", everything, none, np.concatenate([np.arange(n, n + n_test), last]), n - LEAST_ROWS),
            )
        ]

    def _wait(
        self, jobs: Sequence[NetworkJob], progress: Progress, *, ending_seconds: float
    ) -> list[TrainedNetwork]:
        """Return what came of all jobs; where one fails, or Ctrl-C is pressed, the others are stopped."""
        memory_mb = self.tools.memory_mb
        limits = Limits(
            seconds=max(1.0, jobs[0].deadline - self.tools.clock()) + GRACE_SECONDS + ending_seconds,
            memory_mb=memory_mb if jobs[0].brought is None else max(memory_mb, BROUGHT_MEMORY_MB),
        )
        tasks: list[Task[TrainedNetwork]] = []
        shown = 0
        histories = [history_of(job) for job in jobs]
        news = EpochNews(
            history=histories[0],
            epochs=jobs[0].trained.epochs,
            task_type=jobs[0].task_type,
            progress=progress,
        )
        try:
            for job in jobs:
                tasks.append(self.tools.engine.start(train_network, job, limits=limits))
            while not all(task.poll() for task in tasks):
                if any(task.poll() for task in tasks):
                    for task in tasks:
                        if task.poll():
                            task.result()  # raises where it failed
                done = round(100 * min(history.progress() for history in histories))
                progress.advance(max(0, done - shown))
                shown = max(shown, done)
                news.tell()
                time.sleep(POLL_SECONDS)
            news.tell()
            return [task.result() for task in tasks]
        finally:
            for task in tasks:
                task.kill()


def policy_for(n_seen: int, *, things: bool) -> str:
    """Return the policy photos are changed by.

    Args:
        n_seen: photos the training sees, each as often as it is seen.
        things: whether mirrored photos stay what they were: so it is of things, which may be anywhere in a photo, and
            not of signs, whose every line counts.
    """
    if not things:
        return "gentle"
    return "strong" if n_seen >= LONG else "photo"


def _backbone(trained: TrainedName, network: TrainedNetwork, before: Backbone | None) -> Backbone:
    """Return a trained network as a backbone; where it is from and under which licence stays what it was ``before``."""
    if before is not None:
        return replace(
            before,
            name=trained.name,
            graph=network.graph.read_bytes(),
            n_features=network.n_features,
            has_feature_map=network.has_feature_map,
        )
    return Backbone(
        name=trained.name,
        graph=network.graph.read_bytes(),
        size_px=trained.size_px,
        fit="squash",
        n_features=network.n_features,
        has_feature_map=True,
        licence="Apache-2.0",
        source="apprenti",
    )


def _cut(path: Path, n: int) -> tuple[Path, Path]:
    """Return the first rows of a file and the others, as files beside it."""
    rows = np.load(path, mmap_mode="r")
    parts = (path.with_name(f"{path.stem}-fitted.npy"), path.with_name(f"{path.stem}-test.npy"))
    np.save(parts[0], rows[:n])
    np.save(parts[1], rows[n:])
    return parts


def _counted(part: NDArray[np.uint8], progress: Progress) -> NDArray[np.uint8]:
    progress.advance(len(part))
    return part


def _decode(chunk: tuple[Sequence[Example], Canvas]) -> NDArray[np.uint8]:
    """Return the pixels of examples, [m, S, S, 3] uint8; grey where a file has been lost since it was embedded."""
    from apprenti.blocks.decoding import decode

    examples, canvas = chunk
    pixels = np.full((len(examples), canvas.size_px, canvas.size_px, 3), GREY, dtype=np.uint8)
    for place, example in enumerate(examples):
        try:
            pixels[place] = decode(
                read_item(Path(example.path), item=example.name), canvas, item=example.name
            )
        except ItemError:
            continue
    return pixels
