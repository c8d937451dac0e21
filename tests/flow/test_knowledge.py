"""Knowledge can be shown, shared, merged and forgotten, and tells nothing of whose it was."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.made_knowledge import PROFILE, RIDGE, VERSIONS, a_cell, a_record, files_in, learn
from tests.making import Silence, a_dataset, an_example

from apprenti.domain.dataset import Split
from apprenti.domain.errors import KnowledgeFileError, UserError
from apprenti.domain.recipe import Canvas, Interval, Recipe, Trial, TrialStatus
from apprenti.engine import InlineEngine
from apprenti.flow.cells import CellsUnderWay
from apprenti.flow.knowledge import (
    Amount,
    export_knowledge,
    forget_knowledge,
    merge_knowledge,
    show_knowledge,
)
from apprenti.flow.race import Race
from apprenti.flow.tools import Tools
from apprenti.flow.versions import PROGRAMS
from apprenti.recipes import SPACE, Stock
from apprenti.stages.profile import describe
from apprenti.stages.train import CandidateResult
from apprenti.store import MemoryShelf, append_cells, line_of, read_cells

HEADER = b'{"apprenti":"knowledge","format":1}\n'
NETWORK = "aunt_martha_net-0a1b2c3d"


def exported(folder: Path) -> bytes:
    return export_knowledge(folder, folder.parent / "export").path.read_bytes()


def merged(folder: Path, content: bytes) -> int:
    path = folder.parent / "theirs"
    path.write_bytes(content)
    return merge_knowledge(folder, path).n_new


def test_what_there_is_is_counted(tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    learn(home, 1, 2)
    learn(away, 3, 4, 5)
    assert merged(home, exported(away)) == 3
    summary = show_knowledge(home)
    assert summary.own == Amount(n_trainings=2, n_cells=4)
    assert summary.imported == Amount(n_trainings=3, n_cells=6)
    assert list(summary.origins.values()) == [summary.imported]
    assert (summary.n_recipes, summary.backbones) == (2, {"classic.v1": 5})
    assert summary.n_bytes == sum(map(len, files_in(home).values()))
    assert summary.since is not None


def test_where_nothing_was_learnt_there_is_nothing_to_show(tmp_path: Path) -> None:
    summary = show_knowledge(tmp_path / "missing")
    assert (summary.own.n_trainings, summary.imported.n_trainings, summary.n_bytes) == (0, 0, 0)
    assert summary.since is None
    assert exported(tmp_path / "missing") == HEADER


@pytest.mark.parametrize("seed", range(4))
def test_merging_is_associative_commutative_and_idempotent(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    subsets = [rng.sample(range(9), rng.randint(0, 6)) for _ in range(3)]
    names = itertools.count()

    def installation(*numbers: int) -> bytes:
        folder = tmp_path / str(next(names))
        learn(folder, *numbers)
        return exported(folder)

    def union(first: bytes, second: bytes) -> bytes:
        folder = tmp_path / str(next(names))
        merged(folder, first)
        merged(folder, second)
        return exported(folder)

    a, b, c = (installation(*subset) for subset in subsets)
    assert union(a, a) == a
    assert union(a, b) == union(b, a)
    assert union(union(a, b), c) == union(a, union(b, c)) == installation(*set().union(*subsets))


def test_merging_ones_own_export_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    learn(home, 1, 2)
    before = files_in(home)
    assert merged(home, exported(home)) == 0
    assert files_in(home) == before


def recipes_on_the_network() -> list[Recipe]:
    """Return every recipe of the catalogue that the data's own network and the packaged one allow."""
    stock = Stock(
        networks={NETWORK: 8, "embedded.v2-96": 1024}, classic={"classic.v1": 2404}, canvas=Canvas(size_px=64)
    )
    return [template.on(stock) for template in SPACE.values()]


@pytest.fixture
def after_a_training(tmp_path: Path) -> Path:
    """The knowledge after a training on data, with a network, whose every name tells of somebody."""
    examples = [
        an_example(n, label, split, name=f"aunt martha/{n}.jpg", path=f"/srv/martha/photos/{label}/{n}.jpg")
        for n, split in enumerate([Split.TRAIN] * 4 + [Split.TEST])
        for label in ("aunt-martha", "uncle-bob", "=HYPERLINK(martha)")
    ]
    dataset = a_dataset(*examples, name="martha's photos")
    race = Race()
    for recipe in recipes_on_the_network():
        interval = Interval(low=0.5, high=1.0)
        race.trials.append(Trial(recipe=recipe, status=TrialStatus.FINISHED, score=0.75, interval=interval))
        race.results[recipe.name] = CandidateResult(
            score=0.75, interval=interval, balanced_accuracy=0.75, log_loss=0.5, n_validation=3, n_fits=5,
            n_fitted=9, seconds=1.5,
        )  # fmt: skip
    folder = tmp_path / "martha" / "knowledge"
    tools = Tools(
        engine=InlineEngine(),
        shelf=MemoryShelf(),
        progress=Silence(),
        clock=lambda: 0.0,
        knowledge_folder=folder,
    )
    cells = CellsUnderWay(
        task=None, profile=describe(dataset), kept_as={NETWORK: "onnx-" + "ab" * 6}, tools=tools
    )
    assert cells.keep(cells.collect(), race) == len(recipes_on_the_network())
    return folder


ALLOWED = {
    "": {"cells", "format", "profile", "versions"},
    "cells": {"balanced_accuracy", "n_train", "recipe", "score", "seconds", "split"},
    "profile": set(json.loads(line_of(a_record()))["profile"]),
    "profile.landmarks": {"linear", "nearest_centroid", "nearest_neighbour"},
    "versions": set(PROGRAMS),
}
TEXTS = {
    "cells.split": re.compile("validation|cross-validation"),
    "cells.recipe": re.compile(
        r"(\+?(onnx-[0-9a-f]{12}|embedded\.v2-\d+|classic\.v1)(-mirrored)?)+@\d+-squash/[a-z0-9_]+\.v\d/[a-z_]+\.v\d"
        r"(\?\w+=[\w.]+(&\w+=[\w.]+)*)?"
    ),
    **{f"versions.{program}": re.compile(r"\d+(\.\d+)*") for program in PROGRAMS},
}


def strays(data: Any, where: str = "") -> list[str]:
    """Return whatever is neither a number in a known field nor a text that is known word for word."""
    if isinstance(data, dict):
        if where == "profile.n_per_label":
            return [name for name in data if not name.isdecimal()]
        found = [f"{where}.{name}" for name in data if name not in ALLOWED[where]]
        return found + [
            s for name, value in data.items() for s in strays(value, f"{where}.{name}".strip("."))
        ]
    if isinstance(data, list):
        return [s for value in data for s in strays(value, where)]
    if isinstance(data, str):
        return [] if where in TEXTS and TEXTS[where].fullmatch(data) else [f"{where}: {data}"]
    return [] if type(data) in (int, float) else [f"{where}: {data!r}"]


def test_an_export_holds_numbers_and_known_words_and_nothing_else(after_a_training: Path) -> None:
    export = export_knowledge(after_a_training, after_a_training.parent / "out")
    assert export.amount == Amount(n_trainings=1, n_cells=len(recipes_on_the_network()))
    assert export.refused == ()
    content = export.path.read_bytes()
    header, *lines = content.splitlines()
    assert header + b"\n" == HEADER
    assert [stray for line in lines for stray in strays(json.loads(line))] == []
    # and byte by byte: no name of the data, the network or the machine, no place, no day
    telltales = ["martha", "bob", "hyper", "srv", "photos", "jpg", "net-", "\\", NETWORK]
    telltales += [str(after_a_training), *after_a_training.parts[1:3]]
    text = content.decode().lower()
    assert [telltale for telltale in telltales if telltale in text] == []
    assert re.findall(r"\d{4}-\d\d-\d\d|\b1[6-9]\d{8}\b", text) == []


def test_the_scan_above_finds_a_name_in_any_place() -> None:
    whole = json.loads(line_of(a_record()))
    assert strays(whole) == []
    for place, name in [((), "owner"), (("profile",), "path"), (("versions",), "martha")]:
        data: Any = json.loads(line_of(a_record()))
        spot = data
        for step in place:
            spot = spot[step]
        spot[name] = 1
        assert len(strays(data)) == 1
    whole["cells"][0]["recipe"] = f"{NETWORK}@64-squash/none.v1/ridge.v1"
    assert len(strays(whole)) == 1


def test_a_training_with_a_name_of_the_users_is_held_back_and_said_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    learn(home, 1)
    named = a_cell(f"{NETWORK}@64-squash/none.v1/ridge.v1")
    append_cells(home, profile=PROFILE, cells=[a_cell(), named], versions=VERSIONS)
    export = export_knowledge(home, tmp_path / "out")
    assert export.amount.n_trainings == 1
    assert NETWORK.encode() not in export.path.read_bytes()
    (refusal,) = export.refused
    assert NETWORK in refusal.reason.said("en")


def test_an_export_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        export_knowledge(tmp_path, tmp_path / "missing" / "out")


def poisoned(change: Callable[[dict[str, Any]], object]) -> bytes:
    data = json.loads(line_of(a_record(8)))
    change(data)
    return json.dumps(data).encode() + b"\n"


POISON = {
    "score above 1": poisoned(lambda d: d["cells"][0].update(score=1.5)),
    "NaN": line_of(a_record(8)).replace(b"0.875", b"NaN", 1) + b"\n",
    "negative seconds": poisoned(lambda d: d["cells"][0].update(seconds=-1.0)),
    "absurd seconds": poisoned(lambda d: d["cells"][0].update(seconds=1e12)),
    "absurd profile": poisoned(lambda d: d["profile"].update(n_examples=10**15)),
    "unknown field": poisoned(lambda d: d.update(path="/etc/passwd")),
    "unknown format": poisoned(lambda d: d.update(format=99)),
    "strange recipe": poisoned(lambda d: d["cells"][0].update(recipe="../../etc/passwd")),
    "too many cells": poisoned(lambda d: d.update(cells=d["cells"] * 600)),
    "key twice": line_of(a_record(8)).replace(b'"format":1', b'"format":1,"format":1') + b"\n",
    "deep nesting": b"[" * 500_000 + b"\n",
    "not JSON": b"\x00\xff\n",
}


@pytest.mark.parametrize("name", POISON)
def test_a_poisoned_line_is_set_aside_by_its_number_and_the_rest_goes_on(tmp_path: Path, name: str) -> None:
    good = [line_of(a_record(number)) + b"\n" for number in (1, 2)]
    path = tmp_path / "theirs"
    path.write_bytes(HEADER + good[0] + POISON[name] + good[1])
    merge = merge_knowledge(tmp_path / "home", path)
    assert (merge.n_new, [refusal.place for refusal in merge.refused]) == (2, ["3"])
    assert len(read_cells(tmp_path / "home")) == 2
    said = merge.refused[0].reason.said("fr")
    assert "{" not in said
    assert len(said) < 500


def test_a_file_with_nothing_good_in_it_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(HEADER + b"".join(POISON.values()))
    merge = merge_knowledge(tmp_path / "home", path)
    assert (merge.n_new, merge.amount.n_trainings, len(merge.refused)) == (0, 0, len(POISON))
    assert not (tmp_path / "home").exists()


def test_a_file_that_is_refused_whole_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    learn(home, 1)
    before = files_in(home)
    lines = [line_of(a_record(number)) for number in (2, 3)]
    many = HEADER + lines[0] + b"\n" + b"{}\n" * 3000 + lines[1] + b"\n"
    for content in (b"PK\x03\x04", many):
        with pytest.raises(KnowledgeFileError):
            merged(home, content)
    assert files_in(home) == before


def test_the_same_training_written_twice_is_one(tmp_path: Path) -> None:
    line = line_of(a_record(1)) + b"\n"
    loose = json.dumps(json.loads(line)).encode() + b"\n"
    assert merged(tmp_path / "home", HEADER + line + loose + line) == 1


def test_what_is_forgotten_is_told_and_gone(tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    learn(home, 1, 2)
    learn(away, 3)
    merged(home, exported(away))
    there_was = forget_knowledge(home, imports_only=True)
    assert there_was.imported.n_trainings == 1
    assert show_knowledge(home).imported.n_trainings == 0
    assert show_knowledge(home).own.n_trainings == 2
    assert forget_knowledge(home).own.n_trainings == 2
    assert files_in(home) == {}


def test_a_record_learnt_here_can_be_merged_elsewhere_with_its_scores_unchanged(tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    append_cells(away, profile=PROFILE, cells=[a_cell(RIDGE, score=1 / 3)], versions=VERSIONS)
    merged(home, exported(away))
    (theirs,), (ours,) = read_cells(away), read_cells(home)
    assert ours == replace(theirs, origin=ours.origin)
    assert ours.foreign
