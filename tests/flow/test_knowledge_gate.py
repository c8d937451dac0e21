"""Only numbers that can be true and names out of this package pass the gate, whichever way."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from tests.made_knowledge import PROFILE, RIDGE, a_cell, a_record

from apprenti import blocks
from apprenti.blocks.parameters import SETTINGS, WORDS
from apprenti.domain.errors import ItemError
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Canvas
from apprenti.flow.knowledge_gate import BACKBONES, MAX_CELLS, RANGES, check_recipe, check_record
from apprenti.flow.versions import program_versions
from apprenti.recipes import PRIOR, SPACE, Stock


def refusal(record: object) -> ItemError:
    with pytest.raises(ItemError) as caught:
        check_record(record)  # type: ignore[arg-type]
    assert "{" not in caught.value.said("fr")
    return caught.value


def test_what_a_training_leaves_passes() -> None:
    check_record(a_record())
    check_record(replace(a_record(), versions=program_versions()))


def test_every_recipe_of_the_catalogue_passes_on_every_backbone() -> None:
    classic, canvas = dict.fromkeys(BACKBONES, 2404), Canvas(size_px=64)
    for network in ("onnx-0123456789ab", "embedded.v2-96"):
        stock = Stock(networks={network: 1024}, classic=classic, canvas=canvas)
        for template in (*SPACE.values(), *PRIOR["classic"], *PRIOR["nets"]):
            if template.fits(stock):
                check_recipe(template.on(stock).name)


def test_every_number_of_a_profile_has_its_range() -> None:
    assert RANGES.keys() == {field.name for field in fields(Profile)} - {"n_per_label", "landmarks"}


def test_every_parameter_a_block_reads_is_known_and_no_other() -> None:
    """Found in the code: ``number(parameters, NAME, ...)`` and its like, and ``parameters.get(NAME) == WORD``."""
    names, words = set(), set()
    for path in Path(blocks.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                literals = [a.value for a in node.args if isinstance(a, ast.Constant)]
                if isinstance(node.func, ast.Name) and node.func.id in ("number", "whole", "choice"):
                    names.update(literals[:1])
                    words.update(literals[1:] if node.func.id == "choice" else ())
                elif ast.unparse(node.func) == "parameters.get":
                    names.update(literals[:1])
                    words.update(literals[1:])
    assert names == SETTINGS
    assert words <= WORDS


@pytest.mark.parametrize(
    ("recipe", "part"),
    [
        ("martha_net-0a1b2c3d@64-squash/none.v1/ridge.v1", "martha_net-0a1b2c3d"),
        ("classic.v1+martha.onnx@64-squash/none.v1/ridge.v1", "martha.onnx"),
        ("onnx-0123456789AB@64-squash/none.v1/ridge.v1", "onnx-0123456789AB"),
        ("onnx-0123456789ab0@64-squash/none.v1/ridge.v1", "onnx-0123456789ab0"),
        ("classic.v2@64-squash/none.v1/ridge.v1", "classic.v2"),
        ("classic.v1@64-squash/martha.v1/ridge.v1", "martha.v1"),
        ("classic.v1@64-squash/none.v1/martha.v1", "martha.v1"),
        ("classic.v1@64-squash/none.v1/ridge.v9", "ridge.v9"),
        ("classic.v1@64-squash/none.v1/ridge.v1?martha=1", "martha"),
        ("classic.v1@64-squash/none.v1/ridge.v1?alpha=martha", "martha"),
        ("classic.v1@64-squash/none.v1/ridge.v1?alpha=nan", "nan"),
        ("classic.v1@64-squash/none.v1/ridge.v1?alpha=1e999", "1e999"),
        ("/srv/martha", "/srv/martha"),
        ("../../x", "../../x"),
    ],
)
def test_a_recipe_with_a_strange_part_is_refused_and_the_part_is_named(recipe: str, part: str) -> None:
    error = refusal(replace(a_record(), cells=(a_cell(), a_cell(recipe))))
    assert (error.key, error.values["part"]) == ("record_recipe", part)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"score": 1.01}, "record_range"),
        ({"score": -0.1}, "record_range"),
        ({"score": float("nan")}, "record_range"),
        ({"balanced_accuracy": 2.0}, "record_range"),
        ({"seconds": -1.0}, "record_range"),
        ({"seconds": 1e9}, "record_range"),
        ({"n_train": 0}, "record_range"),
        ({"n_train": 31}, "record_range"),
        ({"split": "aunt martha"}, "record_choice"),
        ({"split": "test"}, "record_choice"),
    ],
)
def test_a_cell_no_training_could_have_measured_is_refused(changes: dict[str, Any], key: str) -> None:
    error = refusal(replace(a_record(), cells=(a_cell(), a_cell(**changes))))
    (name,) = changes
    assert (error.key, error.values["entry"]) == (key, f"cells[1].{name}")


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"n_examples": 10**12}, "record_range"),
        ({"n_examples": 10**400}, "record_range"),
        ({"n_examples": 31}, "record_inconsistent"),
        ({"n_train": -1}, "record_range"),
        ({"n_train": 25}, "record_inconsistent"),
        ({"n_labels": 3}, "record_inconsistent"),
        ({"n_labels": 1}, "record_range"),
        ({"n_per_label": {"aunt martha": 20, "2": 10}}, "record_stray"),
        ({"n_per_label": {"1": 20, "3": 10}}, "record_stray"),
        ({"n_per_label": {"1": 10, "2": 20}}, "record_inconsistent"),
        ({"n_per_label": {"1": 31, "2": -1}}, "record_range"),
        ({"n_per_label": {}}, "record_inconsistent"),
        ({"smallest_class": 11}, "record_inconsistent"),
        ({"imbalance": 0.5}, "record_range"),
        ({"class_entropy": 1.5}, "record_range"),
        ({"width_px": 1e9}, "record_range"),
        ({"height_px": 0.0}, "record_range"),
        ({"shorter_side_px_p10": 481.0}, "record_inconsistent"),
        ({"aspect_ratio": float("inf")}, "record_range"),
        ({"brightness": -0.5}, "record_range"),
        ({"landmarks": {"martha": 0.5}}, "record_stray"),
        ({"landmarks": {"linear": 7.0}}, "record_range"),
        ({"n_landmark": 31}, "record_inconsistent"),
    ],
)
def test_a_profile_no_data_could_have_is_refused(changes: dict[str, Any], key: str) -> None:
    error = refusal(replace(a_record(), profile=replace(PROFILE, **changes)))
    (name,) = changes
    assert error.key == key
    assert str(error.values["entry"]).startswith(f"profile.{name}")


@pytest.mark.parametrize(
    ("versions", "key"),
    [
        ({"martha": "1.0"}, "record_stray"),
        ({"numpy": "1.0+martha"}, "record_version"),
        ({"numpy": "martha"}, "record_version"),
        ({"numpy": "1" * 50}, "record_version"),
    ],
)
def test_versions_are_those_of_known_programs(versions: dict[str, str], key: str) -> None:
    assert refusal(replace(a_record(), versions=versions)).key == key


@pytest.mark.parametrize("n_cells", [0, MAX_CELLS + 1])
def test_a_training_has_some_cells_but_not_without_end(n_cells: int) -> None:
    error = refusal(replace(a_record(), cells=(a_cell(RIDGE),) * n_cells))
    assert (error.key, error.values["entry"]) == ("record_range", "cells")


def test_many_classes_are_counted_by_rank_in_whatever_order_the_ranks_stand() -> None:
    counts = {str(rank): 2 for rank in sorted(range(1, 16), key=str)}
    profile = replace(PROFILE, n_per_label=counts, n_labels=15, smallest_class=2, imbalance=1.0)
    check_record(replace(a_record(), profile=profile))
