"""Where a training keeps its journal, and what makes two trainings the same one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.embedded import load_embedded
from apprenti.domain.errors import InterruptedWorkError
from apprenti.domain.seams import Journal
from apprenti.flow.choosing import RecipeKind, has_torch
from apprenti.flow.tools import Tools
from apprenti.flow.versions import program_versions
from apprenti.recipes import SIZES_PX
from apprenti.store import FolderJournal, own_folder

VERSION = 2
"""Raised with every change of what is recorded or decided, so that no training goes on from another's records."""


@contextmanager
def open_journal(
    source: Path,
    *,
    budget_seconds: float,
    backbones: Sequence[object],
    seed: int,
    recipes: RecipeKind,
    tools: Tools,
) -> Iterator[Journal | None]:
    """Give the journal of a training: the one handed in, or one of its own beside the checkpoints of networks.

    Its own is forgotten when the training has ended, well or badly. After a kill or a stop it stays, and the same
    command goes on from it. ``None`` where there is no place for it, or somebody is at the same training.

    Args:
        source: of the data.
        budget_seconds: of the training.
        backbones: as asked for.
        seed: of everything random.
        recipes: which may be picked.
        tools: what to work with.
    """
    if tools.journal is not None or tools.unfinished_folder is None:
        yield tools.journal
        return
    asked = [str(source.resolve()), budget_seconds, [str(each) for each in backbones], seed, recipes]
    name = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]
    with own_folder(tools.unfinished_folder, name) as folder:
        if folder is None:
            yield None
            return
        journal = FolderJournal(folder)
        try:
            yield journal
        except InterruptedWorkError:
            raise
        except Exception:
            journal.forget()  # the same would come of it again
            raise
        journal.forget()


def deciding(
    *,
    listing_digest: str,
    budget_seconds: float,
    backbones: Sequence[Path | Backbone],
    seed: int,
    recipes: RecipeKind,
) -> Mapping[str, Any]:
    """Return everything that decides what comes of a training, but the machine and the contents of the files.

    Args:
        listing_digest: stands for the names, targets, splits and sizes of the data.
        budget_seconds: of the training.
        backbones: at hand.
        seed: of everything random.
        recipes: which may be picked.
    """
    return {
        "version": VERSION,
        "programs": program_versions(),
        "packaged": hashlib.sha256(load_embedded(SIZES_PX[0]).graph).hexdigest(),
        "data": listing_digest,
        "budget_seconds": budget_seconds,
        "backbones": [_told(backbone) for backbone in backbones],
        "seed": seed,
        "recipes": recipes,
        "has_torch": has_torch(),
    }


def _told(backbone: Path | Backbone) -> list[str]:
    if isinstance(backbone, Backbone):
        return [backbone.name, backbone.sha256]
    try:
        return [str(backbone), hashlib.sha256(backbone.read_bytes()).hexdigest()]
    except OSError:
        return [str(backbone)]  # a word that stands for one, or refused when it is loaded
