"""Features of all photos, worked out when a recipe first asks for them, laid out in files every candidate can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering import Array, answering_of
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.embedding import Embedded, embed_all
from apprenti.domain.dataset import Dataset, Example, SetAside, Split, TaskType
from apprenti.domain.errors import OutOfTimeError
from apprenti.domain.recipe import Look, Recipe
from apprenti.domain.seams import Progress
from apprenti.flow.materials import Materials
from apprenti.flow.tools import Tools

ROWS_AT_ONCE = 1024


@dataclass(kw_only=True)
class FeatureTable:
    """The features of a data set that are there, and the way to more of them.

    The first looks decide which photos are in the table: what they do not reach in time is left out, and every
    later look is of the same photos in the same order, so that all recipes are judged on the same rows.

    Args:
        fitted: train and validation examples that have features, in the order of the rows.
        test: test examples that have features, in the order of the rows.
        fitted_files: one ``.npy`` [n, d] float32 for each look.
        test_files: the same for test rows.
        whole_files: features of the fitted rows from networks that learnt from all of them, for the model that is
            kept; those in ``fitted_files`` come from their twins, which never saw the photos that are held out.
        trained: the networks of those looks, by name.
        set_aside: photos that could not be decoded after all.
        n_left_out: photos not reached in the time given.
        materials: where backbones come from.
        folder: private folder for the files.
        tools: what to work with.
    """

    fitted: tuple[Example, ...]
    test: tuple[Example, ...]
    fitted_files: dict[Look, Path] = field(default_factory=dict)
    test_files: dict[Look, Path] = field(default_factory=dict)
    whole_files: dict[Look, Path] = field(default_factory=dict)
    trained: dict[str, Backbone] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    n_left_out: int = 0
    materials: Materials
    folder: Path
    tools: Tools

    @property
    def looks(self) -> frozenset[Look]:
        """What there are features of."""
        return frozenset(self.fitted_files)

    def missing(self, recipe: Recipe) -> tuple[Look, ...]:
        """Return the looks of a recipe that there are no features of yet."""
        return tuple(look for look in recipe.looks if look not in self.fitted_files)

    def files(self, recipe: Recipe) -> tuple[Path, ...]:
        """Return the files of a recipe's features, train and validation rows."""
        return tuple(self.fitted_files[look] for look in recipe.looks)

    def whole(self, recipe: Recipe) -> tuple[Path, ...]:
        """Return the files the kept recipe is refitted on."""
        return tuple(self.whole_files.get(look, self.fitted_files[look]) for look in recipe.looks)

    def backbone(self, name: str) -> Backbone:
        """Return a backbone by the name it has in a recipe."""
        return self.trained[name] if name in self.trained else self.materials.backbone(name)

    def put_trained(self, look: Look, *, backbone: Backbone, judged: Path, whole: Path, test: Path) -> None:
        """Know where the features of a network lie that was trained on these photos.

        Args:
            look: what they are.
            backbone: the network that learnt from all fitted rows.
            judged: features of the fitted rows from its twin.
            whole: features of the fitted rows from itself.
            test: the same of the test rows.
        """
        self.trained[look.backbone] = backbone
        self.fitted_files[look], self.whole_files[look], self.test_files[look] = judged, whole, test

    def labels(
        self,
        examples: Sequence[Example],
        names: Sequence[str],
        task_type: TaskType = TaskType.MULTI_CLASS,
    ) -> Array:
        """Return the class index of each example, [n] int64, or its target in another task."""
        return answering_of(task_type).targets([example.target for example in examples], names)

    def add(self, looks: Sequence[Look], *, deadline: float, progress: Progress) -> None:
        """Work out more features of the photos that are in the table.

        What is worked out stays on the shelf even where time runs out.

        Args:
            looks: not in the table yet.
            deadline: on the clock of the tools.
            progress: shown the step, and advanced by one for each photo and canvas.

        Raises:
            OutOfTimeError: not every photo was reached; none of the looks is in the table then.
        """
        examples = (*self.fitted, *self.test)
        progress.begin("embedding", len(examples) * len({look.canvas for look in looks}))
        embedded = _embedded(
            examples, looks, self.materials, deadline=deadline, tools=self.tools, progress=progress
        )
        progress.end()
        wanted = {example.content_hash for example in examples}
        if any(not wanted <= set(part.hashes) for part in embedded.values()):
            raise OutOfTimeError("features_out_of_time", n=len(examples))
        self.put(embedded)

    def put(self, embedded: Mapping[Look, Embedded]) -> None:
        """Write features of every photo in the table, and know where they lie."""
        for number, (look, part) in enumerate(embedded.items(), start=len(self.fitted_files)):
            row_of = {content_hash: row for row, content_hash in enumerate(part.hashes)}
            fitted = _write(self.folder / f"fitted-{number}.npy", part.features, self.fitted, row_of)
            self.test_files[look] = _write(
                self.folder / f"test-{number}.npy", part.features, self.test, row_of
            )
            self.fitted_files[look] = fitted


def lay_out_features(
    dataset: Dataset,
    materials: Materials,
    looks: Sequence[Look],
    *,
    folder: Path,
    deadline: float,
    tools: Tools,
) -> FeatureTable:
    """Embed every photo, decoding it once for each canvas, and write the rows where candidates read them.

    Examples stand in the order of their content hashes, so what is not reached before ``deadline`` is a random part.

    Args:
        dataset: with splits.
        materials: where backbones come from.
        looks: what features to begin with.
        folder: private folder for the files.
        deadline: on ``tools.clock``.
        tools: what to work with.
    """
    tools.progress.begin("embedding", len(dataset.examples) * len({look.canvas for look in looks}))
    embedded = _embedded(
        dataset.examples, looks, materials, deadline=deadline, tools=tools, progress=tools.progress
    )
    tools.progress.end()
    done = set.intersection(*(set(part.hashes) for part in embedded.values()))
    problems = {p.name: p for part in embedded.values() for p in part.problems}
    fitted = tuple(e for e in dataset.examples if e.split is not Split.TEST and e.content_hash in done)
    test = tuple(e for e in dataset.in_split(Split.TEST) if e.content_hash in done)
    table = FeatureTable(
        fitted=fitted,
        test=test,
        set_aside=tuple(problems.values()),
        n_left_out=len(dataset.examples) - len(fitted) - len(test) - len(problems),
        materials=materials,
        folder=folder,
        tools=tools,
    )
    table.put(embedded)
    return table


def first_rows(
    dataset: Dataset, materials: Materials, look: Look, *, n_rows: int, deadline: float, tools: Tools
) -> tuple[NDArray[np.float32], tuple[Example, ...]]:
    """Return the features [m, d] of the first photos that are not for testing, and those photos.

    Args:
        dataset: with splits.
        materials: where backbones come from.
        look: what features.
        n_rows: how many photos are looked at.
        deadline: on ``tools.clock``; there may be fewer rows, or none.
        tools: what to work with.
    """
    some = tuple(example for example in dataset.examples if example.split is not Split.TEST)[:n_rows]
    tools.progress.begin("embedding", len(some))
    embedded = _embedded(some, [look], materials, deadline=deadline, tools=tools, progress=tools.progress)
    tools.progress.end()
    part = embedded[look]
    reached = set(part.hashes)
    return part.features, tuple(example for example in some if example.content_hash in reached)


def _embedded(
    examples: Sequence[Example],
    looks: Sequence[Look],
    materials: Materials,
    *,
    deadline: float,
    tools: Tools,
    progress: Progress,
) -> dict[Look, Embedded]:
    """Return the features of every look; those of one canvas are worked out together."""
    found: dict[Look, Embedded] = {}
    for canvas, group in groupby(
        sorted(looks, key=lambda look: look.canvas.name), key=lambda look: look.canvas
    ):
        backbones = [materials.backbone(look.backbone) for look in group]
        parts = embed_all(
            examples,
            backbones,
            canvas,
            engine=tools.engine,
            shelf=tools.shelf,
            progress=progress,
            deadline=deadline,
        )
        found |= {Look(backbone=name, canvas=canvas): part for name, part in parts.items()}
    return {look: found[look] for look in looks}


def _write(
    path: Path, features: NDArray[np.float32], examples: Sequence[Example], row_of: Mapping[str, int]
) -> Path:
    """Write the rows of ``examples`` as one ``.npy``, a part at a time so that they are never in memory twice."""
    rows = np.asarray([row_of[example.content_hash] for example in examples], dtype=np.intp)
    header = {"descr": "<f4", "fortran_order": False, "shape": (len(rows), features.shape[1])}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            file.write(features[rows[start : start + ROWS_AT_ONCE]].astype("<f4").tobytes())
    return path
