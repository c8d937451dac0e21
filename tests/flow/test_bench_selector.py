"""Tables of scores as other people write them, judged as the command does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastparquet import write
from pandas import DataFrame, Index
from tests.making import Silence
from tests.stages.select.worlds import World, a_world, with_gaps

from apprenti.domain.errors import DataError
from apprenti.flow.bench_selector import SelectorBench, bench_selector
from apprenti.flow.score_tables import read_table

pytestmark = pytest.mark.slow
N, M = 24, 8
NAMES = [f"set-{i}" for i in range(N)]
RECIPES = [f"recipe {i}" for i in range(M)]


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(n=N, m=M)


def parquet(path: Path, frame: DataFrame, *, keeps_index: bool = True) -> Path:
    write(str(path), frame, write_index=keeps_index)
    return path


def tables(folder: Path, world: World, **changes: Any) -> dict[str, Path]:
    frames = {
        "perf": DataFrame(world.scores, index=Index(NAMES), columns=RECIPES),
        "meta": DataFrame(world.profiles, index=Index(NAMES), columns=[f"p{i}" for i in range(6)]),
        "cost": DataFrame(world.seconds, index=Index(NAMES), columns=RECIPES),
    }
    return {name: parquet(folder / f"{name}.parquet", frame) for name, frame in (frames | changes).items()}


def bench(paths: dict[str, Path], **options: Any) -> SelectorBench:
    return bench_selector(
        paths["perf"],
        paths["meta"],
        options.pop("cost", None),
        progress=Silence(),
        clock=lambda: 0.0,
        **options,
    )


def regret(result: SelectorBench) -> float:
    return result.standings["ours"].mean_regret_points


def test_every_way_of_choosing_is_judged(tmp_path: Path, world: World) -> None:
    result = bench(tables(tmp_path, world))
    assert set(result.standings) == {"ours", "portfolio", "average", "random", "nearest"}
    assert (result.n_datasets, result.n_recipes, result.n_families) == (N, M, N)
    assert result.standings["portfolio"].gain_points == 0
    assert regret(result) < result.standings["random"].mean_regret_points
    assert result.notices == ()


def as_text_column(frame: DataFrame) -> DataFrame:
    return frame.rename_axis("dataset").reset_index()


def as_number_column(frame: DataFrame) -> DataFrame:
    frame = frame.set_axis([int(name.removeprefix("set-")) + 5 for name in frame.index], axis=0)
    return frame.rename_axis("dataset").reset_index()


@pytest.mark.parametrize("form", [as_text_column, as_number_column])
def test_rows_may_be_named_by_a_first_column(
    form: Callable[[DataFrame], DataFrame], tmp_path: Path, world: World
) -> None:
    scores = DataFrame(world.scores, index=Index(NAMES), columns=RECIPES)
    profiles = DataFrame(world.profiles, index=Index(NAMES), columns=[f"p{i}" for i in range(6)])
    paths = tables(tmp_path, world)
    expected = regret(bench(paths))
    parquet(paths["perf"], form(scores), keeps_index=False)
    parquet(paths["meta"], form(profiles).iloc[::-1], keeps_index=False)
    assert regret(bench(paths)) == pytest.approx(expected)


def test_tables_that_name_no_rows_are_taken_in_order(tmp_path: Path, world: World) -> None:
    paths = tables(tmp_path, world)
    expected = regret(bench(paths))
    for name, values, columns in (("perf", world.scores, RECIPES), ("meta", world.profiles, list("abcdef"))):
        parquet(paths[name], DataFrame(values, columns=columns), keeps_index=False)
    assert regret(bench(paths)) == pytest.approx(expected)


def test_rows_in_another_order_are_the_same_rows(tmp_path: Path, world: World) -> None:
    order = np.random.default_rng(0).permutation(N)
    meta = DataFrame(world.profiles[order], index=Index([NAMES[i] for i in order]), columns=list("abcdef"))
    read = read_table(tables(tmp_path, world, meta=meta)["meta"], like=tuple(NAMES))
    assert read.rows == tuple(NAMES[i] for i in order)
    assert regret(bench(tables(tmp_path, world, meta=meta))) == pytest.approx(
        regret(bench(tables(tmp_path, world)))
    )


def test_empty_rows_and_columns_are_named_and_set_aside(tmp_path: Path, world: World) -> None:
    scores = with_gaps(world.scores, 0.2)
    scores[3], scores[:, 2] = np.nan, np.nan
    perf = DataFrame(scores, index=Index(NAMES), columns=RECIPES)
    meta = DataFrame(with_gaps(world.profiles, 0.1), index=Index(NAMES), columns=list("abcdef")).drop("set-7")
    result = bench(tables(tmp_path, world, perf=perf, meta=meta))
    assert (result.n_datasets, result.n_recipes) == (N - 1, M - 1)
    said = " ".join(notice.said("en") for notice in result.notices)
    assert "set-3" in said
    assert "recipe 2" in said
    assert "set-7" in said
    assert np.isfinite(regret(result))


def test_a_budget_holds_and_costs_may_have_gaps(tmp_path: Path, world: World) -> None:
    cost = DataFrame(with_gaps(world.seconds, 0.3), index=Index(NAMES), columns=RECIPES).drop("set-2")
    paths = tables(tmp_path, world, cost=cost)
    result = bench(paths, cost=paths["cost"], budget_seconds=2.0)
    assert all(standing.most_seconds <= 2.0 for standing in result.standings.values())
    assert "set-2" in result.notices[0].said("en")


def test_families_come_from_a_column_that_is_no_part_of_the_profile(tmp_path: Path, world: World) -> None:
    meta = DataFrame(world.profiles, index=Index(NAMES), columns=list("abcdef"))
    meta["kin"] = [f"family {i // 3}" for i in range(N)]
    meta["kin number"] = np.arange(N) // 4
    paths = tables(tmp_path, world, meta=meta)
    assert bench(paths, groups="kin").n_families == N // 3
    assert bench(paths, groups="kin number").n_families == N // 4


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("score_out_of_range", lambda frames: {"perf": 100 * frames["perf"]}),
        ("no_common_rows", lambda frames: {"meta": frames["meta"].rename(index=lambda name: f"{name}!")}),
        ("repeated_row", lambda frames: {"perf": frames["perf"].rename(index={"set-1": "set-0"})}),
        ("no_common_columns", lambda frames: {"cost": frames["cost"].add_prefix("other ")}),
        ("too_few_scores", lambda frames: {"perf": frames["perf"].iloc[:2]}),
        ("empty_table", lambda frames: {"meta": frames["meta"].iloc[:0]}),
    ],
)
def test_what_does_not_fit_is_said(
    key: str, change: Callable[[dict[str, DataFrame]], dict[str, DataFrame]], tmp_path: Path, world: World
) -> None:
    frames = {
        "perf": DataFrame(world.scores, index=Index(NAMES), columns=RECIPES),
        "meta": DataFrame(world.profiles, index=Index(NAMES), columns=list("abcdef")),
        "cost": DataFrame(world.seconds, index=Index(NAMES), columns=RECIPES),
    }
    paths = tables(tmp_path, world, **change(frames))
    with pytest.raises(DataError) as caught:
        bench(paths, cost=paths["cost"])
    assert caught.value.key == key
    assert ".parquet" in caught.value.said("fr")


def test_files_and_columns_that_are_not_there_are_named(tmp_path: Path, world: World) -> None:
    paths = tables(tmp_path, world)
    with pytest.raises(DataError, match="nowhere"):
        bench(paths | {"meta": tmp_path / "nowhere.parquet"})
    with pytest.raises(DataError, match="kin"):
        bench(paths, groups="kin")
    with pytest.raises(DataError, match="--cost"):
        bench(paths, budget_seconds=5.0)
    paths["perf"].write_bytes(b"PAR1 but no more")
    with pytest.raises(DataError, match=r"perf\.parquet cannot be read"):
        bench(paths)
