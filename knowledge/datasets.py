"""The data sets the base knowledge is made of, as data: sources of photos, and the tasks made of each.

A family is everything that comes from the same photos or the same pen, so that leaving a family out leaves out
whatever could give an answer away. Of the image sets only photos that may be learnt from are used, never those the
product is tested on (``benchmarks/image_sets.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.drawings import KINDS

N_PHOTOS = 1500
N_DRAWN = 900
N_CHANGED = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Photos on disk, once embedded for all tasks made of them.

    Args:
        name: what a person calls it.
        family: what is left out together.
        of: an image set, ``digits``, or a kind of drawings.
        change: what is done to each photo, an entry of ``changes.CHANGES``.
        n_photos: at most so many, a random part.
    """

    name: str
    family: str
    of: str
    change: str = ""
    n_photos: int = N_PHOTOS


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A data set as the knowledge has it: some photos of a source to learn from, others to be scored on.

    Args:
        name: what a person calls it.
        source: name of the source.
        n_labels: only so many of its classes; 0 for all.
        per_label: learns from so many photos of each class; 0 for all.
        imbalance: how much larger the largest class is made than the smallest; 1 leaves them as they are.
    """

    name: str
    source: str
    n_labels: int = 0
    per_label: int = 0
    imbalance: float = 1.0


SETS: Mapping[str, str] = {
    "ants-bees": "ants-bees",
    "cats-dogs-small": "cats-dogs-small",
    "clothing": "clothing",
    "digits": "handwritten digits",
    "grocery": "grocery",
    "magnetic-tile": "magnetic-tile",
    "mnist": "handwritten digits",
    "neu-steel": "neu-steel",
    "omniglot-small1": "omniglot-small1",
    "sign-language-digits": "sign-language-digits",
    "trashnet": "trashnet",
}
"""Image sets, and the family of each."""

OF_THE_CORPUS = {"cifar": "CIFAR-10", "fruits": "Fruits-360", "tiny-val": "Tiny-ImageNet"}
"""Arrays of ``corpus_sets.CORPUS`` and what people call them; left out where the corpus is not at hand."""

CHANGED = (
    ("cats-dogs-small", "grey"),
    ("cats-dogs-small", "24 px"),
    ("clothing", "grey"),
    ("clothing", "32 px"),
    ("grocery", "blurred"),
    ("magnetic-tile", "blurred"),
    ("mnist", "noisy"),
    ("neu-steel", "noisy"),
    ("sign-language-digits", "24 px"),
    ("trashnet", "noisy"),
    ("trashnet", "grey"),
    ("shapes", "noisy"),
    ("textures", "24 px"),
)

FEWER_CLASSES = (
    ("clothing", 4),
    ("grocery", 12),
    ("mnist", 3),
    ("omniglot-small1", 20),
    ("sign-language-digits", 5),
    ("trashnet", 2),
)
FEW_PHOTOS = (
    ("ants-bees", 10),
    ("cats-dogs-small", 20),
    ("cifar", 10),
    ("clothing", 10),
    ("faces", 10),
    ("grocery", 5),
    ("magnetic-tile", 5),
    ("mnist", 5),
    ("neu-steel", 5),
    ("omniglot-small1", 5),
    ("shapes", 10),
    ("sign-language-digits", 10),
    ("tiny-val", 5),
    ("trashnet", 20),
)
IMBALANCED = (("mnist", 20.0), ("sign-language-digits", 10.0), ("trashnet", 10.0), ("glyphs", 15.0))


def _sources() -> tuple[Source, ...]:
    plain = [Source(name=name, family=family, of=name) for name, family in SETS.items()]
    plain += [Source(name=name, family=name, of=array) for array, name in OF_THE_CORPUS.items()]
    plain += [
        Source(name=f"drawn {kind}", family=f"drawn {kind}", of=kind, n_photos=N_DRAWN) for kind in KINDS
    ]
    by_origin = {source.of: source for source in plain}
    changed = [
        Source(
            name=f"{by_origin[of].name}, {change}",
            family=by_origin[of].family,
            of=of,
            change=change,
            n_photos=N_CHANGED,
        )
        for of, change in CHANGED
    ]
    return (*plain, *changed)


SOURCES: Mapping[str, Source] = {source.name: source for source in _sources()}


def _tasks() -> tuple[Task, ...]:
    named = {source.of: name for name, source in SOURCES.items() if not source.change}
    return (
        *(Task(name=name, source=name) for name in SOURCES),
        *(Task(name=f"{named[of]}, {n} classes", source=named[of], n_labels=n) for of, n in FEWER_CLASSES),
        *(Task(name=f"{named[of]}, {n} a class", source=named[of], per_label=n) for of, n in FEW_PHOTOS),
        *(
            Task(name=f"{named[of]}, imbalanced", source=named[of], imbalance=ratio)
            for of, ratio in IMBALANCED
        ),
    )


TASKS: tuple[Task, ...] = _tasks()
