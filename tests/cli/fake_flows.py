"""Flows that answer at once, and remember what they were asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.fake_models import RECIPE, a_report
from tests.making import a_dataset, an_example

from apprenti.domain.dataset import DuplicateGroup, SetAside
from apprenti.domain.more_photos import Gain, MorePhotos
from apprenti.domain.outlook import Hindsight, Neighbour, Outlook
from apprenti.domain.prediction import Prediction
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Interval, Pick, Recipe, Trial, TrialStatus
from apprenti.domain.report import Report
from apprenti.domain.seams import Progress
from apprenti.domain.sentence import Sentence
from apprenti.flow.bench_selector import SelectorBench
from apprenti.flow.eight_bits import Cost, Difference
from apprenti.flow.export import ExportedFile, Format, ModelExport
from apprenti.flow.inspect import Inspection
from apprenti.flow.knowledge import Amount, Export, KnowledgeSummary, Merge, Refusal
from apprenti.flow.room_for_networks import RoomForNetworks
from apprenti.flow.train import Training
from apprenti.stages.evaluate import PairedAccuracy
from apprenti.stages.select import Standing

EMPTY = Sentence(key="errors.empty_file", values={"item": "hat/0.png"})
ROOM = RoomForNetworks(budget="5m", epochs=8, size_px=96, has_torch=True)
OTHER = Recipe(backbones=RECIPE.backbones, canvas=RECIPE.canvas, transform="pca.v1", head="lda.v1")

PROFILE = Profile(
    n_examples=1200, n_train=900, n_validation=100, n_test=200, n_labels=2,
    n_per_label={"hat": 400, "shirt": 800}, smallest_class=400, imbalance=2.0, class_entropy=0.92,
    width_px=400, height_px=300, shorter_side_px_p10=200, shorter_side_px_p90=400, aspect_ratio=1.3,
    grey_share=0.1, brightness=0.5, contrast=0.2, colourfulness=0.1, n_set_aside=1, n_duplicates=1,
    landmarks={"linear": 0.71}, n_landmark=500,
)  # fmt: skip
PICKS = tuple(
    Pick(
        recipe=recipe,
        reason=Sentence(key="select.ridge", values={"rank": rank}),
        predicted_seconds=3.0,
        predicted_score=Interval(low=0.8, high=0.9, level=0.9) if rank == 1 else None,
    )
    for rank, recipe in enumerate((RECIPE, OTHER), start=1)
)
HINDSIGHT = Hindsight(n_others=38, n_photos=100, best=OTHER, best_score=0.92, kept_score=0.9)
OUTLOOK = Outlook(
    n_datasets=54, n_families=18, by_likeness=True, best_score=Interval(low=0.85, high=0.93, level=0.9),
    neighbours=(
        Neighbour(
            name="leaves", weight=0.31, n_related=2, best=OTHER, best_score=0.95, behind_points=1.5, gone=(RECIPE,),
            instead=(OTHER,),
        ),
        Neighbour(name="here 3", weight=0.04),
    ),
)  # fmt: skip
MORE_PHOTOS = MorePhotos(
    every_class=Gain(
        label=None, n_photos=1000, gain=0.052, interval=Interval(low=0.02, high=0.084, level=0.8)
    ),
    one_class=Gain(
        label="h\x1bat", n_photos=300, gain=0.021, interval=Interval(low=0.011, high=0.031, level=0.8)
    ),
    p_right=0.8,
)
TRIALS = (
    Trial(
        recipe=RECIPE, status=TrialStatus.FINISHED, score=0.914, interval=Interval(low=0.86, high=0.95),
        balanced_accuracy=0.9, log_loss=0.3, n_validation=100, scheme="5-fold", seconds=2.5,
    ),
    Trial(recipe=OTHER, status=TrialStatus.OUT_OF_TIME, seconds=9.0),
)  # fmt: skip
DATASET = a_dataset(
    an_example(1, "hat"),
    an_example(1, "shirt"),
    set_aside=(SetAside(name="hat/0.png", reason=EMPTY),),
    duplicates=(
        DuplicateGroup(names=("hat/1.png", "hat/2.png"), labels=("hat",), exact=True),
        DuplicateGroup(names=("hat/3.png", "shirt/3.png"), labels=("hat", "shirt"), exact=False),
    ),
)
KNOWLEDGE = KnowledgeSummary(
    folder=Path("knowledge"), own=Amount(n_trainings=12, n_cells=1440), imported=Amount(n_trainings=1, n_cells=30),
    origins={"0123456789ab": Amount(n_trainings=1, n_cells=30)}, n_recipes=36,
    backbones={"classic.v1": 12, "onnx-0123456789ab": 1}, since=date(2026, 3, 1), n_bytes=81_234, n_damaged=1,
)  # fmt: skip
MERGEABLE = Amount(n_trainings=5, n_cells=150)
REFUSAL = Refusal(place="7", reason=Sentence(key="errors.record_repeats", values={"entry": "score\x1b[2J"}))

SAME = Difference(n=3, n_same=3, probability=0.0, distance=0.0)
COST = Cost(
    n_bytes_before=7_850_222, n_bytes=6_127_152, ms_before=7.43, ms=4.96,
    golden=Difference(n=3, n_same=3, probability=0.0123, distance=0.001),
    pictures=Difference(n=24, n_same=23, probability=0.1, distance=0.02),
)  # fmt: skip
LOST = PairedAccuracy(
    n=150, n_right_before=126, n_right=123, n_changed=5, difference_interval=Interval(low=-0.05, high=0.012)
)


def a_prediction(item: str, label: str | None = "hat", **changes: Any) -> Prediction:
    if label is None:
        return Prediction(item=item, problem=Sentence(key="errors.empty_file", values={"item": item}))
    values: dict[str, Any] = {
        "item": item,
        "label": label,
        "probability": 0.9,
        "top": ((label, 0.9),),
        "familiar": True,
        "distance": 0.5,
    }
    return Prediction(**(values | changes))


@dataclass
class FakeFlows:
    """Stands in for ``apprenti.cli.flows.Flows``.

    Args:
        error: raised by every flow.
        answers: what ``predict`` says of an item.
        mergeable: what ``merge_knowledge`` finds good in a file.
        outlook: what ``inspect`` expects.
        asked: the last call of each flow, by name.
    """

    error: BaseException | None = None
    answers: Callable[[str], Prediction] = a_prediction
    mergeable: Amount = MERGEABLE
    outlook: Outlook | None = None
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def _note(self, name: str, /, **values: Any) -> None:
        self.asked[name] = values
        if self.error is not None:
            raise self.error

    @contextmanager
    def tools(self, environment: Mapping[str, str], progress: Progress) -> Iterator[str]:
        progress.begin("reading", 2)
        progress.advance(2)
        progress.end()
        yield "tools"

    def inspect(self, source: Path, *, backbones: Sequence[Path], tools: object) -> Inspection:
        self._note("inspect", source=source, backbones=backbones)
        return Inspection(
            dataset=DATASET,
            profile=PROFILE,
            picks=PICKS,
            outlook=self.outlook,
            predicted_seconds=41.5,
            more_photos=MORE_PHOTOS,
            networks=ROOM,
        )

    def train(self, source: Path, **options: Any) -> Training:
        self._note("train", source=source, **options)
        return Training(
            model_path=options["out"],
            report_path=options["out"].with_suffix(".html"),
            profile=PROFILE,
            picks=PICKS,
            trials=TRIALS,
            kept=RECIPE,
            report=a_report(),
            seconds=12.25,
            n_cells=30,
            advice=(replace(ROOM, has_torch=False).sentence,),
            hindsight=HINDSIGHT,
        )

    def predict(self, model: Path, items: Iterable[str], *, top: int) -> Iterator[Prediction]:
        self._note("predict", model=model, top=top)
        for item in items:
            yield self.answers(item)

    def evaluate(self, model: Path, source: Path, *, tools: object) -> Report:
        self._note("evaluate", model=model, source=source)
        return a_report()

    def write_report(self, model: Path, *, lang: str, out: Path | None = None) -> Path:
        self._note("write_report", model=model, lang=lang, out=out)
        return out or model.with_suffix(".html")

    def export_model(self, model: Path, files: Mapping[str, Path | None], **options: Any) -> ModelExport:
        self._note("export_model", model=model, files=files, **options)
        written = {
            Format(form): ExportedFile(path=path or Path(f"clothes.{form}"), n_bytes=7_850_222)
            for form, path in files.items()
        }
        return ModelExport(
            model=model, files=written, n_labels=3, golden=SAME if "onnx" in files else None,
            cost=replace(COST, accuracy=LOST if options["photos"] else None) if "int8" in files else None,
        )  # fmt: skip

    def write_samples(self, name: str, folder: Path) -> int:
        self._note("write_samples", name=name, folder=folder)
        return 1797

    def knowledge_folder(self, environment: Mapping[str, str]) -> Path:
        return Path("knowledge")

    def show_knowledge(self, folder: Path) -> KnowledgeSummary:
        self._note("show_knowledge", folder=folder)
        return KNOWLEDGE

    def export_knowledge(self, folder: Path, out: Path) -> Export:
        self._note("export_knowledge", folder=folder, out=out)
        return Export(path=out, amount=KNOWLEDGE.own, refused=(REFUSAL,), n_left_over=3)

    def merge_knowledge(self, folder: Path, source: Path) -> Merge:
        self._note("merge_knowledge", folder=folder, source=source)
        return Merge(amount=self.mergeable, n_new=2, refused=(REFUSAL,))

    def forget_knowledge(self, folder: Path, *, imports_only: bool) -> KnowledgeSummary:
        self._note("forget_knowledge", folder=folder, imports_only=imports_only)
        return KNOWLEDGE

    def bench_selector(self, perf: Path, meta: Path, cost: Path | None, **options: Any) -> SelectorBench:
        self._note("bench_selector", perf=perf, meta=meta, cost=cost, **options)
        standing = Standing(
            mean_regret_points=0.75, median_regret_points=0.25, hit_rate=0.7125, gain_points=0.3,
            gain_interval=Interval(low=0.125, high=0.5),
        )  # fmt: skip
        return SelectorBench(
            standings={"portfolio": standing, "ours": standing},
            n_datasets=159,
            n_recipes=1219,
            n_families=159,
            k=5,
            budget_seconds=options["budget_seconds"],
            notices=(Sentence(key="bench.rows_without_scores", values={"n": 1, "names": "set-3"}),),
            seconds=61.5,
        )

    def serve(self, models: Sequence[Path], **options: Any) -> None:
        self._note("serve", models=models, **options)
