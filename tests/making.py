"""Small, real things tests are made of."""

from __future__ import annotations

import hashlib

from apprenti.domain.dataset import Dataset, Example, ImageFacts, Kind, Split, TaskType
from apprenti.domain.sentence import Sentence


def an_example(number: int, label: str, split: Split | None = Split.TRAIN, **changes: object) -> Example:
    """Return an example with a content hash of its own."""
    content_hash = hashlib.sha256(f"{label} {number}".encode()).hexdigest()
    facts = ImageFacts(
        width_px=100, height_px=50, format="PNG", brightness=0.5, contrast=0.2, colourfulness=0.1
    )
    values: dict[str, object] = {
        "kind": Kind.IMAGE,
        "name": f"{label}/{number}.png",
        "path": f"/nowhere/{label}/{number}.png",
        "content_hash": content_hash,
        "target": label,
        "split": split,
        "group": content_hash,
        "facts": facts,
    }
    return Example(**(values | changes))  # type: ignore[arg-type]


def a_dataset(*examples: Example, **changes: object) -> Dataset:
    """Return a multi-class data set of these examples, in the order of their content hashes."""
    values: dict[str, object] = {
        "name": "photos",
        "kind": Kind.IMAGE,
        "task_type": TaskType.MULTI_CLASS,
        "labels": tuple(sorted({str(example.target) for example in examples})),
        "examples": tuple(sorted(examples, key=lambda example: example.content_hash)),
    }
    return Dataset(**(values | changes))  # type: ignore[arg-type]


class Silence:
    """Progress that nobody looks at."""

    def begin(self, step: str, total: int | None = None) -> None: ...

    def advance(self, n: int = 1) -> None: ...

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None: ...

    def end(self) -> None: ...
