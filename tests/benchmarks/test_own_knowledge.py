"""The figures of our own knowledge come through the product, and nothing of a family is known when it is judged."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from apprenti.domain.backbone_name import PACKAGED
from apprenti.domain.knowledge_table import Knowledge
from apprenti.flow.choosing import choose_by, first_pick
from apprenti.flow.score_tables import families, read_table
from apprenti.recipes import PACKAGED_SPACE, PRIOR, SMALL_PICTURE_PX
from apprenti.stages.select import PROFILE_COLUMNS, PriorSelector, profile_vector
from apprenti.stages.select.learned import LearnedSelector

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import budgets
import growth
import left_out
import own_knowledge

N_FAMILIES, N_EACH = 12, 2
NUMBERS = dict.fromkeys(PROFILE_COLUMNS, 0.5) | {
    "log_n_train": np.log(600.0), "log_n_labels": np.log(6.0), "log_n_per_label": np.log(100.0),
    "log_smallest_class": np.log(80.0), "log_width_px": np.log(400.0), "log_height_px": np.log(300.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def own() -> left_out.OwnKnowledge:
    """Data sets whose family decides which recipes do well on them; one slow recipe was not measured on one."""
    random = np.random.default_rng(0)
    n, recipes = N_FAMILIES * N_EACH, tuple(sorted(template.name for template in PACKAGED_SPACE))
    taste = np.repeat(random.normal(size=(N_FAMILIES, 3)), N_EACH, axis=0)
    points = 70 + 3 * taste @ random.normal(size=(3, len(recipes))) + random.normal(size=(n, len(recipes)))
    scores = np.clip(points / 100, 0, 1).astype(np.float32)
    scores[0, 0] = np.nan
    seconds = np.where(np.isnan(scores), np.nan, random.uniform(0.05, 2.0, len(recipes))).astype(np.float32)
    profiles = np.tile(np.array(list(NUMBERS.values()), np.float32), (n, 1))
    return left_out.OwnKnowledge(
        table=Knowledge(
            datasets=tuple(f"set {number:02d}" for number in range(n)),
            families=tuple(f"family {number // N_EACH:02d}" for number in range(n)),
            recipes=recipes,
            scores=scores,
            seconds=seconds,
            profiles=profiles,
            profile_columns=PROFILE_COLUMNS,
        ),
        n_held_out=np.full(n, 400),
        profiles=tuple(left_out.profile_of(NUMBERS) for _ in range(n)),
    )


def test_a_profile_read_from_its_numbers_has_the_same_numbers() -> None:
    numbers = dict(zip(PROFILE_COLUMNS, profile_vector(left_out.profile_of(NUMBERS)).tolist(), strict=True))
    assert numbers == pytest.approx(NUMBERS, abs=1e-5)


@pytest.mark.parametrize("side_px", [28, SMALL_PICTURE_PX, 96, 640])
def test_photos_have_the_size_they_had(side_px: int) -> None:
    side = float(np.float32(np.log(side_px)))
    profile = left_out.profile_of(NUMBERS | {"log_width_px": side, "log_height_px": side})
    assert (profile.width_px, profile.height_px) == (side_px, side_px)
    expected = 64 if side_px <= SMALL_PICTURE_PX else 96
    assert set(left_out.ground_for(profile).networks) == {f"{PACKAGED}-{expected}"}


def test_every_data_set_is_judged_once_and_never_by_its_kin(own: left_out.OwnKnowledge) -> None:
    judged = []
    for rows, known in own.without_families():
        judged += rows.tolist()
        assert not set(known.families) & {own.table.families[row] for row in rows}
        assert len(known.datasets) == len(own.table.datasets) - len(rows)
    assert sorted(judged) == list(range(len(own.table.datasets)))


def test_the_fixed_order_stands_in_the_table(own: left_out.OwnKnowledge) -> None:
    selector = left_out.opened(own, 0, None)
    assert isinstance(selector, PriorSelector)
    assert all(own.column(pick.recipe) is not None for pick in selector.plan())
    assert len(selector.plan()) == len(PRIOR["nets"])


def test_what_was_not_measured_on_a_data_set_is_not_picked_for_it(own: left_out.OwnKnowledge) -> None:
    _, known = next(own.without_families())
    selector = left_out.opened(own, 0, known)
    assert isinstance(selector, LearnedSelector)
    could_be = selector.worth_measuring(len(own.table.recipes))
    assert len(could_be) == len(own.table.recipes) - 1
    assert all(np.isfinite(own.score(0, recipe)) for recipe in could_be)


def test_picks_are_those_of_a_training(own: left_out.OwnKnowledge) -> None:
    *_, (rows, known) = own.without_families()
    row = int(rows[0])
    ground = left_out.ground_for(own.profiles[row])
    first = first_pick(ground, known, seconds_left=np.inf, seed=left_out.SEED)
    ready = replace(ground, embedded=frozenset(first.recipe.looks))
    trained = left_out.raced(own, row, choose_by(ready, known, seed=left_out.SEED))
    assert left_out.raced(own, row, left_out.opened(own, row, known)) == trained
    assert growth.picks(own, row, known) == trained


def test_a_training_leaves_cells_of_its_picks_and_of_features_at_hand(own: left_out.OwnKnowledge) -> None:
    record = growth.training(own, 3, None)
    picks = growth.picks(own, 3, None)
    names = [cell.recipe for cell in record.cells]
    assert {recipe.name for recipe in picks} <= set(names)
    assert 30 <= len(set(names)) == len(names) <= growth.N_CELLS
    at_hand = {name for recipe in picks for name in recipe.backbones}
    assert {part for name in names for part in name.partition("@")[0].split("+")} <= at_hand


@pytest.mark.parametrize("n_known", own_knowledge.N_KNOWN)
def test_families_left_out_are_never_fed_back(own: left_out.OwnKnowledge, n_known: int) -> None:
    parts = [{own.table.families[row] for row in rows} for rows in growth._parts(own, n_known, seed=1)]
    known, users, judged = parts
    assert [len(part) for part in parts] == [n_known, N_FAMILIES - n_known - 4, 4]
    assert not judged & (known | users)


def test_growth_begins_with_the_fixed_order(own: left_out.OwnKnowledge) -> None:
    for one in islice(growth.growth(own, n_known=0, seed=0), 3):
        assert one.n_fed_back == 0
        assert one.points == own.regret(one.row, left_out.planned(left_out.opened(own, one.row, None)))


@pytest.mark.parametrize("limit", [1.0, 4.0, 9.0])
def test_a_budget_is_never_passed_and_what_would_pass_it_is_stopped(
    own: left_out.OwnKnowledge, limit: float
) -> None:
    rows, known = next(own.without_families())
    for row in map(int, rows):
        trials = budgets.timed(own, row, left_out.opened_on_features(own, row, known), limit)
        assert len(trials) > 0
        assert sum(trial.seconds for trial in trials) <= limit
        finished = [trial for trial in trials if trial.score is not None]
        assert all(
            trial.seconds == budgets.PROCESS_SECONDS + own.seconds(row, trial.recipe) for trial in finished
        )


def test_the_tables_of_the_public_command_are_those_of_the_knowledge(
    own: left_out.OwnKnowledge, tmp_path: Path
) -> None:
    paths = own_knowledge.write_tables(own, tmp_path)
    perf = read_table(paths["perf"])
    assert (perf.rows, perf.columns) == (own.table.datasets, own.table.recipes)
    np.testing.assert_array_equal(perf.values, own.table.scores.astype(np.float64))
    meta = read_table(paths["meta"], like=perf.rows)
    assert meta.columns == PROFILE_COLUMNS
    np.testing.assert_array_equal(families(meta, perf, "family"), own.family_numbers)
