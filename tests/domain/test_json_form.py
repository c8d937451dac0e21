from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import pytest

from apprenti.domain.json_form import from_json, to_json


class Shade(StrEnum):
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    size: float
    mark: str | int | float = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    name: str
    shade: Shade = Shade.DARK
    leaves: tuple[Leaf, ...] = ()
    pair: tuple[str, int] = ("a", 1)
    best: Leaf | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    picture: bytes = b""
    fit: Literal["squash", "crop"] = "squash"
    tall: bool = False


TREE = Tree(
    name="oak",
    shade=Shade.LIGHT,
    leaves=(Leaf(size=0.5, mark=3), Leaf(size=1.0, mark=2.5), Leaf(size=2.0, mark="x")),
    best=Leaf(size=0.25),
    counts={"birds": 2},
    picture=b"\x00\xff",
    tall=True,
)


def test_what_goes_out_comes_back_the_same() -> None:
    assert from_json(Tree, to_json(TREE)) == TREE


def test_a_whole_number_stays_whole_where_floats_are_allowed_too() -> None:
    back = from_json(Tree, to_json(TREE))
    assert [type(leaf.mark) for leaf in back.leaves] == [int, float, str]


def test_floats_keep_six_digits() -> None:
    assert to_json(Leaf(size=1 / 3))["size"] == 0.333333
    assert to_json(Leaf(size=1e-9 / 3))["size"] == 3.33333e-10


def test_a_missing_entry_takes_its_default_and_an_unknown_one_is_left_out() -> None:
    assert from_json(Tree, {"name": "elm", "colour": "green"}) == Tree(name="elm")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({}, "Tree.name is missing"),
        ([], "Tree is list"),
        ({"name": 3}, "Tree.name is int"),
        ({"name": "x", "tall": 1}, "Tree.tall is int"),
        ({"name": "x", "counts": {"birds": True}}, "Tree.counts.birds is bool"),
        ({"name": "x", "leaves": [{"size": "big"}]}, r"Tree.leaves\[0\].size is str"),
        ({"name": "x", "pair": ["a"]}, "Tree.pair has 1 entries, expected 2"),
        ({"name": "x", "shade": "pink"}, "Tree.shade is 'pink'"),
        ({"name": "x", "fit": "pad"}, "Tree.fit is 'pad'"),
        ({"name": "x", "picture": "?"}, "Tree.picture is not base64"),
        ({"name": "x", "best": 3}, "Tree.best is int"),
    ],
)
def test_data_of_another_shape_are_refused_with_the_place_named(data: object, where: str) -> None:
    with pytest.raises(ValueError, match=where):
        from_json(Tree, data)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_json_is_written_that_others_cannot_read(value: float) -> None:
    with pytest.raises(ValueError, match="no JSON form"):
        to_json(Leaf(size=value))


def test_an_object_of_no_known_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        to_json({"a": object()})
