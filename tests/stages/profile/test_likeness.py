"""Likeness: groups, places on a map, rows of a grid, guesses and twins, on clouds that are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.stages.profile import (
    answer_by_likeness,
    answer_left_out,
    find_twins,
    group_alike,
    place_on_map,
    rows_of_map,
)
from apprenti.stages.profile.likeness import MOST_TO_SEE

CLASSES = np.repeat(np.arange(4), 25)


def clouds(*, apart: float = 6.0, seed: int = 0) -> NDArray[np.float32]:
    """Return four clouds of 25 photos in 30 dimensions."""
    draws = np.random.default_rng(seed)
    centres = apart * draws.normal(size=(4, 30))
    return (centres[CLASSES] + draws.normal(size=(100, 30))).astype(np.float32)


def test_clouds_that_are_apart_become_groups_of_their_own() -> None:
    groups = group_alike(clouds(), seed=0)
    assert sorted(row for group in groups for row in group) == list(range(100))
    assert len(groups) == 4
    assert all(len(set(CLASSES[group])) == 1 for group in groups)


def test_photos_without_structure_are_parted_only_as_far_as_they_must_be_to_be_seen() -> None:
    cloud = np.random.default_rng(1).normal(size=(150, 20)).astype(np.float32)
    groups = group_alike(cloud, seed=0)
    assert max(map(len, groups)) <= MOST_TO_SEE
    assert len(groups) <= 8


def test_few_photos_are_one_group_and_none_are_none() -> None:
    assert [len(group) for group in group_alike(clouds()[:5], seed=0)] == [5]
    assert group_alike(clouds()[:0], seed=0) == ()


def test_very_many_photos_are_grouped_by_a_part_of_them() -> None:
    many = np.vstack([clouds(seed=0)] * 17)  # 1,700
    groups = group_alike(many, seed=0)
    classes = np.tile(CLASSES, 17)
    assert sum(map(len, groups)) == len(many)
    assert all(len(set(classes[group])) == 1 for group in groups)


def test_what_is_named_already_moves_photos_together() -> None:
    near = clouds(apart=0.0)
    hints = np.eye(4, dtype=np.float32)[CLASSES]

    def purity(groups: tuple[NDArray[np.int64], ...]) -> float:
        return sum(int(np.bincount(CLASSES[group]).max()) for group in groups) / len(CLASSES)

    assert purity(group_alike(near, seed=0, hints=hints)) > purity(group_alike(near, seed=0)) + 0.2


def test_the_map_is_the_same_each_time_and_keeps_clouds_together() -> None:
    places = place_on_map(clouds(), seed=0)
    assert np.array_equal(places, place_on_map(clouds(), seed=0))
    assert places.shape == (100, 2)
    assert places.min() >= 0
    assert places.max() <= 1
    distances = np.linalg.norm(places[:, None] - places[None], axis=2) + 9 * np.eye(100)
    assert (CLASSES[distances.argmin(axis=1)] == CLASSES).mean() > 0.95


def test_a_map_of_hardly_any_photos_is_a_map() -> None:
    for n in (0, 1, 2, 3):
        assert place_on_map(clouds()[:n], seed=0).shape == (n, 2)


def test_rows_hold_every_photo_once_and_neighbours_near_each_other() -> None:
    side = np.linspace(0, 1, 10)
    places = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2).astype(np.float32)
    mixed = np.random.default_rng(0).permutation(100)
    order = rows_of_map(places[mixed], 10)
    assert sorted(order) == list(range(100))
    assert np.array_equal(mixed[order], np.arange(100))  # a grid is itself
    ragged = rows_of_map(places[:97], 9)
    assert sorted(ragged) == list(range(97))


def test_bands_of_many_rows_hold_every_photo_once() -> None:
    places = np.random.default_rng(0).random((700, 2)).astype(np.float32)
    assert sorted(rows_of_map(places, 12)) == list(range(700))


def test_photos_without_a_label_are_told_by_those_with_one() -> None:
    rows = clouds()
    p = answer_by_likeness(rows[::2], CLASSES[::2], rows[1::2], n_labels=4, seed=0)
    assert (p.argmax(axis=1) == CLASSES[1::2]).all()
    assert np.allclose(p.sum(axis=1), 1, atol=1e-5)


def test_a_wrong_label_is_improbable_when_it_is_left_out() -> None:
    labels = CLASSES.copy()
    labels[3] = 2
    p = answer_left_out(clouds(), labels, n_labels=4, seed=0)
    assert p[3].argmax() == 0
    assert p[np.arange(100), labels].argmin() == 3


def test_a_picture_saved_anew_is_found_and_others_are_not() -> None:
    rows = clouds(apart=1.0)
    again = rows[7] + 0.01 * np.random.default_rng(5).normal(size=30).astype(np.float32)
    assert find_twins(np.vstack([rows, again[None]])) == ((7, 100),)
    assert find_twins(rows[:3]) == ()
