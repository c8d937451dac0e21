"""The Python door: the same flows as the command line, as functions and one class."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.domain.hub import backbone_choice
from apprenti.settings import (
    DEFAULT_BUDGET,
    default_model_path,
    open_tools,
    read_settings,
    seconds_of,
)

if TYPE_CHECKING:
    from apprenti.domain.prediction import Prediction
    from apprenti.domain.report import Report
    from apprenti.domain.seams import Progress
    from apprenti.domain.sentence import Sentence
    from apprenti.flow.choosing import RecipeKind
    from apprenti.flow.export import ModelExport
    from apprenti.flow.inspect import Inspection
    from apprenti.flow.tools import Tools
    from apprenti.flow.train import Training
    from apprenti.stages.predict import Predictor
    from apprenti.texts import Lang

Source = str | os.PathLike[str]


class Recogniser:
    """A model file, loaded and checked, ready to answer.

    Args:
        path: the ``.apprenti`` file.

    Raises:
        ModelFileError: there is no such file, or it is truncated, altered, foreign or too new.
    """

    def __init__(self, path: Source, *, training: Training | None = None) -> None:
        from apprenti.flow.predict import open_model

        self.path = Path(path)
        self.training = training
        self._predictor: Predictor = open_model(self.path)

    @property
    def labels(self) -> tuple[str, ...]:
        """What it can answer, sorted."""
        return self._predictor.labels

    def predict(self, item: Source | bytes, *, top: int = 5) -> Prediction:
        """Return the answer for one image: a path, or the bytes of a file.

        Raises:
            ItemError: the image cannot be read; the message says why.
        """
        from apprenti.blocks.item_file import read_item

        if isinstance(item, bytes):
            return self._predictor.predict_bytes(item, item="image", top=top)
        data = read_item(Path(item), item=str(item))
        return self._predictor.predict_bytes(data, item=str(item), top=top)

    def predict_all(self, items: Iterable[Source], *, top: int = 5) -> Iterator[Prediction]:
        """Yield an answer for every image among files and folders; a broken one carries its ``problem``."""
        from apprenti.stages.ingest import read_items

        return self._predictor.predict_many(read_items(Path(item) for item in items), top=top)

    def evaluate(self, data: Source) -> Report:
        """Return its scores on labelled photos it has not seen.

        Raises:
            DataError: there is no photo under a label it knows.
        """
        from apprenti.flow.evaluate import evaluate

        with _tools() as tools:
            return evaluate(self.path, Path(data), tools=tools)

    def report(self, *, lang: Lang = "en", out: Source | None = None) -> Path:
        """Write the self-contained HTML report and return where it is."""
        from apprenti.flow.report import write_report

        return write_report(self.path, lang=lang, out=None if out is None else Path(out))

    def export(
        self,
        *,
        onnx: bool | Source = False,
        int8: bool | Source = False,
        labels: bool | Source = False,
        photos: Source | None = None,
        overwrite: bool = False,
        force: bool = False,
        progress: Progress | None = None,
    ) -> ModelExport:
        """Write parts of the model for other programs, each checked against its golden inputs first.

        Args:
            onnx: one graph that any ONNX Runtime opens; ``True`` writes it beside the model, a path there.
            int8: the same with networks in 8 bits: smaller, quicker, not quite the same answers.
            labels: the labels in the order of the probabilities, one a line; a JSON list in a ``.json`` file.
            photos: labelled photos that say what 8 bits cost in accuracy.
            overwrite: whether files that are there may be replaced.
            force: whether 8 bits are written although they cost too much.
            progress: told how far it is; nobody when left out.

        Raises:
            OptionError: nothing to export, or a file that is there already.
            UserError: there is no network to put into 8 bits, or they cost too much.
        """
        from apprenti.flow.export import export_model

        wanted = {"onnx": onnx, "int8": int8, "labels": labels}
        with _tools(progress) as tools:
            return export_model(
                self.path,
                {
                    form: None if place is True else Path(place)
                    for form, place in wanted.items()
                    if place is not False
                },
                photos=None if photos is None else Path(photos),
                overwrite=overwrite,
                force=force,
                cpu_clock=time.thread_time,
                tools=tools,
            )

    def __repr__(self) -> str:
        return f"Recogniser({str(self.path)!r}, {len(self.labels)} labels)"


def train(
    data: Source,
    *,
    out: Source | None = None,
    budget: str | float = DEFAULT_BUDGET,
    backbones: Sequence[Source] = (),
    seed: int = 0,
    recipes: RecipeKind = "all",
    lang: Lang = "en",
    progress: Progress | None = None,
) -> Recogniser:
    """Turn labelled photos into a recogniser; its model file and report are written too.

    Args:
        data: folder, archive or table of labelled photos.
        out: the model file; named after the data, in the current folder, when left out.
        budget: wall time for everything: seconds, or ``"90s"``, ``"2m"``, ``"1h"``.
        backbones: ONNX files, or networks of a hub as ``"hf:OWNER/NAME"``, to take features from instead of the
            packaged network; ``"classic"`` for none.
        seed: of everything random.
        recipes: which may be picked: ``"frozen"`` takes seconds a recipe, ``"deep"`` trains a network on the photos
            and needs PyTorch and time, ``"all"`` does what there is time for.
        lang: language of the report.
        progress: told how far it is; nobody when left out.

    Raises:
        BackboneError: a backbone cannot be had or used; the message says why and what to do.
        DataError: the data cannot be trained on; the message says why and what to do.
        OptionError: an argument is wrong.
    """
    from apprenti.flow.train import train as train_flow

    source = Path(data)
    with _tools(progress) as tools:
        training = train_flow(
            source,
            out=Path(out) if out is not None else default_model_path(source),
            budget_seconds=seconds_of(budget),
            backbones=tuple(backbone_choice(backbone) for backbone in backbones),
            seed=seed,
            recipes=recipes,
            lang=lang,
            tools=tools,
        )
    return Recogniser(training.model_path, training=training)


def inspect(data: Source, *, backbones: Sequence[Source] = ()) -> Inspection:
    """Return what is in the data, what is wrong with it, how hard it looks and what more photos should bring."""
    from apprenti.flow.inspect import inspect_data

    with _tools() as tools:
        chosen = tuple(backbone_choice(backbone) for backbone in backbones)
        return inspect_data(Path(data), backbones=chosen, tools=tools)


def load(path: Source) -> Recogniser:
    """Return the recogniser in a model file.

    Raises:
        ModelFileError: there is no such file, or it is truncated, altered, foreign or too new.
    """
    return Recogniser(path)


class _Silence:
    """Progress that nobody is told of."""

    def begin(self, step: str, total: int | None = None) -> None: ...

    def advance(self, n: int = 1) -> None: ...

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None: ...

    def end(self) -> None: ...


@contextmanager
def _tools(progress: Progress | None = None) -> Iterator[Tools]:
    with open_tools(read_settings(os.environ), progress or _Silence()) as tools:
        yield tools
